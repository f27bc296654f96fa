"""Text → ids for a whole corpus, in several processes when it is large; the result does not depend on how many.

The parent hands out blocks of lines and takes the ids back in the order of the text; a few blocks are under way at
any time, so memory does not grow with the corpus. It does not know where the ids go.
"""

import multiprocessing
import os
import signal
import sys
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import numpy as np

from dragoman.base.errors import TrainingError
from dragoman.batching.store import Block
from dragoman.corpora.records import Record
from dragoman.corpora.spool import parse
from dragoman.tasks.protocol import Task

LINES_PER_BLOCK = 4000
_LARGE = 200_000
_MOST_PROCESSES = 16
_BLOCKS_PER_PROCESS = 3


@dataclass(frozen=True, slots=True)
class Tokenised:
    """One block of examples.

    Attributes:
        block: those within the longest length.
        pairs: how many pairs of texts went in.
        longer: how many examples were longer and are left out.
    """

    block: Block
    pairs: int
    longer: int


@dataclass(frozen=True, slots=True)
class Encoder:
    """Makes examples of spooled lines.

    Attributes:
        task: makes an example of a record.
        max_length: longer examples are left out and counted.
        both_ways: each example turned round as well.
    """

    task: Task
    max_length: int
    both_ways: bool = False

    def __call__(self, lines: list[bytes]) -> Tokenised:
        """The examples of ``lines``, in their order."""
        ids: list[int] = []
        lengths: list[tuple[int, int]] = []
        longer = 0
        for line in lines:
            for source, target in self._ways(parse(line)):
                if max(len(source), len(target)) > self.max_length:
                    longer += 1
                    continue
                ids += source
                ids += target
                lengths.append((len(source), len(target)))
        table = np.array(lengths, dtype=np.uint32).reshape(-1, 2)
        return Tokenised(Block(np.array(ids, dtype=np.uint32), table[:, 0], table[:, 1]), len(lines), longer)

    def _ways(self, record: Record) -> Iterator[tuple[list[int], list[int]]]:
        """Source and target of ``record``, and perhaps once more turned round; a tag goes to the source of each."""
        example = self.task.example(record)
        yield example.source, example.target
        if self.both_ways and record.tag:
            example = self.task.example(Record(record.target, record.source, tag=record.tag))
            yield example.source, example.target
        elif self.both_ways:
            yield example.target, example.source


def usual_processes(pairs: int) -> int:
    """One for a small corpus, which is done before a second one has started; else one for each processor there is."""
    if pairs < _LARGE:
        return 1
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST_PROCESSES, available)


def tokenise(encoder: Encoder, blocks: Iterable[list[bytes]], *, processes: int) -> Iterator[Tokenised]:
    """The examples of ``blocks`` of spooled lines, in their order.

    Args:
        encoder: makes examples of one block.
        blocks: lines of a spool.
        processes: how many work; 1 does it here.

    Raises:
        TrainingError: a process died.
    """
    if processes == 1:
        yield from map(encoder, blocks)
        return
    with warnings.catch_warnings():
        # Python 3.12 warns of any fork beside threads; these children never touch what torch's threads hold
        warnings.filterwarnings("ignore", message=".*use of fork\\(\\).*", category=DeprecationWarning)
        pool = ProcessPoolExecutor(processes, _context(), initializer=_begin, initargs=(encoder,))
        try:
            yield from _in_order(pool, blocks, processes * _BLOCKS_PER_PROCESS)
        except BrokenProcessPool as error:
            raise TrainingError(
                f"one of the {processes} processes that turn the text into ids died",
                hint="was the memory full? The run can be started again with fewer processors: taskset -c 0 dragoman …",
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _in_order(pool: ProcessPoolExecutor, blocks: Iterable[list[bytes]], under_way: int) -> Iterator[Tokenised]:
    waiting: deque[Future[Tokenised]] = deque()
    for block in blocks:
        waiting.append(pool.submit(_encode, block))
        if len(waiting) >= under_way:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _context() -> multiprocessing.context.BaseContext:
    """Forked on Linux: children share what is loaded, and are there at once."""
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


_encoder: Encoder | None = None


def _begin(encoder: Encoder) -> None:
    """In a child: remember what to do; Ctrl-C is the parent's affair."""
    global _encoder
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _encoder = encoder


def _encode(lines: list[bytes]) -> Tokenised:
    assert _encoder is not None
    return _encoder(lines)
