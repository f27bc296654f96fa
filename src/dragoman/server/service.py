"""The service: an Ask in, an Answer out. Knows no dialect and no web.

A text is cut into segments; each goes through a cache and then, with those of everyone else, in batches through a
model; where no model translates directly, through several. An answer takes at most ``max_seconds``: who asks for more
is refused in time, and finds what was already done in the cache when coming again.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dragoman.base.config import Section
from dragoman.server.ask import Answer, Ask, RefusedError, Translated
from dragoman.server.fleet import Fleet, Hop
from dragoman.server.gate import Credentials, Gate, OpenGate
from dragoman.server.languages import is_code, match
from dragoman.server.speaker import Said, Segments, Wish

Detect = Callable[[str, Sequence[str]], list[tuple[str, float]]]
"""(text, languages) → those languages with their probabilities, likeliest first."""


class ServiceLimits(Section):
    """What one request may hold, and how long it may take."""

    max_texts: int = 1000
    """Texts in one request."""
    max_characters: int = 100_000
    """Characters of all texts of one request."""
    max_alternatives: int = 10
    """Further translations of each text."""
    max_seconds: float = 9.0
    """Time for an answer; clients give up after 10 seconds and ask again."""


@dataclass(frozen=True, slots=True)
class _Journey:
    """One text and the way it has to go."""

    text: str
    source: str
    confidence: float
    hops: Sequence[Hop]


class Service:
    """Answers what is asked.

    Args:
        fleet: what translates.
        detect: tells the language of a text.
        limits: what is too much.
        gate: who may ask; everyone by default.
    """

    def __init__(
        self, fleet: Fleet, detect: Detect, limits: ServiceLimits | None = None, *, gate: Gate | None = None
    ) -> None:
        self.fleet = fleet
        self.gate = gate or OpenGate()
        self.limits = limits or ServiceLimits()
        self._detect = detect

    async def answer(self, ask: Ask, credentials: Credentials) -> Answer:
        """Translate.

        Raises:
            RefusedError: the caller may not, or the request cannot be answered, or not in time.
        """
        characters = self._check(ask)
        caller = self.gate.enter(credentials, characters=characters)
        journeys = [self._journey(text, ask) for text in ask.texts]
        self._admit(journeys)
        try:
            async with asyncio.timeout(self.limits.max_seconds):
                found = await asyncio.gather(*(self._translate(journey, ask) for journey in journeys))
        except TimeoutError:
            raise RefusedError(
                "too_slow",
                f"this took longer than {self.limits.max_seconds:g} seconds; ask again: what is done is remembered",
                status=503,
                retry_seconds=2.0,
            ) from None
        self.gate.used(caller, characters=characters)
        return Answer(tuple(found), characters)

    def detect(self, text: str, credentials: Credentials) -> list[tuple[str, float]]:
        """The languages that ``text`` may be in, of those that are served, likeliest first.

        Raises:
            RefusedError: the caller may not ask.
        """
        self.gate.enter(credentials)
        return self._detect(text, self.fleet.sources)

    def _check(self, ask: Ask) -> int:
        limits = self.limits
        characters = sum(map(len, ask.texts))
        for amount, most, what in (
            (len(ask.texts), limits.max_texts, "texts"),
            (characters, limits.max_characters, "characters"),
            (ask.alternatives, limits.max_alternatives, "alternatives"),
        ):
            if amount > most:
                raise RefusedError(
                    "too_much", f"{amount:,} {what} are too many for one request: at most {most:,}", status=413
                )
        for code in (ask.source, ask.target):
            if code is not None and not is_code(code):
                raise RefusedError(
                    "unknown_language", f"{code[:40]!r} is not a language code, such as 'en' or 'zh-Hans'"
                )
        return characters

    def _journey(self, text: str, ask: Ask) -> _Journey:
        source, confidence = self._source(text, ask)
        return _Journey(text, source, confidence, self.fleet.way(source, ask.target))

    def _admit(self, journeys: Sequence[_Journey]) -> None:
        """Ask each model that comes first on a way whether it can take all that this request brings it."""
        brought: dict[int, list[_Journey]] = {}
        for journey in journeys:
            if journey.hops:
                brought.setdefault(id(journey.hops[0].member), []).append(journey)
        for group in brought.values():
            batcher = group[0].hops[0].member.batcher
            assert batcher is not None
            batcher.admit(sum(len(journey.text) for journey in group))

    async def _translate(self, journey: _Journey, ask: Ask) -> Translated:
        source, confidence, hops = journey.source, journey.confidence, journey.hops
        if not hops:
            return Translated(journey.text, source, confidence, flags=("same-language",))
        texts: tuple[str, ...] = (journey.text,)
        flags: tuple[str, ...] = ()
        for hop in hops:
            last = hop is hops[-1]
            texts, new = await self._hop(texts[0], hop, Wish(alternatives=ask.alternatives if last else 0))
            flags = tuple(dict.fromkeys((*flags, *new)))
        via = tuple(hop.target for hop in hops[:-1])
        return Translated(texts[0], hops[0].source, confidence, texts[1:], via, flags)

    def _source(self, text: str, ask: Ask) -> tuple[str, float]:
        if ask.source is not None:
            return ask.source, 1.0
        sources = self.fleet.sources
        if not sources:
            self.fleet.way("en", ask.target)  # says why
        if not text.strip():
            return next((one for one in sources if match(ask.target, [one]) is None), sources[0]), 0.0
        return self._detect(text, sources)[0]

    async def _hop(self, text: str, hop: Hop, wish: Wish) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Translations of ``text`` one step further, best first, and what is to be said of them."""
        speaker, batcher = hop.member.speaker, hop.member.batcher
        assert speaker is not None
        assert batcher is not None
        plan = speaker.segments(text)
        distinct = list(dict.fromkeys(plan.texts))
        said: list[Said] = await asyncio.gather(*(batcher.submit(segment, wish) for segment in distinct))
        flags = tuple(dict.fromkeys(flag for one in said for flag in one.flags))
        return tuple(_ranked(plan, dict(zip(distinct, said, strict=True)))), flags

    async def close(self) -> None:
        """Finish what was taken."""
        await self.fleet.close()


def _ranked(plan: Segments, found: dict[str, Said]) -> list[str]:
    """The k-th translation of a text is made of the k-th of each segment, or of its last; each once."""
    most = max((len(said.texts) for said in found.values()), default=1)
    ranked = [
        plan.rebuild([found[text].texts[min(rank, len(found[text].texts) - 1)] for text in plan.texts])
        for rank in range(most)
    ]
    return list(dict.fromkeys(ranked))
