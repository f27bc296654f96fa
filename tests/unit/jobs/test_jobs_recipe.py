"""The whole-run configuration: read, checked, written back."""

import tomllib

import pytest

from dragoman.base.errors import ConfigError
from dragoman.jobs.recipe import make_recipe, read_recipe, section_types

VALUES = {"corpus": {"train": ["a"]}, "task": {"source": "en", "target": "de"}}


def test_defaults_are_filled_in():
    recipe = make_recipe(VALUES, place="here")
    assert recipe.model.kind == "transformer"
    assert recipe.decoding.beam == 5
    assert list(recipe.values()) == list(section_types())


def test_toml_and_back_is_the_same_recipe(tmp_path):
    recipe = make_recipe({**VALUES, "training": {"max_minutes": 2.5}}, place="here")
    (tmp_path / "recipe.toml").write_text(recipe.to_toml(), encoding="utf-8")
    assert read_recipe(tmp_path / "recipe.toml") == recipe
    assert "patience" in tomllib.loads(recipe.to_toml())["training"]


def test_settings_lie_over_the_file(tmp_path):
    (tmp_path / "recipe.toml").write_text(make_recipe(VALUES, place="here").to_toml(), encoding="utf-8")
    recipe = read_recipe(tmp_path / "recipe.toml", ["decoding.beam=2"])
    assert recipe.decoding.beam == 2


def test_one_training_text_needs_no_list():
    assert make_recipe({**VALUES, "corpus": {"train": "a"}}, place="here").corpus.train == ("a",)
    with pytest.raises(ConfigError, match="train"):
        make_recipe({**VALUES, "corpus": {"train": []}}, place="here")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({**VALUES, "modell": {}}, r"unknown section \[modell\]"),
        ({**VALUES, "model": 3}, "model is a section"),
        ({**VALUES, "model": {"kind": "rnn"}}, "unknown model 'rnn'"),
        ({**VALUES, "model": {"widht": 3}}, "widht: unknown key; did you mean 'width'"),
        ({"corpus": {"train": ["a"]}}, "source: field required"),
    ],
)
def test_mistakes_are_located(values, message):
    with pytest.raises(ConfigError, match=message) as caught:
        make_recipe(values, place="here.toml")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("corpus", "message"),
    [
        ({"curriculum": "length"}, "curriculum_steps goes with curriculum"),
        ({"curriculum_steps": 9}, "curriculum_steps goes with curriculum"),
        ({"weights_end": [1, 2], "curriculum_steps": 9}, "weights_end without weights"),
        ({"weights": [1, 1], "weights_end": [1], "curriculum_steps": 9}, "1 weights for 2 training corpora"),
        ({"weights": [1, 0], "weights_end": [1, 0], "curriculum_steps": 9}, "a weight of 0"),
        ({"weights": [1, 0]}, "a weight of 0"),
        ({"weights": [1, -1]}, "give positive numbers"),
        (
            {"weights": [1, 1], "weights_end": [0, 1], "curriculum": "length", "curriculum_steps": 9},
            "two orders of the same text",
        ),
        ({"replay": "a"}, "cannot be both new and old text"),
        ({"replay_share": 0.5}, "replay_share without replay"),
        ({"replay": "old"}, "there is no training.start_from"),
    ],
)
def test_orders_and_mixtures_that_make_no_sense(corpus, message):
    values = {"corpus": {"train": ["a", "b"], **corpus}, "task": {"source": "en", "target": "de"}}
    with pytest.raises(ConfigError, match=message):
        make_recipe(values, place="test")
