"""LibreTranslate's files: ``/translate_file`` answers with the address of the translated one, once it is there.

The address holds 128 random bits and opens without a key, as browsers follow it; it works until the file is forgotten.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.ask import RefusedError
from dragoman.server.dialects.protocol import SentFile, parameters
from dragoman.server.files.answers import file_answer
from dragoman.server.files.desk import missing
from dragoman.server.files.job import FileAsk
from dragoman.server.gate import Credentials
from dragoman.server.service import Service

ReadCredentials = Callable[[Request, Mapping[str, Any]], Credentials]


def add_files(app: FastAPI, service: Service, read: ReadCredentials) -> None:
    """The routes."""
    desk = service.files

    @app.post("/translate_file")
    async def translate_file(request: Request) -> Response:
        values = await parameters(request)
        who = read(request, values)
        job = await desk.finish(await desk.take(_ask(values), who))
        return JSONResponse({"translatedFileUrl": f"{request.base_url}download_file/{job.identity}{job.suffix}"})

    @app.get("/download_file/{name}")
    async def download_file(name: str) -> Response:
        identity, _, end = name.partition(".")
        job = desk.fetch(identity)
        if end and f".{end}" != job.suffix:
            raise missing()
        return file_answer(job)


def _ask(values: Mapping[str, Any]) -> FileAsk:
    file = values.get("file")
    if not isinstance(file, SentFile):
        raise RefusedError("bad_request", "Invalid request: missing file parameter")
    source, target = (values.get(name) for name in ("source", "target"))
    for name, value in (("source", source), ("target", target)):
        if not isinstance(value, str) or not value:
            raise RefusedError("bad_request", f"Invalid request: missing {name} parameter")
    return FileAsk(file.name, file.data, str(target), None if source == "auto" else str(source))
