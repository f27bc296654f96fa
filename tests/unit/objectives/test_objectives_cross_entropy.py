"""Sliced cross-entropy against torch's own: value and every gradient."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dragoman.base.symbols import PAD, UNK
from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.models.protocol import Seq2Seq
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives import cross_entropy
from dragoman.objectives.cross_entropy import CrossEntropy

VOCABULARY, WIDTH = 11, 6
TARGETS = torch.tensor([[4, 5, 6, 3], [9, 3, PAD, PAD], [10, 10, 3, PAD]])
ROW_BYTES = VOCABULARY * 4
SLICES = [1, ROW_BYTES, 2 * ROW_BYTES, 4 * ROW_BYTES + 3, 1 << 20]


class Fake(Seq2Seq):
    """Features that are a parameter, and an output layer; nothing to search with."""

    max_length = None
    start = step = None

    def __init__(self, bias):
        super().__init__()
        self.features = nn.Parameter(torch.randn(*TARGETS.shape, WIDTH))
        self.output = nn.Linear(WIDTH, VOCABULARY, bias=bias)

    def forward(self, source, source_mask, target_input):
        return self.features


def batch_of(targets):
    return collate([Example([4, 3], [id_ for id_ in row if id_ != PAD]) for row in targets.tolist()])


def expected(features, output, smoothing, reduction="sum"):
    logits = output(features).flatten(0, 1)
    return F.cross_entropy(logits, TARGETS.flatten(), label_smoothing=smoothing, reduction=reduction, ignore_index=PAD)


@pytest.mark.parametrize("slice_bytes", SLICES)
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("bias", [False, True])
def test_value_and_gradients(monkeypatch, slice_bytes, smoothing, bias):
    monkeypatch.setattr(cross_entropy, "_SLICE_BYTES", slice_bytes)
    model = Fake(bias)
    loss = CrossEntropy(label_smoothing=smoothing)(model, batch_of(TARGETS))
    (loss.total / 9 * 3).backward()
    found = [loss.total.detach(), *(parameter.grad.clone() for parameter in model.parameters())]
    model.zero_grad()
    reference = expected(model.features, model.output, smoothing)
    (reference / 9 * 3).backward()
    wanted = [reference.detach(), *(parameter.grad for parameter in model.parameters())]
    assert len(found) == (4 if bias else 3)
    for ours, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("slice_bytes", SLICES)
def test_likelihood_is_without_smoothing_and_tokens_are_counted(monkeypatch, slice_bytes):
    monkeypatch.setattr(cross_entropy, "_SLICE_BYTES", slice_bytes)
    model = Fake(bias=True)
    loss = CrossEntropy(label_smoothing=0.2)(model, batch_of(TARGETS))
    torch.testing.assert_close(loss.negative_log_likelihood, expected(model.features, model.output, 0.0).detach())
    assert loss.tokens == 9
    assert not loss.negative_log_likelihood.requires_grad


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("slice_bytes", SLICES)
def test_evaluation_counts_what_is_right(monkeypatch, mode, slice_bytes):
    monkeypatch.setattr(cross_entropy, "_SLICE_BYTES", slice_bytes)
    model = Fake(bias=False)
    with mode():
        model.features[0] = model.output.weight[TARGETS[0]] * 50  # the first row says the right ids loudly
        loss = CrossEntropy(label_smoothing=0.1)(model, batch_of(TARGETS))
        best = model.output(model.features).argmax(-1)
        right = int(((best == TARGETS) & (TARGETS != PAD)).sum())
    assert int(loss.correct) == right > 0
    torch.testing.assert_close(loss.total, expected(model.features, model.output, 0.1).detach())


def test_tied_weight_gets_both_gradients():
    config = TransformerConfig(width=8, heads=2, feed_forward_width=8, encoder_layers=1, decoder_layers=1, dropout=0.0)
    model = Transformer(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY)
    batch = batch_of(TARGETS)
    CrossEntropy(label_smoothing=0.1)(model, batch).total.backward()
    found = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()
    expected(model(batch.source, batch.source_mask, batch.target_input), model.output, 0.1).backward()
    assert "source_embedding.weight" in found
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(found[name], parameter.grad, atol=1e-5, rtol=1e-4)


def test_frozen_output_still_teaches_the_features():
    model = Fake(bias=False)
    model.output.requires_grad_(False)
    CrossEntropy(label_smoothing=0.1)(model, batch_of(TARGETS)).total.backward()
    found = model.features.grad.clone()
    model.features.grad = None
    expected(model.features, model.output, 0.1).backward()
    torch.testing.assert_close(found, model.features.grad)
    assert model.output.weight.grad is None


def test_prepare_gives_the_example_itself():
    example = Example([4, 3], [5, 3])
    assert CrossEntropy().prepare(example, key=7) is example


def test_padding_in_the_batch_changes_nothing():
    config = TransformerConfig(width=8, heads=2, feed_forward_width=8, encoder_layers=1, decoder_layers=1, dropout=0.0)
    model = Transformer(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY)
    examples = [Example([4, 5, 6, 3], [7, 3]), Example([9, 3], [5, 6, 7, 8, 3])]
    together = CrossEntropy()(model, collate(examples)).total
    apart = sum(CrossEntropy()(model, collate([example])).total for example in examples)
    torch.testing.assert_close(together, apart)


def test_word_dropout_hides_ids_while_learning_only():
    class Watched(Fake):
        def forward(self, source, source_mask, target_input):
            self.seen = source, target_input
            return self.features

    model, batch = Watched(bias=False), batch_of(TARGETS)
    objective = CrossEntropy(word_dropout=0.5)
    torch.manual_seed(2)
    objective(model, batch)
    source, target = model.seen
    assert (source[source != batch.source] == UNK).all()
    assert (source != batch.source).any()
    assert (target != batch.target_input).any()
    assert torch.equal(target == PAD, batch.target_input == PAD)
    with torch.no_grad():
        objective(model, batch)
    assert torch.equal(model.seen[0], batch.source)
