"""DeepL's documents, under ``/v2/document``: handed in, asked for with their key, fetched.

What DeepL deletes after the first download is kept here for its time, so that a download that broke off can be tried
again.
"""

import hmac
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.ask import RefusedError
from dragoman.server.dialects.deepl_glossaries import ReadCredentials, wanted_terms
from dragoman.server.dialects.protocol import SentFile, parameters
from dragoman.server.files.answers import file_answer
from dragoman.server.files.desk import missing
from dragoman.server.files.job import FileAsk, Job
from dragoman.server.service import Service

_STATES = {"waiting": "queued", "translating": "translating", "done": "done", "failed": "error"}
_FORMALITIES = ("default", "prefer_more", "prefer_less")
_NOT_HERE = ("style_id", "translation_memory_id", "custom_instructions")


def add_documents(app: FastAPI, service: Service, read: ReadCredentials) -> None:
    """The routes."""
    desk = service.files

    @app.post("/document")
    async def take(request: Request) -> Response:
        values = await parameters(request)
        who = read(request)
        job = await desk.take(_ask(values, await wanted_terms(service, who, values)), who)
        return JSONResponse({"document_id": job.identity, "document_key": job.secret})

    @app.api_route("/document/{identity}", methods=["GET", "POST"])
    async def look(request: Request, identity: str) -> Response:
        job = _known(desk.find(identity, read(request)), await parameters(request))
        shown: dict[str, Any] = {"document_id": job.identity, "status": _STATES[job.state]}
        if job.state == "done":
            shown["billed_characters"] = job.characters
        elif job.state == "failed":
            shown["error_message"] = job.message
        return JSONResponse(shown)

    @app.api_route("/document/{identity}/result", methods=["GET", "POST"])
    async def fetch(request: Request, identity: str) -> Response:
        return file_answer(_known(desk.find(identity, read(request)), await parameters(request)))


def _ask(values: Mapping[str, Any], terms: Mapping[str, str]) -> FileAsk:
    file = values.get("file")
    if not isinstance(file, SentFile):
        raise RefusedError("bad_request", "Invalid or missing file")
    given = values.get("filename")
    name = given if isinstance(given, str) and given else file.name
    _check(values, name)
    return FileAsk(
        name,
        file.data,
        target=_word(values, "target_lang"),
        source=_word(values, "source_lang") if values.get("source_lang") else None,
        terms=terms,
    )


def _check(values: Mapping[str, Any], name: str) -> None:
    """Refuse what would be passed over else."""
    wanted = values.get("output_format")
    if wanted and f".{wanted}".lower() != name[name.rfind(".") :].lower():
        raise RefusedError("unsupported", "Value for 'output_format' not supported: a file keeps its format")
    if values.get("formality") and values["formality"] not in _FORMALITIES:
        raise RefusedError("unsupported", "Value for 'formality' not supported.")
    for one in _NOT_HERE:
        if values.get(one):
            raise RefusedError("unsupported", f"'{one}' is not supported here")


def _word(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError("bad_request", f"Value for '{name}' not supported.")
    return value


def _known(job: Job, values: Mapping[str, Any]) -> Job:
    """The document, for who also shows its key; without it, it is as if it were not there."""
    key = values.get("document_key")
    if not isinstance(key, str) or not hmac.compare_digest(key.encode(), job.secret.encode()):
        raise missing()
    return job
