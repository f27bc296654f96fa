"""The rows of a batch, shared among processes: together they are the whole batch, whoever has which."""

import pytest

from dragoman.base.symbols import EOS, PAD
from dragoman.batching.example import Example
from dragoman.batching.loader import Loader, Position

EXAMPLES = [Example([4 + n] * (1 + n % 5) + [EOS], [30 + n] * (1 + n % 4) + [EOS]) for n in range(17)]


def updates(rank, ranks, count=6):
    loader = Loader(EXAMPLES, max_tokens=20, accumulate=2, seed=3, share=(rank, ranks))
    found = loader.updates(Position())
    return [next(found) for _ in range(count)]


def rows(batch):
    """The rows that count, without their padding."""
    kept = [[index for index in row if index != PAD] for row in batch.target_output.tolist()]
    return sorted(row for row in kept if row)


@pytest.mark.parametrize("ranks", [2, 3, 20])
def test_all_shares_together_are_the_batch(ranks):
    shares = [updates(rank, ranks) for rank in range(ranks)]
    for number, (whole, after) in enumerate(updates(0, 1)):
        parts = [share[number] for share in shares]
        assert all(position == after for _, position in parts)
        for place, batch in enumerate(whole):
            own = [batches[place] for batches, _ in parts]
            assert sorted(row for one in own for row in rows(one)) == rows(batch)
            assert sum(one.target_tokens for one in own) == batch.target_tokens


def test_a_process_without_rows_takes_part_with_a_row_that_counts_nothing():
    empty = [batch for batches, _ in updates(19, 20) for batch in batches]
    assert all(batch.target_tokens == 0 and len(batch.source) == 1 for batch in empty)
    assert all(bool((batch.target_output == PAD).all()) for batch in empty)
    assert all(bool(batch.source_mask.any()) and batch.target_input.shape[1] for batch in empty)
