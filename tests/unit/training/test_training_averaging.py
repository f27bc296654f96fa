"""Averages against sums written here."""

import pytest
import torch
from torch import nn

from dragoman.base.errors import ConfigError
from dragoman.training.averaging import MovingAverage, mean, put


def set_weights(model, value):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(value)


def test_moving_average_follows_its_formula():
    model = nn.Linear(2, 2)
    set_weights(model, 1.0)
    average = MovingAverage(model, decay=0.5)
    expected = 1.0
    for step, value in enumerate([4.0, -2.0, 3.0, 8.0, 5.0, 1.0, 0.0, 2.0, 6.0, 7.0], start=1):
        set_weights(model, value)
        average.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * value
        for weight in average.weights.values():
            torch.testing.assert_close(weight, torch.full_like(weight, expected))
    assert float(model.weight.detach()[0, 0]) == 7.0


def test_weights_are_followed_by_name_whatever_their_order():
    model = nn.Sequential(nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False))
    average = MovingAverage(model, decay=0.0)  # the newest weights alone
    average.weights = dict(sorted(average.weights.items(), reverse=True))
    average.update(1000)
    for name, parameter in model.named_parameters():
        assert torch.equal(average.weights[name], parameter)


def test_the_model_carries_the_average_inside_the_block_only():
    model = nn.Linear(2, 2)
    set_weights(model, 1.0)
    average = MovingAverage(model, decay=0.9)
    set_weights(model, 5.0)
    with average.in_place():
        assert float(model.weight.detach()[0, 0]) == 1.0
    assert float(model.weight.detach()[0, 0]) == 5.0
    with pytest.raises(RuntimeError, match="inside"), average.in_place():
        raise RuntimeError("inside")
    assert float(model.weight.detach()[0, 0]) == 5.0
    assert model.weight.requires_grad


def test_mean_is_summed_in_double_precision():
    big, small = torch.tensor([1e8]), torch.tensor([1.0])
    many = [{"a": big}, {"a": small}, {"a": small}, {"a": -big}]
    found = mean(many)
    assert found["a"].tolist() == [0.5]
    assert found["a"].dtype == torch.float32


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        ({"weight": torch.zeros(2, 2)}, r"bias has shape None, wanted \(2,\)"),
        ({"weight": torch.zeros(2, 3), "bias": torch.zeros(2)}, r"weight has shape \(2, 3\), wanted \(2, 2\)"),
        ({"weight": torch.zeros(2, 2), "bias": torch.zeros(2), "more": torch.zeros(1)}, r"more has shape \(1,\)"),
    ],
)
def test_weights_of_another_model_are_refused_untouched(weights, problem):
    model = nn.Linear(2, 2)
    set_weights(model, 7.0)
    with pytest.raises(ConfigError, match=problem):
        put(model, weights)
    assert model.weight.unique().tolist() == [7.0]
