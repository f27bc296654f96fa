"""Dropout of our own: how many, how scaled, how independent, and the same both ways."""

import itertools

import pytest
import torch

from dragoman.models.dropout import Dropout


@pytest.mark.parametrize("chance", [0.1, 0.3, 0.5, 0.9])
def test_drops_its_share_and_scales_the_rest(chance):
    dropped = Dropout(chance)(torch.ones(400_001))  # no multiple of four
    assert float((dropped == 0).float().mean()) == pytest.approx(chance, abs=0.005)
    scales = dropped[dropped != 0].unique()
    assert scales.tolist() == pytest.approx([1 / (1 - chance)], rel=2e-4)
    assert float(dropped.mean()) == pytest.approx(1.0, abs=0.01)


def test_units_of_one_draw_are_independent():
    kept = (Dropout(0.5)(torch.ones(100_000, 4)) != 0).float()
    for first, second in itertools.combinations(range(4), 2):
        both = float((kept[:, first] * kept[:, second]).mean())
        assert both == pytest.approx(0.25, abs=0.01)
    assert kept.mean(0).tolist() == pytest.approx([0.5] * 4, abs=0.01)


def test_the_gradient_passes_where_the_unit_passed():
    inputs = torch.randn(3, 5, 7, requires_grad=True)
    outputs = Dropout(0.4)(inputs)
    weights = torch.randn(3, 5, 7)
    (outputs * weights).sum().backward()
    scale = outputs.detach() / inputs.detach()
    torch.testing.assert_close(inputs.grad, weights * scale)
    assert 0 < int((scale == 0).sum()) < scale.numel()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_added_to_a_stream_in_one_go_is_the_sum(dtype):
    inputs, stream = torch.randn(3, 8).to(dtype).requires_grad_(), torch.randn(3, 8, requires_grad=True)
    weights, results = torch.randn(3, 8), []
    for together in (True, False):
        torch.manual_seed(1)
        outputs = Dropout(0.4)(inputs, stream) if together else stream + Dropout(0.4)(inputs)
        results.append((outputs, *torch.autograd.grad((outputs * weights).sum(), (inputs, stream))))
    for ours, plain in zip(*results, strict=True):
        assert ours.dtype == plain.dtype
        torch.testing.assert_close(ours, plain, **({} if dtype == torch.float32 else {"atol": 0.02, "rtol": 0.02}))


def test_without_a_toss_the_stream_is_added_too():
    inputs, stream = torch.randn(3, 4), torch.randn(3, 4)
    assert torch.equal(Dropout(0.0)(inputs, stream), stream + inputs)
    assert torch.equal(Dropout(0.5).eval()(inputs, stream), stream + inputs)


def test_shapes_that_are_not_contiguous():
    inputs = torch.randn(6, 4).T
    outputs = Dropout(0.5)(inputs)
    kept = outputs != 0
    torch.testing.assert_close(outputs[kept], 2 * inputs[kept])


def test_evaluation_and_no_chance_leave_everything():
    inputs = torch.randn(3, 4)
    assert Dropout(0.0)(inputs) is inputs
    assert Dropout(0.5).eval()(inputs) is inputs


def test_the_draw_is_torchs_seed():
    def drawn(seed):
        torch.manual_seed(seed)
        return Dropout(0.5)(torch.ones(64))

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))
    assert Dropout(0.5)(torch.ones(0)).shape == (0,)
