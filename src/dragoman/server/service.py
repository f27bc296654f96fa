"""The service: an Ask in, an Answer out. Knows no dialect and no web.

A text is cut into segments; each goes through a cache and then, with those of everyone else, in batches through a
model; where no model translates directly, through several. An answer takes at most ``max_seconds``: who asks for more
is refused in time, and finds what was already done in the cache when coming again.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from dragoman.server.ask import Answer, Ask, Piece, RefusedError
from dragoman.server.files.desk import FileDesk
from dragoman.server.files.job import FileServiceLimits
from dragoman.server.fleet import Fleet, Hop
from dragoman.server.gate import Caller, Credentials, Gate, OpenGate, Scope
from dragoman.server.languages import is_code, match
from dragoman.server.privacy.shield import Shield
from dragoman.server.store.glossaries import GlossaryStore, MemoryGlossaries
from dragoman.server.store.suggestions import SuggestionFile
from dragoman.server.telemetry.trace import current_trace
from dragoman.server.texts.detection import Detect, ranked, source_of
from dragoman.server.texts.hops import together
from dragoman.server.texts.journeys import Journey, in_time, pieces, relevant, translated
from dragoman.server.texts.marked import FORMATS, read_aside
from dragoman.text.markup.document import Markup
from dragoman.translator.terminology import Terminology


class ServiceLimits(FileServiceLimits):
    """What one request may hold, and how long it may take; and what files may be."""

    max_texts: int = 1000
    """Texts in one request."""
    max_characters: int = 100_000
    """Characters of all texts of one request."""
    max_alternatives: int = 10
    """Further translations of each text."""
    max_seconds: float = 9.0
    """Time for an answer; clients give up after 10 seconds and ask again."""


class Service:
    """Answers what is asked.

    Args:
        fleet: what translates.
        detect: tells the language of a text.
        limits: what is too much.
        gate: who may ask; everyone by default.
        glossaries: where the callers' glossaries are kept; in memory by default.
        suggestions: where better translations are kept that readers suggest; nowhere by default.
        shield: what of a text is hidden from the models; by default what can be told by its form.
    """

    def __init__(
        self,
        fleet: Fleet,
        detect: Detect,
        limits: ServiceLimits | None = None,
        *,
        gate: Gate | None = None,
        glossaries: GlossaryStore | None = None,
        suggestions: SuggestionFile | None = None,
        shield: Shield | None = None,
    ) -> None:
        self.fleet = fleet
        self.gate = gate or OpenGate()
        self.glossaries = glossaries or MemoryGlossaries()
        self.suggestions = suggestions
        self.limits = limits or ServiceLimits()
        self.shield = shield or Shield()
        self._detect = detect
        self.files = FileDesk(self.gate, self.find_way, self.limits)

    async def answer(self, ask: Ask, credentials: Credentials) -> Answer:
        """Translate.

        Raises:
            RefusedError: the caller may not, or the request cannot be answered, or not in time.
        """
        caller, journeys, terms = await self._begin(ask, credentials)
        try:
            async with in_time(self.limits.max_seconds):
                found = await together([translated(journey, ask, terms) for journey in journeys])
        except BaseException:
            self.gate.used(caller, characters=0)
            raise
        characters = sum(map(len, ask.texts))
        self.gate.used(caller, characters=characters)
        return Answer(tuple(found), characters)

    async def stream(self, ask: Ask, credentials: Credentials) -> AsyncGenerator[Piece]:
        """Translate, and give each piece as soon as it and those before it are there.

        The pieces of a text, joined, are what :meth:`answer` would say. Not the whole but each piece has its
        ``max_seconds``, so a text may take long. Who goes away is charged for the texts that were begun.

        Raises:
            RefusedError: before the first piece, as :meth:`answer` does; later when a piece is not there in time.
        """
        caller, journeys, terms = await self._begin(ask, credentials)
        used = 0
        try:
            for number, journey in enumerate(journeys):
                used += len(journey.text)
                source = journey.hops[0].source if journey.hops else journey.source
                async with aclosing(pieces(journey, ask, terms, max_seconds=self.limits.max_seconds)) as coming:
                    async for text, flags in coming:
                        yield Piece(number, text, source, flags)
        finally:
            self.gate.used(caller, characters=used)

    def enter(self, credentials: Credentials, *, scope: Scope = "translate", counts: bool = True) -> Caller:
        """Who asks, for what is not a translation; where one follows in the same request, only that one counts.

        Raises:
            RefusedError: the caller may not.
        """
        return self._enter(credentials, scope=scope, counts=counts)

    async def suggest(self, ask: Ask, better: str, credentials: Credentials) -> None:
        """Keep a better translation of the only text of ``ask``.

        Raises:
            RefusedError: the caller may not, or suggestions are switched off, or this one cannot be kept.
        """
        self._enter(credentials, scope="suggest")
        if self.suggestions is None:
            raise RefusedError("disabled", "Suggestions are disabled on this server.", status=403)
        self._check(replace(ask, texts=(*ask.texts, better)))
        hops = self.fleet.way(self._source(ask.texts[0], ask)[0], ask.target)
        if not hops or not all(text.strip() for text in (*ask.texts, better)):
            raise RefusedError("bad_request", "a suggestion is a text and its translation into another language")
        pair = (ask.texts[0], better)
        await asyncio.to_thread(self.suggestions.add, hops[0].source, hops[-1].target, pair)

    def detect(self, text: str, credentials: Credentials) -> list[tuple[str, float]]:
        """The languages that ``text`` may be in, of those that are served, likeliest first.

        Raises:
            RefusedError: the caller may not ask, or nothing is served yet.
        """
        self._enter(credentials)
        return ranked(text, self._served(), self._detect)

    def _enter(
        self, credentials: Credentials, *, scope: Scope = "translate", characters: int = 0, counts: bool = True
    ) -> Caller:
        caller = self.gate.enter(credentials, scope=scope, characters=characters, counts=counts)
        current_trace().entered(caller.identity, characters)
        return caller

    async def _begin(self, ask: Ask, credentials: Credentials) -> tuple[Caller, list[Journey], Terminology]:
        """Who asks, the ways to go, the terms that count; or the refusal of what may not, cannot or should not be."""
        characters = self._check(ask)
        caller = self._enter(credentials, characters=characters)
        try:
            journeys = [self._journey(text, await read_aside(text, ask), ask) for text in ask.texts]
            self._admit(journeys)
            terms = relevant(ask, journeys)
        except BaseException:
            self.gate.used(caller, characters=0)
            raise
        return caller, journeys, terms

    def _check(self, ask: Ask) -> int:
        limits = self.limits
        characters = sum(map(len, ask.texts))
        for amount, most, what in (
            (len(ask.texts), limits.max_texts, "texts"),
            (characters, limits.max_characters, "characters"),
            (len(ask.context), limits.max_characters, "characters of context"),
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
        if ask.format != "text" and ask.format not in FORMATS:
            raise RefusedError("unsupported_format", f"the format {ask.format!r} is not supported")
        if not all(map(_is_unicode, (*ask.texts, ask.context))):
            raise RefusedError("bad_request", "a text holds half of a character (a lone surrogate)")
        return characters

    def find_way(self, sample: str, ask: Ask) -> Journey:
        """The language of a longer text, of which ``sample`` is a part, and the way it has to go.

        Raises:
            RefusedError: there is none, or not as ``ask`` wants it.
        """
        self._check(replace(ask, texts=()))
        return self._journey(sample, None, ask)

    def _journey(self, text: str, markup: Markup | None, ask: Ask) -> Journey:
        source, confidence = self._source(markup.plain if markup else text, ask)
        hops = self.fleet.way(source, ask.target)
        if ask.terms and hops and not _obeys_terms(hops[-1]):
            raise RefusedError(
                "unsupported_terms", f"terms cannot be given from {source} into {ask.target}: no model there obeys them"
            )
        return Journey(text, markup, source, confidence, hops, self.shield.masker(ask.mask))

    def _admit(self, journeys: Sequence[Journey]) -> None:
        """Ask each model that comes first on a way whether it can take all that this request brings it."""
        brought: dict[int, list[Journey]] = {}
        for journey in journeys:
            if journey.hops:
                brought.setdefault(id(journey.hops[0].member), []).append(journey)
        for group in brought.values():
            batcher = group[0].hops[0].member.batcher
            assert batcher is not None
            batcher.admit(sum(len(journey.text) for journey in group))

    def _source(self, text: str, ask: Ask) -> tuple[str, float]:
        if ask.source is not None:
            return ask.source, 1.0
        seen = f"{ask.context}\n{text}" if ask.context else text
        target = match(ask.target, self._served()) or ask.target
        return source_of(seen, target, self.fleet.sources, self._detect)

    def _served(self) -> list[str]:
        """All languages; the refusal, where there is none yet."""
        if not (languages := self.fleet.languages):
            self.fleet.way("en", "en")  # says why
        return languages

    async def close(self) -> None:
        """Finish what was taken; files are given up."""
        await self.files.close()
        await self.fleet.close()


def _obeys_terms(hop: Hop) -> bool:
    return hop.member.speaker is not None and hop.member.speaker.obeys_terms


def _is_unicode(text: str) -> bool:
    """Whether it can be written as UTF-8: JSON can name half of a character, and no text has such a half."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
