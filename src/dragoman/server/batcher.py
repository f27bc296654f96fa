"""Dynamic batching: segments of many requests go through one model together. Knows neither requests nor text.

While the model works on one batch, what comes meanwhile gathers, and is the next batch. So a lone segment is answered
at once, and the busier the service, the larger (and cheaper by the segment) its batches. Who is answered often asks
again at once: so after a batch of several those are given a moment to come back, a tenth of the time that the batch
took at most; else the first to come back would go alone, and all others wait for it. What many ask at once is done
once. Who goes away is forgotten, and what nobody waits for any more is not translated.

A model that can do several batches side by side has a lane for each. While one lane reads and mends texts, which is
Python's work, another one decodes, and no processor rests. So that no lane takes all and leaves the others nothing,
each takes its share of what is there, waiting or under way.

A batch is bounded by tokens, the pieces that the model reads, which say how long it will take, not how much memory: the
engine makes batches of its own out of it, of like length.

The queue is bounded by time: from the pace of the last batches it is foretold how long a newcomer would wait, and who
would wait too long is sent away at once, with the time after which to come again.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from dragoman.server.ask import RefusedError
from dragoman.server.cache import Cache

_MEMORY = 0.8
"""Weight of the past when a new pace is averaged in."""
_TOLD_BY = 30
"""Tokens. A smaller batch takes about as long: else who asks for single words would have paragraphs refused."""
_GUESSED = 0.3
"""Tokens in a character, before any were counted."""
_COMPANY_SHARE, _COMPANY_SECONDS = 0.1, 0.05
"""How long a segment waits for company: this share of the time the last batch took, and no longer than this."""


@dataclass(slots=True)
class _Waiting:
    """One segment, and all who wait for it."""

    text: str
    size: int
    future: "asyncio.Future[Any]"
    waiters: int = 0
    is_remembered: bool = True


@dataclass(slots=True)
class Pace:
    """How fast a model goes.

    Attributes:
        per_second: tokens, averaged over the last batches; before the first one, a low guess.
        batches: done so far.
        tokens: done so far.
        characters: of the same texts.
    """

    per_second: float = 150.0
    batches: int = 0
    tokens: int = 0
    characters: int = 0

    def learn(self, tokens: int, seconds: float, *, characters: int, beside: int = 0) -> None:
        """Take in one more batch.

        Args:
            tokens: of it.
            seconds: that it took.
            characters: of it.
            beside: tokens of other batches that ended meanwhile.
        """
        newest = max(_TOLD_BY, tokens + beside) / max(seconds, 1e-6)
        self.per_second = newest if not self.batches else _MEMORY * self.per_second + (1 - _MEMORY) * newest
        self.batches += 1
        self.tokens += tokens
        self.characters += characters

    def seconds(self, characters: int) -> float:
        """How long a text of so many characters will take, as far as those before it tell."""
        return characters * (self.tokens / self.characters if self.characters else _GUESSED) / self.per_second


@dataclass(slots=True)
class _Company:
    """Those whom the last batch answered, and who may come back.

    Worth waiting for are half of all who were served at that time, in all lanes, but no more than the batch held.

    Attributes:
        wanted: so many are enough.
        until: when to stop waiting.
        enough: done as soon as they are there; None while nobody waits.
    """

    wanted: int = 0
    until: float = 0.0
    enough: "asyncio.Future[None] | None" = None

    def after(self, wanted: int, seconds: float) -> None:
        """A batch has taken so long and ends now, and so many are worth waiting for."""
        self.wanted = wanted
        self.until = time.perf_counter() + min(_COMPANY_SHARE * seconds, _COMPANY_SECONDS)

    async def wait(self, there: int) -> None:
        """Until enough are there, or it is time."""
        left = self.until - time.perf_counter()
        if left > 0 and there < self.wanted:
            self.enough = asyncio.get_running_loop().create_future()
            await asyncio.wait([self.enough], timeout=left)
            self.enough = None

    def came(self, there: int) -> None:
        """One more: now there are so many."""
        if self.enough is not None and there >= self.wanted and not self.enough.done():
            self.enough.set_result(None)


@dataclass
class Batcher:
    """Gathers segments for one model.

    Attributes:
        run: (kind, segments) → results, one for each, a :class:`RefusedError` for one that cannot be had; called in
            ``executor``. Segments of one batch are of one kind.
        executor: where the model works: a thread for each lane.
        cache: keeps the results, also those that nobody waits for any more: who went away may come again.
        max_tokens: of one batch, padding not counted.
        max_wait_seconds: longest time a newcomer may have to wait.
        lanes: batches that the model does side by side.
        count: the tokens of a segment.
    """

    run: Callable[[Hashable, Sequence[str]], Sequence[Any]]
    executor: Executor
    cache: Cache = field(default_factory=lambda: Cache(0))
    max_tokens: int = 2048
    max_wait_seconds: float = 8.0
    pace: Pace = field(default_factory=Pace)
    lanes: int = 1
    count: Callable[[str], int] = len
    answered: int = field(default=0, init=False)
    """Batches that were translated."""
    _queue: "OrderedDict[tuple[Hashable, str], _Waiting]" = field(default_factory=OrderedDict)
    _running: dict[tuple[Hashable, str], _Waiting] = field(default_factory=dict)
    _tokens: int = 0
    _gathering: "asyncio.Task[None] | None" = None
    _at_work: "dict[asyncio.Task[None], float]" = field(default_factory=dict)
    """Batches that are translated, and when each began."""
    _abandoned: RefusedError | None = None
    _company: "_Company" = field(default_factory=_Company)

    @property
    def waiting(self) -> int:
        """Segments that wait or are being translated."""
        return len(self._queue) + len(self._running)

    @property
    def wait_seconds(self) -> float:
        """How long a newcomer would wait, as far as can be foretold."""
        return self._there / self.pace.per_second

    @property
    def _there(self) -> int:
        """Tokens that wait or are being translated."""
        return self._tokens + sum(one.size for one in self._running.values())

    def admit(self, characters: int) -> None:
        """Refuse a newcomer with so many characters who could not be served in time; when nobody waits, nobody is.

        Raises:
            RefusedError: the queue is too long; with the time after which it will be shorter.
        """
        wait = self.wait_seconds
        is_full = len(self._at_work) >= self.lanes
        is_late = is_full and time.perf_counter() - max(self._at_work.values()) > self.max_wait_seconds
        if is_late or (self.waiting and wait + self.pace.seconds(characters) > self.max_wait_seconds):
            raise RefusedError(
                "overloaded",
                "too many texts are waiting; try again a little later",
                status=503,
                retry_seconds=max(1.0, min(wait, 60.0)),
            )

    async def submit(self, text: str, kind: Hashable, *, remember: bool = True) -> Any:
        """The result for ``text``; waits for it, and lets go of it when cancelled.

        Args:
            text: one segment.
            kind: how it is to be translated; only segments of one kind share a batch.
            remember: whether the cache may answer and keep it; what is not remembered has a kind of its own.

        Raises:
            RefusedError: it cannot be had.
        """
        key = (kind, text)
        kept = self.cache.get(key) if remember else None
        if kept is not None:
            return kept
        if self._abandoned is not None:
            raise self._abandoned
        one = self._queue.get(key) or self._running.get(key)
        if one is None:
            one = _Waiting(text, max(1, self.count(text)), asyncio.get_running_loop().create_future(), 0, remember)
            self._queue[key] = one
            self._tokens += one.size
            self._company.came(len(self._queue))
        one.waiters += 1
        self._begin()
        try:
            return await asyncio.shield(one.future)
        finally:
            one.waiters -= 1
            if not one.waiters and self._queue.get(key) is one:
                del self._queue[key]
                self._tokens -= one.size
                one.future.cancel()

    def abandon(self, refusal: RefusedError) -> None:
        """Give up: all who wait are refused, and all who still come."""
        waiting = [*self._queue.values(), *self._running.values()]
        self._queue.clear()
        self._tokens = 0
        self._abandoned = refusal
        _fail(waiting, refusal)
        for task in self._tasks:
            task.cancel()
        self._gathering = None  # it may not even have begun

    async def drain(self) -> None:
        """Wait until everything that was taken is done."""
        while tasks := self._tasks:
            await asyncio.wait(tasks)

    @property
    def _tasks(self) -> "list[asyncio.Task[None]]":
        return [*self._at_work, *([self._gathering] if self._gathering is not None else [])]

    def _begin(self) -> None:
        """Gather the next batch, if anything waits, a lane is free, and nobody gathers yet."""
        if self._queue and self._gathering is None and len(self._at_work) < self.lanes:
            self._gathering = asyncio.create_task(self._translate())

    async def _translate(self) -> None:
        """One batch: gathered, translated, given."""
        task = self._gathering
        assert task is not None
        try:
            await self._company.wait(len(self._queue))
            kind, batch = self._next()
        finally:
            self._gathering = None
        if not batch:  # everybody has gone away
            return
        self._at_work[task] = began = time.perf_counter()
        self._running |= {(kind, one.text): one for one in batch}
        self._begin()  # for the next lane
        done_before = self.pace.tokens
        try:
            await self._run(kind, batch)
        finally:
            seconds = time.perf_counter() - began
            self._company.after(min(len(batch), len(self._running) // 2), seconds)
            del self._at_work[task]
            for one in batch:
                del self._running[kind, one.text]
        if batch[0].is_remembered:  # the others are the service's own, and too small to tell a pace
            tokens, characters = sum(one.size for one in batch), sum(len(one.text) for one in batch)
            self.pace.learn(tokens, seconds, characters=characters, beside=self.pace.tokens - done_before)
        self._begin()

    async def _run(self, kind: Hashable, batch: Sequence[_Waiting]) -> None:
        """Have a batch translated, and give everyone what became of it."""
        texts = [one.text for one in batch]
        try:
            results = await asyncio.get_running_loop().run_in_executor(self.executor, self.run, kind, texts)
        except BaseException as error:  # whoever waits hears of it, and the next batch has its chance
            _fail(batch, error)
            if not isinstance(error, Exception):
                raise
        else:
            self._give(kind, batch, results)

    def _give(self, kind: Hashable, batch: Sequence[_Waiting], results: Sequence[Any]) -> None:
        """Give everyone his result, and keep it."""
        for one, result in zip(batch, results, strict=True):
            if isinstance(result, RefusedError):
                _fail([one], result)
                continue
            self.answered += 1
            if one.is_remembered:
                self.cache.put((kind, one.text), result, characters=2 * len(one.text))  # text and translation
            if not one.future.done():
                one.future.set_result(result)

    def _next(self) -> tuple[Hashable, list[_Waiting]]:
        """The oldest segment, and the next ones of its kind as far as they fit or to the share of a lane.

        They leave the queue. Where everybody has gone away, there are none.
        """
        kind = next(iter(self._queue), (None,))[0]
        batch: list[_Waiting] = []
        room = self.max_tokens
        enough = room - self._there / self.lanes
        for key, one in list(self._queue.items()):
            if key[0] != kind:
                continue
            if batch and (one.size > room or room <= enough):
                break
            room -= one.size
            batch.append(one)
            del self._queue[key]
            self._tokens -= one.size
        return kind, batch


def _fail(batch: Sequence[_Waiting], error: BaseException) -> None:
    for one in batch:
        if not one.future.done():
            one.future.set_exception(error)
            one.future.exception()  # read here too: nobody may be left to read it
