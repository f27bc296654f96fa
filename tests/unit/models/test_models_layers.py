"""Norms, feed-forward networks and residuals against formulas written out here."""

import math

import pytest
import torch
from torch.nn import functional as F

from dragoman.models.layers import FeedForward, Residual, make_norm


def test_rms_norm_divides_by_the_root_of_the_mean_square():
    norm = make_norm("rms", 6)
    torch.nn.init.normal_(norm.weight)
    inputs = torch.randn(2, 3, 6)
    expected = torch.empty_like(inputs)
    for row in range(2):
        for position in range(3):
            values = inputs[row, position].tolist()
            root = math.sqrt(sum(value * value for value in values) / 6 + 1e-6)
            expected[row, position] = torch.tensor([value / root for value in values]) * norm.weight.detach()
    torch.testing.assert_close(norm(inputs), expected, atol=1e-6, rtol=1e-5)


def test_layer_norm_takes_mean_and_deviation_away():
    inputs = torch.randn(2, 3, 6) * 4 + 7
    centred = inputs - inputs.mean(-1, keepdim=True)
    expected = centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    torch.testing.assert_close(make_norm("layer", 6)(inputs), expected, atol=1e-5, rtol=1e-5)


def feed_forward(activation, **options):
    return FeedForward(4, 6, activation=activation, **{"dropout": 0.0, **options})


def test_relu_and_gelu():
    inputs = torch.randn(2, 3, 4)
    for activation, function in (
        ("relu", lambda x: x.clamp(min=0)),
        ("gelu", lambda x: x * (1 + torch.erf(x / math.sqrt(2))) / 2),
    ):
        network = feed_forward(activation)
        inner = function(inputs @ network.input.weight.T + network.input.bias)
        torch.testing.assert_close(network(inputs), inner @ network.output.weight.T + network.output.bias)


def test_swiglu_gates_with_the_first_half():
    network = feed_forward("swiglu")
    inputs = torch.randn(2, 3, 4)
    gate_weight, value_weight = network.input.weight[:6], network.input.weight[6:]
    gate = inputs @ gate_weight.T + network.input.bias[:6]
    value = inputs @ value_weight.T + network.input.bias[6:]
    inner = gate / (1 + torch.exp(-gate)) * value
    torch.testing.assert_close(network(inputs), inner @ network.output.weight.T + network.output.bias)


@pytest.mark.parametrize(("activation", "share"), [("relu", 2), ("swiglu", 3)])
def test_weights_of_the_gated_form_are_half_as_many_again(activation, share):
    network = feed_forward(activation)
    assert network.input.weight.numel() + network.output.weight.numel() == share * 4 * 6


def test_inner_dropout_in_training_only():
    network, inputs = feed_forward("relu", dropout=0.5), torch.randn(2, 3, 4)
    assert not torch.equal(network(inputs), network(inputs))
    network.eval()
    assert torch.equal(network(inputs), network(inputs))


def test_residual_orders():
    inputs = torch.randn(2, 3, 6)
    for order in ("pre", "post"):
        residual = Residual(6, norm="layer", order=order, dropout=0.0)
        found = residual(inputs, lambda x: x * 3)
        normed = F.layer_norm(inputs, (6,))
        expected = inputs + 3 * normed if order == "pre" else F.layer_norm(inputs + 3 * inputs, (6,))
        torch.testing.assert_close(found, expected)


def test_residual_dropout_leaves_the_stream_itself_alone():
    inputs = torch.randn(4, 5, 6)
    dropped = Residual(6, norm="layer", order="pre", dropout=0.5)(inputs, torch.ones_like) - inputs
    assert {round(value, 3) for value in dropped.flatten().tolist()} == {0.0, 2.0}  # dropped, or scaled by 1 / 0.5
