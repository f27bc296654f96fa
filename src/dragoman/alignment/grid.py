"""Every word beside every word of many sentence pairs, laid out flat so that numpy can work on all at once.

Row after row: each word to be explained has a row, in it first the empty word and then every word that may
explain it. How far a cell is from the diagonal is kept in 255 steps, one byte. It knows ids, no words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Floats = NDArray[np.float64]

EMPTY = 0
"""The id of the empty word, which explains what nothing else does."""
EMPTY_SHARE = 0.08
"""How much of each word the empty word explains before anything is learnt (Dyer et al. 2013)."""
STEPS = 255


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of many sentence pairs.

    Attributes:
        sources: for each cell the id that may explain; ``EMPTY`` begins every row.
        targets: for each cell the id to be explained.
        starts: where each row begins.
        widths: how many cells each row has.
        distances: how far each cell is from the diagonal, in 255ths.
        rows: how many rows each pair has.
    """

    sources: Ids
    targets: Ids
    starts: NDArray[np.int64]
    widths: NDArray[np.int64]
    distances: NDArray[np.uint8]
    rows: NDArray[np.int64]


def lay_out(pairs: Sequence[tuple[Ids, Ids]]) -> Grid:
    """The grid of ``pairs`` (source ids, target ids)."""
    source_lengths = np.array([len(source) for source, _ in pairs], dtype=np.int64)
    target_lengths = np.array([len(target) for _, target in pairs], dtype=np.int64)
    flat_sources = np.concatenate([part for source, _ in pairs for part in (np.zeros(1, np.int32), source)])
    flat_targets = np.concatenate([target for _, target in pairs])
    pair_of_row = np.repeat(np.arange(len(pairs)), target_lengths)
    widths = source_lengths[pair_of_row] + 1
    starts = np.cumsum(widths) - widths
    first_source = np.cumsum(source_lengths + 1) - source_lengths - 1
    first_row = np.cumsum(target_lengths) - target_lengths
    column = np.arange(widths.sum()) - np.repeat(starts, widths)
    row_place = (np.arange(len(widths)) - first_row[pair_of_row] + 1) / target_lengths[pair_of_row]
    column_place = column / np.repeat(np.maximum(widths - 1, 1), widths)
    distances = np.abs(column_place - np.repeat(row_place, widths)) * STEPS
    return Grid(
        sources=flat_sources[np.repeat(first_source[pair_of_row], widths) + column],
        targets=np.repeat(flat_targets, widths),
        starts=starts,
        widths=widths,
        distances=np.minimum(distances + 0.5, STEPS).astype(np.uint8),
        rows=target_lengths,
    )


def row_sums(values: Floats, starts: NDArray[np.int64]) -> Floats:
    """The sum of each row."""
    return np.add.reduceat(values, starts) if len(starts) else np.zeros(0)


def diagonal_prior(
    distances: NDArray[np.uint8], starts: NDArray[np.int64], widths: NDArray[np.int64], tension: float
) -> Floats:
    """How likely each cell is before any word is looked at; a row sums to one.

    The empty word has its share; the others share the rest by ``exp(-tension · distance)`` (Dyer et al. 2013,
    section 2).
    """
    by_step = np.exp(-tension * np.arange(STEPS + 1) / STEPS)
    prior = by_step[distances]
    prior[starts] = 0.0
    total = row_sums(prior, starts)
    prior *= np.repeat((1 - EMPTY_SHARE) / np.where(total > 0, total, 1.0), widths)
    prior[starts] = EMPTY_SHARE
    return prior
