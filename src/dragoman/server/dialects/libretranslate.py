"""LibreTranslate's dialect, at the root: what its clients, plug-ins and websites already speak.

Parameters come as JSON, as a form, as multipart or in the query string; the language "auto" is detected; an error is
``{"error": "…"}``. See https://docs.libretranslate.com/api/operations/translate/.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.ask import Answer, Ask, RefusedError
from dragoman.server.dialects.libretranslate_files import add_files
from dragoman.server.dialects.protocol import PlainRoute, address, application, parameters
from dragoman.server.gate import Credentials
from dragoman.server.names import language_name
from dragoman.server.service import Service
from dragoman.translator.files.opening import suffixes

_FORMATS = {"text": "text", "html": "html"}


def make(service: Service) -> FastAPI:
    """The application."""
    app = application(_render, status=_status, openapi_url=None)

    async def translate(request: Request) -> Response:
        values = await parameters(request)
        texts, many = _texts(values)
        source = _word(values, "source")
        answer = await service.answer(
            Ask(
                texts,
                target=_word(values, "target"),
                source=None if source == "auto" else source,
                alternatives=_number(values, "alternatives"),
                format=_format(values),
            ),
            _credentials(request, values),
        )
        return JSONResponse(_rendered(answer, many=many, detected=source == "auto", values=values))

    app.router.routes.append(PlainRoute("/translate", translate, methods=["POST"]))  # FastAPI has nothing to add

    @app.post("/detect")
    async def detect(request: Request) -> Response:
        values = await parameters(request)
        texts, _ = _texts(values)
        found = service.detect(texts[0] if texts else "", _credentials(request, values))
        return JSONResponse([_detection(language, share) for language, share in found if share > 0])

    @app.get("/languages")
    async def languages() -> Response:
        return JSONResponse(
            [
                {"code": code, "name": language_name(code), "targets": [*service.fleet.targets(code), code]}
                for code in service.fleet.sources
            ]
        )

    @app.get("/health")
    async def health() -> Response:
        service.fleet.check()
        return JSONResponse({"status": "ok"})

    @app.get("/frontend/settings")
    async def settings() -> Response:
        return JSONResponse(_settings(service))

    _add_the_rest(app, service)
    return app


def _add_the_rest(app: FastAPI, service: Service) -> None:
    """Suggestions, which an operator may switch on, and files."""

    @app.post("/suggest")
    async def suggest(request: Request) -> Response:
        values = await parameters(request)
        text, better, source, target = (_word(values, name) for name in ("q", "s", "source", "target"))
        await service.suggest(Ask((text,), target, source), better, _credentials(request, values))
        return JSONResponse({"success": True})

    add_files(app, service, _credentials)


def _render(refusal: RefusedError) -> dict[str, Any]:
    return {"error": refusal.message}


def _status(refusal: RefusedError) -> int:
    """A key that is missing or wrong is 403 here: clients look for that."""
    return 403 if refusal.status == 401 else refusal.status


def _credentials(request: Request, values: Mapping[str, Any]) -> Credentials:
    key = values.get("api_key")
    return Credentials(key if isinstance(key, str) and key else None, address(request))


def _texts(values: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """The texts, and whether they came as a list."""
    if "q" not in values:
        raise RefusedError("bad_request", "Invalid request: missing q parameter")
    sent = values["q"]
    texts = tuple(sent) if isinstance(sent, list) else (sent,)
    if not all(isinstance(text, str) for text in texts):
        raise RefusedError("bad_request", "Invalid request: q must be a text or a list of texts")
    return texts, isinstance(sent, list)


def _word(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError("bad_request", f"Invalid request: missing {name} parameter")
    return value


def _number(values: Mapping[str, Any], name: str) -> int:
    try:
        number = int(values.get(name) or 0)
    except (TypeError, ValueError, OverflowError) as error:
        raise RefusedError("bad_request", f"Invalid request: {name} parameter is not a number") from error
    if number < 0:
        raise RefusedError("bad_request", f"Invalid request: {name} parameter must not be negative")
    return number


def _format(values: Mapping[str, Any]) -> Any:
    wanted = values.get("format") or "text"
    if not isinstance(wanted, str) or wanted not in _FORMATS:
        raise RefusedError("bad_request", f"{wanted!r:.40} format is not supported")
    return _FORMATS[wanted]


def _rendered(answer: Answer, *, many: bool, detected: bool, values: Mapping[str, Any]) -> dict[str, Any]:
    found = answer.translations
    result: dict[str, Any] = {"translatedText": [one.text for one in found] if many else found[0].text}
    if detected:
        languages = [_detection(one.source, one.confidence) for one in found]
        result["detectedLanguage"] = languages if many else languages[0]
    if values.get("alternatives"):
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


class LibreTranslateDialect:
    """At the root."""

    prefix: ClassVar[str] = ""

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        return make(service)
