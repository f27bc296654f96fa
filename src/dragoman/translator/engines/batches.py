"""Which sentences an engine takes together: those of like length, up to a budget of ids. Knows lengths only."""

from collections.abc import Iterator, Sequence


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
