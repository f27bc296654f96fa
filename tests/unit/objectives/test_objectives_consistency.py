"""R-Drop and SimCut against the papers' formulas written plainly: value and every gradient."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dragoman.base.symbols import PAD, UNK
from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.models.protocol import Seq2Seq
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives import consistency
from dragoman.objectives.consistency import RDrop, SimCut
from dragoman.objectives.cross_entropy import CrossEntropy

VOCABULARY, WIDTH = 11, 6
ROWS = [[4, 5, 6, 3], [9, 3], [10, 10, 3]]
BATCH = collate([Example([4, 5, 6, 3], row) for row in ROWS])
REAL = BATCH.target_output != PAD
ROW_BYTES = VOCABULARY * 4


class Fake(Seq2Seq):
    """Features that are a parameter, other ones for each pass; remembers what it was given."""

    max_length = None
    start = step = None

    def __init__(self, bias):
        super().__init__()
        self.features = nn.Parameter(torch.randn(2 * len(ROWS), 4, WIDTH))
        self.output = nn.Linear(WIDTH, VOCABULARY, bias=bias)

    def forward(self, source, source_mask, target_input):
        self.seen = source, source_mask, target_input
        return self.features


def plain(model, smoothing, alpha, *, r_drop):
    """The papers' losses by torch's own functions; R-Drop's halved."""
    logs = model.output(model.features).log_softmax(-1)
    first, second = (half[REAL] for half in logs.chunk(2))
    targets = BATCH.target_output[REAL]

    def smoothed(log):
        return F.cross_entropy(log, targets, label_smoothing=smoothing, reduction="sum")

    def divergence(p, q):
        return F.kl_div(q, p, log_target=True, reduction="sum")

    if not r_drop:
        return smoothed(first) + alpha * divergence(first, second)
    both = divergence(first, second) + divergence(second, first)
    return (smoothed(first) + smoothed(second) + alpha / 2 * both) / 2


@pytest.mark.parametrize("slice_bytes", [1, ROW_BYTES, 4 * ROW_BYTES + 3, 1 << 20])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("r_drop", [True, False])
def test_value_and_gradients(monkeypatch, slice_bytes, smoothing, bias, r_drop):
    monkeypatch.setattr(consistency, "_SLICE_BYTES", slice_bytes)
    model = Fake(bias)
    objective = (RDrop if r_drop else SimCut)(label_smoothing=smoothing, weight=2.5)
    loss = objective(model, BATCH)
    (loss.total / 7).backward()
    found = [loss.total.detach(), *(parameter.grad.clone() for parameter in model.parameters())]
    model.zero_grad()
    reference = plain(model, smoothing, 2.5, r_drop=r_drop)
    (reference / 7).backward()
    for ours, theirs in zip(
        found, [reference.detach(), *(parameter.grad for parameter in model.parameters())], strict=True
    ):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)
    assert loss.tokens == 9


def test_without_weight_and_dropout_r_drop_is_cross_entropy():
    torch.manual_seed(1)
    config = TransformerConfig(width=8, heads=2, feed_forward_width=16, encoder_layers=1, decoder_layers=1, dropout=0)
    model = Transformer(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY)
    for objective in (RDrop(weight=0.0), RDrop(weight=5.0), SimCut(cutoff=0.0)):
        loss = objective(model, BATCH)  # two equal passes: nothing to disagree about
        torch.testing.assert_close(loss.total, CrossEntropy()(model, BATCH).total)
        assert loss.total.requires_grad


def test_only_the_second_pass_is_cut_and_padding_stays():
    model = Fake(bias=False)
    torch.manual_seed(3)
    SimCut(cutoff=0.5)(model, BATCH)
    source, mask, target = model.seen
    size = len(ROWS)
    assert torch.equal(source[:size], BATCH.source)
    assert torch.equal(target[:size], BATCH.target_input)
    assert torch.equal(mask[size:], BATCH.source_mask)
    for whole, cut in ((BATCH.source, source[size:]), (BATCH.target_input, target[size:])):
        changed = whole != cut
        assert changed.any()
        assert not changed.all()
        assert (cut[changed] == UNK).all()
        assert torch.equal(cut == PAD, whole == PAD)


def test_the_cut_is_drawn_from_torchs_seed():
    seen = []
    for _ in range(2):
        torch.manual_seed(5)
        model = Fake(bias=False)
        torch.manual_seed(6)
        SimCut(cutoff=0.3)(model, BATCH)
        seen.append(model.seen[0])
    assert torch.equal(*seen)


def test_without_gradients_it_is_plain_cross_entropy():
    torch.manual_seed(1)
    config = TransformerConfig(width=8, heads=2, feed_forward_width=16, encoder_layers=1, decoder_layers=1, dropout=0)
    model = Transformer(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY).eval()
    with torch.inference_mode():
        assert float(SimCut()(model, BATCH).total) == float(CrossEntropy()(model, BATCH).total)
