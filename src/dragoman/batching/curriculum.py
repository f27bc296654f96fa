"""From easy to hard: early passes leave out what is too hard for a beginner. Knows ids and lengths, not their meaning.

Competence-based curriculum learning (Platanios et al. 2019, "Competence-based Curriculum Learning for Neural Machine
Translation"). Each example has a difficulty: the length of its source, or how rare its pieces are. What counts is its
rank: the share of the corpus that is easier. The model's competence grows with the square root of the updates made,
from a hundredth to 1; a window of training leaves out the examples whose rank is above the competence at its
beginning. So the first windows are short, and soon over; nothing is left out for good.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dragoman.batching.shuffling import Integers
from dragoman.batching.store import Examples

Difficulty = Literal["length", "rarity"]
_FIRST_COMPETENCE = 0.01
_TOP_RANK = (1 << 16) - 1
Ranks = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Curriculum:
    """Which examples are easy enough at which update.

    Attributes:
        ranks: of each example, 0 for the easiest to 65,535: two bytes each, of 20 million 40 MB.
        steps: updates until nothing is left out any more.
    """

    ranks: Ranks
    steps: int

    def competence(self, update: int) -> float:
        """The share of the corpus that is easy enough after ``update`` updates."""
        start = _FIRST_COMPETENCE**2
        return 1.0 if update >= self.steps else math.sqrt(start + (1 - start) * update / self.steps)

    def admits(self, examples: Integers, update: int) -> NDArray[np.bool_]:
        """For each of ``examples`` whether it is easy enough; the easiest of them always is."""
        ranks = self.ranks[examples]
        return np.asarray(ranks <= max(self.competence(update) * _TOP_RANK, ranks.min(initial=_TOP_RANK)))


def rank(examples: Examples, difficulty: Difficulty) -> Ranks:
    """The rank of every example by ``difficulty``; equal ones have the same."""
    values = _lengths(examples) if difficulty == "length" else _rarities(examples)
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    easier = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return np.asarray((easier * _TOP_RANK // max(1, len(values)))[place], dtype=np.uint16)


def _lengths(examples: Examples) -> NDArray[Any]:
    return np.concatenate([block.sources for block in examples.blocks()])


def _rarities(examples: Examples) -> NDArray[Any]:
    """Minus the log-probability of each source, its ids taken one by one, as often as they are in all sources."""
    counts = np.zeros(0, dtype=np.int64)
    for block in examples.blocks():
        counts = _sum(counts, np.bincount(_source_ids(block)))
    surprise = math.log(max(1, counts.sum())) - np.log(np.maximum(counts, 1))
    rarities = []
    for block in examples.blocks():
        ends = np.cumsum(block.sources, dtype=np.int64)
        summed = np.concatenate([[0.0], np.cumsum(surprise[_source_ids(block)])])
        rarities.append((summed[ends] - summed[ends - block.sources]).astype(np.float32))
    return np.concatenate(rarities)


def _source_ids(block: Any) -> NDArray[Any]:
    """The ids of the sources of a block alone: in it, sources and targets take turns."""
    lengths = np.stack([block.sources, block.targets], axis=1).reshape(-1)
    is_source = np.tile([True, False], len(block.sources))
    return np.asarray(block.ids[np.repeat(is_source, lengths)], dtype=np.int64)


def _sum(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    size = max(len(first), len(second))
    return np.asarray(np.pad(first, (0, size - len(first))) + np.pad(second, (0, size - len(second))))
