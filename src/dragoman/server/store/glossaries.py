"""Glossaries of the callers: how a term is to be said, from one language into another. Knows no dialect and no model.

A glossary holds one dictionary for each direction and is never changed in place: a new state takes the place of the
old one. Who keeps them is behind a joint; here they are kept in memory, and are gone when the service stops.
"""

import csv
import io
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol, Self

from dragoman.server.ask import RefusedError

MAX_GLOSSARIES = 1000
"""Of one owner."""
MAX_CHARACTERS = 10_000_000
"""Of all glossaries of one owner, terms and names together."""
_NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of what no term holds: controls, halves of characters, ends of lines."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Terms of one direction.

    Attributes:
        source: BCP-47 code, without a region.
        target: BCP-47 code, without a region.
        entries: source term → target term.
    """

    source: str
    target: str
    entries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Dictionaries under one name.

    Attributes:
        owner: identity of the caller it belongs to; nobody else sees it.
        name: as its owner calls it; it need not be unlike others.
        dictionaries: at most one for each direction.
        identity: 128 random bits that are hard to guess.
        created: when it was.
    """

    owner: str
    name: str
    dictionaries: tuple[Dictionary, ...]
    identity: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def characters(self) -> int:
        """Of its name and all its terms."""
        terms = (len(term) for one in self.dictionaries for entry in one.entries.items() for term in entry)
        return len(self.name) + sum(terms)

    def find(self, source: str, target: str) -> Dictionary | None:
        """Its dictionary for a direction; a region does not matter (EN-GB is EN)."""
        wanted = (base_language(source), base_language(target))
        return next(
            (one for one in self.dictionaries if (base_language(one.source), base_language(one.target)) == wanted), None
        )

    def without(self, source: str, target: str) -> Self:
        """The same but for one dictionary."""
        gone = self.find(source, target)
        return replace(self, dictionaries=tuple(one for one in self.dictionaries if one is not gone))

    def with_dictionary(self, new: Dictionary) -> Self:
        """The same with ``new`` in place of the dictionary for that direction, if there was one."""
        rest = self.without(new.source, new.target)
        return replace(rest, dictionaries=(*rest.dictionaries, new))


class GlossaryStore(Protocol):
    """Keeps glossaries, each for its owner."""

    async def all(self, owner: str) -> list[Glossary]:
        """Those of ``owner``, oldest first."""
        ...

    async def find(self, owner: str, identity: str) -> Glossary | None:
        """One of ``owner``'s, or None."""
        ...

    async def keep(self, glossary: Glossary) -> None:
        """Add it, or put it in the place of the one with the same identity.

        Raises:
            RefusedError: its owner has too many already (reason ``quota``).
        """
        ...

    async def forget(self, owner: str, identity: str) -> bool:
        """Remove one; whether it was there."""
        ...


class MemoryGlossaries:
    """Keeps glossaries until the process ends."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], Glossary] = {}

    async def all(self, owner: str) -> list[Glossary]:
        """Those of ``owner``, oldest first."""
        return [one for (holder, _), one in self._held.items() if holder == owner]

    async def find(self, owner: str, identity: str) -> Glossary | None:
        """One of ``owner``'s, or None."""
        return self._held.get((owner, identity))

    async def keep(self, glossary: Glossary) -> None:
        """Add it, or put it in the place of the one with the same identity.

        Raises:
            RefusedError: its owner has too many already (reason ``quota``).
        """
        others = [one for one in await self.all(glossary.owner) if one.identity != glossary.identity]
        check_room(glossary, count=len(others), characters=sum(one.characters for one in others))
        self._held[glossary.owner, glossary.identity] = glossary

    async def forget(self, owner: str, identity: str) -> bool:
        """Remove one; whether it was there."""
        return self._held.pop((owner, identity), None) is not None


def check_room(glossary: Glossary, *, count: int, characters: int) -> None:
    """Refuse a glossary beside which its owner has too many (``count``), or too large ones (``characters``).

    Raises:
        RefusedError: with the reason ``quota``.
    """
    if count >= MAX_GLOSSARIES or characters + glossary.characters > MAX_CHARACTERS:
        raise RefusedError(
            "quota",
            f"at most {MAX_GLOSSARIES:,} glossaries of {MAX_CHARACTERS:,} characters in all; delete one first",
            status=429,
        )


def base_language(code: str) -> str:
    """``code`` without region or script, in lower case."""
    return code.replace("_", "-").partition("-")[0].lower()


def read_entries(text: str, *, comma: bool = False) -> dict[str, str]:
    """The entries of a table with one pair of terms in each line, parted by a tab or by a comma.

    Raises:
        RefusedError: a line without two terms, a term twice, a control character, or no entry at all.
    """
    entries: dict[str, str] = {}
    for number, cells in enumerate(_rows(text, comma=comma), start=1):
        if not any(cells):
            continue
        terms = [cell.strip() for cell in cells[:2]]
        wrong = len(cells) < 2 or (len(cells) > 2 and not comma) or not all(terms)
        if wrong or any(unicodedata.category(character) in _NO_TEXT for term in terms for character in term):
            raise RefusedError("bad_request", f"line {number} of the entries does not hold a source and a target term")
        if terms[0] in entries:
            raise RefusedError("bad_request", f"line {number} of the entries names a source term for the second time")
        entries[terms[0]] = terms[1]
    if not entries:
        raise RefusedError("bad_request", "the entries are empty")
    return entries


def write_entries(entries: Mapping[str, str]) -> str:
    """Lines of a source term, a tab and a target term."""
    return "\n".join(f"{source}\t{target}" for source, target in entries.items())


def _rows(text: str, *, comma: bool) -> Iterable[list[str]]:
    if not comma:
        return (line.split("\t") for line in text.splitlines())
    try:
        return list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise RefusedError("bad_request", "the entries are no CSV") from error
