"""Learning rates against formulas written here."""

import math

import pytest

from dragoman.training.schedules import ScheduleConfig, make_schedule

STEPS = [1, 2, 99, 100, 101, 400, 999, 1000, 5000]


def rates(kind, *, warmup=100, peak=0.002, floor=0.0, width=64):
    config = ScheduleConfig(kind=kind, peak=peak, warmup_steps=warmup, floor=floor)
    schedule = make_schedule(config, max_steps=1000, width=width)
    return {step: schedule(step) for step in STEPS}


def test_inverse_square_root():
    for step, rate in rates("inverse_square_root").items():
        expected = 0.002 * step / 100 if step <= 100 else 0.002 * math.sqrt(100) / math.sqrt(step)
        assert rate == pytest.approx(expected)


def test_cosine():
    for step, rate in rates("cosine", floor=0.0001).items():
        if step < 100:
            expected = 0.002 * step / 100
        else:
            done = min(1, (step - 100) / 900)
            expected = 0.0001 + 0.5 * (0.002 - 0.0001) * (1 + math.cos(math.pi * done))
        assert rate == pytest.approx(expected)
    assert rates("cosine", floor=0.0001)[1000] == pytest.approx(0.0001)
    assert rates("cosine")[100] == pytest.approx(0.002)


def test_noam_is_the_papers_formula():
    for step, rate in rates("noam", peak=1.0, width=512).items():
        assert rate == pytest.approx(512**-0.5 * min(step**-0.5, step * 100**-1.5))


def test_constant():
    assert rates("constant") == pytest.approx({step: 0.002 * min(1, step / 100) for step in STEPS})


@pytest.mark.parametrize("kind", ["inverse_square_root", "cosine", "constant"])
def test_without_warm_up_the_first_step_has_the_peak(kind):
    assert rates(kind, warmup=0)[1] == pytest.approx(0.002)


@pytest.mark.parametrize("kind", ["inverse_square_root", "cosine", "constant", "noam"])
def test_no_jump_at_the_end_of_the_warm_up(kind):
    found = rates(kind)
    assert found[100] == max(found.values())
    assert found[99] == pytest.approx(found[100], rel=0.02)
    assert found[101] == pytest.approx(found[100], rel=0.02)
