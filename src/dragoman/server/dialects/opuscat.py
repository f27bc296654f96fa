"""OPUS-CAT's dialect, under ``/MTRestService``: what plug-ins of OmegaT, Wordfast, memoQ and browsers ask its engine.

The text stands in the query string, as these plug-ins send it; the server writes no log of it, but a proxy may. The
token is the key; plug-ins that have none send ``0`` or nothing. An error is ``{"title": "…", "status": 400}``.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from dragoman.server.ask import Ask, RefusedError
from dragoman.server.dialects.protocol import address, application, parameters
from dragoman.server.gate import Credentials
from dragoman.server.names import short_code
from dragoman.server.service import Service

_NO_TOKEN = ("", "0")


def make(service: Service) -> FastAPI:
    """The application."""
    app = application(_render, openapi_url=None)

    async def translated(request: Request) -> str:
        values = await parameters(request)
        text, source, target = (_word(values, name) for name in ("input", "srcLangCode", "trgLangCode"))
        ask = Ask((text,), short_code(target), short_code(source))
        return (await service.answer(ask, _credentials(request, values))).translations[0].text

    @app.api_route("/TranslateJson", methods=["GET", "POST"])
    @app.api_route("/TranslatePost", methods=["GET", "POST"])
    async def as_object(request: Request) -> Response:
        return JSONResponse({"translation": await translated(request)})

    @app.get("/TranslateParagraphJson")
    async def as_json(request: Request) -> Response:
        return JSONResponse(await translated(request))

    @app.get("/Translate")
    @app.get("/TranslateStream")
    async def as_text(request: Request) -> Response:
        return PlainTextResponse(await translated(request))

    _add_questions(app, service)
    return app


def _add_questions(app: FastAPI, service: Service) -> None:
    """What plug-ins ask when they start."""

    @app.get("/ListSupportedLanguagePairs")
    async def pairs(request: Request) -> Response:
        service.enter(_credentials(request, request.query_params))
        fleet = service.fleet
        return JSONResponse([f"{source}-{target}" for source in fleet.sources for target in fleet.targets(source)])

    @app.get("/GetLanguagePairModelTags")
    async def tags(request: Request) -> Response:
        service.enter(_credentials(request, request.query_params))
        return JSONResponse([])  # a pair has one model here, without a tag

    @app.get("/CheckModelStatus")
    async def model_status(request: Request) -> Response:
        values = request.query_params
        service.enter(_credentials(request, values))
        source, target = (short_code(_word(values, name)) for name in ("srcLangCode", "trgLangCode"))
        try:
            service.fleet.way(source, target)
        except RefusedError as refusal:
            return PlainTextResponse(f"No model available for {source}-{target}: {refusal.message}.")
        return PlainTextResponse(f"The model for {source}-{target} will be used.")


def _word(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not (value or name == "input"):
        raise RefusedError("bad_request", f"the parameter {name} is missing")
    return value


def _credentials(request: Request, values: Mapping[str, Any]) -> Credentials:
    token = values.get("tokenCode")
    return Credentials(token if isinstance(token, str) and token not in _NO_TOKEN else None, address(request))


def _render(refusal: RefusedError) -> dict[str, Any]:
    return {"title": refusal.message, "status": refusal.status}


class OpusCatDialect:
    """Under ``/MTRestService``."""

    prefix: ClassVar[str] = "/MTRestService"

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        return make(service)
