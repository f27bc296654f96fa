"""DeepL's two applications, and its small questions: which languages there are, and what was used."""

from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.dialects.deepl.dictionaries import add_dictionaries
from dragoman.server.dialects.deepl.documents import add_documents
from dragoman.server.dialects.deepl.glossaries import add_glossaries
from dragoman.server.dialects.deepl.parameters import credentials, render, status, unsupported
from dragoman.server.dialects.deepl.texts import add_texts
from dragoman.server.dialects.protocol import application, parameters
from dragoman.server.names import language_name
from dragoman.server.service import Service
from dragoman.server.store.glossaries import base_language

UNLIMITED = 1_000_000_000_000
"""The limit of those who have none, in DeepL's own answers."""
_REGIONS = {"en": ("EN-GB", "EN-US"), "pt": ("PT-BR", "PT-PT"), "zh": ("ZH", "ZH-HANS")}
"""Languages that are written otherwise as targets."""
_HERE = "this is not served here; texts, documents, glossaries, languages and usage are"


class DeepLDialect:
    """Under ``/v2``."""

    prefix: ClassVar[str] = "/v2"

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        app = application(render, status=status, not_found=_HERE, openapi_url=None)
        add_texts(app, service)
        add_documents(app, service)
        add_glossaries(app, service)
        _add_questions(app, service)
        return app


class DeepLGlossariesDialect:
    """Under ``/v3``: glossaries of several directions."""

    prefix: ClassVar[str] = "/v3"

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        app = application(render, status=status, not_found=_HERE, openapi_url=None)
        add_dictionaries(app, service)
        return app


def _add_questions(app: FastAPI, service: Service) -> None:
    @app.get("/languages")
    async def languages(request: Request) -> Response:
        service.enter(credentials(request))
        wanted = (await parameters(request)).get("type", "source")
        if wanted not in ("source", "target"):
            raise unsupported("type")
        return JSONResponse(_targets(service) if wanted == "target" else _sources(service))

    @app.api_route("/usage", methods=["GET", "POST"])
    async def usage(request: Request) -> Response:
        caller = service.enter(credentials(request))
        limit = UNLIMITED if caller.limit is None else caller.used + caller.limit
        return JSONResponse({"character_count": caller.used, "character_limit": limit})


def _sources(service: Service) -> list[dict[str, Any]]:
    codes = dict.fromkeys(base_language(code) for code in service.fleet.sources)
    return [{"language": code.upper(), "name": language_name(code)} for code in codes]


def _targets(service: Service) -> list[dict[str, Any]]:
    codes = dict.fromkeys(target for _, target in service.fleet.directions)
    written = dict.fromkeys(form for code in codes for form in _REGIONS.get(code.lower(), (code.upper(),)))
    return [{"language": code, "name": language_name(_cldr(code)), "supports_formality": False} for code in written]


def _cldr(code: str) -> str:
    """``ZH-HANS`` as ``zh-Hans``, which has a name."""
    language, *rest = code.split("-")
    return "-".join([language.lower(), *(part.title() if len(part) == 4 else part for part in rest)])
