"""Permutations by key: complete, decided by the key, and fair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.batching.shuffling import draws, permuted


@given(size=st.integers(1, 3000), key=st.integers(0, 1 << 62))
def test_every_number_once(size, key):
    assert sorted(permuted(np.arange(size), size, key).tolist()) == list(range(size))


def test_any_part_can_be_asked_for_alone():
    whole = permuted(np.arange(100_000), 100_000, 5)
    assert np.array_equal(permuted(np.arange(70_000, 70_100), 100_000, 5), whole[70_000:70_100])
    assert not np.array_equal(permuted(np.arange(100_000), 100_000, 6), whole)


@pytest.mark.parametrize("size", [2, 3, 5, 17, 40])
def test_every_number_is_as_likely_in_every_place(size):
    keys = 4000
    counts = np.zeros((size, size))
    for key in range(keys):
        counts[np.arange(size), permuted(np.arange(size), size, key)] += 1
    expected = keys / size
    deviation = ((counts - expected) ** 2 / expected).sum() / (size - 1) ** 2  # chi-square for a degree of freedom
    assert deviation < 1 + 6 / (size - 1)


def test_neighbours_do_not_stay_neighbours():
    found = permuted(np.arange(50_000), 50_000, 1)
    assert np.count_nonzero(np.abs(np.diff(found)) == 1) < 15  # 2 are expected
    assert abs(np.corrcoef(found, np.arange(50_000))[0, 1]) < 0.02


def test_each_turn_is_a_permutation_of_its_own():
    places = np.tile(np.arange(50), 3)
    turns = np.repeat(np.arange(3), 50)
    found = permuted(places, 50, 9, turns=turns).reshape(3, 50)
    assert [sorted(row) for row in found.tolist()] == [list(range(50))] * 3
    assert len({tuple(row) for row in found.tolist()}) == 3


def test_the_permutation_of_a_key_never_changes():
    assert permuted(np.arange(8), 8, 7).tolist() == [2, 4, 7, 6, 3, 1, 0, 5]
    assert draws(2, 7).tolist() == [7191089600892374487, 309689372594955804]
