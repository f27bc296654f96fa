"""Small bundles with random weights, of any shape."""

from functools import cache

import pytest
import torch

from dragoman.corpora import phrasebook
from dragoman.jobs.recipe import make_recipe
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers import TOKENIZERS
from dragoman.translator.bundle import Bundle, build_model

SHAPE = {"width": 16, "heads": 2, "feed_forward_width": 24, "encoder_layers": 2, "decoder_layers": 2}


@cache
def tokenizer(kind, side):
    """Learnt from a few hundred lines of one side of the phrasebook, or of both."""
    pairs = [(record.source, record.target) for record in phrasebook.records("validation")[:300]]
    texts = [text for pair in pairs for text in {"source": pair[:1], "target": pair[1:], "both": pair}[side]]
    loaded = TOKENIZERS.load(kind)
    size = {"sentencepiece": {"vocabulary_size": 420}}.get(kind, {})
    return loaded.train(texts, loaded.config_type(**size))


def make_bundle(*, joint=True, pieces="sentencepiece", **model):
    """A bundle whose weights are drawn at random, biases and norms too."""
    values = {
        "corpus": {"train": "nowhere"},
        "task": {"source": "en", "target": "de", "joint_vocabulary": joint},
        "tokenizer": {"kind": pieces},
        "model": {**(SHAPE if model.get("kind", "transformer") == "transformer" else {}), **model},
    }
    recipe = make_recipe(values, place="test").values()
    source, target = (tokenizer(pieces, "both" if joint else side) for side in ("source", "target"))
    torch.manual_seed(7)
    made = build_model(recipe["model"], source_vocabulary=len(source), target_vocabulary=len(target))
    for parameter in made.parameters():
        if parameter.dim() == 1:
            parameter.data += 0.3 * torch.randn_like(parameter)
    return Bundle(TranslationTask("en", "de", source, target), made.eval(), recipe)


@pytest.fixture
def tiny_bundle():
    return make_bundle
