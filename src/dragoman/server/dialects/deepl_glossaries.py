"""DeepL's glossaries: those of one direction (``/v2/glossaries``) and of several (``/v3/glossaries``), of one kind.

Version 2 sees of a glossary its first dictionary, as DeepL itself has it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from dragoman.server.ask import RefusedError
from dragoman.server.dialects.protocol import json_object, parameters
from dragoman.server.gate import Credentials
from dragoman.server.languages import is_code
from dragoman.server.service import Service
from dragoman.server.store.glossaries import Dictionary, Glossary, base_language, read_entries, write_entries

ReadCredentials = Callable[[Request], Credentials]
MAX_NAME = 1024
_MOST_AT_ONCE = 5
_TSV = "text/tab-separated-values"


async def wanted_terms(service: Service, who: Credentials, values: Mapping[str, Any]) -> dict[str, str]:
    """The terms that a translation is asked to obey; of several glossaries the first one with a term counts.

    Raises:
        RefusedError: no such glossary, none for this direction, or no source language.
    """
    identities = _identities(values)
    if not identities:
        return {}
    source, target = values.get("source_lang"), values.get("target_lang")
    if not isinstance(source, str) or not isinstance(target, str):
        raise RefusedError("bad_request", "source_lang and target_lang are required with a glossary")
    caller = service.enter(who, counts=False)
    terms: dict[str, str] = {}
    for identity in identities:
        found = (await _found(service, caller.identity, identity)).find(source, target)
        if found is None:
            raise RefusedError("bad_request", f"The glossary {identity} has no dictionary {source}-{target}"[:200])
        terms = {**found.entries, **terms}
    return terms


def _identities(values: Mapping[str, Any]) -> list[str]:
    one, several = values.get("glossary_id"), values.get("glossary_ids")
    if several and one:
        raise RefusedError("bad_request", "glossary_id and glossary_ids cannot be used together")
    if isinstance(several, str):
        several = several.split(",")
    wanted = [one] if one else several or []
    if not isinstance(wanted, list) or len(wanted) > _MOST_AT_ONCE or not all(isinstance(each, str) for each in wanted):
        raise RefusedError("bad_request", f"glossary_ids is a list of at most {_MOST_AT_ONCE} ids")
    return wanted


def add_glossaries(app: FastAPI, service: Service, read: ReadCredentials) -> None:
    """The routes of version 2."""
    _add_pairs(app, service, read)

    @app.post("/glossaries")
    async def create(request: Request) -> Response:
        owner = _owner(service, read(request))
        values = await parameters(request)
        glossary = Glossary(owner, _name(values), (_dictionary(service, values),))
        await service.glossaries.keep(glossary)
        return JSONResponse(_shown(glossary), status_code=201)

    @app.get("/glossaries")
    async def every(request: Request) -> Response:
        held = await service.glossaries.all(_owner(service, read(request)))
        return JSONResponse({"glossaries": [_shown(one) for one in held if one.dictionaries]})

    @app.get("/glossaries/{identity}")
    async def one(request: Request, identity: str) -> Response:
        return JSONResponse(_shown(await _found(service, _owner(service, read(request)), identity)))

    @app.get("/glossaries/{identity}/entries")
    async def entries(request: Request, identity: str) -> Response:
        glossary = await _found(service, _owner(service, read(request)), identity)
        first = glossary.dictionaries[0].entries if glossary.dictionaries else {}
        return PlainTextResponse(write_entries(first), media_type=_TSV)

    _add_delete(app, service, read)


def _add_pairs(app: FastAPI, service: Service, read: ReadCredentials) -> None:
    @app.get("/glossary-language-pairs")
    async def pairs(request: Request) -> Response:
        service.enter(read(request), scope="glossaries")
        found = dict.fromkeys((base_language(one), base_language(other)) for one, other in service.fleet.directions)
        return JSONResponse(
            {"supported_languages": [{"source_lang": source, "target_lang": target} for source, target in found]}
        )


def _add_delete(app: FastAPI, service: Service, read: ReadCredentials) -> None:
    @app.delete("/glossaries/{identity}")
    async def delete(request: Request, identity: str) -> Response:
        if not await service.glossaries.forget(_owner(service, read(request)), identity):
            raise _missing()
        return Response(status_code=204)


def _owner(service: Service, who: Credentials) -> str:
    return service.enter(who, scope="glossaries").identity


def add_multilingual_glossaries(app: FastAPI, service: Service, read: ReadCredentials) -> None:
    """The routes of version 3."""

    async def found(request: Request, identity: str) -> Glossary:
        return await _found(service, _owner(service, read(request)), identity)

    @app.post("/glossaries")
    async def create(request: Request) -> Response:
        owner = _owner(service, read(request))
        values = await json_object(request)
        glossary = Glossary(owner, _name(values), ())
        for new in _dictionaries(service, values):
            glossary = glossary.with_dictionary(new)
        await service.glossaries.keep(glossary)
        return JSONResponse(_shown_with_all(glossary), status_code=201)

    @app.get("/glossaries")
    async def every(request: Request) -> Response:
        held = await service.glossaries.all(_owner(service, read(request)))
        return JSONResponse({"glossaries": [_shown_with_all(one) for one in held]})

    @app.get("/glossaries/{identity}")
    async def one(request: Request, identity: str) -> Response:
        return JSONResponse(_shown_with_all(await found(request, identity)))

    @app.patch("/glossaries/{identity}")
    async def change(request: Request, identity: str) -> Response:
        glossary = await found(request, identity)
        changed = _changed(service, glossary, await json_object(request))
        await service.glossaries.keep(changed)
        return JSONResponse(_shown_with_all(changed))

    _add_dictionaries(app, service, found)
    _add_delete(app, service, read)


def _add_dictionaries(app: FastAPI, service: Service, found: Callable[[Request, str], Any]) -> None:
    """The routes of version 3 that are about one dictionary of a glossary."""

    @app.get("/glossaries/{identity}/entries")
    async def entries(request: Request, identity: str) -> Response:
        one = _one_of(await found(request, identity), request.query_params)
        shown = {**_direction(one), "entries": write_entries(one.entries), "entries_format": "tsv"}
        return JSONResponse({"dictionaries": [shown]})

    @app.put("/glossaries/{identity}/dictionaries")
    async def replace_dictionary(request: Request, identity: str) -> Response:
        glossary = await found(request, identity)
        new = _dictionary(service, await json_object(request))
        await service.glossaries.keep(glossary.with_dictionary(new))
        return JSONResponse({**_direction(new), "entry_count": len(new.entries)})

    @app.delete("/glossaries/{identity}/dictionaries")
    async def delete_dictionary(request: Request, identity: str) -> Response:
        glossary = await found(request, identity)
        gone = _one_of(glossary, request.query_params)
        await service.glossaries.keep(glossary.without(gone.source, gone.target))
        return Response(status_code=204)


def _changed(service: Service, glossary: Glossary, values: Mapping[str, Any]) -> Glossary:
    """A new name, and entries added to those there are; a term that is there gets its new translation."""
    changed = replace(glossary, name=_name(values)) if "name" in values else glossary
    if "dictionaries" in values:
        for new in _dictionaries(service, values):
            old = changed.find(new.source, new.target)
            entries = {**(old.entries if old else {}), **new.entries}
            changed = changed.with_dictionary(Dictionary(new.source, new.target, entries))
    return changed


async def _found(service: Service, owner: str, identity: str) -> Glossary:
    glossary = await service.glossaries.find(owner, identity)
    if glossary is None:
        raise _missing()
    return glossary


def _missing() -> RefusedError:
    return RefusedError("not_found", "Glossary not found", status=404)


def _one_of(glossary: Glossary, values: Mapping[str, Any]) -> Dictionary:
    found = glossary.find(_language(values, "source_lang"), _language(values, "target_lang"))
    if found is None:
        raise RefusedError("not_found", "Dictionary not found", status=404)
    return found


def _name(values: Mapping[str, Any]) -> str:
    name = values.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise RefusedError("bad_request", "Value for 'name' not supported.")
    return name


def _language(values: Mapping[str, Any], name: str) -> str:
    code = values.get(name)
    if not isinstance(code, str) or not is_code(code):
        raise RefusedError("bad_request", f"Value for '{name}' not supported.")
    return base_language(code)


def _dictionary(service: Service, values: Mapping[str, Any]) -> Dictionary:
    source, target = _language(values, "source_lang"), _language(values, "target_lang")
    service.fleet.way(source, target)  # says what is wrong with them
    kind, entries = values.get("entries_format", "tsv"), values.get("entries")
    if kind not in ("tsv", "csv"):
        raise RefusedError("bad_request", "Value for 'entries_format' not supported.")
    if not isinstance(entries, str):
        raise RefusedError("bad_request", "Parameter 'entries' not specified")
    return Dictionary(source, target, read_entries(entries, comma=kind == "csv"))


def _dictionaries(service: Service, values: Mapping[str, Any]) -> list[Dictionary]:
    sent = values.get("dictionaries")
    if not isinstance(sent, list) or not sent or not all(isinstance(one, dict) for one in sent):
        raise RefusedError("bad_request", "Parameter 'dictionaries' not specified: it is a list of dictionaries")
    return [_dictionary(service, one) for one in sent]


def _direction(one: Dictionary) -> dict[str, Any]:
    return {"source_lang": one.source, "target_lang": one.target}


def _shown(glossary: Glossary) -> dict[str, Any]:
    first = glossary.dictionaries[0] if glossary.dictionaries else Dictionary("", "", {})
    return {
        "glossary_id": glossary.identity,
        "name": glossary.name,
        "ready": True,
        **_direction(first),
        "creation_time": _time(glossary),
        "entry_count": len(first.entries),
    }


def _shown_with_all(glossary: Glossary) -> dict[str, Any]:
    return {
        "glossary_id": glossary.identity,
        "name": glossary.name,
        "dictionaries": [{**_direction(one), "entry_count": len(one.entries)} for one in glossary.dictionaries],
        "creation_time": _time(glossary),
    }


def _time(glossary: Glossary) -> str:
    return glossary.created.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
