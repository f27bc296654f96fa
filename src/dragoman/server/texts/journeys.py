"""A text and its whole way: plain or unit by unit, at once or piece by piece. Knows neither gates nor limits."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from dragoman.server.ask import Ask, RefusedError, Translated
from dragoman.server.fleet import Hop
from dragoman.server.speaker import Said, Segments, Wish
from dragoman.server.texts.hops import UNALIGNED, Hopped, begin_up_to, planned, travel
from dragoman.server.texts.marked import put_together
from dragoman.text.markup.document import Markup

SAME_LANGUAGE = "same-language"
"""The flag of a text that is in the wanted language already."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One text and the way it has to go.

    Attributes:
        text: as it came.
        markup: its units, each of which goes the way by itself; None for plain text.
        source: BCP-47 code, as told or as detected.
        confidence: of the detection.
        hops: the way; none where the text is in the wanted language already.
    """

    text: str
    markup: Markup | None
    source: str
    confidence: float
    hops: Sequence[Hop]


@asynccontextmanager
async def in_time(max_seconds: float) -> AsyncIterator[None]:
    """Refuse what is not done in time.

    Raises:
        RefusedError: it took longer.
    """
    try:
        async with asyncio.timeout(max_seconds):
            yield
    except TimeoutError:
        raise RefusedError(
            "too_slow",
            f"this took longer than {max_seconds:g} seconds; ask again: what is done is remembered",
            status=503,
            retry_seconds=2.0,
        ) from None


async def translated(journey: Journey, ask: Ask) -> Translated:
    """The whole translation."""
    source, confidence, hops = journey.source, journey.confidence, journey.hops
    if not hops:
        return Translated(journey.text, source, confidence, flags=(SAME_LANGUAGE,))
    found = await (_plain(journey, ask) if journey.markup is None else _marked(journey.markup, journey, ask))
    return Translated(
        found.texts[0],
        hops[0].source,
        confidence,
        found.texts[1:],
        via=tuple(hop.target for hop in hops[:-1]),
        flags=found.flags,
        alignment=found.links,
    )


async def _plain(journey: Journey, ask: Ask) -> Hopped:
    return await travel(journey.text, journey.hops, Wish(ask.alternatives, alignments=ask.alignments), ask.terms)


async def _marked(markup: Markup, journey: Journey, ask: Ask) -> Hopped:
    """Words are aligned to place the marks; where they stand between the marks of the whole is not told."""
    units = (
        travel(unit.plain, journey.hops, Wish(ask.alternatives, alignments=bool(unit.marks)), ask.terms)
        for unit in markup.units
    )
    found = await asyncio.to_thread(put_together, markup, await asyncio.gather(*units))
    flags = [flag for flag in found.flags if flag != UNALIGNED]
    return replace(found, flags=(*flags, UNALIGNED) if ask.alignments else tuple(flags))


async def pieces(journey: Journey, ask: Ask, *, max_seconds: float) -> AsyncGenerator[tuple[str, tuple[str, ...]]]:
    """The translation and its flags in pieces: what comes later is begun while what comes first is waited for.

    Args:
        journey: the text.
        ask: what it is part of.
        max_seconds: for each piece.

    Raises:
        RefusedError: a piece is not there in time.
    """
    if not journey.hops:
        yield journey.text, (SAME_LANGUAGE,)
        return
    if journey.markup is not None:
        async with in_time(max_seconds):
            whole = await translated(journey, replace(ask, alternatives=0, alignments=False))
        yield whole.text, whole.flags
        return
    tasks: dict[str, asyncio.Future[Said]] = {}
    try:
        async with in_time(max_seconds):
            before = await travel(journey.text, journey.hops[:-1], Wish(), {})
        plan, submit = planned(before.texts[0], journey.hops[-1], Wish(), ask.terms)
        if plan.gaps[0]:
            yield plan.gaps[0], before.flags
        for place, segment in enumerate(plan.texts):
            await begin_up_to(place, plan.texts, submit, tasks)
            async with in_time(max_seconds):
                said = await tasks[segment]
            part = Segments((segment,), ("", plan.gaps[place + 1])).rebuild(said.texts[:1])
            yield part, tuple(dict.fromkeys((*before.flags, *said.flags)))
    finally:
        for task in tasks.values():
            task.cancel()
