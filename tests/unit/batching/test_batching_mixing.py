"""Several corpora in one epoch: each has its share, and none repeats an example before it must."""

from collections import Counter

import numpy as np
import pytest

from dragoman.batching.mixing import Mixture, shares


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [0.9, 0.1]),
        ({"weights": [1.0, 3.0]}, [0.25, 0.75]),
        ({"temperature": 2.0}, [0.75, 0.25]),  # the square roots of 9 and 1
    ],
)
def test_shares(options, expected):
    assert shares([900, 100], **options) == pytest.approx(expected)


def test_an_empty_corpus_has_no_share():
    assert shares([10, 0], weights=[1.0, 1.0]) == [1, 0]


def test_quotas_are_the_shares_of_an_epoch():
    mixture = Mixture.of([900, 100], [0.25, 0.75], seed=1)
    assert mixture.quotas == (250, 750)
    found = mixture.examples(0, np.arange(1000))
    assert np.count_nonzero(found < 900) == 250


def test_a_small_corpus_comes_again_only_when_all_of_it_came():
    mixture = Mixture.of([900, 100], [0.25, 0.75], seed=1)
    small = Counter((found := mixture.examples(0, np.arange(1000)))[found >= 900].tolist())
    assert len(small) == 100
    assert set(small.values()) == {7, 8}


def test_a_large_corpus_goes_on_in_the_next_epoch():
    mixture = Mixture.of([900, 100], [0.3, 0.7], seed=1)
    large = [found[found < 900].tolist() for epoch in range(3) for found in [mixture.examples(epoch, np.arange(1000))]]
    whole = Counter(one for epoch in large for one in epoch)
    assert len(whole) == 900  # three epochs of 300 are one time through, each example once
    assert set(whole.values()) == {1}


def test_by_size_every_example_comes_once():
    mixture = Mixture((3, 4), (3, 4), seed=1)
    assert mixture.examples(5, np.array([6, 0, 3])).tolist() == [6, 0, 3]


def test_the_draw_belongs_to_seed_and_epoch():
    first, again, other = (
        Mixture.of([90, 10], [0.2, 0.8], seed=seed).examples(4, np.arange(100)) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
