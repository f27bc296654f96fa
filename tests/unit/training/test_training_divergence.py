"""A run that has run away is told from one that is only noisy."""

import json
import math
import random

import pytest

from dragoman.training.divergence import Divergence


def watch(losses, norms=None):
    """The watch after these losses, and the update of the verdict or None."""
    seen = Divergence()
    for number, loss in enumerate(losses, 1):
        seen.note(loss, norms(number) if norms else 1.0)
        if seen.verdict:
            return seen, number
    return seen, None


def noisy(level, noise=0.6):
    draw = random.Random(1)
    return lambda number: level(number) + draw.uniform(-noise, noise)


def learning(number):
    return 1.2 + 8 * math.exp(-number / 150)


def losses(level, count=1500):
    return [level(number) for number in range(1, count + 1)]


@pytest.mark.parametrize(
    "level",
    [
        learning,
        lambda number: 9.0,  # does not learn: sad, but nothing to go back to
        lambda number: 6.0 + 3 * math.exp(-number / 50) + (0.4 if number > 700 else 0),  # another corpus comes in
        lambda number: learning(number) + (4.0 if 700 < number < 740 else 0),  # a bad stretch that ends
        lambda number: 0.5 if number == 1 else 1.5,  # the first batch was an easy one
    ],
    ids=["learns", "never learns", "gets a little worse", "recovers", "starts well"],
)
def test_no_false_alarm(level):
    assert watch(losses(noisy(level)))[1] is None


@pytest.mark.parametrize(("top", "since"), [(4.0, 700), (6.0, 300), (5000.0, 700)])
def test_a_loss_that_climbs_and_stays(top, since):
    seen, number = watch(losses(noisy(lambda number: learning(number) if number < since else top)))
    assert number is not None
    assert since + 90 <= number < since + 200
    assert f"{seen.best:.2f} at its best" in seen.verdict
    assert not seen.is_sound


def test_a_rate_too_high_from_the_start():
    _, number = watch(losses(noisy(lambda number: 9 + number / 40)))
    assert number is not None
    assert number < 300


def test_gradients_that_explode_while_the_loss_rises():
    def norms(number):
        return 0.8 if number < 500 else 900.0

    rising = losses(lambda number: learning(number) if number < 500 else learning(500) + (number - 500) / 100)
    seen, number = watch(rising, norms)
    assert number is not None
    assert 520 <= number < 900
    assert "gradient" in seen.verdict
    assert watch(losses(learning), norms)[1] is None  # clipped, and the loss falls all the same


def test_what_is_sound_is_from_before_the_divergence():
    """Strict: five updates after the jump a checkpoint is not one to go back to, long before the run is called lost."""
    seen = Divergence()
    for number in range(1, 700):
        seen.note(learning(number), 1.0)
    assert seen.is_sound
    for _ in range(5):
        seen.note(6.0, 1.0)
    assert not seen.is_sound
    assert seen.verdict is None


def test_it_goes_on_from_its_state():
    values = losses(noisy(lambda number: learning(number) if number < 300 else 5.0), 600)
    whole, number = watch(values)
    for cut in (0, 1, 290, 350):
        first = Divergence()
        for value in values[:cut]:
            first.note(value, 1.0)
        resumed = Divergence.of(json.loads(json.dumps(first.state())))
        made = cut
        while not resumed.verdict:
            resumed.note(values[made], 1.0)
            made += 1
        assert (made, resumed) == (number, whole)
