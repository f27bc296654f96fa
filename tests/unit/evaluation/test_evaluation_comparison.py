"""Reports and comparisons of small cases that can be checked by hand or by sacreBLEU."""

import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from dragoman.base.errors import DataError, EmptyCorpusError
from dragoman.corpora.records import Record
from dragoman.evaluation.comparison import TestSet, compare, verdict
from dragoman.evaluation.outputs import Likelihood, Outputs
from dragoman.metrics.bleu import Bleu
from dragoman.metrics.chrf import Chrf
from dragoman.metrics.significance import paired_bootstrap
from dragoman.metrics.ter import Ter

RECORDS = [
    Record("The dog sleeps.", "Der Hund schläft.", 1),
    Record("The cat sees a very small mouse.", "Die Katze sieht eine sehr kleine Maus.", 2),
    Record("We are going home today.", "Wir gehen heute nach Hause.", 3),
    Record("", "", 4),
    Record("Where is the old book that I gave you last week?", "Wo ist das alte Buch, das ich dir gab?", 9),
]
REFERENCES = [record.target for record in RECORDS]
GOOD = [*REFERENCES[:2], "Wir gehen heute heim.", "", REFERENCES[4]]
POOR = ["Der Hund.", "Die Katze sieht.", "Wir gehen.", "", ""]
METRICS = [Bleu(target_language="de"), Chrf(target_language="de"), Ter(target_language="de")]
TEST = TestSet("test", ("en", "de"), RECORDS)


@pytest.fixture(scope="module")
def comparison():
    systems = [Outputs("poor", POOR, Likelihood(-8.0, 4, 1), 2.5), Outputs("good", GOOD)]
    return compare(systems, TEST, METRICS, draws=200, sentences=3)


def test_scores_are_those_of_the_whole_corpus(comparison):
    poor, good = comparison.reports
    for report, hypotheses in ((poor, POOR), (good, GOOD)):
        expected = BLEU().corpus_score(hypotheses, [REFERENCES])
        assert report.scores["bleu"].value == pytest.approx(expected.score)
        assert report.scores["chrf"].value == pytest.approx(CHRF().corpus_score(hypotheses, [REFERENCES]).score)
        assert report.scores["bleu"].signature.startswith("nrefs:1|case:mixed|eff:no|tok:13a")
        assert report.segments == 5


def test_estimates_are_those_of_the_paired_bootstrap(comparison):
    expected = paired_bootstrap(METRICS[1], {"poor": POOR, "good": GOOD}, REFERENCES, draws=200)
    assert list(comparison.estimates["chrf"]) == expected
    assert [verdict(one, expected[0]) for one in expected] == ["baseline", "better"]
    ter = comparison.estimates["ter"]
    assert ter[1].score.value < ter[0].score.value
    assert verdict(ter[1], ter[0]) == "better"


def test_likelihood_and_time_are_there_only_for_models(comparison):
    poor, good = comparison.reports
    assert poor.likelihood.perplexity == pytest.approx(7.389, abs=1e-3)
    assert (poor.seconds, good.seconds, good.likelihood) == (2.5, None, None)


def test_an_empty_translation_counts_only_where_there_was_a_text(comparison):
    poor, good = comparison.reports
    assert poor.empty_hypotheses == 1
    assert good.empty_hypotheses == 0
    assert poor.length_ratio == pytest.approx(7 / 24)


def test_buckets_share_out_all_segments_and_score_each_part(comparison):
    report = comparison.reports[1]
    assert [(bucket.label, bucket.segments) for bucket in report.buckets] == [("up to 5", 3), ("6–10", 1), ("11–15", 1)]
    short = [0, 2, 3]
    expected = CHRF().corpus_score([GOOD[i] for i in short], [[REFERENCES[i] for i in short]])
    assert report.buckets[0].scores["chrf"].value == pytest.approx(expected.score)
    assert report.buckets[1].scores["ter"].value == 0


def test_the_worst_come_first_with_all_their_texts(comparison):
    worst = comparison.reports[0].worst
    assert len(worst) == 3
    assert [sentence.chrf for sentence in worst] == sorted(sentence.chrf for sentence in worst)
    missing = next(sentence for sentence in worst if sentence.line == 9)
    assert (missing.source, missing.reference, missing.hypothesis) == (RECORDS[4].source, RECORDS[4].target, "")


def test_where_the_systems_differ_most(comparison):
    first = comparison.differing[0]
    assert first.line == 9
    assert [(one.system, one.hypothesis) for one in first.versions] == [("poor", ""), ("good", REFERENCES[4])]
    assert [one.chrf for one in first.versions] == pytest.approx([0, 100])
    assert 4 not in [each.line for each in comparison.differing]


def test_one_system_alone_has_intervals_but_nothing_to_differ_from():
    alone = compare([Outputs("good", GOOD)], TEST, METRICS[:1], draws=50)
    assert alone.differing == ()
    (estimate,) = alone.estimates["bleu"]
    assert estimate.p_value is None
    assert estimate.low <= estimate.mean <= estimate.high
    assert len(alone.reports[0].worst) == 5


def test_chinese_is_counted_in_characters():
    records = [Record("我喜欢喝绿茶。", "I like green tea."), Record("你好", "Hello")]
    hypotheses = [record.target for record in records]
    report = compare([Outputs("a", hypotheses)], TestSet("t", ("zh", "en"), records), METRICS[:1], draws=5).reports[0]
    assert report.length_unit == "characters"
    assert [bucket.label for bucket in report.buckets] == ["up to 10"]
    assert report.length_ratio == 1


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(EmptyCorpusError, match="no systems"):
        compare([], TEST, METRICS)
    with pytest.raises(EmptyCorpusError, match="no metric"):
        compare([Outputs("a", GOOD)], TEST, [])
    with pytest.raises(DataError, match="one name: a, a"):
        compare([Outputs("a", GOOD), Outputs("a", GOOD)], TEST, METRICS)
    with pytest.raises(DataError, match="4 hypotheses cannot be scored against 5 references"):
        compare([Outputs("a", GOOD[1:])], TEST, METRICS)
