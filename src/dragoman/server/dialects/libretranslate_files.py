"""LibreTranslate's files: ``/translate_file`` answers with the address of the translated one, once it is there.

The address holds 128 random bits and opens without a key, as browsers follow it; it works until the file is forgotten.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.dialects.libretranslate_parameters import credentials, missing, source, target
from dragoman.server.dialects.protocol import SentFile, parameters
from dragoman.server.files.answers import file_answer
from dragoman.server.files.desk import missing as missing_file
from dragoman.server.files.job import FileAsk
from dragoman.server.service import Service


def add_files(app: FastAPI, service: Service) -> None:
    """The routes."""
    desk = service.files

    @app.post("/translate_file")
    async def translate_file(request: Request) -> Response:
        values = await parameters(request)
        job = await desk.finish(await desk.take(_ask(values), credentials(request, values)))
        return JSONResponse({"translatedFileUrl": f"{request.base_url}download_file/{job.identity}{job.suffix}"})

    @app.get("/download_file/{name}")
    async def download_file(name: str) -> Response:
        identity, _, end = name.partition(".")
        job = desk.fetch(identity)
        if end and f".{end}" != job.suffix:
            raise missing_file()
        return file_answer(job)


def _ask(values: Mapping[str, Any]) -> FileAsk:
    file = values.get("file")
    if not isinstance(file, SentFile):
        raise missing("file")
    return FileAsk(file.name, file.data, target(values), source(values))
