"""A sparse table p(target word | source word): sorted keys, looked up by bisection. Knows ids, no words.

A key is ``source · size + target``, so the translations of one source stand together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.alignment.grid import Floats, Ids

Keys = NDArray[np.int64]

FLOOR = 1e-6
"""The probability of what the table does not hold."""


@dataclass(frozen=True, slots=True)
class Table:
    """What is learnt of one direction.

    Attributes:
        size: ids are below this.
        keys: source · size + target, ascending.
        probabilities: one for each key.
        tension: how closely this direction keeps to the diagonal.
    """

    size: int
    keys: Keys
    probabilities: NDArray[np.float32]
    tension: float

    def look_up(self, sources: Ids, targets: Ids) -> Floats:
        """p(target | source) for each cell; ``FLOOR`` where nothing was learnt."""
        if not len(self.keys):
            return np.full(len(sources), FLOOR)
        wanted = sources.astype(np.int64) * self.size + targets
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        known = (self.keys[places] == wanted) & (np.maximum(sources, targets) < self.size)
        return np.where(known, np.maximum(self.probabilities[places], FLOOR), FLOOR)

    def row(self, source: int) -> tuple[Ids, NDArray[np.float32]]:
        """The targets that ``source`` may become, and how likely each is."""
        first, last = np.searchsorted(self.keys, [source * self.size, (source + 1) * self.size])
        return (self.keys[first:last] - source * self.size).astype(np.int32), self.probabilities[first:last]

    def pruned(self, least: float) -> "Table":
        """The table without what is less likely than ``least``."""
        kept = self.probabilities >= least
        return Table(self.size, self.keys[kept], self.probabilities[kept], self.tension)
