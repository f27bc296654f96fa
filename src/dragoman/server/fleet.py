"""All that translates in one process: models, loaded in the background and changed under way, and memories.

A model is one direction. It has threads of its own, one for each batch that it does side by side with others; a new
model takes the place of an old one between two batches, and what the old one took it finishes. Knows neither the web
nor requests, nor when it is time for a new one (:mod:`~dragoman.server.running.attendance`).
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError, DragomanError
from dragoman.base.log import say, warn
from dragoman.server.ask import RefusedError
from dragoman.server.batcher import Batcher
from dragoman.server.cache import Cache
from dragoman.server.languages import match, shortest_way
from dragoman.server.memory import MemorySpeaker
from dragoman.server.running.care import Care
from dragoman.server.running.room import LOADING_THREAD, MODEL_THREAD, release_memory
from dragoman.server.speaker import Said, Speaker, Wish
from dragoman.server.telemetry.observer import SILENCE, Observer, observed

State = Literal["loading", "ready", "failed"]
Ailment = Literal["", "hangs", "fails", "is away"]
PROBE = "1"
"""What a model is made to translate before it is called ready."""
MOST_LANES = 4
"""Batches of one model that go side by side at most: Python's share of the work is done by one of them at a time."""
_DRAIN_SECONDS = 5.0
"""For the last batch of a model at the end, when nobody waits any more."""


class FleetLimits(Section):
    """How much may wait and be remembered, for each model."""

    max_wait_seconds: float = Field(default=8.0, gt=0)
    """A text that would have to wait longer is refused, with the time after which to come again."""
    batch_tokens: int = Field(default=2048, ge=1)
    """Tokens, the pieces that a model reads, of the texts translated together."""
    cache_characters: int = Field(default=20_000_000, ge=0)
    """Characters of texts and translations that are remembered; 0 remembers nothing."""
    max_batch_seconds: float = Field(default=60.0, gt=0)
    """A model that has not finished a batch by then hangs: it is given up and loaded anew."""


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_LANES, thread_name_prefix=MODEL_THREAD)  # it makes only those it needs


@dataclass
class Member:
    """One direction and what translates it.

    Attributes:
        place: where it comes from, for the operator only.
        state: failed members do not translate; a member that was ready stays so when a newer model fails.
        error: why it failed.
        trouble: why it does not answer though it is ready, as the last look found; "" when it does.
        speaker: what translates.
        batcher: the way to it.
        path: of its bundle; None for what is no bundle.
        reopen: opens it anew; None for what cannot be.
        care: what is known of how it goes.
        remembers: what was translated.
    """

    place: str
    state: State = "loading"
    error: str = ""
    trouble: str = ""
    speaker: Speaker | None = None
    batcher: Batcher | None = None
    path: Path | None = None
    reopen: Callable[[], Speaker] | None = None
    care: Care | None = None
    remembers: bool = True
    executor: ThreadPoolExecutor = field(default_factory=_threads)

    def install(self, speaker: Speaker, limits: FleetLimits, observer: Callable[[], Observer]) -> None:
        """Let ``speaker`` translate from the next batch on; what an earlier one said is forgotten."""
        cache = Cache(limits.cache_characters if self.remembers else 0)
        care = Care(observed(speaker, observer), self.place)
        lanes = min(speaker.lanes, MOST_LANES)
        batcher = Batcher(
            care,
            self.executor,
            cache,
            max_tokens=limits.batch_tokens,
            max_wait_seconds=limits.max_wait_seconds,
            lanes=lanes,
            count=speaker.count,
        )
        if self.batcher is not None:
            batcher.pace = self.batcher.pace
        self.speaker, self.batcher, self.care = speaker, batcher, care
        self.state, self.error, self.trouble = "ready", "", ""

    @property
    def problem(self) -> str:
        """What anybody may know of what is wrong: no paths."""
        if self.state == "failed":
            return "it could not be loaded"
        if self.care is not None and not self.care.is_well:
            return f"it fails: {self.care.error}"
        return self.trouble or (self.error and "a newer one could not be loaded")

    @property
    def does_not_answer(self) -> str:
        """Why, though it is ready; "" when it does."""
        return self.problem if self.trouble or (self.care is not None and not self.care.is_well) else ""

    def ailment(self, max_batch_seconds: float) -> Ailment:
        """Why a model that was well once must begin anew."""
        if self.state == "loading" or self.care is None:
            return ""
        if self.state == "failed":
            return "is away"
        if self.care.seconds > max_batch_seconds:
            return "hangs"
        return "" if self.care.is_well else "fails"


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the way from the source language to the target language.

    Attributes:
        source: BCP-47 code.
        target: BCP-47 code.
        member: what translates.
        memories: what is asked before it.
        turns: of which a segment takes one before it goes into the queue, where only some may be there at once.
    """

    source: str
    target: str
    member: Member
    memories: tuple[MemorySpeaker, ...] = ()
    turns: asyncio.Semaphore | None = None

    def recall(self, segment: str, *, alternatives: int = 0) -> Said | None:
        """What the first memory that knows ``segment`` holds for it."""
        found = (memory.recall(segment, alternatives=alternatives) for memory in self.memories)
        return next((said for said in found if said is not None), None)


class Fleet:
    """Every direction this process translates.

    Args:
        open_model: opens a model directory.
        limits: of queues and caches.
    """

    def __init__(self, open_model: Callable[[Path], Speaker], limits: FleetLimits | None = None) -> None:
        self._open = open_model
        self.limits = limits or FleetLimits()
        self.members: list[Member] = []
        self.observer: Observer = SILENCE
        self._loader = ThreadPoolExecutor(1, thread_name_prefix=LOADING_THREAD)

    def add_speaker(
        self, speaker: Speaker, reopen: Callable[[], Speaker] | None = None, *, remember: bool = True
    ) -> None:
        """A memory, or anything else that is ready.

        Args:
            speaker: what translates.
            reopen: opens it anew.
            remember: what it said; a memory finds it again as quickly.
        """
        member = Member(speaker.name, reopen=reopen, remembers=remember)
        self.members.append(member)
        member.install(speaker, self.limits, lambda: self.observer)

    async def load(self, paths: Sequence[Path]) -> None:
        """Load models one after another, while others already translate."""
        added = [Member(str(path), path=path, reopen=partial(self._open, path)) for path in paths]
        self.members.extend(added)
        for member in added:
            await self._load(member)

    async def reload(self, member: Member) -> None:
        """Take what is now in the member's place; if it cannot be loaded, the old one stays."""
        if member.reopen is not None and member.state != "loading":
            await self._load(member)

    async def restart(self, member: Member) -> None:
        """Leave the member's threads behind, with all that waits for it, and load the model anew."""
        old, member.executor = member.batcher, _threads()
        if old is not None:
            old.executor.shutdown(wait=False, cancel_futures=True)
            old.abandon(RefusedError("restarting", "the model is being loaded anew", status=503, retry_seconds=5.0))
        if member.reopen is None:
            assert member.speaker is not None
            member.install(member.speaker, self.limits, lambda: self.observer)
            return
        member.state = "loading"
        await self._load(member)

    async def _load(self, member: Member) -> None:
        loop = asyncio.get_running_loop()
        assert member.reopen is not None
        try:
            speaker = await loop.run_in_executor(self._loader, _tried, member.reopen)
            if member.speaker is not None and _ends(speaker) != _ends(member.speaker):
                raise ConfigError(f"it translates {'-'.join(_ends(speaker))} and not {'-'.join(_ends(member.speaker))}")
        except Exception as error:  # whatever it is: others go on, and the operator is told
            stays = "; the old one stays" if member.state == "ready" else ""
            warn(f"{member.place} could not be loaded: {error}{stays}")
            member.error = error.message if isinstance(error, DragomanError) else type(error).__name__
            member.state = "ready" if stays else "failed"
            return
        member.install(speaker, self.limits, lambda: self.observer)
        say(f"{speaker.source_language} → {speaker.target_language} is ready ({speaker.name})")
        del speaker
        await loop.run_in_executor(self._loader, release_memory)

    @property
    def directions(self) -> list[tuple[str, str]]:
        """Source and target of everything that is ready, in the order given; models before memories."""
        ready = [member.speaker for member in self.members if member.state == "ready" and member.speaker is not None]
        return list(dict.fromkeys((one.source_language, one.target_language) for one in ready))

    @property
    def troubled(self) -> list[tuple[str, str, str]]:
        """Source, target and trouble of every member that is ready and yet does not answer."""
        return [
            (member.speaker.source_language, member.speaker.target_language, member.does_not_answer)
            for member in self.members
            if member.state == "ready" and member.does_not_answer and member.speaker is not None
        ]

    def check(self) -> None:
        """Nothing, if it can translate.

        Raises:
            RefusedError: it cannot, or a model does not answer.
        """
        if not self.directions:
            raise self._not_ready()
        for source, target, trouble in self.troubled:
            raise RefusedError(
                "failing", f"the model from {source} into {target}: {trouble}", status=503, retry_seconds=10.0
            )

    @property
    def sources(self) -> list[str]:
        """Languages that can be translated from."""
        return list(dict.fromkeys(source for source, _ in self.directions))

    @property
    def languages(self) -> list[str]:
        """All that can be translated from or into, those that can be translated from first."""
        return list(dict.fromkeys([*self.sources, *(target for _, target in self.directions)]))

    def targets(self, source: str) -> list[str]:
        """Languages that ``source`` can be translated into, directly or through others."""
        every = dict.fromkeys(target for _, target in self.directions)
        return [target for target in every if target != source and shortest_way(source, target, self.directions)]

    def way(self, source: str, target: str) -> list[Hop]:
        """The members that lead from one language to the other; none where they are the same.

        Raises:
            RefusedError: a language that is not known, a pair that cannot be had, or models that are still loading.
        """
        directions = self.directions
        if not directions:
            raise self._not_ready()
        known = {language for direction in directions for language in direction}
        ends = [match(code, known) for code in (source, target)]
        for code, end in zip((source, target), ends, strict=True):
            if end is None:
                if any(member.state == "loading" for member in self.members):
                    raise self._not_ready()
                raise RefusedError(
                    "unknown_language", f"the language {code!r} is not served; served are: {', '.join(sorted(known))}"
                )
        steps = shortest_way(str(ends[0]), str(ends[1]), directions)
        if steps is None:
            raise RefusedError(
                "unknown_pair", f"no model translates from {source} into {target}, nor do several together"
            )
        return [self._hop(*step) for step in steps]

    def _hop(self, source: str, target: str) -> Hop:
        """The first model of this direction, after its memories; the first of these where there is no model."""
        found = [
            member
            for member in self.members
            if member.state == "ready" and member.speaker is not None and _ends(member.speaker) == (source, target)
        ]
        memories = tuple(member.speaker for member in found if isinstance(member.speaker, MemorySpeaker))
        models = [member for member in found if not isinstance(member.speaker, MemorySpeaker)]
        return Hop(source, target, models[0], memories) if models else Hop(source, target, found[0], memories[1:])

    def _not_ready(self) -> RefusedError:
        if any(member.state == "loading" for member in self.members):
            return RefusedError("loading", "the models are still being loaded", status=503, retry_seconds=2.0)
        return RefusedError("no_model", "no model could be loaded", status=503, retry_seconds=60.0)

    async def close(self) -> None:
        """Finish what was taken."""
        for member in self.members:
            if member.batcher is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(member.batcher.drain(), _DRAIN_SECONDS)
            member.executor.shutdown(wait=False, cancel_futures=True)
        self._loader.shutdown(wait=False, cancel_futures=True)


def _tried(reopen: Callable[[], Speaker]) -> Speaker:
    """The model, which has translated once: what it loads late is loaded now."""
    speaker = reopen()
    speaker.run(Wish(), [PROBE])
    return speaker


def _ends(speaker: Speaker) -> tuple[str, str]:
    return speaker.source_language, speaker.target_language
