"""An endless stream of updates' batches whose whole state is three integers.

An epoch is cut into windows of 131,072 examples: which examples a window holds, and in what order, is a permutation
of the whole corpus that seed and epoch decide, so any two examples may meet. Only inside a window are they sorted
into batches of like length. So planning takes the memory and the time of one window, however large the corpus, and
a run that goes on in the middle of an epoch plans no more than the window it stands in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dragoman.base.errors import EmptyCorpusError
from dragoman.base.randomness import key
from dragoman.batching.batch import Batch, collate
from dragoman.batching.bucketing import plan_batches
from dragoman.batching.curriculum import Curriculum
from dragoman.batching.example import Example
from dragoman.batching.mixing import Drift, Mixture
from dragoman.batching.shuffling import permuted
from dragoman.batching.store import Examples, ListedExamples

Prepare = Callable[[Example, int], Example]
"""What an objective does to an example before it becomes part of a batch; randomness from the key alone."""
WINDOW = 1 << 17
"""Examples that are sorted by length together."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a loader stands: the next batch is number ``batch`` of window ``window`` of epoch ``epoch``, from 0.

    With a curriculum it also knows that ``update`` updates are made, and that ``begun`` were when the window began.
    """

    epoch: int = 0
    window: int = 0
    batch: int = 0
    update: int = 0
    begun: int = 0


@dataclass(frozen=True, slots=True)
class _Rows:
    """One batch of the whole run, before a rank takes its part: examples, and each one's place in the epoch.

    An example may come twice in an epoch, a place never.
    """

    epoch: int
    examples: list[int]
    places: list[int]


class Loader:
    """Batches of the same examples, epoch after epoch, in an order that seed and epoch decide.

    Args:
        examples: a store, or a list.
        max_tokens: ids in a batch, padding counted, on its longer side.
        accumulate: batches in one update.
        seed: of the run.
        prepare: what the objective does to each example.
        share: (rank, number of ranks): this process takes every so many-th row of every batch. Which examples a
            batch holds does not depend on it.
        corpus_shares: of each corpus in ``examples``, fixed or drifting; None takes every example once an epoch.

    Raises:
        EmptyCorpusError: there is no example.

    Attributes:
        curriculum: which examples are easy enough at which update; None for all at any.
    """

    def __init__(
        self,
        examples: Examples | Sequence[Example],
        *,
        max_tokens: int,
        accumulate: int = 1,
        seed: int,
        prepare: Prepare = lambda example, _: example,
        share: tuple[int, int] = (0, 1),
        corpus_shares: Sequence[float] | Drift | None = None,
    ) -> None:
        self._examples: Examples = ListedExamples(examples) if isinstance(examples, Sequence) else examples
        sizes = self._examples.sizes
        if not sum(sizes):
            raise EmptyCorpusError(
                "there is no example to train on", hint="check the corpus, its cleaning and batching.max_length"
            )
        self.curriculum: Curriculum | None = None
        self._mixture = _mixture(sizes, corpus_shares, seed)
        self._windows = -(-len(self._mixture) // WINDOW)
        self._max_tokens = max_tokens
        self._accumulate = accumulate
        self._seed = seed
        self._prepare = prepare
        self._rank, self._ranks = share

    def updates(self, start: Position) -> Iterator[tuple[list[Batch], Position]]:
        """The batches of each update from ``start`` on, with the position after it; without end."""
        ready: list[Batch] = []
        made = [start.update]
        for rows, after in self._batches(start, lambda: made[0]):
            ready.append(self._collate(rows))
            if len(ready) == self._accumulate or after.epoch > rows.epoch:  # an update ends with its epoch
                made[0] += self.curriculum is not None
                yield ready, replace(after, update=made[0])
                ready = []

    def updates_per_epoch(self) -> int:
        """How many updates one epoch takes; of more than one window, a good estimate from the first."""
        batches = len(self._plan(0, 0, None))
        if self._windows > 1:
            batches = round(batches * len(self._mixture) / WINDOW)
        return -(-batches // self._accumulate)

    def _batches(self, start: Position, updates: Callable[[], int]) -> Iterator[tuple[_Rows, Position]]:
        """Batch after batch without end, each with the position after it; ``updates`` says how many are made."""
        epoch, window, done = start.epoch, start.window, start.batch
        begun = start.begun if done else updates()
        while True:
            plan = self._plan(epoch, window, begun)
            is_last = window + 1 == self._windows
            following = Position(epoch + 1) if is_last else Position(epoch, window + 1)
            for number in range(done, len(plan)):
                here = Position(epoch, window, number + 1, begun=begun)
                yield plan[number], following if number + 1 == len(plan) else here
            epoch, window, done, begun = following.epoch, following.window, 0, updates()

    def _plan(self, epoch: int, window: int, update: int | None) -> list[_Rows]:
        """The batches of one window, in the order of training; of what is easy enough at ``update``, or of all."""
        size = len(self._mixture)
        stands = np.arange(window * WINDOW, min((window + 1) * WINDOW, size), dtype=np.int64)
        places = permuted(stands, size, key(self._seed, "order", epoch))
        examples = self._mixture.examples(epoch, places)
        if self.curriculum is not None and update is not None:
            kept = self.curriculum.admits(examples, update)
            places, examples = places[kept], examples[kept]
        batches = plan_batches(
            self._examples.lengths(examples), max_tokens=self._max_tokens, key=key(self._seed, "order", epoch, window)
        )
        return [_Rows(epoch, examples[rows].tolist(), places[rows].tolist()) for rows in batches]

    def _collate(self, rows: _Rows) -> Batch:
        """The rows of this rank; where a batch has too few for every rank, a row that counts nothing."""
        every = list(zip(rows.examples, rows.places, strict=True))
        own = every[self._rank :: self._ranks]
        batch = collate(
            [
                self._prepare(self._examples[example], key(self._seed, "prepare", rows.epoch, place))
                for example, place in own or every[:1]
            ]
        )
        return batch if own else batch.silenced()


def _mixture(sizes: tuple[int, ...], parts: Sequence[float] | Drift | None, seed: int) -> Mixture | Drift:
    if parts is None:
        return Mixture(sizes, sizes, seed)
    return parts if isinstance(parts, Drift) else Mixture.of(sizes, parts, seed)
