"""DeepL's glossaries of one direction, ``/v2/glossaries``; and what those of several have in common with them.

Version 2 sees of a glossary its first dictionary, as DeepL itself has it.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from dragoman.server.ask import RefusedError
from dragoman.server.dialects.deepl.parameters import credentials, unsupported
from dragoman.server.dialects.deepl.terms import find_glossary, missing_glossary
from dragoman.server.dialects.protocol import parameters
from dragoman.server.languages import is_code
from dragoman.server.service import Service
from dragoman.server.store.glossaries import Dictionary, Glossary, base_language, read_entries, write_entries

MAX_NAME = 1024
_TSV = "text/tab-separated-values"


def add_glossaries(app: FastAPI, service: Service) -> None:
    """The routes of version 2."""

    @app.post("/glossaries")
    async def create(request: Request) -> Response:
        owner = owner_of(request, service)
        values = await parameters(request)
        glossary = Glossary(owner, read_name(values), (await read_dictionary(service, values),))
        await service.glossaries.keep(glossary)
        return JSONResponse(_shown(glossary), status_code=201)

    @app.get("/glossaries")
    async def every(request: Request) -> Response:
        held = await service.glossaries.all(owner_of(request, service))
        return JSONResponse({"glossaries": [_shown(one) for one in held if one.dictionaries]})

    _add_one(app, service)
    add_what_is_alike(app, service)


def _add_one(app: FastAPI, service: Service) -> None:
    """The routes that are about one glossary."""

    @app.get("/glossaries/{identity}")
    async def one(request: Request, identity: str) -> Response:
        return JSONResponse(_shown(await find_glossary(service, owner_of(request, service), identity)))

    @app.get("/glossaries/{identity}/entries")
    async def entries(request: Request, identity: str) -> Response:
        glossary = await find_glossary(service, owner_of(request, service), identity)
        return PlainTextResponse(write_entries(_first(glossary).entries), media_type=_TSV)


def add_what_is_alike(app: FastAPI, service: Service) -> None:
    """The routes that both versions have: which directions there are, and the end of a whole glossary."""

    @app.get("/glossary-language-pairs")
    async def pairs(request: Request) -> Response:
        owner_of(request, service)
        found = dict.fromkeys((base_language(one), base_language(other)) for one, other in service.fleet.directions)
        return JSONResponse(
            {"supported_languages": [{"source_lang": source, "target_lang": target} for source, target in found]}
        )

    @app.delete("/glossaries/{identity}")
    async def delete(request: Request, identity: str) -> Response:
        if not await service.glossaries.forget(owner_of(request, service), identity):
            raise missing_glossary()
        return Response(status_code=204)


def owner_of(request: Request, service: Service) -> str:
    """Whose glossaries a request is about.

    Raises:
        RefusedError: the caller may not have any.
    """
    return service.enter(credentials(request), scope="glossaries").identity


def read_name(values: Mapping[str, Any]) -> str:
    """What a glossary is to be called."""
    name = values.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise unsupported("name")
    return name


def read_direction(values: Mapping[str, Any]) -> tuple[str, str]:
    """The languages of a dictionary, without regions."""
    source, target = (_language(values, name) for name in ("source_lang", "target_lang"))
    return source, target


def _language(values: Mapping[str, Any], name: str) -> str:
    code = values.get(name)
    if not isinstance(code, str) or not is_code(code):
        raise unsupported(name)
    return base_language(code)


async def read_dictionary(service: Service, values: Mapping[str, Any]) -> Dictionary:
    """A dictionary, for languages that can be translated; its entries, which may be many, are read in a thread.

    Raises:
        RefusedError: it is none, or nothing translates from one language into the other.
    """
    source, target = read_direction(values)
    service.fleet.way(source, target)  # says what is wrong with them
    kind, entries = values.get("entries_format", "tsv"), values.get("entries")
    if kind not in ("tsv", "csv"):
        raise unsupported("entries_format")
    if not isinstance(entries, str):
        raise RefusedError("bad_request", "Parameter 'entries' not specified")
    return Dictionary(source, target, await asyncio.to_thread(read_entries, entries, comma=kind == "csv"))


def direction(one: Dictionary) -> dict[str, Any]:
    """The languages of a dictionary, as DeepL names them."""
    return {"source_lang": one.source, "target_lang": one.target}


def created(glossary: Glossary) -> str:
    """When a glossary was made, as DeepL writes it."""
    return glossary.created.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _first(glossary: Glossary) -> Dictionary:
    return glossary.dictionaries[0] if glossary.dictionaries else Dictionary("", "", {})


def _shown(glossary: Glossary) -> dict[str, Any]:
    first = _first(glossary)
    return {
        "glossary_id": glossary.identity,
        "name": glossary.name,
        "ready": True,
        **direction(first),
        "creation_time": created(glossary),
        "entry_count": len(first.entries),
    }
