"""The bootstrap against sacreBLEU's own, and against what p-values promise."""

import random

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.significance import PairedTest, _compute_p_value, estimate_ci

from dragoman.base.errors import DataError, EmptyCorpusError
from dragoman.metrics import METRICS
from dragoman.metrics.bleu import Bleu
from dragoman.metrics.chrf import Chrf
from dragoman.metrics.significance import draw, interval, paired_bootstrap, two_sided_p

WORDS = ("Hund", "Katze", "Haus", "Baum", "läuft", "schläft", "sieht", "groß", "klein", "schnell", "heute", "nicht")


def corrupted(sentence: str, *, rate: float, seed: str) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) if chance.random() < rate else word for word in sentence.split())


def system(references: list[str], *, rate: float, name: str) -> list[str]:
    return [corrupted(text, rate=rate, seed=f"{name} {line}") for line, text in enumerate(references)]


@pytest.fixture(scope="module")
def references() -> list[str]:
    chance = random.Random(5)
    return [" ".join(chance.choices(WORDS, k=chance.randint(4, 14))) for _ in range(150)]


@pytest.fixture(scope="module")
def systems(references) -> dict[str, list[str]]:
    return {
        "baseline": system(references, rate=0.30, name="a"),
        "similar": system(references, rate=0.28, name="b"),
        "better": system(references, rate=0.10, name="c"),
    }


BOTH = [(Bleu(target_language="de"), BLEU()), (Chrf(target_language="de"), CHRF())]


@pytest.mark.parametrize(("ours", "theirs"), BOTH)
def test_scores_means_and_intervals_agree_with_sacrebleus_paired_test(ours, theirs, systems, references):
    _, results = PairedTest(list(systems.items()), {"metric": theirs}, [references], test_type="bs", n_samples=1000)()
    label = next(name for name in results if name != "System")
    for mine, expected in zip(paired_bootstrap(ours, systems, references), results[label], strict=True):
        width = float(expected.ci)
        assert mine.score.value == pytest.approx(expected.score)
        # other draws of the same thing: a thousand of them pin the mean to a few hundredths of the interval
        assert mine.mean == pytest.approx(float(expected.mean), abs=0.15 * width)
        assert (mine.high - mine.low) / 2 == pytest.approx(width, rel=0.15)


@pytest.mark.parametrize(("ours", "theirs"), BOTH)
def test_on_sacrebleus_own_draws_mean_and_interval_are_the_same(ours, theirs, systems, references):
    _, results = PairedTest(list(systems.items()), {"metric": theirs}, [references], test_type="bs", n_samples=200)()
    expected = results[next(name for name in results if name != "System")][1]
    segments = len(references)
    drawn = np.random.default_rng(12345).choice(segments, size=(200, segments), replace=True)
    rows = np.array(ours.segment_statistics(systems["similar"], references))
    scores = np.array([ours.score_statistics(rows[indices].sum(axis=0).tolist()).value for indices in drawn])
    low, high = interval(scores)
    assert scores.mean() == pytest.approx(float(expected.mean), rel=1e-5)
    assert (high - low) / 2 == pytest.approx(float(expected.ci), rel=1e-4)


def test_the_same_verdicts_as_sacrebleu_on_clear_cases(systems, references):
    _, results = PairedTest(list(systems.items()), {"bleu": BLEU()}, [references], test_type="bs", n_samples=1000)()
    baseline, similar, better = paired_bootstrap(Bleu(target_language="de"), systems, references)
    assert baseline.p_value is None
    assert better.p_value == pytest.approx(results["BLEU"][2].p_value) == 1 / 1001
    assert similar.p_value > 0.05
    assert results["BLEU"][1].p_value > 0.05


def test_interval_is_sacrebleus_on_equal_draws():
    drawn = np.random.default_rng(3).normal(30, 2, size=999)
    low, high = interval(drawn)
    assert (high - low) / 2 == pytest.approx(estimate_ci(drawn)[1])
    assert np.mean((drawn >= low) & (drawn <= high)) == pytest.approx(0.95, abs=0.005)


def test_equal_systems_are_called_different_as_rarely_as_promised():
    """Five times in a hundred; sacreBLEU, which takes absolute values first, twice as often."""
    chance = np.random.default_rng(11)
    ours = theirs = 0
    for _ in range(600):
        per_segment = chance.normal(0, 1, size=100)  # differences of two systems that are equal on average
        drawn = per_segment[chance.integers(0, 100, size=(300, 100))].mean(axis=1)
        observed = float(per_segment.mean())
        ours += two_sided_p(drawn, observed=observed) < 0.05
        theirs += _compute_p_value(abs(drawn) - abs(drawn).mean(), abs(observed)) < 0.05
    assert 0.03 < ours / 600 < 0.08
    assert 0.08 < theirs / 600 < 0.14


def test_a_system_never_differs_from_itself(systems, references):
    twice = {"one": systems["similar"], "again": systems["similar"]}
    assert [e.p_value for e in paired_bootstrap(Chrf(target_language="de"), twice, references, draws=50)] == [None, 1.0]


@pytest.mark.parametrize("name", METRICS.names())
def test_better_and_worse_are_equally_significant(name, systems, references):
    metric = METRICS.load(name)(target_language="de")
    pair = {"better": systems["better"][:60], "baseline": systems["baseline"][:60]}
    forth = paired_bootstrap(metric, pair, references[:60], draws=100)[1]
    back = paired_bootstrap(metric, dict(reversed(pair.items())), references[:60], draws=100)[1]
    assert forth.p_value == back.p_value < 0.05


def test_draws_are_the_same_for_the_same_seed_only(systems, references):
    def mean(seed):
        return paired_bootstrap(Bleu(target_language="de"), systems, references, draws=20, seed=seed)[0].mean

    assert mean(1) == mean(1) != mean(2)


def test_a_draw_takes_as_many_segments_as_there_are():
    sums = draw(7, draws=30, seed=1).sums(np.ones((7, 1)))
    assert sums.tolist() == [[7.0]] * 30
    first = draw(7, draws=30, seed=1).sums(np.eye(7))
    assert len({tuple(row) for row in first.tolist()}) > 20


def test_unequal_lengths_and_no_systems_are_refused(systems, references):
    with pytest.raises(DataError, match="149 hypotheses"):
        paired_bootstrap(Bleu(target_language="de"), {"short": systems["better"][1:]}, references)
    with pytest.raises(EmptyCorpusError, match="no systems"):
        paired_bootstrap(Bleu(target_language="de"), {}, references)
