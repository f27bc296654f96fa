"""Several corpora in one epoch, each with its share. Knows how many examples each has, and nothing of them.

An epoch makes as many draws as there are examples in all. A corpus whose share is larger than its size is gone
through several times; of one whose share is smaller a part is taken, and the next epoch goes on where this one
ended: no example of a corpus comes again before all others of it have come.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dragoman.base.randomness import key
from dragoman.batching.shuffling import Integers, permuted


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
        ends = np.cumsum(self.quotas)
        corpora = np.searchsorted(ends, places, side="right")
        result = np.empty_like(places)
        first = 0
        for number, (size, quota) in enumerate(zip(self.sizes, self.quotas, strict=True)):
            here = np.flatnonzero(corpora == number)
            if len(here):
                through = epoch * quota + places[here] - (ends[number] - quota)  # since the run began
                order = key(self.seed, "corpus", number)
                result[here] = first + permuted(through % size, size, order, turns=through // size)
            first += size
        return result
