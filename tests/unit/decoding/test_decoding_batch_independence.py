"""The result of a line does not depend on the batch it is in."""

import random

import pytest
import torch

from dragoman.base.symbols import EOS, PAD
from dragoman.batching.batch import pad
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.search import Search
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig

VOCABULARY = 40


def transformer(**settings):
    config = TransformerConfig(
        width=32, heads=4, feed_forward_width=64, encoder_layers=2, decoder_layers=1, max_length=64, **settings
    )
    return Transformer(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY)


def recurrent(**settings):
    config = RecurrentConfig(width=32, embedding_width=32, **settings)
    return Recurrent(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY)


MODELS = {
    "transformer": transformer,
    "transformer-post-rotary": lambda: transformer(norm_order="post", positions="rotary"),
    "lstm-additive": recurrent,
    "lstm-multiplicative": lambda: recurrent(attention="multiplicative", layers=2),
    "gru-plain": lambda: recurrent(cell="gru", attention="none"),
}


def sharpened(model):
    """Random weights make flat predictions; a greater output layer makes hypotheses of many lengths."""
    with torch.no_grad():
        model.output.weight.mul_(3.0)
    return model


def sources():
    draw = random.Random(8)
    return [[*(draw.randrange(4, VOCABULARY) for _ in range(draw.randint(0, 11))), EOS] for _ in range(200)]


def translate(search, lines, order, size):
    """The hypotheses of the lines in ``order`` by their index, searched in batches of ``size`` in the given order."""
    found = {}
    for start in range(0, len(order), size):
        indices = order[start : start + size]
        source = pad([lines[index] for index in indices])
        found.update(zip(indices, search(source, source != PAD), strict=True))
    return found


@pytest.mark.parametrize(("name", "beam"), [*((name, 4) for name in MODELS), ("transformer", 1), ("lstm-additive", 1)])
def test_batch_size_and_order_change_nothing(name, beam):
    lines = sources()
    config = DecodingConfig(beam=beam, n_best=beam, max_length_ratio=1.0, max_length_offset=2)
    search = Search(sharpened(MODELS[name]()), config)
    order = list(range(len(lines)))
    expected = translate(search, lines, order, 64)
    assert len({len(hypotheses[0].ids) for hypotheses in expected.values()}) > 3
    for size, count in ((7, 200), (1, 30)):
        random.Random(size).shuffle(order)
        found = translate(search, lines, order[:count], size)
        different = [
            index
            for index, hypotheses in found.items()
            if [one.ids for one in hypotheses] != [one.ids for one in expected[index]]
        ]
        assert not different, f"{len(different)} of {len(found)} lines changed in batches of {size}"
        for index, hypotheses in found.items():
            assert [one.score for one in hypotheses] == pytest.approx([one.score for one in expected[index]], abs=1e-4)
