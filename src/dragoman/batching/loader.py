"""An endless stream of updates' batches whose whole state is two integers: the epoch and the place in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dragoman.base.errors import EmptyCorpusError
from dragoman.base.randomness import key
from dragoman.batching.batch import Batch, Example, collate
from dragoman.batching.bucketing import plan_batches

Prepare = Callable[[Example, int], Example]
"""What an objective does to an example before it becomes part of a batch; randomness from the key alone."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a loader stands: ``update`` updates of epoch ``epoch`` are done (both count from 0)."""

    epoch: int = 0
    update: int = 0


class Loader:
    """Batches of the same examples, epoch after epoch, in an order that seed and epoch decide.

    Args:
        examples: all of them, in memory.
        max_tokens: ids in a batch, padding counted, on its longer side.
        accumulate: batches in one update.
        seed: of the run.
        prepare: what the objective does to each example.
        share: (rank, number of ranks): this process takes every so many-th row of every batch. Which examples a
            batch holds does not depend on it.

    Raises:
        EmptyCorpusError: there is no example.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        *,
        max_tokens: int,
        accumulate: int = 1,
        seed: int,
        prepare: Prepare = lambda example, _: example,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        if not examples:
            raise EmptyCorpusError(
                "there is no example to train on", hint="check the corpus, its cleaning and batching.max_length"
            )
        self._examples = examples
        self._lengths = [(len(example.source), len(example.target)) for example in examples]
        self._max_tokens = max_tokens
        self._accumulate = accumulate
        self._seed = seed
        self._prepare = prepare
        self._rank, self._ranks = share

    def updates(self, start: Position) -> Iterator[tuple[list[Batch], Position]]:
        """The batches of each update from ``start`` on, with the position after it; without end."""
        epoch, done = start.epoch, start.update
        while True:
            groups = self._plan(epoch)
            for number in range(done, len(groups)):
                last = number + 1 == len(groups)
                after = Position(epoch + 1, 0) if last else Position(epoch, number + 1)
                yield [self._collate(indices, epoch) for indices in groups[number]], after
            epoch, done = epoch + 1, 0

    def updates_per_epoch(self) -> int:
        """How many updates one pass over the examples takes."""
        return len(self._plan(0))

    def _plan(self, epoch: int) -> list[list[list[int]]]:
        batches = plan_batches(self._lengths, max_tokens=self._max_tokens, key=key(self._seed, "order", epoch))
        return [batches[start : start + self._accumulate] for start in range(0, len(batches), self._accumulate)]

    def _collate(self, indices: Sequence[int], epoch: int) -> Batch:
        """The rows of this rank; where a batch has too few for every rank, a row that counts nothing."""
        own = indices[self._rank :: self._ranks]
        batch = collate(
            [
                self._prepare(self._examples[index], key(self._seed, "prepare", epoch, index))
                for index in own or indices[:1]
            ]
        )
        return batch if own else batch.silenced()
