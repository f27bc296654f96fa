"""bf16 products against fp32: losses and gradients within the rounding, weights left fp32; training still learns."""

import pytest
import torch

from dragoman.base.symbols import EOS
from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.autocast import Autocast
from dragoman.objectives.consistency import RDrop
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.training.loop import Loop
from dragoman.training.optimizers import OptimizerConfig, make_optimizer

EXAMPLES = [Example([4 + (n * k) % 8 for k in range(1, 3 + n % 4)] + [EOS], []) for n in range(24)]
BATCH = collate([Example(example.source, example.source) for example in EXAMPLES])


def make_model():
    torch.manual_seed(4)
    config = TransformerConfig(
        width=32, heads=2, feed_forward_width=64, encoder_layers=1, decoder_layers=1, dropout=0.0
    )
    return Transformer(config, source_vocabulary=12, target_vocabulary=12)


def gradients_of(objective):
    model = make_model()
    loss = objective(model, BATCH)
    (loss.total / loss.tokens).backward()
    return loss, torch.cat([parameter.grad.flatten() for parameter in model.parameters()])


@pytest.mark.parametrize("make", [CrossEntropy, RDrop])
def test_close_to_fp32_but_not_the_same(make):
    narrow, narrow_gradients = gradients_of(Autocast(make(), torch.bfloat16))
    wide, wide_gradients = gradients_of(make())
    assert narrow.total.dtype == narrow.negative_log_likelihood.dtype == narrow_gradients.dtype == torch.float32
    torch.testing.assert_close(narrow.total, wide.total, atol=0, rtol=5e-3)
    torch.testing.assert_close(narrow.negative_log_likelihood, wide.negative_log_likelihood, atol=0, rtol=5e-3)
    difference = float((narrow_gradients - wide_gradients).norm() / wide_gradients.norm())
    assert 1e-5 < difference < 0.03


def test_evaluation_counts_what_is_right():
    model = make_model().eval()
    with torch.inference_mode():
        narrow, wide = Autocast(CrossEntropy(), torch.bfloat16)(model, BATCH), CrossEntropy()(model, BATCH)
    assert abs(int(narrow.correct) - int(wide.correct)) <= 2
    torch.testing.assert_close(narrow.total, wide.total, atol=0, rtol=5e-3)


def test_learns_to_copy_as_in_fp32():
    losses = {}
    for name, objective in (("fp32", CrossEntropy()), ("bf16", Autocast(CrossEntropy(), torch.bfloat16))):
        model = make_model()
        loop = Loop(
            model, objective, make_optimizer(OptimizerConfig(), model), lambda step: 0.01, clip_norm=1.0, seed=5
        )
        losses[name] = [step.negative_log_likelihood for step in loop.steps([[BATCH]] * 60)]
        assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert losses["bf16"][-1] < 0.2 < 2.0 < losses["bf16"][0]
    assert losses["bf16"][0] == pytest.approx(losses["fp32"][0], rel=5e-3)
    assert losses["bf16"][-1] == pytest.approx(losses["fp32"][-1], abs=0.05)


def test_prepares_as_the_objective_does():
    class Reversed(CrossEntropy):
        def prepare(self, example, key):
            return Example(example.source[::-1], [key])

    assert Autocast(Reversed(), torch.bfloat16).prepare(EXAMPLES[3], 7) == Example(EXAMPLES[3].source[::-1], [7])
