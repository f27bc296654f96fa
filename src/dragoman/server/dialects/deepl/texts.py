"""DeepL's texts, ``/v2/translate``: with tags or without, with the terms of glossaries, in the order they came."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.ask import Ask, RefusedError, TextFormat, Translated
from dragoman.server.dialects.deepl.parameters import check_wishes, credentials, target_and_source, unsupported
from dragoman.server.dialects.deepl.terms import wanted_terms
from dragoman.server.dialects.protocol import parameters
from dragoman.server.service import Service
from dragoman.server.store.glossaries import base_language
from dragoman.text.markup.parts import MarkupRules

_FORMATS: Mapping[str, TextFormat] = {"xml": "xml", "html": "html"}


def add_texts(app: FastAPI, service: Service) -> None:
    """The route."""

    @app.post("/translate")
    async def translate(request: Request) -> Response:
        values = await parameters(request)
        who = credentials(request)
        ask = _ask(values, await wanted_terms(service, who, values))
        answer = await service.answer(ask, who)
        pairs = zip(answer.translations, ask.texts, strict=True)
        return JSONResponse({"translations": [_translation(one, text, values) for one, text in pairs]})


def _ask(values: Mapping[str, Any], terms: Mapping[str, str]) -> Ask:
    check_wishes(values)
    target, source = target_and_source(values)
    return Ask(
        _texts(values),
        target=target,
        source=source,
        format=_format(values),
        terms=terms,
        markup=_markup(values),
        context=_context(values),
    )


def _texts(values: Mapping[str, Any]) -> tuple[str, ...]:
    sent = values.get("text")
    texts = sent if isinstance(sent, list) else [sent]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise RefusedError("bad_request", "Parameter 'text' not specified: it is a list of texts")
    return tuple(texts)


def _format(values: Mapping[str, Any]) -> TextFormat:
    wanted = values.get("tag_handling")
    if wanted in (None, "", "0"):
        return "text"
    if not isinstance(wanted, str) or wanted not in _FORMATS:
        raise unsupported("tag_handling")
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
        raise unsupported(name)
    return frozenset(part.strip() for one in names for part in one.split(",") if part.strip())


def _context(values: Mapping[str, Any]) -> str:
    context = values.get("context") or ""
    if not isinstance(context, str):
        raise unsupported("context")
    return context


def _translation(one: Translated, text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {"detected_source_language": base_language(one.source).upper(), "text": one.text}
    if str(values.get("show_billed_characters")).lower() in ("1", "true"):
        result["billed_characters"] = len(text)
    if kind := values.get("model_type"):
        result["model_type_used"] = str(kind).removeprefix("prefer_")
    return result
