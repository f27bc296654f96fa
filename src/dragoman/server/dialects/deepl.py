"""DeepL's dialect, under ``/v2`` and ``/v3``: what its libraries, CAT tools and plug-ins already speak.

Languages are upper-case codes (EN, and EN-GB or EN-US as a target), the key stands behind ``DeepL-Auth-Key``, an
error is ``{"message": "…"}`` with 403 for a key and 456 for a used-up quota. What no model here can do is refused and
not passed over. See https://developers.deepl.com/docs.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.ask import Ask, RefusedError, TextFormat, Translated
from dragoman.server.dialects.deepl_documents import add_documents
from dragoman.server.dialects.deepl_glossaries import add_glossaries, add_multilingual_glossaries, wanted_terms
from dragoman.server.dialects.protocol import address, application, bearer, parameters
from dragoman.server.gate import Credentials
from dragoman.server.names import language_name
from dragoman.server.service import Service
from dragoman.server.store.glossaries import base_language
from dragoman.text.markup.parts import MarkupRules

UNLIMITED = 1_000_000_000_000
"""The limit of those who have none, in DeepL's own answers."""
_REGIONS = {"en": ("EN-GB", "EN-US"), "pt": ("PT-BR", "PT-PT"), "zh": ("ZH", "ZH-HANS")}
"""Languages that are written otherwise as targets."""
_CHOICES: Mapping[str, Collection[str]] = {
    "formality": ("default", "prefer_more", "prefer_less"),
    "split_sentences": ("0", "1", "nonewlines"),
    "model_type": ("quality_optimized", "latency_optimized", "prefer_quality_optimized"),
    "tag_handling_version": ("v1", "v2"),
}
"""Parameters and their values. None of them changes a translation: there is one model, and it knows no formality."""
_NOT_HERE = ("style_id", "translation_memory_id", "custom_instructions")
"""Parameters that would change the translation, and cannot here."""
_FORMATS: Mapping[str, TextFormat] = {"xml": "xml", "html": "html"}
_STATUSES = {"quota": 456, "unsupported_format": 400}


def make(service: Service) -> FastAPI:
    """The application under ``/v2``."""
    app = application(render, status=status, openapi_url=None)

    @app.post("/translate")
    async def translate(request: Request) -> Response:
        values = await parameters(request)
        who = credentials(request)
        ask = _ask(values, await wanted_terms(service, who, values))
        answer = await service.answer(ask, who)
        return JSONResponse({"translations": [_translation(one, text, values) for one, text in _pairs(answer, ask)]})

    @app.get("/languages")
    async def languages(request: Request) -> Response:
        service.enter(credentials(request))
        wanted = (await parameters(request)).get("type", "source")
        if wanted not in ("source", "target"):
            raise _unsupported("type")
        return JSONResponse(_targets(service) if wanted == "target" else _sources(service))

    @app.api_route("/usage", methods=["GET", "POST"])
    async def usage(request: Request) -> Response:
        caller = service.enter(credentials(request))
        limit = UNLIMITED if caller.limit is None else caller.used + caller.limit
        return JSONResponse({"character_count": caller.used, "character_limit": limit})

    add_glossaries(app, service, credentials)
    add_documents(app, service, credentials)
    return app


def credentials(request: Request) -> Credentials:
    """The key, as its libraries send it."""
    return Credentials(bearer(request, "DeepL-Auth-Key"), address(request))


def render(refusal: RefusedError) -> dict[str, Any]:
    """A refusal as DeepL says it."""
    return {"message": refusal.message}


def status(refusal: RefusedError) -> int:
    """A refusal's number: 456 for a used-up quota, 400 for a format, 403 for every trouble with a key."""
    return 403 if refusal.status == 401 else _STATUSES.get(refusal.reason, refusal.status)


def _pairs(answer: Any, ask: Ask) -> list[tuple[Translated, str]]:
    return list(zip(answer.translations, ask.texts, strict=True))


def _ask(values: Mapping[str, Any], terms: Mapping[str, str]) -> Ask:
    for name, choices in _CHOICES.items():
        if values.get(name) is not None and str(values[name]) not in choices:
            raise _unsupported(name)
    for name in _NOT_HERE:
        if values.get(name):
            raise RefusedError("unsupported", f"'{name}' is not supported here")
    source = values.get("source_lang")
    return Ask(
        _texts(values),
        target=_language(values, "target_lang"),
        source=None if source in (None, "") else _language(values, "source_lang"),
        format=_format(values),
        terms=terms,
        markup=_markup(values),
        context=_context(values),
    )


def _context(values: Mapping[str, Any]) -> str:
    context = values.get("context") or ""
    if not isinstance(context, str):
        raise _unsupported("context")
    return context


def _texts(values: Mapping[str, Any]) -> tuple[str, ...]:
    sent = values.get("text")
    texts = sent if isinstance(sent, list) else [sent]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise RefusedError("bad_request", "Parameter 'text' not specified: it is a list of texts")
    return tuple(texts)


def _language(values: Mapping[str, Any], name: str) -> str:
    code = values.get(name)
    if not isinstance(code, str) or not code:
        raise RefusedError("bad_request", f"Value for '{name}' not supported.")
    return code


def _format(values: Mapping[str, Any]) -> TextFormat:
    wanted = values.get("tag_handling")
    if wanted in (None, "", "0"):
        return "text"
    if not isinstance(wanted, str) or wanted not in _FORMATS:
        raise _unsupported("tag_handling")
    return _FORMATS[wanted]


def _markup(values: Mapping[str, Any]) -> MarkupRules:
    """What the caller tells of tags; "outline_detection" is for XML."""
    return MarkupRules(
        ignored=_tags(values, "ignore_tags"),
        splitting=_tags(values, "splitting_tags"),
        inline=_tags(values, "non_splitting_tags"),
        outline=str(values.get("outline_detection", "1")).lower() not in ("0", "false"),
    )


def _tags(values: Mapping[str, Any], name: str) -> frozenset[str]:
    """Names of tags: a list, or in one text with commas."""
    sent = values.get(name) or ()
    names = sent if isinstance(sent, list) else [sent] if sent else []
    if not all(isinstance(one, str) for one in names):
        raise _unsupported(name)
    return frozenset(part.strip() for one in names for part in one.split(",") if part.strip())


def _unsupported(name: str) -> RefusedError:
    return RefusedError("unsupported", f"Value for '{name}' not supported.")


def _translation(one: Translated, text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {"detected_source_language": base_language(one.source).upper(), "text": one.text}
    if str(values.get("show_billed_characters")).lower() in ("1", "true"):
        result["billed_characters"] = len(text)
    if kind := values.get("model_type"):
        result["model_type_used"] = str(kind).removeprefix("prefer_")
    return result


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


class DeepLDialect:
    """Under ``/v2``."""

    prefix: ClassVar[str] = "/v2"

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        return make(service)


class DeepLGlossariesDialect:
    """Under ``/v3``: glossaries of several directions."""

    prefix: ClassVar[str] = "/v3"

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        app = application(render, status=status, openapi_url=None)
        add_multilingual_glossaries(app, service, credentials)
        return app
