from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.base.errors import ConfigError, EmptyCorpusError
from dragoman.corpora.records import Record
from dragoman.corpora.splitting import LEFT_OUT, PARTS, group, plan_split, split
from dragoman.text.normalize import comparison_key

PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=60)


def reference_groups(sources: list[int], targets: list[int]) -> list[int]:
    """Union-find, one pair at a time."""
    parents = list(range(len(sources)))

    def root(place: int) -> int:
        while parents[place] != place:
            place = parents[place]
        return place

    for side in (sources, targets):
        first: dict[int, int] = {}
        for place, value in enumerate(side):
            parents[root(place)] = root(first.setdefault(value, place))
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(place), len(numbers)) for place in range(len(sources))]


def corpus(pairs: list[tuple[int, int]]) -> list[Record]:
    return [Record(f"s{source}!", f"T {target}", number) for number, (source, target) in enumerate(pairs, 1)]


def distinct(count: int) -> list[Record]:
    return [Record(f"source {number}", f"target {number}", number) for number in range(1, count + 1)]


@given(PAIRS)
def test_groups_are_connected_components(pairs: list[tuple[int, int]]) -> None:
    sources, targets = (list(side) for side in zip(*pairs, strict=True))
    found = group(np.array(sources, dtype=np.uint64), np.array(targets, dtype=np.uint64))
    assert found.tolist() == reference_groups(sources, targets)


def test_a_long_chain_is_one_group() -> None:
    numbers = np.arange(30_000, dtype=np.uint64)
    order = np.random.default_rng(1).permutation(30_000)
    half = np.uint64(2)
    assert group((numbers // half)[order], ((numbers + np.uint64(1)) // half)[order]).max() == 0


@settings(max_examples=60)
@given(PAIRS, st.integers(0, 3), st.integers(0, 3), st.integers(0, 5), st.booleans())
def test_no_text_is_on_two_sides(
    pairs: list[tuple[int, int]], validation: int, test: int, seed: int, one_per_group: bool
) -> None:
    records = corpus(pairs)
    try:
        plan = plan_split(records, validation=validation, test=test, seed=seed, one_per_group=one_per_group)
    except EmptyCorpusError:
        return
    assert sum(plan.counts.values()) == len(records)
    assert plan.counts["train"] > 0
    if one_per_group:
        assert (plan.counts["validation"], plan.counts["test"]) == (validation, test)
    else:
        assert plan.counts["left out"] == 0
        assert plan.counts["validation"] >= validation
    for side in ("source", "target"):
        parts_of = defaultdict(set)
        for record, part in zip(records, plan.parts, strict=True):
            if part != LEFT_OUT:
                parts_of[comparison_key(getattr(record, side))].add(int(part))
        assert all(len(parts) == 1 for parts in parts_of.values())


def test_held_out_pairs_share_no_text_with_each_other() -> None:
    records = corpus([(number // 3, number) for number in range(90)])
    parts = split(records, validation=5, test=5)
    for part in ("validation", "test"):
        assert len({record.source for record in parts[part]}) == 5
    assert sum(map(len, parts.values())) == 90 - 20


def test_texts_are_compared_by_letters_and_digits() -> None:
    records = [Record("Hello, world!", "a"), Record("HELLO WORLD", "b"), Record("other", "c")]
    assert plan_split(records, validation=0, test=0).groups == 2


def test_the_same_seed_gives_the_same_split_in_any_order() -> None:
    records = distinct(200)
    one = split(records, validation=20, test=20, seed=4)
    two = split(records[::-1], validation=20, test=20, seed=4)
    other = split(records, validation=20, test=20, seed=5)
    for part in PARTS:
        assert set(map(str, one[part])) == set(map(str, two[part]))
    assert set(map(str, one["test"])) != set(map(str, other["test"]))


def test_parts_keep_the_order_of_the_corpus() -> None:
    for records in split(distinct(50), validation=10, test=10).values():
        lines = [record.line for record in records]
        assert lines == sorted(lines)


def test_the_draw_is_spread_over_the_corpus() -> None:
    lines = [record.line for record in split(distinct(4000), validation=0, test=400)["test"]]
    assert 1600 < sum(lines) / len(lines) < 2400


@pytest.mark.parametrize(("size", "count"), [(0.05, 5), (7, 7), (7.0, 7), (0, 0), (0.0, 0)])
def test_sizes_are_counts_or_shares(size: float, count: int) -> None:
    assert plan_split(distinct(100), validation=size, test=0).counts["validation"] == count


@pytest.mark.parametrize("size", [-1, 1.5, -0.5])
def test_impossible_sizes(size: float) -> None:
    with pytest.raises(ConfigError, match="neither a number of pairs nor a share"):
        plan_split(distinct(10), validation=size, test=0)


def test_a_giant_group_trains() -> None:
    records = [Record("OK", f"text {number}") for number in range(500)] + distinct(40)
    plan = plan_split(records, validation=10, test=10)
    assert plan.largest_group == 500
    assert plan.counts == {"train": 520, "validation": 10, "test": 10, "left out": 0}


def test_whole_groups_come_close_to_the_size_asked_for() -> None:
    records = corpus([(number // 4, number) for number in range(400)])
    plan = plan_split(records, validation=30, test=30, one_per_group=False)
    assert plan.counts == {"train": 336, "validation": 32, "test": 32, "left out": 0}


@pytest.mark.parametrize(
    ("records", "validation", "test"),
    [
        ([], 0, 0),
        (distinct(10), 5, 5),
        (distinct(10), 1000, 0),
        ([Record("OK", f"text {number}") for number in range(100)], 1, 1),
    ],
)
def test_too_small_a_corpus(records: list[Record], validation: int, test: int) -> None:
    with pytest.raises(EmptyCorpusError, match=rf"{len(records)} pairs in \d+ groups") as caught:
        plan_split(records, validation=validation, test=test)
    assert caught.value.hint is not None
