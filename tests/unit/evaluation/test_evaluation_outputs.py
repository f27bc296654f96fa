import math
from dataclasses import dataclass

import pytest

from dragoman.base.errors import DataError
from dragoman.corpora.records import Record
from dragoman.evaluation.outputs import Likelihood, produce


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Judged:
    log_probability: float
    tokens: int
    correct: int


class Shouting:
    """Translates by shouting; sure of every target with one half for each of its characters."""

    name = "shouting"
    source_language = "en"
    target_language = "de"

    def __init__(self, *, forgets: int = 0) -> None:
        self.calls: list[int] = []
        self.forgets = forgets

    def translate(self, texts):
        self.calls.append(len(texts))
        return [Text(text.upper()) for text in texts[self.forgets :]]

    def score(self, records):
        return [Judged(-math.log(2) * len(r.target), len(r.target), len(r.target) // 2) for r in records]


def test_a_translator_is_asked_for_every_record_in_order():
    records = [Record(f"text {number}", "abcd") for number in range(1100)]
    translator = Shouting()
    outputs = produce(translator, records)
    assert outputs.hypotheses == [f"TEXT {number}" for number in range(1100)]
    assert sum(translator.calls) == 1100
    assert max(translator.calls) <= 512
    assert outputs.system == "shouting"
    assert outputs.seconds > 0
    assert outputs.likelihood.tokens == 4400
    assert outputs.likelihood.perplexity == pytest.approx(2)
    assert outputs.likelihood.token_accuracy == 0.5


def test_a_translator_that_loses_a_text_is_caught():
    with pytest.raises(DataError, match="shouting gave 2 translations for 3 texts"):
        produce(Shouting(forgets=1), [Record("a", "b")] * 3)


def test_pairs_too_long_to_judge_are_counted():
    likelihood = Likelihood.of([Judged(-2.0, 2, 1), Judged(0.0, 0, 0), Judged(0.0, 0, 0)])
    assert (likelihood.tokens, likelihood.left_out) == (2, 2)


def test_likelihood_of_nothing_and_of_the_impossible():
    assert math.isnan(Likelihood.of([]).perplexity)
    assert math.isnan(Likelihood.of([]).token_accuracy)
    assert Likelihood(-1e6, 1, 0).perplexity == math.inf
