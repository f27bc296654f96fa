"""Positions against the papers' formulas, number by number."""

import math

import pytest
import torch

from dragoman.models.positions import AddedPositions, RotaryPositions, sinusoids


@pytest.mark.parametrize("width", [8, 7])
def test_sinusoids_are_the_papers(width):
    found = sinusoids(300, width)
    for position in range(300):
        for column in range(width):
            angle = position / 10000 ** (2 * (column // 2) / width)
            expected = math.sin(angle) if column % 2 == 0 else math.cos(angle)
            assert float(found[position, column]) == pytest.approx(expected, abs=1e-5)


def test_fixed_positions_are_added_from_the_start_on_and_not_saved():
    positions = AddedPositions(10, 6, learned=False)
    embedded = torch.randn(2, 3, 6)
    torch.testing.assert_close(positions(embedded, 4), embedded + sinusoids(10, 6)[4:7])
    assert not positions.state_dict()
    assert not list(positions.parameters())


def test_learned_positions_are_a_parameter():
    positions = AddedPositions(10, 6, learned=True)
    positions(torch.zeros(2, 3, 6), 4).sum().backward()
    touched = positions.table.grad.abs().sum(1) > 0
    assert touched.nonzero().flatten().tolist() == [4, 5, 6]


def test_rotary_turns_each_pair_by_its_angle():
    heads = torch.randn(1, 2, 5, 6)
    found = RotaryPositions(20, 6)(heads, 3)
    for position in range(5):
        for pair in range(3):
            angle = (position + 3) / 10000 ** (2 * pair / 6)
            first, second = heads[:, :, position, pair], heads[:, :, position, pair + 3]
            expected_first = first * math.cos(angle) - second * math.sin(angle)
            expected_second = first * math.sin(angle) + second * math.cos(angle)
            torch.testing.assert_close(found[:, :, position, pair], expected_first)
            torch.testing.assert_close(found[:, :, position, pair + 3], expected_second)


def test_rotary_scores_depend_on_distance_alone():
    rotary = RotaryPositions(200, 8)
    query, key = torch.randn(1, 1, 1, 8), torch.randn(1, 1, 1, 8)

    def score(query_position, key_position):
        return float((rotary(query, query_position) * rotary(key, key_position)).sum())

    for distance in (0, 1, 7):
        scores = [score(start + distance, start) for start in (0, 5, 60, 150)]
        assert scores == pytest.approx([scores[0]] * 4, abs=1e-4)
    assert abs(score(0, 0) - score(7, 0)) > 1e-3


def test_rotary_keeps_lengths():
    heads = torch.randn(2, 3, 4, 8)
    torch.testing.assert_close(RotaryPositions(10, 8)(heads).norm(dim=-1), heads.norm(dim=-1))
