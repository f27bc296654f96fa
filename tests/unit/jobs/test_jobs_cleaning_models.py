"""Scoring by translation models: one direction, both, and models that do not fit."""

from pathlib import Path

import pytest

from dragoman.base.errors import ConfigError, FileAccessError
from dragoman.corpora.records import Record
from dragoman.jobs.cleaning.scoring import models_scorer
from dragoman.translator.translator import Translator

BUNDLE = Path(__file__).parents[2] / "data" / "golden-bundle"
PAIRS = [("The house is old.", "Das Haus ist alt."), ("Good evening.", "Das Haus ist alt."), ("A", "B")]


def test_one_model_scores_by_its_mean_log_probability():
    judged = Translator.load(BUNDLE).score([Record(*pair) for pair in PAIRS])
    expected = [score.log_probability / score.tokens for score in judged]
    assert models_scorer([BUNDLE], ("en", "de"))(PAIRS) == pytest.approx(expected)


def test_a_model_of_the_other_direction_is_turned_round():
    turned = [(target, source) for source, target in PAIRS]
    assert models_scorer([BUNDLE], ("de", "en"))(turned) == pytest.approx(models_scorer([BUNDLE], ("en", "de"))(PAIRS))


def test_two_models_should_agree(monkeypatch):
    """The dual conditional cross-entropy: the mean of both, less their difference."""

    class Fake:
        def __init__(self, source, target, log_probability):
            self.source_language, self.target_language = source, target
            self._log_probability = log_probability

        def score(self, records):
            return [type("S", (), {"log_probability": self._log_probability, "tokens": 2}) for _ in records]

    made = {Path("there"): Fake("en", "de", -2.0), Path("back"): Fake("de", "en", -6.0)}
    monkeypatch.setattr(Translator, "load", staticmethod(made.__getitem__))
    assert models_scorer([Path("back"), Path("there")], ("en", "de"))(PAIRS[:1]) == [-2.0 - 2.0]


def test_a_pair_too_long_for_the_model_scores_lowest():
    long = "house " * 5000
    scores = models_scorer([BUNDLE], ("en", "de"))([PAIRS[0], (long, long)])
    assert scores[1] < scores[0]


@pytest.mark.parametrize(
    ("bundles", "languages", "error", "message"),
    [
        ([BUNDLE], ("en", "fr"), ConfigError, "translates en → de"),
        ([BUNDLE, BUNDLE], ("en", "de"), ConfigError, "two models of one direction"),
        ([Path("nowhere")], ("en", "de"), FileAccessError, "nowhere"),
    ],
)
def test_models_that_do_not_fit(bundles, languages, error, message):
    with pytest.raises(error, match=message):
        models_scorer(bundles, languages)
