"""Which examples share a batch: those of like length, up to a budget of ids. Knows lengths only.

Examples are sorted by their longer side (ties in an order drawn by key), cut into batches, and the batches are
shuffled: little padding, and other company every epoch.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.randomness import key as make_key
from dragoman.batching.shuffling import Integers, draws


class BatchingConfig(Section):
    """How examples are put together."""

    max_tokens: int = Field(default=4096, gt=0)
    """Ids in a batch, padding counted, on its longer side."""
    max_length: int = Field(default=256, gt=1)
    """Longest source or target in ids, EOS included; longer training pairs are left out, counted and reported."""
    accumulate: int = Field(default=1, ge=1)
    """Batches whose gradients are summed into one update."""
    prefetch: int = Field(default=2, ge=0)
    """Updates made ready ahead of time, in a thread of their own; 0 for none. It changes no result."""


def plan_batches(lengths: Sequence[Any] | NDArray[Any], *, max_tokens: int, key: int) -> list[list[int]]:
    """Indices of the examples of each batch, in the order of training.

    Args:
        lengths: (source length, target length) of each example, in ids.
        max_tokens: rows times the longest side of a batch stay within this; an example longer than it stands alone.
        key: decides the order; equal keys give equal plans.
    """
    table = np.asarray(lengths, dtype=np.int64).reshape(-1, 2)
    longest = table.max(axis=1, initial=0)
    # By the longer side first: it is what the budget counts, and the shorter one is then seldom far from it.
    order = np.lexsort((draws(len(table), make_key(key, "ties")), table[:, 0], table[:, 1], longest))
    batches = _cut(order, longest[order], max_tokens)
    return [batches[number] for number in np.argsort(draws(len(batches), make_key(key, "batches")))]


def _cut(order: Integers, longest: Integers, max_tokens: int) -> list[list[int]]:
    """``order`` in pieces as long as the budget allows; ``longest`` is the longer side of each example in it."""
    batches = []
    start = 0
    while start < len(order):
        most = max(1, max_tokens // max(1, int(longest[start])))
        widths = np.maximum.accumulate(longest[start : start + most])
        rows = int(np.searchsorted(widths * np.arange(1, len(widths) + 1), max_tokens, side="right"))
        batches.append(order[start : start + max(1, rows)].tolist())
        start += max(1, rows)
    return batches
