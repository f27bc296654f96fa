"""The recipe of the other direction, and the one with a synthetic corpus beside the real ones."""

import pytest

from dragoman.base.errors import ConfigError
from dragoman.jobs.recipe import make_recipe
from dragoman.jobs.synthesis.options import MixingConfig
from dragoman.jobs.synthesis.recipes import mixed, turned

CORPUS = {"train": ["a", "b"], "validation": "v"}
TASK = {"source": "en", "target": "de"}
DRIFT = {"weights": [3, 1], "weights_end": [0, 2], "curriculum_steps": 9}


def recipe(corpus=None, **sections):
    return make_recipe({"corpus": {**CORPUS, **(corpus or {})}, "task": TASK, **sections}, place="test")


def test_weights_at_both_ends_leave_room_for_the_synthetic_corpus(tmp_path):
    made = mixed(recipe(DRIFT), tmp_path / "bt", MixingConfig(ratio="1:2"), tag="bt").corpus
    assert made.train == ("a", "b", str(tmp_path / "bt"))
    assert made.weights == (0.75, 0.25, 2.0)
    assert made.weights_end == (0.0, 1.0, 2.0)


def test_weights_without_a_ratio_say_nothing_of_the_synthetic_corpus(tmp_path):
    with pytest.raises(ConfigError, match="say nothing of the synthetic corpus"):
        mixed(recipe(DRIFT), tmp_path / "bt", MixingConfig(), tag="bt")


def test_the_other_direction_begins_anew_and_replays_nothing(tmp_path):
    old = recipe({"replay": "old", "replay_share": 0.3}, training={"start_from": "model"})
    other = turned(old, tmp_path)
    assert (other.translation.source, other.translation.target) == ("de", "en")
    assert other.training.start_from is None
    assert other.corpus.replay is None
    assert other.corpus.replay_share is None
