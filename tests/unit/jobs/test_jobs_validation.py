"""Validation: what it measures, and pairs too long for the model."""

import math

import pytest
import torch

from dragoman.base.errors import EmptyCorpusError
from dragoman.corpora.records import Record
from dragoman.decoding.config import DecodingConfig
from dragoman.jobs.run.validation import Validator
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers.bytes import ByteTokenizer

GREEDY = DecodingConfig(beam=1, max_length_ratio=1.0, max_length_offset=0)


@pytest.fixture
def task():
    tokenizer = ByteTokenizer()
    return TranslationTask("en", "de", tokenizer, tokenizer)


@pytest.fixture
def model(task):
    size = len(task.source_tokenizer)
    config = TransformerConfig(
        width=8, heads=2, feed_forward_width=8, encoder_layers=1, decoder_layers=1, max_length=12
    )
    return Transformer(config, source_vocabulary=size, target_vocabulary=size)


def test_loss_perplexity_and_accuracy_are_those_of_the_formula(task, model):
    records = [Record("a cat", "eine K"), Record("a", "ein")]
    found = Validator(task, records, max_tokens=64)(model, GREEDY)
    total, right, count = 0.0, 0, 0
    model.eval()
    for record in records:
        example = task.example(record)
        source = torch.tensor([example.source])
        told = torch.tensor([[2, *example.target[:-1]]])
        log_probs = model.output(model(source, source > 0, told)).log_softmax(-1)[0]
        for place, wanted in enumerate(example.target):
            total -= float(log_probs[place, wanted].detach())
            right += int(log_probs[place].argmax()) == wanted
            count += 1
    assert found.loss == pytest.approx(total / count, rel=1e-5)
    assert found.perplexity == pytest.approx(math.exp(total / count), rel=1e-5)
    assert found.accuracy == pytest.approx(right / count)
    assert len(found.hypotheses) == 2
    assert set(found.scores) == {"bleu", "chrf"}


def test_pairs_too_long_are_told_once_and_still_translated(task, model, capsys):
    validator = Validator(task, [Record("a", "b"), Record("a" * 40, "b" * 40)], max_tokens=64)
    assert len(validator(model, GREEDY).hypotheses) == 2
    validator(model, GREEDY)
    assert capsys.readouterr().err.count("1 validation pairs are longer than the model's 12 ids") == 1


def test_nothing_but_long_pairs(task, model):
    with pytest.raises(EmptyCorpusError, match="longer than the model's 12 ids"):
        Validator(task, [Record("a" * 40, "b" * 40)], max_tokens=64)(model, GREEDY)
