"""Word-level distillation against the formula written plainly: value, every gradient, and a teacher left alone."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dragoman.base.symbols import PAD
from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.models.protocol import Seq2Seq
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives import distillation
from dragoman.objectives.autocast import Autocast
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.objectives.distillation import Distillation

VOCABULARY, WIDTH = 11, 6
ROWS = [[4, 5, 6, 3], [9, 3], [10, 10, 3]]
BATCH = collate([Example([4, 5, 6, 3], row) for row in ROWS])
REAL = BATCH.target_output != PAD
ROW_BYTES = VOCABULARY * 4


class Fake(Seq2Seq):
    """Features that are a parameter."""

    max_length = None
    start = step = None

    def __init__(self, *, bias, width=WIDTH):
        super().__init__()
        self.features = nn.Parameter(torch.randn(len(ROWS), 4, width))
        self.output = nn.Linear(width, VOCABULARY, bias=bias)

    def forward(self, source, source_mask, target_input):
        return self.features


def plain(model, teacher, *, weight, temperature, smoothing):
    """The loss of the module's docstring by torch's own functions."""
    logits, taught = (one.output(one.features)[REAL] for one in (model, teacher))
    reference = F.cross_entropy(logits, BATCH.target_output[REAL], label_smoothing=smoothing, reduction="sum")
    logs, target = ((one / temperature).log_softmax(-1) for one in (logits, taught))
    divergence = F.kl_div(logs, target, log_target=True, reduction="sum")
    return (1 - weight) * reference + weight * temperature**2 * divergence


@pytest.mark.parametrize("slice_bytes", [1, 4 * ROW_BYTES + 3, 1 << 20])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("weight", "temperature", "smoothing"), [(0.5, 1.0, 0.1), (0.3, 2.0, 0.0), (1.0, 0.5, 0.1)])
def test_value_and_gradients(monkeypatch, slice_bytes, bias, weight, temperature, smoothing):
    monkeypatch.setattr(distillation, "_SLICE_BYTES", slice_bytes)
    torch.manual_seed(1)
    model, teacher = Fake(bias=bias), Fake(bias=True, width=WIDTH + 3)
    options = {"weight": weight, "temperature": temperature}
    loss = Distillation(teacher=teacher, label_smoothing=smoothing, **options)(model, BATCH)
    (loss.total / 7).backward()
    found = [loss.total.detach(), *(parameter.grad.clone() for parameter in model.parameters())]
    model.zero_grad()
    reference = plain(model, teacher, smoothing=smoothing, **options)
    (reference / 7).backward()
    expected = [reference.detach(), *(parameter.grad for parameter in model.parameters())]
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)
    assert loss.tokens == 9
    assert all(parameter.grad is None for parameter in teacher.parameters())


def transformer(*, width=8, seed=1, dropout=0.0):
    torch.manual_seed(seed)
    config = TransformerConfig(
        width=width, heads=2, feed_forward_width=16, encoder_layers=1, decoder_layers=1, dropout=dropout
    )
    return Transformer(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY)


def test_without_the_teachers_part_it_is_cross_entropy():
    model = transformer()
    loss = Distillation(teacher=transformer(width=12), weight=0.0)(model, BATCH)
    torch.testing.assert_close(loss.total, CrossEntropy()(model, BATCH).total)
    torch.testing.assert_close(loss.negative_log_likelihood, CrossEntropy()(model, BATCH).negative_log_likelihood)


def test_a_student_equal_to_its_teacher_has_nothing_to_learn_from_it():
    model = transformer()
    loss = Distillation(teacher=transformer(), weight=1.0)(model, BATCH)
    loss.total.backward()
    assert abs(float(loss.total.detach())) < 1e-4
    gradients = [parameter.grad for parameter in model.parameters()]
    assert max(float(gradient.abs().max()) for gradient in gradients) < 1e-4


def test_without_gradients_it_is_plain_cross_entropy():
    model = transformer().eval()
    with torch.inference_mode():
        loss = Distillation(teacher=transformer(seed=2))(model, BATCH)
        assert float(loss.total) == float(CrossEntropy()(model, BATCH).total)


def test_the_teacher_drops_nothing_and_does_not_change():
    teacher = transformer(dropout=0.5, seed=2).train()
    before = [parameter.clone() for parameter in teacher.parameters()]
    objective, model = Distillation(teacher=teacher, weight=1.0), transformer()
    first, second = (objective(model, BATCH) for _ in range(2))
    first.total.backward()
    assert torch.equal(first.total, second.total)
    assert all(torch.equal(old, now) for old, now in zip(before, teacher.parameters(), strict=True))
    assert not any(parameter.requires_grad for parameter in teacher.parameters())


def test_close_to_fp32_in_bf16():
    totals, gradients = [], []
    for wrap in (lambda objective: objective, lambda objective: Autocast(objective, torch.bfloat16)):
        model = transformer()
        loss = wrap(Distillation(teacher=transformer(seed=2), temperature=2.0))(model, BATCH)
        loss.total.backward()
        totals.append(loss.total.detach())
        gradients.append(torch.cat([parameter.grad.flatten() for parameter in model.parameters()]))
    assert totals[1].dtype == torch.float32
    torch.testing.assert_close(totals[0], totals[1], atol=0, rtol=1e-2)
    assert 1e-5 < float((gradients[0] - gradients[1]).norm() / gradients[0].norm()) < 0.05
