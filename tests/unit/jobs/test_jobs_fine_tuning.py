"""Starting from a model: its vocabulary, shape and weights are taken over; other languages are refused."""

import pytest
import torch

from dragoman.base.errors import ConfigError
from dragoman.jobs.pretraining.inheritance import inherit
from dragoman.jobs.recipe import make_recipe
from dragoman.jobs.train import train
from dragoman.translator.bundle import load_bundle

TINY = {
    "corpus": {"train": ["phrasebook:validation"], "validation": "phrasebook:test"},
    "task": {"source": "en", "target": "de", "joint_vocabulary": False},
    "tokenizer": {"kind": "characters"},
    "model": {"width": 16, "heads": 2, "feed_forward_width": 16, "encoder_layers": 1, "decoder_layers": 1},
    "batching": {"max_tokens": 1024},
    "schedule": {"kind": "constant", "peak": 1e-3, "warmup_steps": 1},
    "training": {"max_steps": 2, "validate_every": 2, "validation_limit": 2, "keep_best": 1},
    "decoding": {"beam": 1, "max_length_ratio": 1.0, "max_length_offset": 2},
}
TINY["model"]["tie_embeddings"] = "decoder"


@pytest.fixture(scope="module")
def general(tmp_path_factory):
    path = tmp_path_factory.mktemp("general") / "model"
    train(make_recipe(TINY, place="test"), path)
    return path


def _tuning(general, **training):
    values = {**TINY, "training": {**TINY["training"], "start_from": str(general), **training}}
    return {name: section for name, section in values.items() if name not in ("tokenizer", "model")}


def test_the_first_weights_are_those_of_the_model(general, tmp_path):
    values = _tuning(general, max_steps=1)
    values["schedule"] = {"kind": "constant", "peak": 1e-12, "warmup_steps": 1}
    train(make_recipe(values, place="test"), tmp_path / "tuned")
    before, after = load_bundle(general), load_bundle(tmp_path / "tuned")
    assert after.recipe["model"] == before.recipe["model"]
    assert after.recipe["tokenizer"]["kind"] == "characters"
    assert after.task.source_tokenizer.encode("Hello") == before.task.source_tokenizer.encode("Hello")
    weights = dict(after.model.named_parameters())
    for name, parameter in before.model.named_parameters():
        torch.testing.assert_close(weights[name], parameter, atol=1e-6, rtol=0)


def test_what_the_recipe_says_of_the_model_counts(general):
    values = {**_tuning(general), "model": {"dropout": 0.25}}
    recipe, start = inherit(make_recipe(values, place="test"))
    assert start is not None
    assert recipe.model.dropout == 0.25
    assert recipe.model.width == TINY["model"]["width"]


def test_a_model_of_another_shape_is_refused(general, tmp_path):
    values = {**_tuning(general), "model": {"width": 8}}
    with pytest.raises(ConfigError, match="another shape"):
        train(make_recipe(values, place="test"), tmp_path / "tuned")


def test_a_model_of_other_languages_is_refused(general, tmp_path):
    values = _tuning(general)
    values["task"] = {"source": "de", "target": "en"}
    with pytest.raises(ConfigError, match="translates en → de"):
        train(make_recipe(values, place="test"), tmp_path / "tuned")
    assert not (tmp_path / "tuned").exists()
