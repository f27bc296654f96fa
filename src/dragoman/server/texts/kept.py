"""A masked segment through a model that may lose placeholders: its translation holds them all, exactly as often.

Our models keep them by themselves (:mod:`dragoman.translator.robust`); here it is seen to whatever translates. Where
one is lost, the words between the placeholders are translated alone. Knows no values.
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from dragoman.safeguards.masking import Masked
from dragoman.server.speaker import Link, Said
from dragoman.text.words import word_spans
from dragoman.translator.moving import in_a_row, relinked, shift

RESCUED = "values-rescued"
"""The flag of a text whose model lost a masked value; it stands in its place, between words translated alone."""


async def kept(segment: str, submit: Callable[[str], Coroutine[Any, Any, Said]], masked: Masked) -> Said:
    """What became of ``segment``, with every placeholder of ``masked`` that it holds."""
    wanted = masked.held(segment)
    said = await submit(segment)
    whole = tuple(text for text in said.texts if masked.held(text) == wanted)
    if whole:
        return said if whole == said.texts else replace(said, texts=whole, alignment=_still(said, whole))
    pieces = masked.cut(segment)
    parts = [await _part(piece, submit, masked) if at % 2 == 0 else _as_it_is(piece) for at, piece in enumerate(pieces)]
    flags = dict.fromkeys(flag for one in (said, *parts) for flag in one.flags)
    rows = ((piece, one.texts[0], one.alignment) for piece, one in zip(pieces, parts, strict=True))
    text, links = in_a_row(rows)
    is_aligned = all(one.alignment or not any(map(str.isalnum, one.texts[0])) for one in parts)
    return Said((text,), (*flags, RESCUED), links if is_aligned else ())


def _as_it_is(piece: str) -> Said:
    return Said((piece,), alignment=tuple((span, span) for span in word_spans(piece)))


def _still(said: Said, whole: tuple[str, ...]) -> tuple[Link, ...]:
    return said.alignment if whole[0] == said.texts[0] else ()


async def _part(piece: str, submit: Callable[[str], Coroutine[Any, Any, Said]], masked: Masked) -> Said:
    """The translation of words between placeholders with the spaces around them; themselves if it gains a value."""
    words = piece.strip()
    if not any(map(str.isalnum, words)):
        return _as_it_is(piece)
    said = await submit(words)
    if masked.held(said.texts[0]):
        return _as_it_is(piece)
    before, _, after = piece.partition(words)
    text = said.texts[0].strip()
    first, last = len(before), said.texts[0].find(text)
    links = relinked(said.alignment, source=shift(first), target=shift(first - last))
    return Said((before + text + after,), said.flags, links)
