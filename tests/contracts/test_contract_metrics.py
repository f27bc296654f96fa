"""What every metric of the catalogue must keep to."""

import pytest

from dragoman.base.errors import DataError, EmptyCorpusError
from dragoman.metrics import METRICS
from dragoman.metrics.protocol import Metric

GOOD = ["Das Haus ist sehr alt.", "Wir essen heute um acht Uhr zu Abend.", "Nein, danke!"]
BAD = ["Die Katze schläft gern.", "Wir essen heute nicht.", "Ja, bitte!"]


@pytest.fixture(params=METRICS.names())
def metric(request):
    return METRICS.load(request.param)(target_language="de")


def test_it_keeps_the_protocol(metric):
    assert isinstance(metric, Metric)


def test_its_score_carries_its_name_and_signature(metric):
    score = metric.score(BAD, GOOD)
    assert METRICS.load(score.name) is type(metric)
    assert score.label == metric.label
    assert score.signature == metric.signature
    assert "version:" in score.signature


def test_the_reference_itself_is_the_best(metric):
    best, other = metric.score(GOOD, GOOD), metric.score(BAD, GOOD)
    assert best.higher_is_better == metric.higher_is_better
    assert best.beats(other)
    assert not other.beats(best)
    assert not best.beats(best)


def test_the_sum_of_rows_gives_the_score(metric):
    rows = metric.segment_statistics(BAD, GOOD)
    total = [float(sum(column)) for column in zip(*rows, strict=True)]
    assert metric.score_statistics(total).value == pytest.approx(metric.score(BAD, GOOD).value)


def test_scoring_again_changes_nothing(metric):
    rows = metric.segment_statistics(BAD, GOOD)
    row = list(rows[0])
    assert metric.score_statistics(row) == metric.score_statistics(row)
    assert row == rows[0]


def test_sentence_scores_come_one_for_each_sentence_in_order(metric):
    scores = metric.sentence_scores([GOOD[0], BAD[1], GOOD[2]], GOOD)
    assert scores[0] == scores[2] == metric.score(GOOD, GOOD).value
    assert scores[1] != scores[0]


def test_empty_hypotheses_and_references_are_scored(metric):
    worst = 0 if metric.higher_is_better else 100
    assert metric.score([""], ["ein Wort"]).value == worst
    assert len(metric.sentence_scores(["", "ein"], ["", ""])) == 2


def test_unequal_and_empty_input_is_refused(metric):
    with pytest.raises(DataError, match="3 hypotheses cannot be scored against 2"):
        metric.score(GOOD, GOOD[:2])
    with pytest.raises(EmptyCorpusError):
        metric.sentence_scores([], [])


def test_case_counts_as_asked():
    for name in METRICS.names():
        metric = METRICS.load(name)(target_language="de", lowercase=True)
        assert metric.score(["DAS HAUS IST SEHR ALT."], GOOD[:1]).value == metric.score(GOOD[:1], GOOD[:1]).value
