"""The terms of DeepL's glossaries that a translation is asked to obey."""

from collections.abc import Mapping
from typing import Any

from dragoman.server.ask import RefusedError
from dragoman.server.gate import Credentials
from dragoman.server.service import Service
from dragoman.server.store.glossaries import Glossary

_MOST_AT_ONCE = 5


async def wanted_terms(service: Service, who: Credentials, values: Mapping[str, Any]) -> dict[str, str]:
    """The terms of all glossaries named; of several with the same term the first one counts.

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
        found = (await find_glossary(service, caller.identity, identity)).find(source, target)
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


async def find_glossary(service: Service, owner: str, identity: str) -> Glossary:
    """A glossary of ``owner``.

    Raises:
        RefusedError: there is none.
    """
    glossary = await service.glossaries.find(owner, identity)
    if glossary is None:
        raise missing_glossary()
    return glossary


def missing_glossary() -> RefusedError:
    """There is no such glossary, or it is somebody else's; that looks alike."""
    return RefusedError("not_found", "Glossary not found", status=404)
