"""DeepL's documents, under ``/v2/document``: handed in, asked for with their key, fetched.

What DeepL deletes after the first download is kept here for its time, or until there is no room for another, so that a
download that broke off can be tried again.
"""

import hmac
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.ask import RefusedError
from dragoman.server.dialects.deepl.parameters import check_wishes, credentials, target_and_source
from dragoman.server.dialects.deepl.terms import wanted_terms
from dragoman.server.dialects.protocol import SentFile, parameters
from dragoman.server.files.answers import file_answer
from dragoman.server.files.desk import missing
from dragoman.server.files.job import FileAsk, Job
from dragoman.server.service import Service

_STATES = {"waiting": "queued", "translating": "translating", "done": "done", "failed": "error"}


def add_documents(app: FastAPI, service: Service) -> None:
    """The routes."""
    desk = service.files

    @app.post("/document")
    async def take(request: Request) -> Response:
        values = await parameters(request)
        who = credentials(request)
        job = await desk.take(_ask(values, await wanted_terms(service, who, values)), who)
        return JSONResponse({"document_id": job.identity, "document_key": job.secret})

    @app.api_route("/document/{identity}", methods=["GET", "POST"])
    async def look(request: Request, identity: str) -> Response:
        job = _known(desk.find(identity, credentials(request)), await parameters(request))
        shown: dict[str, Any] = {"document_id": job.identity, "status": _STATES[job.state]}
        if job.state == "done":
            shown["billed_characters"] = job.characters
        elif job.state == "failed":
            shown["error_message"] = job.message
        return JSONResponse(shown)

    @app.api_route("/document/{identity}/result", methods=["GET", "POST"])
    async def fetch(request: Request, identity: str) -> Response:
        return file_answer(_known(desk.find(identity, credentials(request)), await parameters(request)))


def _ask(values: Mapping[str, Any], terms: Mapping[str, str]) -> FileAsk:
    file = values.get("file")
    if not isinstance(file, SentFile):
        raise RefusedError("bad_request", "Invalid or missing file")
    given = values.get("filename")
    name = given if isinstance(given, str) and given else file.name
    check_wishes(values)
    _check_format(values.get("output_format"), name)
    target, source = target_and_source(values)
    return FileAsk(name, file.data, target, source, terms)


def _check_format(wanted: Any, name: str) -> None:
    if wanted and f".{wanted}".lower() != name[name.rfind(".") :].lower():
        raise RefusedError("unsupported", "Value for 'output_format' not supported: a file keeps its format")


def _known(job: Job, values: Mapping[str, Any]) -> Job:
    """The document, for who also shows its key; without it, it is as if it were not there."""
    key = values.get("document_key")
    if not isinstance(key, str) or not hmac.compare_digest(key.encode(errors="surrogatepass"), job.secret.encode()):
        raise missing()
    return job
