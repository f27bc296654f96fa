"""DeepL's glossaries of several directions, ``/v3/glossaries``: a dictionary for each.

DeepL's library for Python sends JSON; those for Node.js, Java and .NET send forms, in which a list is written as
``dictionaries[0].source_lang=…``. A glossary is changed by one request after another, so that of two that come at once
none undoes what the other did.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.ask import RefusedError
from dragoman.server.dialects.deepl.glossaries import (
    add_what_is_alike,
    created,
    direction,
    owner_of,
    read_dictionary,
    read_direction,
    read_name,
)
from dragoman.server.dialects.deepl.terms import find_glossary
from dragoman.server.dialects.protocol import parameters
from dragoman.server.service import Service
from dragoman.server.store.glossaries import Dictionary, Glossary, write_entries

_PLACE = re.compile(r"dictionaries\[(\d{1,4})\]\.(\w+)")
"""The name of a value of a list in a form: its number, and its name in the dictionary."""


def add_dictionaries(app: FastAPI, service: Service) -> None:
    """The routes of version 3."""

    @app.post("/glossaries")
    async def create(request: Request) -> Response:
        owner = owner_of(request, service)
        values = await parameters(request)
        glossary = Glossary(owner, read_name(values), ())
        for new in await _dictionaries(service, values):
            glossary = glossary.with_dictionary(new)
        await service.glossaries.keep(glossary)
        return JSONResponse(_shown(glossary), status_code=201)

    @app.get("/glossaries")
    async def every(request: Request) -> Response:
        held = await service.glossaries.all(owner_of(request, service))
        return JSONResponse({"glossaries": [_shown(one) for one in held]})

    @app.get("/glossaries/{identity}")
    async def one(request: Request, identity: str) -> Response:
        return JSONResponse(_shown(await find_glossary(service, owner_of(request, service), identity)))

    @app.get("/glossaries/{identity}/entries")
    async def entries(request: Request, identity: str) -> Response:
        glossary = await find_glossary(service, owner_of(request, service), identity)
        found = _one_of(glossary, request.query_params)
        shown = {**direction(found), "entries": write_entries(found.entries), "entries_format": "tsv"}
        return JSONResponse({"dictionaries": [shown]})

    _add_changes(app, service)
    add_what_is_alike(app, service)


def _add_changes(app: FastAPI, service: Service) -> None:
    """The routes that change a glossary."""
    turn = asyncio.Lock()

    async def changed(owner: str, identity: str, change: Callable[[Glossary], Glossary]) -> Glossary:
        async with turn:
            glossary = change(await find_glossary(service, owner, identity))
            await service.glossaries.keep(glossary)
        return glossary

    @app.patch("/glossaries/{identity}")
    async def add(request: Request, identity: str) -> Response:
        owner = owner_of(request, service)
        values = await parameters(request)
        name = read_name(values) if "name" in values else None
        new = await _dictionaries(service, values) if _holds_dictionaries(values) else []
        return JSONResponse(_shown(await changed(owner, identity, lambda old: _with(old, name, new))))

    @app.put("/glossaries/{identity}/dictionaries")
    async def put(request: Request, identity: str) -> Response:
        owner = owner_of(request, service)
        new = await read_dictionary(service, await parameters(request))
        await changed(owner, identity, lambda old: old.with_dictionary(new))
        return JSONResponse({**direction(new), "entry_count": len(new.entries)})

    @app.delete("/glossaries/{identity}/dictionaries")
    async def delete(request: Request, identity: str) -> Response:
        def without(old: Glossary) -> Glossary:
            gone = _one_of(old, request.query_params)
            return old.without(gone.source, gone.target)

        await changed(owner_of(request, service), identity, without)
        return Response(status_code=204)


def _with(glossary: Glossary, name: str | None, dictionaries: Iterable[Dictionary]) -> Glossary:
    """A new name, and entries added to those there are; a term that is there gets its new translation."""
    changed = glossary if name is None else replace(glossary, name=name)
    for new in dictionaries:
        old = changed.find(new.source, new.target)
        entries = {**(old.entries if old else {}), **new.entries}
        changed = changed.with_dictionary(Dictionary(new.source, new.target, entries))
    return changed


def _holds_dictionaries(values: Mapping[str, Any]) -> bool:
    return any(name.startswith("dictionaries") for name in values)


async def _dictionaries(service: Service, values: Mapping[str, Any]) -> list[Dictionary]:
    sent = values.get("dictionaries") or _from_form(values)
    if not isinstance(sent, list) or not sent or not all(isinstance(one, dict) for one in sent):
        raise RefusedError("bad_request", "Parameter 'dictionaries' not specified: it is a list of dictionaries")
    return [await read_dictionary(service, one) for one in sent]


def _from_form(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The list that the names of a form tell of, in the order of its numbers."""
    found: dict[int, dict[str, Any]] = {}
    for name, value in values.items():
        if place := _PLACE.fullmatch(name):
            found.setdefault(int(place[1]), {})[place[2]] = value
    return [found[number] for number in sorted(found)]


def _one_of(glossary: Glossary, values: Mapping[str, Any]) -> Dictionary:
    found = glossary.find(*read_direction(values))
    if found is None:
        raise RefusedError("not_found", "Dictionary not found", status=404)
    return found


def _shown(glossary: Glossary) -> dict[str, Any]:
    return {
        "glossary_id": glossary.identity,
        "name": glossary.name,
        "dictionaries": [{**direction(one), "entry_count": len(one.entries)} for one in glossary.dictionaries],
        "creation_time": created(glossary),
    }
