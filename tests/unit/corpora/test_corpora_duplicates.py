import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.corpora.duplicates import DigestSet, DistinctCounter, digest

WORDS = st.integers(0, 2**64 - 1)


def test_a_digest_is_the_same_everywhere_and_always() -> None:
    assert digest("a", "b") == digest("a", "b")
    assert digest("hello", "Hallo") == 15545509443427280779


@pytest.mark.parametrize("other", [("ab", ""), ("", "ab"), ("b", "a"), ("a", "b", ""), ("a\x00b",), ("a1:b",)])
def test_borders_and_order_count(other: tuple[str, ...]) -> None:
    assert digest("a", "b") != digest(*other)


@given(st.lists(WORDS | st.sampled_from([0, 1, 2**64 - 1, 2**64 - 2])))
def test_behaves_like_a_set_but_for_zero_and_one(values: list[int]) -> None:
    table, model = DigestSet(), set[int]()
    for value in values:
        assert table.add(value) == ((value or 1) not in model)
        model.add(value or 1)
    assert len(table) == len(model)


def test_growing_forgets_nothing() -> None:
    draw = random.Random(1)
    values = [digest(str(draw.randrange(15_000))) for _ in range(30_000)]
    table = DigestSet()
    seen = set[int]()
    for value in values:
        assert table.add(value) == (value not in seen)
        seen.add(value)
    assert not any(table.add(value) for value in values)


def test_memory_is_flat() -> None:
    table = DigestSet()
    draw = random.Random(1)
    for _ in range(50_000):
        table.add(draw.getrandbits(64))
    assert len(table._table) * table._table.itemsize <= 24 * 50_000


def test_distinct_is_exact_below_the_limit() -> None:
    counter = DistinctCounter(limit=100)
    for number in [*range(100), *range(100)]:
        counter.add(digest(str(number)))
    assert counter.count == 100
    assert counter.is_exact


def test_distinct_is_close_beyond_the_limit() -> None:
    counter = DistinctCounter(limit=4000)
    for number in range(60_000):
        counter.add(digest(str(number % 50_000)))
    assert not counter.is_exact
    assert counter.count == pytest.approx(50_000, rel=0.06)
    assert len(counter._kept) <= 4000
