"""Held-out pairs share no side with what is left, and the draw belongs to the texts."""

import random

import pytest

from dragoman.base.errors import EmptyCorpusError
from dragoman.corpora import holdout
from dragoman.corpora.holdout import TRAIN, VALIDATION, hold_out, usual_size
from dragoman.corpora.records import Record
from dragoman.corpora.splitting import LEFT_OUT


def corpus(pairs, texts):
    draw = random.Random(4)
    return [Record(f"source {draw.randrange(texts)}", f"Ziel {draw.randrange(texts)}") for _ in range(pairs)]


def sides(records, parts, part):
    chosen = [record for record, one in zip(records, parts, strict=True) if one == part]
    return {record.source for record in chosen}, {record.target for record in chosen}


@pytest.mark.parametrize("step", [7, 1 << 20])
def test_nothing_held_out_is_seen_in_training(step, monkeypatch):
    monkeypatch.setattr(holdout, "_STEP", step)
    records = corpus(600, 200)
    parts = hold_out(records, 30, seed=1)
    assert [(parts == part).sum() > 0 for part in (TRAIN, VALIDATION, LEFT_OUT)] == [True] * 3
    assert (parts == VALIDATION).sum() == 30
    held, left = sides(records, parts, VALIDATION), sides(records, parts, TRAIN)
    assert not held[0] & left[0]
    assert not held[1] & left[1]
    assert len(held[0]) == len(held[1]) == 30  # no text twice


def test_only_what_shares_a_side_is_left_out():
    records = corpus(600, 200)
    parts = hold_out(records, 30, seed=1)
    held, gone = sides(records, parts, VALIDATION), sides(records, parts, LEFT_OUT)
    for record, part in zip(records, parts, strict=True):
        if part == LEFT_OUT:
            assert record.source in held[0] or record.target in held[1]
    assert gone[0]


def test_the_same_texts_in_another_order_are_held_out():
    records = corpus(500, 100_000)
    shuffled = random.Random(1).sample(records, len(records))
    first, second = (sides(one, hold_out(one, 20, seed=1), VALIDATION) for one in (records, shuffled))
    assert first == second
    assert sides(records, hold_out(records, 20, seed=2), VALIDATION) != first


def test_small_talk_trains():
    records = [Record("OK.", f"Antwort {number}") for number in range(900)]
    records += [Record(f"text {number}", f"Text {number}") for number in range(100)]
    held, _ = sides(records, hold_out(records, 90, seed=1), VALIDATION)
    assert "OK." not in held
    with pytest.raises(EmptyCorpusError, match="100 may be held out"):
        hold_out(records, 101, seed=1)


def test_all_of_it_cannot_be_held_out():
    with pytest.raises(EmptyCorpusError):
        hold_out([Record("a", "b")], 1, seed=1)


@pytest.mark.parametrize(("pairs", "size"), [(10, 2), (400, 50), (4000, 200), (10**7, 1000), (1, 1)])
def test_usual_sizes(pairs, size):
    assert usual_size(pairs) == size
