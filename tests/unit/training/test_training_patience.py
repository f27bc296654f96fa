"""Early stopping as a table of scores and what follows."""

import pytest

from dragoman.training.patience import Patience


@pytest.mark.parametrize(
    ("higher", "patience", "scores", "is_best", "exhausted"),
    [
        (True, 2, [10, 12, 11, 12], [True, True, False, False], [False, False, False, True]),
        (True, 2, [10, 9, 11, 10, 9], [True, False, True, False, False], [False, False, False, False, True]),
        (False, 1, [3.0, 2.0, 2.5], [True, True, False], [False, False, True]),
        (False, 3, [3.0, 3.0, 3.0, 3.0], [True, False, False, False], [False, False, False, True]),
        (True, 0, [3, 2, 1, 0], [True, False, False, False], [False] * 4),
    ],
)
def test_stops_after_so_many_validations_without_a_new_best(higher, patience, scores, is_best, exhausted):
    watched = Patience(higher_is_better=higher, patience=patience)
    for step, score in enumerate(scores):
        assert watched.note(score, step * 100) is is_best[step]
        assert watched.exhausted is exhausted[step]


@pytest.mark.parametrize(("higher", "expected"), [(True, [400, 200, 500]), (False, [300, 100, 500])])
def test_remembers_the_best_steps_and_the_earlier_of_equals(higher, expected):
    watched = Patience(higher_is_better=higher, patience=0, keep_best=3)
    for step, score in [(100, 20.0), (200, 30.0), (300, 10.0), (400, 40.0), (500, 25.0), (600, 25.0)]:
        watched.note(score, step)
    assert watched.best_steps == expected
