"""Two one-way alignments become one."""

from dragoman.alignment.symmetrization import symmetrize


def test_intersection_and_union():
    forward, backward = {(0, 0), (1, 1)}, {(1, 1), (2, 2)}
    assert symmetrize(forward, backward, "intersection") == [(1, 1)]
    assert symmetrize(forward, backward, "union") == [(0, 0), (1, 1), (2, 2)]


def test_growing_takes_neighbours_that_bring_a_new_word():
    forward, backward = {(0, 0), (0, 1)}, {(0, 0), (3, 0)}
    assert symmetrize(forward, backward) == [(0, 0), (0, 1)], "(3, 0) touches nothing, and its target has a link"


def test_final_and_takes_what_is_free_on_both_sides():
    forward, backward = {(0, 0), (5, 7)}, {(0, 0), (5, 0)}
    assert symmetrize(forward, backward) == [(0, 0), (5, 7)]


def test_growing_goes_on_from_what_has_grown():
    forward = {(0, 0), (0, 1), (0, 2)}
    assert symmetrize(forward, {(0, 0)}) == [(0, 0), (0, 1), (0, 2)]
