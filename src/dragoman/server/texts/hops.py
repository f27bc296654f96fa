"""A text from one language into the next: its segments go to a model and come back as a text. Knows no markup."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from dragoman.safeguards.masking import Masked
from dragoman.server.fleet import Hop
from dragoman.server.speaker import Link, Said, Segments, Wish
from dragoman.server.texts.kept import kept
from dragoman.server.texts.recalled import FROM_MEMORY, segments_with
from dragoman.translator.placing import place_terms
from dragoman.translator.terminology import Terminology

Result = TypeVar("Result")
Submit = Callable[[str], Coroutine[Any, Any, Said]]
"""Has one segment translated."""
NO_TERMS = Terminology({})
UNSAID_TERM = "term-unsaid"
"""The flag of a translation that does not say a term as it was told to."""
UNALIGNED = "no-alignment"
"""The flag of a text, some or all of whose words were not aligned though that was wished."""


@dataclass(frozen=True, slots=True)
class Hopped:
    """What became of a text.

    Attributes:
        texts: translations, best first.
        flags: what is to be said of them.
        links: words of the text and of the best translation; none where they were not wished or cannot be had, as
            the flag :data:`UNALIGNED` says.
    """

    texts: tuple[str, ...]
    flags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


async def together(ways: Sequence[Coroutine[Any, Any, Result]]) -> list[Result]:
    """What comes of each, all begun at once; a lone one, as most are, needs no task of its own."""
    return [await ways[0]] if len(ways) == 1 else await asyncio.gather(*ways)


async def travel(
    text: str, hops: Sequence[Hop], wish: Wish, terms: Terminology = NO_TERMS, masked: Masked | None = None
) -> Hopped:
    """Translations of ``text`` at the end of the way; alternatives are of the last hop.

    Through languages in between, terms are put in at the end, by links that lead there through these languages. Of the
    placeholders of ``masked`` none is lost on the way.
    """
    if len(hops) > 1 and terms.find(text):
        found = await _travel(text, hops, replace(wish, alignments=True), NO_TERMS, masked)
        return _with_terms(text, found, wish, terms)
    return await _travel(text, hops, wish, terms, masked)


def _with_terms(text: str, found: Hopped, wish: Wish, terms: Terminology) -> Hopped:
    placed = place_terms(found.texts[0], found.links, terms.find(text))
    others = [place_terms(other, (), terms.find(text)) for other in found.texts[1:]]
    texts = dict.fromkeys((placed.text, *(one.text for one in others if not one.missing)))
    flags = [flag for flag in found.flags if flag != UNALIGNED or wish.alignments]
    return Hopped(
        tuple(texts), (*flags, *((UNSAID_TERM,) if placed.missing else ())), placed.links if wish.alignments else ()
    )


async def _travel(text: str, hops: Sequence[Hop], wish: Wish, terms: Terminology, masked: Masked | None) -> Hopped:
    found = Hopped((text,))
    flags: dict[str, None] = {}
    links: tuple[Link, ...] = ()
    for number, step in enumerate(hops, start=1):
        is_last = number == len(hops)
        wished = wish if is_last else Wish(alignments=wish.alignments)
        found = await _hop(found.texts[0], step, wished, terms if is_last else NO_TERMS, masked)
        flags |= dict.fromkeys(found.flags)
        links = found.links if number == 1 else through(links, found.links)
    return Hopped(found.texts, tuple(flags), links)


async def _hop(text: str, step: Hop, wish: Wish, terms: Terminology, masked: Masked | None) -> Hopped:
    plan, submit = planned(text, step, wish, terms, masked)
    distinct = list(dict.fromkeys(plan.texts))
    said = dict(zip(distinct, await together([submit(text) for text in distinct]), strict=True))
    flags = tuple(dict.fromkeys(flag for one in said.values() for flag in one.flags))
    links = links_of(plan, [said[one] for one in plan.texts]) if wish.alignments else ()
    if wish.alignments and not all(one.alignment for one in said.values()):
        flags = (*flags, UNALIGNED)
    return Hopped(tuple(_ranked(plan, said)), flags, links)


def _ranked(plan: Segments, found: dict[str, Said]) -> list[str]:
    """The k-th translation of a text is made of the k-th of each segment, or of its last; each once."""
    most = max((len(said.texts) for said in found.values()), default=1)
    ranked = [
        plan.rebuild([found[text].texts[min(rank, len(found[text].texts) - 1)] for text in plan.texts])
        for rank in range(most)
    ]
    return list(dict.fromkeys(ranked))


def links_of(plan: Segments, said: Sequence[Said]) -> tuple[Link, ...]:
    """The links of the segments, in the whole text."""
    links: list[Link] = []
    source = target = 0
    for gap, segment, one in zip(plan.gaps, plan.texts, said, strict=False):
        source, target = source + len(gap), target + len(gap)
        clean = Segments((segment,), ("", "")).rebuild(one.texts[:1])
        lost = max(0, one.texts[0].find(clean))
        links.extend(
            ((source + first, source + last), (target + max(0, start - lost), target + end - lost))
            for (first, last), (start, end) in one.alignment
            if lost < end <= lost + len(clean)
        )
        source, target = source + len(segment), target + len(clean)
    return tuple(links)


def through(first: Sequence[Link], second: Sequence[Link]) -> tuple[Link, ...]:
    """Links from a text to the one after the next, through the words in between."""
    onward: dict[int, list[tuple[int, int]]] = {}
    for (start, end), target in second:
        for place in range(start, end):
            onward.setdefault(place, []).append(target)
    links = {
        (source, target): None for source, span in first for place in range(*span) for target in onward.get(place, ())
    }
    return tuple(links)


def planned(
    text: str, hop: Hop, wish: Wish, terms: Terminology = NO_TERMS, masked: Masked | None = None
) -> tuple[Segments, Submit]:
    """The segments of ``text``, and the way to have one of them translated.

    Those with a term are told of all terms, so that they share a batch; those without still share that of everyone.
    """
    told = replace(wish, terms=tuple(terms.terms.items()))
    speaker, batcher = hop.member.speaker, hop.member.batcher
    assert speaker is not None
    assert batcher is not None

    def recalled(segment: str) -> Said | None:
        return None if masked and masked.held(segment) else hop.recall(segment, alternatives=wish.alternatives)

    def submit(segment: str) -> Coroutine[Any, Any, Said]:
        if said := recalled(segment):
            return _at_once(replace(said, flags=(FROM_MEMORY,)))
        coming = batcher.submit(segment, told if told.terms and terms.find(segment) else wish)
        return coming if hop.turns is None else _in_turn(hop.turns, coming)

    plan = segments_with(text, speaker, recalled) if hop.memories else speaker.segments(text)
    return plan, submit if masked is None else partial(kept, submit=submit, masked=masked)


async def _at_once(said: Said) -> Said:
    return said


async def _in_turn(turns: asyncio.Semaphore, coming: Coroutine[Any, Any, Said]) -> Said:
    try:
        async with turns:
            return await coming
    finally:
        coming.close()  # where it never began


async def begin_up_to(
    place: int, segments: Sequence[str], submit: Submit, tasks: dict[str, asyncio.Future[Said]]
) -> None:
    """Begin what is waited for at ``place``, and somewhat more.

    The first segment goes alone, so that it is there at once; then two, four, eight: each group waits while the one
    before it is translated, and soon they are as large as the batches of a whole text.
    """
    for segment in segments[: 2 ** ((place + 1).bit_length() + 1) - 1]:
        if segment not in tasks:
            tasks[segment] = asyncio.ensure_future(submit(segment))
            if len(tasks) == 1:
                await asyncio.sleep(0)  # it is in the queue,
                await asyncio.sleep(0)  # and in its batch, if the model is free
