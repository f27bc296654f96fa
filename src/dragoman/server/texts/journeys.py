"""A text and its whole way: plain or unit by unit, at once or piece by piece. Knows neither gates nor limits."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from dragoman.safeguards.masking import Masked, Masker
from dragoman.server.ask import Ask, RefusedError, Translated
from dragoman.server.fleet import Hop
from dragoman.server.privacy.masked_way import mask_for, travel_masked, without
from dragoman.server.speaker import Said, Segments, Wish
from dragoman.server.texts.hops import Hopped, begin_up_to, planned, travel
from dragoman.server.texts.marked import put_together
from dragoman.text.language import LEAST_PROBABILITY
from dragoman.text.markup.document import Markup
from dragoman.translator.terminology import Terminology

SAME_LANGUAGE = "same-language"
"""The flag of a text that is in the wanted language already."""
UNSURE_LANGUAGE = "unsure-language"
"""The flag of a text that was taken for the likeliest of the languages served, and may well be in none of them."""
CONTEXT_UNUSED = "context-unused"
"""The flag of a translation whose context no model read: those that there are translate sentence by sentence."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One text and the way it has to go.

    Attributes:
        text: as it came.
        markup: its units, each of which goes the way by itself; None for plain text.
        source: BCP-47 code, as told or as detected.
        confidence: of the detection.
        hops: the way; none where the text is in the wanted language already.
        masker: hides values of the text on the way; None hides nothing.
    """

    text: str
    markup: Markup | None
    source: str
    confidence: float
    hops: Sequence[Hop]
    masker: Masker | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        """What the reader should know of the text, whatever its translation."""
        read = self.markup.plain if self.markup else self.text
        if self.confidence < LEAST_PROBABILITY and any(map(str.isalpha, read)):
            return (UNSURE_LANGUAGE,)
        return () if self.hops else (SAME_LANGUAGE,)


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


def relevant(ask: Ask, journeys: Sequence[Journey]) -> Terminology:
    """The terms of ``ask`` that stand in any of its texts: a glossary may hold many thousands more."""
    every = Terminology(ask.terms)
    texts = (one.markup.plain if one.markup else one.text for one in journeys if ask.terms)
    return Terminology({found.source: found.target for text in texts for found in every.find(text)})


async def translated(journey: Journey, ask: Ask, terms: Terminology) -> Translated:
    """The whole translation."""
    source, confidence, hops = journey.source, journey.confidence, journey.hops
    if not hops:
        return Translated(journey.text, source, confidence, flags=journey.flags)
    if journey.markup is None:
        wish = Wish(ask.alternatives, alignments=ask.alignments)
        found = await travel_masked(journey.text, hops, wish, terms, journey.masker)
    else:
        found = await _marked(journey.markup, journey, ask, terms)
    return Translated(
        found.texts[0],
        hops[0].source,
        confidence,
        found.texts[1:],
        via=tuple(hop.target for hop in hops[:-1]),
        flags=(*found.flags, *journey.flags, *_unread(ask)),
        alignment=found.links,
    )


def _unread(ask: Ask) -> tuple[str, ...]:
    return (CONTEXT_UNUSED,) if ask.context else ()


async def _marked(markup: Markup, journey: Journey, ask: Ask, terms: Terminology) -> Hopped:
    """Words are aligned to place the marks, too."""
    hops, masker = journey.hops, journey.masker
    wishes = (Wish(ask.alternatives, alignments=bool(unit.marks) or ask.alignments) for unit in markup.units)
    units = (
        travel_masked(unit.plain, hops, wish, terms, masker) for unit, wish in zip(markup.units, wishes, strict=True)
    )
    return await asyncio.to_thread(put_together, markup, await asyncio.gather(*units), ask)


async def pieces(
    journey: Journey, ask: Ask, terms: Terminology, *, max_seconds: float
) -> AsyncGenerator[tuple[str, tuple[str, ...]]]:
    """The translation and its flags in pieces: what comes later is begun while what comes first is waited for.

    Args:
        journey: the text.
        ask: what it is part of.
        terms: of ``ask``, those that count.
        max_seconds: for each piece.

    Raises:
        RefusedError: a piece is not there in time.
    """
    if not journey.hops:
        yield journey.text, journey.flags
        return
    if journey.markup is not None or (len(journey.hops) > 1 and terms.find(journey.text)):
        async with in_time(max_seconds):
            whole = await translated(journey, replace(ask, alternatives=0, alignments=False), terms)
        yield whole.text, whole.flags
        return
    masked = await mask_for(journey.text, journey.hops, journey.masker) or Masked(journey.text)
    known = (*journey.flags, *_unread(ask))
    tasks: dict[str, asyncio.Future[Said]] = {}
    try:
        async with in_time(max_seconds):
            before = await travel(masked.text, journey.hops[:-1], Wish(), masked=masked)
        plan, submit = planned(before.texts[0], journey.hops[-1], Wish(), without(terms, masked), masked)
        if sum(map(masked.held, plan.texts), Counter()) != masked.held(masked.text):  # one would be cut in two
            async with in_time(max_seconds):
                whole = await translated(journey, replace(ask, alternatives=0, alignments=False), terms)
            yield whole.text, whole.flags
            return
        if plan.gaps[0]:
            yield plan.gaps[0], (*before.flags, *known)
        for place, segment in enumerate(plan.texts):
            await begin_up_to(place, plan.texts, submit, tasks)
            async with in_time(max_seconds):
                said = await tasks[segment]
            part = Segments((segment,), ("", plan.gaps[place + 1])).rebuild(said.texts[:1])
            yield masked.restore(part).text, tuple(dict.fromkeys((*before.flags, *said.flags, *known)))
    finally:
        for task in tasks.values():
            task.cancel()
