"""Cells and stacks against torch's own, and the first weights."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dragoman.models.recurrent_cells import initialise, new_stack, new_step, run_stack


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_a_step_equals_torchs_cell(kind):
    torch.manual_seed(1)
    ours = new_step(kind, 5, 4)
    theirs = nn.LSTMCell(5, 4) if kind == "lstm" else nn.GRUCell(5, 4)
    theirs.load_state_dict(ours.state_dict())
    inputs, parts = torch.randn(3, 5), tuple(torch.randn(3, 4) for _ in range(2 if kind == "lstm" else 1))
    found = ours.advance(F.linear(inputs, ours.weight_ih, ours.bias_ih), parts)
    expected = theirs(inputs, parts) if kind == "lstm" else (theirs(inputs, parts[0]),)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_a_stack_in_two_pieces_equals_one(kind):
    torch.manual_seed(2)
    stack = new_stack(kind, 3, 4, layers=2, dropout=0.0)
    inputs = torch.randn(2, 6, 3)
    start = tuple(torch.randn(2, 2, 4) for _ in range(2 if kind == "lstm" else 1))
    whole, end = run_stack(stack, inputs, start)
    first, middle = run_stack(stack, inputs[:, :4], start)
    second, last = run_stack(stack, inputs[:, 4:], middle)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    for one, other in zip(last, end, strict=True):
        torch.testing.assert_close(one, other)


def test_first_weights():
    torch.manual_seed(3)
    model = nn.ModuleDict(
        {
            "stack": nn.LSTM(4, 6, 2),
            "step": new_step("lstm", 4, 6),
            "gru": nn.GRU(4, 6),
            "linear": nn.Linear(4, 4),
        }
    )
    initialise(model)
    for bias in (model["stack"].bias_ih_l0 + model["stack"].bias_hh_l0, model["step"].bias_ih + model["step"].bias_hh):
        assert bias.tolist() == [0.0] * 6 + [1.0] * 6 + [0.0] * 12  # enter, forget, candidate, leave
    assert not model["gru"].bias_ih_l0.any()
    assert not model["linear"].bias.any()
    for block in model["stack"].weight_hh_l1.chunk(4):
        torch.testing.assert_close(block @ block.T, torch.eye(6), atol=1e-5, rtol=0)
