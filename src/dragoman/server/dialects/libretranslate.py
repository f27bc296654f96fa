"""LibreTranslate's dialect, at the root: what its clients, plug-ins and websites already speak.

Parameters come as JSON, as a form, as multipart or in the query string; the language "auto" is detected; an error is
``{"error": "…"}``. See https://docs.libretranslate.com/api/operations/translate/.
"""

from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.ask import Answer, Ask, RefusedError
from dragoman.server.dialects.libretranslate_files import add_files
from dragoman.server.dialects.libretranslate_parameters import (
    credentials,
    missing,
    number,
    source,
    target,
    text_format,
    texts,
    word,
)
from dragoman.server.dialects.protocol import PlainRoute, application, parameters
from dragoman.server.middleware import TakeSlashesForOne
from dragoman.server.names import language_name
from dragoman.server.service import Service
from dragoman.translator.files.opening import suffixes

_STATUSES = {"unsupported_format": 400}


class LibreTranslateDialect:
    """At the root."""

    prefix: ClassVar[str] = ""

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        app = application(_render, status=_status, openapi_url=None)
        app.add_middleware(TakeSlashesForOne)
        _add_texts(app, service)
        _add_questions(app, service)
        _add_suggestions(app, service)
        add_files(app, service)
        return app


def _add_texts(app: FastAPI, service: Service) -> None:
    async def translate(request: Request) -> Response:
        values = await parameters(request)
        found, many = texts(values)
        ask = Ask(
            found,
            target=target(values),
            source=source(values),
            alternatives=number(values, "alternatives"),
            format=text_format(values),
        )
        answer = await service.answer(ask, credentials(request, values))
        return JSONResponse(_rendered(answer, ask, many=many))

    app.router.routes.append(PlainRoute("/translate", translate, methods=["POST"]))  # FastAPI has nothing to add

    @app.post("/detect")
    async def detect(request: Request) -> Response:
        values = await parameters(request)
        found, _ = texts(values)
        if not any(found):
            raise missing("q")
        every = [_detection(*one) for one in service.detect("\n".join(found), credentials(request, values))]
        likely = [one for one in every if one["confidence"]]
        return JSONResponse(likely or every[:1])  # clients take the first without looking


def _add_questions(app: FastAPI, service: Service) -> None:
    @app.get("/languages")
    async def languages() -> Response:
        fleet = service.fleet
        return JSONResponse(
            [
                {"code": code, "name": language_name(code), "targets": [*fleet.targets(code), code]}
                for code in fleet.languages
            ]
        )

    @app.get("/health")
    async def health() -> Response:
        service.fleet.check()
        return JSONResponse({"status": "ok"})

    @app.get("/frontend/settings")
    async def settings() -> Response:
        return JSONResponse(_settings(service))


def _add_suggestions(app: FastAPI, service: Service) -> None:
    """What an operator may switch on."""

    @app.post("/suggest")
    async def suggest(request: Request) -> Response:
        values = await parameters(request)
        text, better = word(values, "q"), word(values, "s")
        await service.suggest(Ask((text,), target(values), source(values)), better, credentials(request, values))
        return JSONResponse({"success": True})


def _render(refusal: RefusedError) -> dict[str, Any]:
    return {"error": refusal.message}


def _status(refusal: RefusedError) -> int:
    """A key that is missing or wrong is 403 here: clients look for that."""
    return 403 if refusal.status == 401 else _STATUSES.get(refusal.reason, refusal.status)


def _rendered(answer: Answer, ask: Ask, *, many: bool) -> dict[str, Any]:
    found = answer.translations
    result: dict[str, Any] = {"translatedText": [one.text for one in found] if many else found[0].text}
    if ask.source is None:
        languages = [_detection(one.source, one.confidence) for one in found]
        result["detectedLanguage"] = languages if many else languages[0]
    if ask.alternatives:
        further = [list(one.alternatives) for one in found]
        result["alternatives"] = further if many else further[0]
    return result


def _detection(language: str, share: float) -> dict[str, Any]:
    return {"confidence": round(100 * share, 1), "language": language}


def _settings(service: Service) -> dict[str, Any]:
    codes = service.fleet.sources
    first = codes[0] if codes else "en"
    target = next(iter(service.fleet.targets(first)), first)
    return {
        "apiKeys": service.gate.needs_key,
        "charLimit": service.limits.max_characters,
        "filesTranslation": True,
        "frontendTimeout": 500,
        "keyRequired": service.gate.needs_key,
        "language": {
            "source": {"code": "auto", "name": "Auto Detect"},
            "target": {
                "code": target,
                "name": language_name(target),
            },
        },
        "suggestions": service.suggestions is not None,
        "supportedFilesFormat": suffixes(),
    }
