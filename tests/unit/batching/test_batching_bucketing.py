"""The plan of an epoch: complete, within its budget, decided by its key."""

import random

from hypothesis import given
from hypothesis import strategies as st

from dragoman.batching.bucketing import plan_batches

LENGTHS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), max_size=80)


@given(lengths=LENGTHS, max_tokens=st.integers(1, 200), key=st.integers(0, 1 << 60))
def test_every_example_once_and_never_over_the_budget(lengths, max_tokens, key):
    batches = plan_batches(lengths, max_tokens=max_tokens, key=key)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        assert batch
        longest = max(max(lengths[index]) for index in batch)
        assert len(batch) == 1 or len(batch) * longest <= max_tokens


@given(lengths=LENGTHS, key=st.integers(0, 1 << 60))
def test_equal_keys_give_equal_plans(lengths, key):
    assert plan_batches(lengths, max_tokens=60, key=key) == plan_batches(lengths, max_tokens=60, key=key)


def some_lengths():
    draw = random.Random(5)
    return [(draw.randint(2, 40), draw.randint(2, 40)) for _ in range(500)]


def test_another_key_gives_another_order_and_other_company():
    first, second = (plan_batches(some_lengths(), max_tokens=200, key=key) for key in (1, 2))
    assert first != second
    assert {frozenset(batch) for batch in first} != {frozenset(batch) for batch in second}


def test_like_lengths_share_a_batch():
    lengths = some_lengths()
    planned = plan_batches(lengths, max_tokens=400, key=1)
    longer = [[max(lengths[i]) for i in batch] for batch in planned]
    spread = [max(sides) - min(sides) for sides in longer]
    assert sum(spread) / len(spread) < 3  # of 38 possible


def test_neither_side_has_much_padding_when_lengths_go_together():
    draw = random.Random(5)
    sources = [draw.randint(4, 40) for _ in range(4000)]
    lengths = [(source, max(1, round(source * draw.uniform(0.7, 1.4)))) for source in sources]
    planned = plan_batches(lengths, max_tokens=2000, key=1)
    for side, most in ((0, 1.15), (1, 1.1)):
        padded = sum(len(batch) * max(lengths[i][side] for i in batch) for batch in planned)
        assert padded / sum(pair[side] for pair in lengths) < most


def test_batches_do_not_come_in_order_of_length():
    lengths = some_lengths()
    firsts = [lengths[batch[0]][1] for batch in plan_batches(lengths, max_tokens=200, key=1)]
    assert firsts != sorted(firsts)


def test_the_plan_of_a_key_never_changes():
    lengths = [(3, 4), (5, 5), (2, 2), (9, 1), (4, 4), (1, 6)]
    assert plan_batches(lengths, max_tokens=10, key=7) == [[5], [2, 0], [4, 1], [3]]
