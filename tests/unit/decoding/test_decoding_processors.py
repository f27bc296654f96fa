"""Each wish by itself."""

import math

import pytest
import torch

from dragoman.base.symbols import EOS
from dragoman.decoding.penalties import make_penalty
from dragoman.decoding.processors import (
    Forbid,
    MinimumLength,
    NoLoops,
    NoRepeatedNgram,
    Processor,
    RepetitionPenalty,
)


def forbidden(processor, said, vocabulary=9):
    prefix = torch.tensor([said], dtype=torch.long).reshape(1, len(said))
    after = processor(prefix, torch.zeros(1, vocabulary))
    assert set(after.flatten().tolist()) <= {0.0, -math.inf}
    return [id_ for id_, value in enumerate(after[0].tolist()) if value == -math.inf]


def test_forbid():
    assert forbidden(Forbid([0, 2]), [5]) == [0, 2]


@pytest.mark.parametrize(("said", "expected"), [([], [EOS]), ([5], [EOS]), ([5, 5], []), ([5, 5, 5], [])])
def test_minimum_length(said, expected):
    assert forbidden(MinimumLength(2), said) == expected


@pytest.mark.parametrize(
    ("size", "said", "expected"),
    [
        (1, [5, 7], [5, 7]),
        (2, [], []),
        (2, [5], []),
        (2, [5, 6, 5], [6]),
        (2, [5, 6, 5, 7, 5], [6, 7]),
        (2, [5, 5], [5]),
        (3, [5, 6], []),
        (3, [5, 6, 7, 5, 6], [7]),
        (3, [5, 6, 7, 6, 5], []),
        (4, [5, 6, 7, 8, 5, 6, 7], [8]),
    ],
)
def test_no_repeated_ngram(size, said, expected):
    assert forbidden(NoRepeatedNgram(size), said) == expected


def test_rows_do_not_mix():
    after = NoRepeatedNgram(2)(torch.tensor([[5, 6, 5], [7, 8, 7]]), torch.zeros(2, 9))
    assert (after == -math.inf).nonzero().tolist() == [[0, 6], [1, 8]]


def test_all_are_processors():
    assert all(isinstance(one, Processor) for one in (Forbid([0]), MinimumLength(1), NoRepeatedNgram(2)))


@pytest.mark.parametrize(
    ("kind", "alpha", "expected"),
    [
        ("none", 1.0, -6.0),
        ("average", 1.0, -2.0),
        ("average", 0.5, -6.0 / 3**0.5),
        ("average", 0.0, -6.0),
        ("gnmt", 1.0, -6.0 / (8 / 6)),
        ("gnmt", 0.6, -6.0 / (8 / 6) ** 0.6),
        ("gnmt", 0.0, -6.0),
    ],
)
def test_length_penalties(kind, alpha, expected):
    assert make_penalty(kind, alpha)(-6.0, 3) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("most", "said", "expected"),
    [
        (1, [5], [5]),
        (2, [5], []),
        (2, [5, 5], [5]),
        (2, [5, 6, 5, 6, 5], [6]),
        (1, [5, 6, 5], [5, 6]),
        (2, [6, 7, 8, 6, 7, 8, 6, 7], [8]),
        (3, [6, 7, 8, 6, 7, 8, 6, 7], []),
        (2, [5, 6, 5, 7, 5], []),
    ],
)
def test_no_loops(most, said, expected):
    assert forbidden(NoLoops(most), said) == expected


def test_what_was_said_becomes_less_likely():
    prefix = torch.tensor([[5, 5], [6, 7]])
    after = RepetitionPenalty(2.0)(prefix, torch.full((2, 9), -1.0))
    assert (after == -2.0).nonzero().tolist() == [[0, 5], [1, 6], [1, 7]]
