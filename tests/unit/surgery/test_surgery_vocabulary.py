"""Rows that are kept say what they said; the others are gone."""

import pytest
import torch

from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.surgery.vocabulary import trim_vocabulary


def transformer(**settings):
    shape = {"width": 16, "heads": 2, "feed_forward_width": 8, "encoder_layers": 1, "decoder_layers": 1}
    return Transformer(TransformerConfig(**shape, **settings), source_vocabulary=20, target_vocabulary=20)


def recurrent(**settings):
    config = RecurrentConfig(width=8, embedding_width=8, **settings)
    return Recurrent(config, source_vocabulary=20, target_vocabulary=20)


def logits(model, source, target):
    batch = collate([Example(source, target)])
    with torch.inference_mode():
        return model.output(model(batch.source, batch.source_mask, batch.target_input))


@pytest.mark.parametrize("make", [transformer, recurrent])
@pytest.mark.parametrize("tying", ["none", "decoder", "all"])
def test_what_stays_is_as_it_was(make, tying):
    model = make(tie_embeddings=tying).eval()
    target = [0, 1, 2, 3, 7, 8, 12]
    source = target if tying == "all" else [0, 1, 2, 3, 5, 19]
    small = trim_vocabulary(model, source=source, target=target)
    wanted = logits(model, [source[4], source[5], 3], [7, 12, 8, 3])[..., target]
    torch.testing.assert_close(logits(small, [4, 5, 3], [4, 6, 5, 3]), wanted)
    assert small.output.out_features == small.target_embedding.num_embeddings == 7
    assert (small.output.weight is small.target_embedding.weight) == (tying != "none")
    assert not small.training
