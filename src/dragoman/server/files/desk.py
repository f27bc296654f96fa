"""The desk where files are handed in and fetched. Knows no dialect and no format.

A file is looked at as soon as it comes, so that what cannot be translated is refused at once. Then files wait for their
turn; one is translated at a time, its sentences in the batches of everyone, and of it only so many at once that whoever
wants a sentence translated never waits behind a file. Turns go round between callers: who brings ten files keeps nobody
waiting for more than one. All is kept in memory, for a stated time, and nothing on a disk.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from weakref import WeakValueDictionary

from dragoman.base.errors import DocumentError, DragomanError
from dragoman.base.log import warn
from dragoman.server.ask import Ask, RefusedError
from dragoman.server.files.job import FileAsk, FileServiceLimits, Job, sender_of, tidy_name
from dragoman.server.gate import Caller, Credentials, Gate
from dragoman.server.telemetry.trace import current_trace
from dragoman.server.texts.hops import UNALIGNED
from dragoman.server.texts.journeys import Journey, translated
from dragoman.text.markup.parts import Rendered, Unit
from dragoman.translator.files.opening import OpenDocument, open_document
from dragoman.translator.terminology import Terminology

KEPT = "markup-kept"
_STATUSES = {"too_much": 413, "unsupported_format": 415}
_SAMPLE = 5000
"""Characters by which the language of a file is told."""
_MOST_LOOKED_AT = 2
"""Files at a time, each of another sender: who sends ten large ones keeps nobody else waiting for ten."""
FindWay = Callable[[str, Ask], Journey]
"""(text, what is asked) → the language of the text and the way it has to go; refuses what cannot be had."""


class FileDesk:
    """Takes files, has them translated, and gives them back.

    Args:
        gate: who may come.
        find_way: the service's.
        limits: how many files, and how large.
    """

    def __init__(self, gate: Gate, find_way: FindWay, limits: FileServiceLimits | None = None) -> None:
        self.limits = limits or FileServiceLimits()
        self._gate = gate
        self._find_way = find_way
        self._jobs: dict[str, Job] = {}
        self._looking = asyncio.Semaphore(_MOST_LOOKED_AT)
        self._own_looking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._coming: list[tuple[str, int]] = []
        self._turns = 0
        self._closed = False

    async def take(self, ask: FileAsk, credentials: Credentials) -> Job:
        """Take a file.

        Raises:
            RefusedError: the caller may not, there are too many files, or this one cannot be translated.
        """
        caller = self._gate.enter(credentials)
        ask = replace(ask, name=tidy_name(ask.name))
        sender = sender_of(caller.identity, credentials)
        coming = (sender, len(ask.data))
        self._make_room(*coming)
        self._coming.append(coming)
        try:
            own = self._own_looking.setdefault(sender, asyncio.Lock())
            async with own, self._looking:
                sample, count, characters = await asyncio.to_thread(_look, ask, self.limits)
            journey = self._way(ask, sample)
            taken = self._gate.enter(credentials, characters=characters, counts=False)
            current_trace().entered(taken.identity, characters)
        finally:
            self._coming.remove(coming)
        job = Job(ask, caller.identity, sender, journey.source, count, characters)
        self._jobs[job.identity] = job
        job.task = asyncio.create_task(self._work(job, journey))
        job.task.add_done_callback(lambda _: self._over(job, taken))
        self._give_turn()
        return job

    def find(self, identity: str, credentials: Credentials) -> Job:
        """The caller's own file of this name.

        Raises:
            RefusedError: there is none, or the caller may not ask.
        """
        owner = self._gate.enter(credentials).identity
        current_trace().entered(owner, 0)
        job = self._jobs.get(identity)
        if job is None or job.owner != owner:
            raise missing()
        return job

    def fetch(self, identity: str) -> Job:
        """The file of this name, for whoever knows it.

        Raises:
            RefusedError: there is none.
        """
        job = self._jobs.get(identity)
        if job is None:
            raise missing()
        return job

    async def finish(self, job: Job) -> Job:
        """Wait until ``job`` is over; who stops waiting gives it up.

        Raises:
            RefusedError: it failed.
        """
        assert job.task is not None
        try:
            await asyncio.shield(job.task)
        except asyncio.CancelledError:
            self.forget(job)
            raise
        if job.result is None:
            self.forget(job)
            raise RefusedError("file_failed", job.message or "the file was not translated", status=503)
        return job

    def forget(self, job: Job) -> None:
        """Stop the translation of a file, and delete all that is there of it."""
        self._jobs.pop(job.identity, None)
        for waiting in (job.task, job.end):
            if waiting is not None:
                waiting.cancel()
        job.result = None
        job.drop_source()

    async def close(self) -> None:
        """Stop and delete everything."""
        self._closed = True
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        for job in list(self._jobs.values()):
            self.forget(job)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _make_room(self, sender: str, size: int) -> None:
        """Room for one more; where there is none, those give way that nobody waits for any more, the oldest first.

        Many clients cannot delete a file, and DeepL deletes it when it was fetched.
        """
        while True:
            try:
                return self._check_room(sender, size)
            except RefusedError as full:
                over = (job for job in self._jobs.values() if job.is_settled)
                gone = next((job for job in over if job.sender == sender or full.status == 503), None)
                if gone is None or full.retry_seconds is None:
                    raise
                self.forget(gone)

    def _check_room(self, sender: str, size: int) -> None:
        limits, jobs = self.limits, self._jobs.values()
        if size > limits.max_file_bytes:
            raise RefusedError(
                "too_much", f"a file may have {limits.max_file_bytes:,} bytes at most (max_file_bytes)", status=413
            )
        own = sum(one == sender for one in (*(job.sender for job in jobs), *(one for one, _ in self._coming)))
        if own >= limits.max_files_each:
            raise _full("too_many_files", f"{own} of your files are here already; fetch and delete some", status=429)
        if len(jobs) + len(self._coming) >= limits.max_files:
            raise _full("busy", "too many files are here already", status=503)
        kept = sum(job.size for job in jobs) + sum(one for _, one in self._coming)
        if kept + 2 * size > limits.max_kept_bytes:  # the translation takes as much
            raise _full("busy", "there is no room for more files now", status=503)

    def _way(self, ask: FileAsk, sample: str) -> Journey:
        """Where the file has to go; its sentences take turns in the queues of the models."""
        journey = self._find_way(sample, Ask((sample,), ask.target, ask.source, terms=ask.terms))
        turns = asyncio.Semaphore(self.limits.file_segments)
        return replace(journey, text="", markup=None, hops=[replace(hop, turns=turns) for hop in journey.hops])

    async def _work(self, job: Job, journey: Journey) -> None:
        try:
            await job.turn.wait()
            await self._translate(job, journey)
        except (RefusedError, DocumentError) as error:
            self._fail(job, error.reason, error.message)
        except DragomanError as error:
            self._fail(job, "failed", error.message)
        except Exception as error:
            warn(f"a file could not be translated: {type(error).__name__}")
            self._fail(job, "failed", "the file could not be translated: an error of this server")

    def _give_turn(self) -> None:
        """If nobody's file is being translated: let the next one begin, of those who were served least lately."""
        jobs = self._jobs.values()
        waiting = [job for job in jobs if job.state == "waiting"]
        if waiting and not any(job.state == "translating" for job in jobs):
            job = min(waiting, key=lambda one: self._last_turn(one.sender))
            self._turns += 1
            job.state, job.began = "translating", self._turns
            job.turn.set()

    def _over(self, job: Job, taken: Caller) -> None:
        """Count what was translated, keep the file for a while, and let the next one begin."""
        self._gate.used(taken, characters=_used(job))
        if self._closed:
            return
        if job.identity in self._jobs:
            job.end = asyncio.get_running_loop().call_later(self.limits.keep_file_seconds, self.forget, job)
        self._give_turn()

    def _last_turn(self, sender: str) -> int:
        return max((job.began for job in self._jobs.values() if job.sender == sender), default=0)

    async def _translate(self, job: Job, journey: Journey) -> None:
        document = await asyncio.to_thread(open_document, job.ask.name, job.ask.data, self.limits)
        notes = dict.fromkeys(document.opened.notes)
        if not journey.hops:
            job.result, job.done = job.ask.data, job.total
            notes |= dict.fromkeys(journey.flags)
        else:
            said = await self._said(job, document, journey, notes)
            job.result, kept = await asyncio.to_thread(document.render, said)
            notes |= dict.fromkeys([KEPT] if kept else [])
        job.drop_source()
        job.notes, job.state = tuple(notes), "done"

    async def _said(self, job: Job, document: OpenDocument, journey: Journey, notes: dict[str, None]) -> list[Rendered]:
        """The translations of all units; as many are on their way at once as may be in the queue."""
        terms = await asyncio.to_thread(_terms, document, job.ask)
        found: dict[int, Rendered] = {}
        coming = iter(enumerate(document.units))

        async def work() -> None:
            for number, unit in coming:
                found[number], flags = await _one(unit, journey, job.ask, terms)
                notes.update(dict.fromkeys(flags))
                job.done += 1

        workers = [asyncio.ensure_future(work()) for _ in range(self.limits.file_segments)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
        return [found[number] for number in range(len(document.units))]

    def _fail(self, job: Job, reason: str, message: str) -> None:
        job.state, job.reason, job.message = "failed", reason, message
        job.drop_source()


def _used(job: Job) -> int:
    """Characters that were translated: of a file that was given up, its share."""
    return job.characters if job.state == "done" else job.characters * job.done // max(1, job.total)


def _terms(document: OpenDocument, ask: FileAsk) -> Terminology:
    """The terms that stand in the file: a glossary may hold many thousands more."""
    every = Terminology(ask.terms)
    units = document.units if ask.terms else ()
    return Terminology({found.source: found.target for unit in units for found in every.find(unit.plain)})


async def _one(unit: Unit, journey: Journey, ask: FileAsk, terms: Terminology) -> tuple[Rendered, tuple[str, ...]]:
    """The translation of one unit, and its flags; words are aligned only to place tags."""
    wanted = Ask((unit.plain,), ask.target, ask.source, alignments=bool(unit.marks))
    found = await translated(replace(journey, text=unit.plain), wanted, terms)
    return Rendered(found.text, found.alignment), tuple(flag for flag in found.flags if flag != UNALIGNED)


def _look(ask: FileAsk, limits: FileServiceLimits) -> tuple[str, int, int]:
    """Some of the text, the number of units, and of their characters.

    Raises:
        RefusedError: the file cannot be translated.
    """
    try:
        document = open_document(ask.name, ask.data, limits)
    except DocumentError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise RefusedError(error.reason, error.message + hint, status=_STATUSES.get(error.reason, 400)) from error
    sample, length = [], 0
    for unit in document.units:
        sample.append(unit.plain)
        length += len(unit.plain)
        if length > _SAMPLE:
            break
    return "\n".join(sample)[:_SAMPLE], len(document.units), document.characters


def missing() -> RefusedError:
    """There is no such file, or it is somebody else's; that looks alike."""
    return RefusedError("not_found", "there is no such file; files are forgotten after a while", status=404)


def _full(reason: str, message: str, *, status: int) -> RefusedError:
    return RefusedError(reason, message, status=status, retry_seconds=30.0)
