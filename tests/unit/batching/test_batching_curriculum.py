"""Easy examples first, all of them in the end; and going on in the middle is exact."""

import itertools

import numpy as np
import pytest

from dragoman.batching import loader as loading
from dragoman.batching.curriculum import Curriculum, rank
from dragoman.batching.example import Example
from dragoman.batching.loader import Loader, Position
from dragoman.batching.mixing import Drift
from dragoman.batching.store import Block, ListedExamples, open_store, write_store

EXAMPLES = [Example([4 + number % 7] * (1 + number % 20) + [3], [5, 3]) for number in range(400)]


def stored(path, examples):
    with write_store(path, fingerprint="x", vocabulary_size=100) as writer:
        writer.begin_corpus()
        for example in examples:
            ids = np.array([*example.source, *example.target])
            writer.add(Block(ids, np.array([len(example.source)]), np.array([len(example.target)])))
    return open_store(path)


def test_rank_by_length():
    ranks = rank(ListedExamples(EXAMPLES), "length")
    assert ranks.min() == 0
    assert ranks[0] == ranks[20] < ranks[1] < ranks[19]
    assert ranks[19] == 65535 * 19 // 20


def test_rank_by_rarity_puts_rare_pieces_behind_frequent_ones():
    frequent, rare, long = Example([4, 3], [9]), Example([8, 3], [9]), Example([4] * 30 + [3], [9])
    ranks = rank(ListedExamples([frequent] * 8 + [rare, long]), "rarity")
    assert ranks[0] == 0
    assert ranks[0] < ranks[8] < ranks[9]


@pytest.mark.parametrize("difficulty", ["length", "rarity"])
def test_a_store_ranks_like_a_list(difficulty, tmp_path, monkeypatch):
    monkeypatch.setattr("dragoman.batching.store._EXAMPLES_PER_BLOCK", 37)
    store = stored(tmp_path / "store", EXAMPLES)
    assert rank(store, difficulty).tolist() == rank(ListedExamples(EXAMPLES), difficulty).tolist()


def test_competence_grows_with_the_root_of_the_updates():
    curriculum = Curriculum(np.zeros(1, dtype=np.uint16), 100)
    assert curriculum.competence(0) == pytest.approx(0.01)
    assert curriculum.competence(25) == pytest.approx(0.5, abs=1e-3)
    assert curriculum.competence(100) == curriculum.competence(10_000) == 1


def test_somebody_is_always_admitted():
    curriculum = Curriculum(np.array([65535, 60000, 0], dtype=np.uint16), 100)
    assert curriculum.admits(np.array([0, 1, 2]), 0).tolist() == [False, False, True]
    assert curriculum.admits(np.array([0, 1]), 0).tolist() == [False, True]
    assert curriculum.admits(np.array([0, 1, 2]), 100).all()


def make(**options):
    loader = Loader(EXAMPLES, max_tokens=64, seed=3, **options)
    loader.curriculum = Curriculum(rank(ListedExamples(EXAMPLES), "length"), 60)
    return loader


def longest(batches):
    return max(batch.source.size(1) for batch in batches)


def test_short_sources_come_first_and_long_ones_in_the_end():
    updates = [longest(batches) for batches, _ in itertools.islice(make().updates(Position()), 300)]
    assert max(updates[:3]) <= 4
    assert max(updates[:15]) < 21
    assert max(updates[60:]) == 21
    assert make().updates_per_epoch() > 60


@pytest.mark.parametrize("window", [1 << 17, 96])
@pytest.mark.parametrize("accumulate", [1, 3])
def test_going_on_anywhere_is_exact(accumulate, window, monkeypatch):
    monkeypatch.setattr(loading, "WINDOW", window)
    whole = list(itertools.islice(make(accumulate=accumulate).updates(Position()), 90))
    for stop in (1, 2, 5, 17, 40, 70):
        position = whole[stop - 1][1]
        assert position.update == stop
        rest = itertools.islice(make(accumulate=accumulate).updates(position), 90 - stop)
        for (batches, after), (expected, place) in zip(rest, whole[stop:], strict=True):
            assert after == place
            assert [one.source.tolist() for one in batches] == [one.source.tolist() for one in expected]


def test_without_a_curriculum_no_update_is_counted():
    [(_, position)] = itertools.islice(Loader(EXAMPLES, max_tokens=64, seed=3).updates(Position()), 1)
    assert position == Position(batch=1)


def test_shares_drift_and_nothing_comes_again_too_soon(monkeypatch):
    monkeypatch.setattr("dragoman.batching.mixing.ROUND", 100)
    drift = Drift((300, 50), (1.0, 0.0), (0.2, 0.8), rounds=4, seed=1)
    rounds = [drift.examples(epoch, np.arange(100)) for epoch in range(7)]
    assert [int((one >= 300).sum()) for one in rounds] == [0, 20, 40, 60, 80, 80, 80]
    for first, size in ((0, 300), (300, 50)):
        drawn = [index - first for one in rounds for index in one.tolist() if first <= index < first + size]
        for start in range(0, len(drawn) - size, size):
            assert len(set(drawn[start : start + size])) == size


def test_a_drifting_loader_goes_on_exactly(monkeypatch):
    monkeypatch.setattr("dragoman.batching.mixing.ROUND", 100)
    drift = Drift((400,), (1.0,), (1.0,), rounds=2, seed=1)
    whole = list(itertools.islice(Loader(EXAMPLES, max_tokens=64, seed=3, corpus_shares=drift).updates(Position()), 60))
    rest = Loader(EXAMPLES, max_tokens=64, seed=3, corpus_shares=drift).updates(whole[30][1])
    for (batches, after), (expected, place) in zip(itertools.islice(rest, 29), whole[31:], strict=True):
        assert after == place
        assert batches[0].source.tolist() == expected[0].source.tolist()
