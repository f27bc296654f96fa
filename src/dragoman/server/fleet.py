"""All that translates in one process: models, loaded in the background and changed under way, and memories.

A model is one direction. It has one thread, through which its batches go one after another; a new model takes the
place of an old one between two batches, and what the old one took it finishes. Knows neither the web nor requests.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.errors import DragomanError
from dragoman.base.log import say, warn
from dragoman.server.ask import RefusedError
from dragoman.server.batcher import Batcher
from dragoman.server.cache import Cache
from dragoman.server.languages import match, shortest_way
from dragoman.server.speaker import Speaker
from dragoman.server.telemetry.observer import SILENCE, Observer, observed

State = Literal["loading", "ready", "failed"]
PROBE = "1"
"""What a model is made to translate before it is called ready."""


class FleetLimits(Section):
    """How much may wait and be remembered, for each model."""

    max_wait_seconds: float = Field(default=8.0, gt=0)
    """A text that would have to wait longer is refused, with the time after which to come again."""
    batch_characters: int = Field(default=6000, ge=1)
    """Characters of the texts translated together."""
    cache_characters: int = Field(default=20_000_000, ge=0)
    """Characters of texts and translations that are remembered; 0 remembers nothing."""


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
    """

    place: str
    state: State = "loading"
    error: str = ""
    trouble: str = ""
    speaker: Speaker | None = None
    batcher: Batcher | None = None
    executor: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="model"))

    def install(self, speaker: Speaker, limits: FleetLimits, observer: Callable[[], Observer]) -> None:
        """Let ``speaker`` translate from the next batch on; what an earlier one said is forgotten."""
        cache = Cache(limits.cache_characters)
        run = observed(speaker, observer)
        batcher = Batcher(run, self.executor, cache, limits.batch_characters, limits.max_wait_seconds)
        if self.batcher is not None:
            batcher.pace = self.batcher.pace
        self.speaker, self.batcher = speaker, batcher
        self.state, self.error, self.trouble = "ready", "", ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the way from the source language to the target language.

    Attributes:
        source: BCP-47 code.
        target: BCP-47 code.
        member: what translates.
        turns: of which a segment takes one before it goes into the queue, where only some may be there at once.
    """

    source: str
    target: str
    member: Member
    turns: asyncio.Semaphore | None = None


class Fleet:
    """Every direction this process translates.

    Args:
        open_model: opens a model directory.
        limits: of queues and caches.
    """

    def __init__(self, open_model: Callable[[Path], Speaker], limits: FleetLimits | None = None) -> None:
        self._open = open_model
        self._limits = limits or FleetLimits()
        self.members: list[Member] = []
        self.observer: Observer = SILENCE
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="loading")

    def add_speaker(self, speaker: Speaker) -> None:
        """A memory, or anything else that is ready."""
        member = Member(speaker.name)
        self.members.append(member)
        member.install(speaker, self._limits, lambda: self.observer)

    async def load(self, paths: Sequence[Path]) -> None:
        """Load models one after another, while others already translate."""
        added = [Member(str(path)) for path in paths]
        self.members.extend(added)
        for member in added:
            await self._load(member)

    async def reload(self, member: Member) -> None:
        """Take the model that is now in the member's directory; if it cannot be loaded, the old one stays."""
        await self._load(member)

    async def _load(self, member: Member) -> None:
        loop = asyncio.get_running_loop()
        try:
            speaker = await loop.run_in_executor(self._loader, self._opened, Path(member.place))
        except DragomanError as error:
            warn(f"{member.place} could not be loaded: {error}")
            member.error = error.message
            member.state = "ready" if member.speaker else "failed"
            return
        member.install(speaker, self._limits, lambda: self.observer)
        say(f"{speaker.source_language} → {speaker.target_language} is ready ({speaker.name})")

    def _opened(self, path: Path) -> Speaker:
        """The model, which has translated once: what it loads late is loaded now."""
        from dragoman.server.speaker import Wish

        speaker = self._open(path)
        speaker.run(Wish(), [PROBE])
        return speaker

    @property
    def directions(self) -> list[tuple[str, str]]:
        """Source and target of everything that is ready, in the order given; models before memories."""
        ready = [member.speaker for member in self.members if member.state == "ready" and member.speaker is not None]
        return list(dict.fromkeys((one.source_language, one.target_language) for one in ready))

    @property
    def troubled(self) -> list[tuple[str, str, str]]:
        """Source, target and trouble of every member that is ready and yet does not answer."""
        return [
            (member.speaker.source_language, member.speaker.target_language, member.trouble)
            for member in self.members
            if member.state == "ready" and member.trouble and member.speaker is not None
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
        return [Hop(*step, self._member(*step)) for step in steps]

    def _member(self, source: str, target: str) -> Member:
        return next(
            member
            for member in self.members
            if member.state == "ready"
            and member.speaker is not None
            and (member.speaker.source_language, member.speaker.target_language) == (source, target)
        )

    def _not_ready(self) -> RefusedError:
        if any(member.state == "loading" for member in self.members):
            return RefusedError("loading", "the models are still being loaded", status=503, retry_seconds=2.0)
        return RefusedError("no_model", "no model could be loaded", status=503, retry_seconds=60.0)

    async def close(self) -> None:
        """Finish what was taken."""
        for member in self.members:
            if member.batcher is not None:
                await member.batcher.drain()
            member.executor.shutdown(wait=False, cancel_futures=True)
        self._loader.shutdown(wait=False, cancel_futures=True)
