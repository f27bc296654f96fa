"""On a real GPU: nothing waits, fused attention takes the mask, and the loss is the processor's."""

import pytest
import torch
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from dragoman.base.symbols import EOS, PAD
from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.autocast import Autocast
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.training.averaging import MovingAverage
from dragoman.training.loop import Loop
from dragoman.training.optimizers import OptimizerConfig, make_optimizer

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no NVIDIA GPU")]

EXAMPLES = [Example([4 + n % 7] * (1 + n % 9) + [EOS], [5 + n % 6] * (1 + n % 11) + [EOS]) for n in range(40)]
BATCH = collate(EXAMPLES)
GPU = torch.device("cuda")


def make_loop(device, objective):
    torch.manual_seed(4)
    config = TransformerConfig(
        width=64, heads=2, feed_forward_width=128, encoder_layers=2, decoder_layers=2, dropout=0.0
    )
    model = Transformer(config, source_vocabulary=16, target_vocabulary=16).to(device)
    optimizer = make_optimizer(OptimizerConfig(), model)
    average = MovingAverage(model, decay=0.9)
    return Loop(model, objective, optimizer, lambda step: 0.003, clip_norm=1.0, seed=5, average=average)


def losses(device, objective, steps=30):
    loop = make_loop(device, objective)
    made = list(loop.steps([[BATCH.feed(torch.device(device))]] * steps))
    return [step.loss for step in made], loop


def test_an_update_never_waits():
    loop = make_loop(GPU, Autocast(CrossEntropy(), torch.bfloat16))
    steps = loop.steps(iter([[BATCH.feed(GPU)] for _ in range(12)]))
    for _ in range(3):
        next(steps)  # the first updates load and allocate
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        made = [next(steps) for _ in range(9)]
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert loop.look_every > 1
    assert not any(step.skipped for step in made)


def test_fused_attention_takes_our_mask():
    wide = BATCH.widen(8)
    loop = make_loop(GPU, Autocast(CrossEntropy(), torch.bfloat16))
    with sdpa_kernel([SDPBackend.EFFICIENT_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.CUDNN_ATTENTION]):
        (step,) = loop.steps([[wide.to(GPU)]])  # fails when only the plain kernel is left
    assert not step.skipped


@pytest.mark.parametrize(("products", "tolerance"), [(torch.float32, 2e-3), (torch.bfloat16, 3e-2)])
def test_learns_as_on_a_processor(products, tolerance):
    there, loop = losses("cuda", Autocast(CrossEntropy(), products) if products != torch.float32 else CrossEntropy())
    here, _ = losses("cpu", CrossEntropy())
    assert there[-1] < 0.7 * there[0]
    assert there == pytest.approx(here, rel=tolerance)
    assert {parameter.dtype for parameter in loop.model.parameters()} == {torch.float32}


def test_sliced_cross_entropy_is_torchs():
    loop = make_loop(GPU, CrossEntropy())
    batch, model = BATCH.feed(GPU), loop.model
    found = CrossEntropy(label_smoothing=0.1)(model, batch).total
    logits = model.output(model(batch.source, batch.source_mask, batch.target_input)).flatten(0, 1)
    wanted = F.cross_entropy(
        logits, batch.target_output.flatten(), label_smoothing=0.1, reduction="sum", ignore_index=PAD
    )
    torch.testing.assert_close(found, wanted, atol=1e-3, rtol=1e-5)


def test_the_gpu_itself_leaves_out_what_is_not_finite():
    loop = make_loop(GPU, CrossEntropy())
    next(iter(loop.steps([[BATCH.feed(GPU)]])))
    before = {name: parameter.detach().clone() for name, parameter in loop.model.named_parameters()}
    followed = {name: weight.clone() for name, weight in loop.average.weights.items()}
    loop._objective = Broken()
    (step,) = loop.steps([[BATCH.feed(GPU)]])
    assert step.skipped
    assert all(torch.equal(parameter, before[name]) for name, parameter in loop.model.named_parameters())
    assert all(torch.equal(weight, followed[name]) for name, weight in loop.average.weights.items())


class Broken(CrossEntropy):
    """An objective that is not a number."""

    def __call__(self, model, batch):
        loss = super().__call__(model, batch)
        return type(loss)(loss.total * float("nan"), loss.tokens, loss.negative_log_likelihood, loss.correct)
