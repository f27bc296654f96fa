"""Learning one direction of an alignment: IBM model 1 with a prior for the diagonal, by expectation maximisation.

Every target word was made by one source word or by the empty word. Which one is not seen: the expectation step
shares each target word out among the words of the other side, by what is believed so far; the maximisation step
counts the shares. Words that keep coming together win. The prior says that words near the diagonal are likelier,
and how much so (the tension) is learnt as well (Brown et al. 1993; Dyer et al. 2013, fast_align). Counts are
smoothed by variational Bayes, which keeps rare words from explaining everything (Riley and Gildea 2012).

Memory: five bytes for each pair of words that stand in one sentence pair, and about thirty for each different one.
It knows ids, no words and no files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.alignment.grid import EMPTY_SHARE, STEPS, Floats, Ids, diagonal_prior, lay_out, row_sums
from dragoman.alignment.table import Keys, Table

_CELLS_IN_A_BLOCK = 1 << 20
_DIRICHLET = 0.01
_FIRST_TENSION = 4.0
_LEAST_TENSION, _MOST_TENSION = 0.1, 6.0
"""Left alone, learning feeds on itself and goes to 13 (English–German captions), past where it helps: the two
directions agree most, and right pairs differ most from wrong ones, between 4 and 8."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Some rows of the grid, with the number of each cell's word pair instead of two ids."""

    cells: Ids
    distances: NDArray[np.uint8]
    starts: NDArray[np.int64]
    widths: NDArray[np.int64]


@dataclass(slots=True)
class _Expected:
    """What one expectation step adds up."""

    counts: Floats
    rows: int = 0
    found_distance: float = 0.0
    prior_distance: float = 0.0
    prior_variance: float = 0.0


def learn_direction(pairs: Sequence[tuple[Ids, Ids]], *, size: int, iterations: int) -> Table:
    """What p(target | source) is, after so many rounds over ``pairs``.

    Args:
        pairs: source ids and target ids of each sentence pair, ids from 1 on, no side empty.
        size: ids are below this.
        iterations: rounds of expectation maximisation; five do.
    """
    keys, blocks = _index(pairs, size)
    sources = (keys // size).astype(np.int64)
    targets = len(_distinct(keys % size))
    probabilities = np.ones(len(keys))
    tension = _FIRST_TENSION
    for _ in range(iterations):
        expected = _Expected(np.zeros(len(keys)))
        for block in blocks:
            _expect(block, probabilities, tension, expected)
        probabilities = _maximise(expected.counts, sources, size, targets)
        tension = _next_tension(tension, expected)
    return Table(size, keys, probabilities.astype(np.float32), tension)


def blocks_of(pairs: Sequence[tuple[Ids, Ids]], cells: int = _CELLS_IN_A_BLOCK) -> Iterator[Sequence[tuple[Ids, Ids]]]:
    """``pairs`` in runs whose grids have about so many cells."""
    start = held = 0
    for place, (source, target) in enumerate(pairs):
        held += (len(source) + 1) * len(target)
        if held >= cells:
            yield pairs[start : place + 1]
            start, held = place + 1, 0
    if start < len(pairs):
        yield pairs[start:]


def _index(pairs: Sequence[tuple[Ids, Ids]], size: int) -> tuple[Keys, list[_Block]]:
    """All different word pairs as keys, and the blocks that speak of them by number."""
    keys = np.empty(0, dtype=np.int64)
    fresh: list[Keys] = []
    for part in blocks_of(pairs):
        grid = lay_out(part)
        fresh.append(_distinct(grid.sources.astype(np.int64) * size + grid.targets))
        if sum(map(len, fresh)) > max(len(keys), _CELLS_IN_A_BLOCK):  # merged now and then, never many at once
            keys, fresh = _distinct(np.concatenate([keys, *fresh])), []
    keys = _distinct(np.concatenate([keys, *fresh]))
    blocks = []
    for part in blocks_of(pairs):
        grid = lay_out(part)
        cells = np.searchsorted(keys, grid.sources.astype(np.int64) * size + grid.targets).astype(np.int32)
        blocks.append(_Block(cells, grid.distances, grid.starts, grid.widths))
    return keys, blocks


def _distinct(keys: Keys) -> Keys:
    """The different ones, ascending; by sorting, which is quicker here than numpy's own way by hashing."""
    keys = np.sort(keys)
    is_first = np.ones(len(keys), dtype=bool)
    is_first[1:] = keys[1:] != keys[:-1]
    result: Keys = keys[is_first]
    return result


def _expect(block: _Block, probabilities: Floats, tension: float, expected: _Expected) -> None:
    """Share out every target word of ``block``; add up the shares."""
    prior = diagonal_prior(block.distances, block.starts, block.widths, tension)
    shares = prior * probabilities[block.cells]
    shares /= np.repeat(row_sums(shares, block.starts), block.widths)
    expected.counts += np.bincount(block.cells, shares, minlength=len(expected.counts))
    expected.rows += len(block.starts)
    distances = block.distances / STEPS
    shares[block.starts] = 0.0
    prior[block.starts] = 0.0
    prior /= 1 - EMPTY_SHARE
    expected.found_distance += float(shares @ distances) / max(float(shares.sum()), 1e-9) * len(block.starts)
    mean = row_sums(prior * distances, block.starts)
    expected.prior_distance += float(mean.sum())
    expected.prior_variance += float((row_sums(prior * distances**2, block.starts) - mean**2).sum())


def _maximise(counts: Floats, sources: NDArray[np.int64], size: int, targets: int) -> Floats:
    """Probabilities from counts, those of few counts drawn down."""
    totals: Floats = np.bincount(sources, counts, minlength=size).astype(np.float64)
    below = _digamma(totals + _DIRICHLET * targets)
    result: Floats = np.exp(_digamma(counts + _DIRICHLET) - below[sources])
    return result


def _next_tension(tension: float, expected: _Expected) -> float:
    """One step of Newton's method towards the tension under which the prior lies as far off as was found."""
    if expected.prior_variance <= 0:
        return tension
    step = (expected.prior_distance - expected.found_distance) / expected.prior_variance
    return float(np.clip(tension + np.clip(step, -tension / 2, tension), _LEAST_TENSION, _MOST_TENSION))


def _digamma(values: Floats) -> Floats:
    """The derivative of ln Γ, to eight digits: by recurrence up to 6, then by its asymptotic series."""
    result = np.zeros_like(values)
    values = values.copy()
    for _ in range(6):
        result -= 1.0 / values
        values += 1.0
    inverse = 1.0 / values**2
    series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)))
    return result + np.log(values) - 0.5 / values - series
