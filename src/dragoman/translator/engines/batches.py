"""Which sentences an engine takes together: those of like length, up to a budget of ids. Knows lengths only."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

_LEAST_SHARE = 4
"""Sentences of a worker when a batch is shared out; fewer take longer together than one after another."""


def like_lengths(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Indices of like length, at most ``budget`` ids together; the longest first, so a lack of memory shows at once."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def shared_out(batches: Sequence[list[int]], lengths: Sequence[int], workers: int) -> list[list[int]]:
    """The same batches, the largest cut in two until there is one for each worker, as long as that is worth it.

    The halves hold equally many ids, not sentences: so they take equally long.
    """
    shared = list(batches)
    while 0 < len(shared) < workers:
        largest = max(range(len(shared)), key=lambda at: sum(lengths[index] for index in shared[at]))
        whole = shared[largest]
        if len(whole) < 2 * _LEAST_SHARE:
            break
        sums = list(accumulate(lengths[index] for index in whole))
        middle = bisect_left(sums, sums[-1] / 2)
        shared[largest : largest + 1] = [whole[: middle + 1], whole[middle + 1 :]]
    return shared
