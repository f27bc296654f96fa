"""Which examples share a batch: those of like length, up to a budget of ids. Knows lengths only.

Examples are shuffled, sorted by their longer side (ties keep their shuffled order), cut into batches,
and the batches are shuffled: little padding, and another order every epoch.
"""

from collections.abc import Sequence

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.randomness import generator


class BatchingConfig(Section):
    """How examples are put together."""

    max_tokens: int = Field(default=4096, gt=0)
    """Ids in a batch, padding counted, on its longer side."""
    max_length: int = Field(default=256, gt=1)
    """Longest source or target in ids, EOS included; longer training pairs are left out, counted and reported."""
    accumulate: int = Field(default=1, ge=1)
    """Batches whose gradients are summed into one update."""


def plan_batches(lengths: Sequence[tuple[int, int]], *, max_tokens: int, key: int) -> list[list[int]]:
    """Indices of the examples of each batch, in the order of training.

    Args:
        lengths: (source length, target length) of each example, in ids.
        max_tokens: rows times the longest side of a batch stay within this; an example longer than it stands alone.
        key: decides the order; equal keys give equal plans.
    """
    random = generator(key)
    order = list(range(len(lengths)))
    random.shuffle(order)
    # By the longer side first: it is what the budget counts, and the shorter one is then seldom far from it.
    order.sort(key=lambda index: (max(lengths[index]), lengths[index][1], lengths[index][0]))
    batches: list[list[int]] = []
    widest = 0
    for index in order:
        longest = max(lengths[index])
        if not batches or max(widest, longest) * (len(batches[-1]) + 1) > max_tokens:
            batches.append([])
            widest = 0
        batches[-1].append(index)
        widest = max(widest, longest)
    random.shuffle(batches)
    return batches
