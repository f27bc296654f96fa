"""The loader goes on from any position as if it had never stopped."""

import itertools
import random

import pytest
import torch

from dragoman.base.errors import EmptyCorpusError
from dragoman.batching.example import Example
from dragoman.batching.loader import Loader, Position
from dragoman.batching.prefetch import ahead
from dragoman.batching.store import ListedExamples

DRAW = random.Random(3)
EXAMPLES = [Example([number + 4] * DRAW.randint(1, 6), [number + 4] * DRAW.randint(1, 6)) for number in range(40)]


def loader(**options):
    return Loader(EXAMPLES, **{"max_tokens": 20, "seed": 11, **options})


def take(start, count, **options):
    return list(itertools.islice(loader(**options).updates(start), count))


def ids(update):
    batches, _ = update
    return [batch.source.tolist() for batch in batches]


@pytest.mark.parametrize("accumulate", [1, 3])
def test_resumes_at_every_position(accumulate):
    whole = take(Position(), 40, accumulate=accumulate)
    for number, (_, position) in enumerate(whole[:-1]):
        ((batches, after),) = take(position, 1, accumulate=accumulate)
        expected, expected_after = whole[number + 1]
        assert after == expected_after
        assert len(batches) == len(expected)
        for found, wanted in zip(batches, expected, strict=True):
            assert torch.equal(found.source, wanted.source)
            assert torch.equal(found.target_output, wanted.target_output)


def test_an_epoch_holds_every_example_once_and_the_next_has_another_order():
    per_epoch = loader(accumulate=2).updates_per_epoch()
    updates = take(Position(), 2 * per_epoch, accumulate=2)
    assert updates[per_epoch - 1][1] == Position(1, 0)
    epochs = [updates[:per_epoch], updates[per_epoch:]]
    seen = [[row[0] for update in epoch for batch in ids(update) for row in batch] for epoch in epochs]
    assert [sorted(epoch) for epoch in seen] == [[number + 4 for number in range(40)]] * 2
    assert seen[0] != seen[1]


def test_accumulation_groups_the_same_batches():
    single = [ids(update)[0] for update in take(Position(), 7)]
    grouped = [batch for update in take(Position(), 3, accumulate=3) for batch in ids(update)]
    assert grouped[:7] == single


def test_another_seed_gives_another_order():
    assert [ids(one) for one in take(Position(), 5)] != [ids(one) for one in take(Position(), 5, seed=12)]


def test_prepare_gets_a_key_of_epoch_and_example():
    keys = {}

    def prepare(example, key):
        keys.setdefault(example.source[0], []).append(key)
        return Example(example.source, [5])

    per_epoch = loader().updates_per_epoch()
    updates = take(Position(), 2 * per_epoch, prepare=prepare)
    assert all(batch.target_output.unique().tolist() == [5] for batches, _ in updates for batch in batches)
    assert len(keys) == 40
    assert all(first != second for first, second in keys.values())
    again = {number: list(found) for number, found in keys.items()}
    keys.clear()
    take(Position(), 2 * per_epoch, prepare=prepare)
    assert keys == again


def test_no_examples_is_an_error_not_an_endless_search():
    with pytest.raises(EmptyCorpusError):
        Loader([], max_tokens=20, seed=1)


@pytest.fixture
def small_windows(monkeypatch):
    monkeypatch.setattr("dragoman.batching.loader.WINDOW", 16)


@pytest.mark.parametrize("accumulate", [1, 3])
def test_resumes_at_every_position_of_every_window(accumulate, small_windows):
    test_resumes_at_every_position(accumulate)


def test_windows_cover_an_epoch_and_updates_run_across_them(small_windows):
    updates = list(itertools.takewhile(lambda one: one[1] != Position(1), loader(accumulate=4).updates(Position())))
    last, _ = next(itertools.islice(loader(accumulate=4).updates(Position()), len(updates), None))
    rows = [row[0] for batches, _ in updates for batch in batches for row in batch.source.tolist()]
    rows += [row[0] for batch in take(updates[-1][1], 1, accumulate=4)[0][0] for row in batch.source.tolist()]
    assert sorted(rows) == [number + 4 for number in range(40)]
    assert {position.window for _, position in updates} == {0, 1, 2}
    assert {len(batches) for batches, _ in updates} == {4}
    assert last


def test_resuming_plans_one_window_only(small_windows, monkeypatch):
    planned = []
    plan = Loader._plan
    monkeypatch.setattr(Loader, "_plan", lambda self, *place: planned.append(place) or plan(self, *place))
    take(Position(5, 2, 0), 1)
    assert planned == [(5, 2, 0)]


def test_prefetching_changes_nothing():
    plain, ahead_of_time = take(Position(), 30), list(itertools.islice(ahead(loader().updates(Position()), 3), 30))
    assert [(ids(one), one[1]) for one in plain] == [(ids(one), one[1]) for one in ahead_of_time]


def test_shares_decide_what_an_epoch_holds():
    class Two(ListedExamples):
        sizes = (30, 10)

    mixed = Loader(Two(EXAMPLES), max_tokens=20, seed=1, corpus_shares=[0.25, 0.75])
    updates = itertools.islice(mixed.updates(Position()), mixed.updates_per_epoch())
    rows = [row[0] - 4 for one in updates for batch in ids(one) for row in batch]
    assert len(rows) == 40
    assert sum(row < 30 for row in rows) == 10
    assert {rows.count(number) for number in range(30, 40)} == {3}


def test_an_example_that_comes_twice_has_two_keys():
    keys = []

    class Two(ListedExamples):
        sizes = (39, 1)

    def prepare(example, key):
        if example is EXAMPLES[-1]:
            keys.append(key)
        return example

    mixed = Loader(Two(EXAMPLES), max_tokens=20, seed=1, corpus_shares=[0.5, 0.5], prepare=prepare)
    list(itertools.islice(mixed.updates(Position()), mixed.updates_per_epoch()))
    assert len(set(keys)) == len(keys) == 20
