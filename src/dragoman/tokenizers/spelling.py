"""Ids that spell on: where each piece stands in a text, and which pieces complete one that ends anywhere.

A text that ends inside a word was cut by whoever typed it, not by the tokenizer: its last pieces may be others when the
word is whole. So they are given back, and in their place stands a table of all the ways to spell what they spelt and
more. Knows no models.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from dragoman.base.symbols import UNK
from dragoman.tokenizers.protocol import Spelling, Tokenizer
from dragoman.tokenizers.vocabulary import UNKNOWN_TEXT

Span = tuple[int, int]
"""Where something begins and ends, in characters."""

_GIVEN_BACK = 4
"""Pieces given back where none of them begins with a space."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a text.

    Attributes:
        ids: of its pieces up to the last safe border.
        table: how the rest can be spelt: at place k these ids, each with the place it leads to; past the last one the
            rest is spelt.
    """

    ids: tuple[int, ...]
    table: tuple[dict[int, int], ...]


def open_with(tokenizer: Tokenizer, text: str) -> Opening | None:
    """How pieces spell ``text`` and go on; None where they cannot."""
    ids = tokenizer.encode(text)
    if not isinstance(tokenizer, Spelling):
        return _open_with_words(tokenizer, text, ids)
    if UNK in ids:
        return None
    surfaces = tokenizer.surfaces
    cut = len(ids) - 1
    while cut > 0 and len(ids) - cut < _GIVEN_BACK and not surfaces[ids[cut]].startswith(b" "):
        cut -= 1
    while cut > 0 and not _ends_whole(b"".join(surfaces[index] for index in ids[:cut])):
        cut -= 1
    rest = b"".join(surfaces[index] for index in ids[max(0, cut) :])
    table = _table(_Index.of(tuple(surfaces)), rest)
    if cut <= 0 and table and tokenizer.leads_with_space:  # a space spelt as a byte would be text, and stay
        kept = {index: place for index, place in table[0].items() if not tokenizer.decode([index]).startswith(" ")}
        table = (kept, *table[1:])
    return Opening(tuple(ids[: max(0, cut)]), table)


def spans(tokenizer: Tokenizer, ids: Sequence[int], text: str) -> list[Span]:
    """Where the piece of each id stands in ``text``, which they spell; what spells nothing has an empty span."""
    if not isinstance(tokenizer, Spelling):
        return _spans_of_words(tokenizer, ids, text)
    surfaces = tokenizer.surfaces
    place = len(b" ") * -1 if tokenizer.leads_with_space else 0
    borders = [place]
    for index in ids:
        place += len(surfaces[index]) if index != UNK else len(UNKNOWN_TEXT.encode())
        borders.append(place)
    characters = _character_places(text)
    last = len(characters) - 1
    starts = [characters[min(max(border, 0), last)] for border in borders]
    return list(pairwise(starts))


def _character_places(text: str) -> list[int]:
    """For each byte of ``text`` the character it belongs to; one more for the end."""
    places = [number for number, character in enumerate(text) for _ in character.encode(errors="replace")]
    return [*places, len(text)]


def _spans_of_words(tokenizer: Tokenizer, ids: Sequence[int], text: str) -> list[Span]:
    found, place = [], 0
    for piece in tokenizer.pieces(ids):
        start = text.find(piece, place)
        place = place if start < 0 else start + len(piece)
        found.append((place, place) if start < 0 else (start, place))
    return found


def _open_with_words(tokenizer: Tokenizer, text: str, ids: Sequence[int]) -> Opening | None:
    """Of pieces that imply spaces only the last may be completed; it may be unknown as far as it was typed."""
    if UNK in ids[:-1] or not ids:
        return None
    head = tuple(ids[:-1])
    start = len(tokenizer.decode(head))
    typed = text[start:].lstrip()
    every = range(UNK + 1, len(tokenizer))
    likely = [index for index, piece in zip(every, tokenizer.pieces(every), strict=True) if piece.startswith(typed)]
    fitting = {index: 1 for index in likely if tokenizer.decode([*head, index]).startswith(text)}
    return Opening(head, (fitting,)) if fitting else None


def _ends_whole(spelt: bytes) -> bool:
    """Whether the last character is whole."""
    try:
        spelt.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Index:
    """Ids by what they spell, for looking up what begins with something."""

    by_surface: dict[bytes, list[int]]
    ordered: list[bytes]

    @staticmethod
    @lru_cache(maxsize=4)
    def of(surfaces: tuple[bytes, ...]) -> "_Index":
        by_surface = defaultdict(list)
        for index, surface in enumerate(surfaces):
            if surface:
                by_surface[surface].append(index)
        return _Index(dict(by_surface), sorted(by_surface))

    def beginning_with(self, start: bytes) -> list[bytes]:
        first = bisect_left(self.ordered, start)
        found = []
        for surface in self.ordered[first:]:
            if not surface.startswith(start):
                break
            found.append(surface)
        return found


def _table(index: _Index, rest: bytes) -> tuple[dict[int, int], ...]:
    """Every way to spell ``rest`` and perhaps more with the last piece; ways that lead nowhere are left out."""
    size = len(rest)
    table: list[dict[int, int]] = [{} for _ in rest]
    for place in reversed(range(size)):
        for end in range(place + 1, size):
            if table[end]:
                table[place] |= dict.fromkeys(index.by_surface.get(rest[place:end], ()), end)
        for surface in index.beginning_with(rest[place:]):
            table[place] |= dict.fromkeys(index.by_surface[surface], size)
    return tuple(table)
