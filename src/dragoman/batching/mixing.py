"""Several corpora in one epoch, each with its share. Knows how many examples each has, and nothing of them.

An epoch makes as many draws as there are examples in all. A corpus whose share is larger than its size is gone
through several times; of one whose share is smaller a part is taken, and the next epoch goes on where this one
ended: no example of a corpus comes again before all others of it have come.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dragoman.base.errors import EmptyCorpusError
from dragoman.base.randomness import key
from dragoman.batching.shuffling import Integers, permuted

ROUND = 1 << 14
"""Draws between two changes of the shares, where they change."""


def shares(sizes: Sequence[int], *, weights: Sequence[float] | None = None, temperature: float = 1.0) -> list[float]:
    """The share of an epoch that each corpus has; they sum to 1.

    Args:
        sizes: examples of each corpus.
        weights: how much of an epoch each shall have, in any unit; None goes by size.
        temperature: without weights, shares are in proportion to size^(1/temperature): 1 takes everything once,
            more lifts the small ones (Arivazhagan et al. 2019, "Massively Multilingual Neural Machine Translation in
            the Wild").
    """
    raw = [float(weight) for weight in weights] if weights else [size ** (1 / temperature) for size in sizes]
    raw = [value if size else 0.0 for value, size in zip(raw, sizes, strict=True)]
    if not sum(raw):
        raise EmptyCorpusError(
            "no corpus with a weight has an example", hint="check the weights, the cleaning and batching.max_length"
        )
    return [value / sum(raw) for value in raw]


@dataclass(frozen=True, slots=True)
class Mixture:
    """Which example each place of an epoch means.

    Attributes:
        sizes: examples of each corpus; they are numbered through.
        quotas: examples of each that an epoch takes.
        seed: of the run.
    """

    sizes: tuple[int, ...]
    quotas: tuple[int, ...]
    seed: int

    @classmethod
    def of(cls, sizes: Sequence[int], parts: Sequence[float], seed: int) -> "Mixture":
        """With quotas that sum to the number of examples, as near to the shares ``parts`` as whole numbers are."""
        borders = np.rint(np.cumsum([0.0, *parts]) * sum(sizes)).astype(np.int64)
        borders[-1] = sum(sizes)
        return cls(tuple(sizes), tuple(np.diff(borders).tolist()), seed)

    def __len__(self) -> int:
        return sum(self.quotas)

    def examples(self, epoch: int, places: Integers) -> Integers:
        """The numbers of the examples at ``places`` of ``epoch``; the places are not shuffled yet."""
        if self.sizes == self.quotas:
            return places
        drawn = epoch * np.array(self.quotas, dtype=np.int64)
        return _examples(places, self.sizes, np.array(self.quotas, dtype=np.int64), drawn=drawn, seed=self.seed)


@dataclass(frozen=True, slots=True)
class Drift:
    """A mixture whose shares change: from one round to the next, in a straight line, then no more.

    An epoch is a round here, shorter than the corpora together.

    Attributes:
        sizes: examples of each corpus; they are numbered through.
        first: share of each corpus in the first round.
        last: share of each when all has changed.
        rounds: after so many rounds it has.
        seed: of the run.
    """

    sizes: tuple[int, ...]
    first: tuple[float, ...]
    last: tuple[float, ...]
    rounds: int
    seed: int

    def __len__(self) -> int:
        return min(sum(self.sizes), ROUND)

    def examples(self, epoch: int, places: Integers) -> Integers:
        """The numbers of the examples at ``places`` of the round ``epoch``; the places are not shuffled yet."""
        changing = min(epoch, self.rounds)
        drawn = sum((self._quotas(number) for number in range(changing)), start=np.zeros(len(self.sizes), np.int64))
        drawn = drawn + (epoch - changing) * self._quotas(self.rounds)
        return _examples(places, self.sizes, self._quotas(epoch), drawn=drawn, seed=self.seed)

    def _quotas(self, epoch: int) -> Integers:
        way = min(1.0, epoch / self.rounds) if self.rounds else 1.0
        parts = (1 - way) * np.array(self.first) + way * np.array(self.last)
        borders = np.rint(np.cumsum([0.0, *parts]) / parts.sum() * len(self)).astype(np.int64)
        return np.asarray(np.diff(borders))


def _examples(places: Integers, sizes: Sequence[int], quotas: Integers, *, drawn: Integers, seed: int) -> Integers:
    """What stands at ``places`` of an epoch that takes ``quotas``, when so many of each were ``drawn`` before it."""
    ends = np.cumsum(quotas)
    corpora = np.searchsorted(ends, places, side="right")
    result = np.empty_like(places)
    first = 0
    for number, (size, quota) in enumerate(zip(sizes, quotas.tolist(), strict=True)):
        here = np.flatnonzero(corpora == number)
        if len(here):
            through = drawn[number] + places[here] - (ends[number] - quota)  # since the run began
            order = key(seed, "corpus", number)
            result[here] = first + permuted(through % size, size, order, turns=through // size)
        first += size
    return result
