"""Our three metrics must say exactly what sacreBLEU, called directly, says."""

import logging

import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from dragoman.base.errors import DataError, EmptyCorpusError, UnknownNameError
from dragoman.metrics import METRICS
from dragoman.metrics.bleu import Bleu
from dragoman.metrics.chrf import Chrf
from dragoman.metrics.ter import Ter

GERMAN = (
    ["Der Hund sitzt im großen Garten.", "Ich habe keine Zeit, Anna!", "Zwei Katzen", "", "Das ist sehr gut so ."],
    [
        "Der Hund sitzt im Garten.",
        "Ich hatte keine Zeit, anna!",
        "Zwei schwarze Katzen schlafen.",
        "Ja.",
        "Das ist gut.",
    ],
)
CHINESE = (["我 喜欢喝茶。", "他昨天去了北京", "Tom 在这里"], ["我喜欢喝绿茶。", "昨天他去了北京。", "Tom在那里。"])

CASES = [
    (Bleu(target_language="de"), BLEU(), GERMAN),
    (Bleu(target_language="de", lowercase=True), BLEU(lowercase=True), GERMAN),
    (Bleu(target_language="zh-Hans"), BLEU(tokenize="zh"), CHINESE),
    (Bleu(target_language="de", tokenizer="none"), BLEU(tokenize="none"), GERMAN),
    (Chrf(target_language="de"), CHRF(), GERMAN),
    (Chrf(target_language="de", lowercase=True, word_order=2), CHRF(lowercase=True, word_order=2), GERMAN),
    (Chrf(target_language="zh"), CHRF(), CHINESE),
    (Ter(target_language="de"), TER(), GERMAN),
    (Ter(target_language="de", lowercase=False), TER(case_sensitive=True), GERMAN),
    (Ter(target_language="zh"), TER(normalized=True, asian_support=True), CHINESE),
]


@pytest.mark.parametrize(("ours", "direct", "texts"), CASES)
def test_scores_and_signatures_are_sacrebleus(ours, direct, texts):
    hypotheses, references = texts
    score = ours.score(hypotheses, references)
    expected = direct.corpus_score(hypotheses, [references])
    assert 0 < score.value == pytest.approx(expected.score, abs=1e-12)
    assert score.signature == ours.signature == str(direct.get_signature())


def test_the_signature_is_known_before_anything_is_scored():
    assert Bleu(target_language="zh").signature.startswith("nrefs:1|case:mixed|eff:no|tok:zh|smooth:exp|version:")


def test_bleu_tells_what_it_is_made_of():
    hypotheses, references = GERMAN
    details = Bleu(target_language="de").score(hypotheses, references).details
    expected = BLEU().corpus_score(hypotheses, [references])
    assert [details[f"precision_{order}"] for order in (1, 2, 3, 4)] == expected.precisions
    assert details["brevity_penalty"] == expected.bp
    assert (details["hypothesis_length"], details["reference_length"]) == (expected.sys_len, expected.ref_len)


def test_ter_is_better_when_less():
    metric = Ter(target_language="de")
    assert not metric.higher_is_better
    assert metric.score(["ein Hund"], ["ein Hund"]).value == 0
    assert metric.score(["eine Katze"], ["ein Hund"]).value == 100


@pytest.mark.parametrize(
    ("ours", "direct"),
    [
        (Bleu(target_language="de"), BLEU(effective_order=True)),
        (Chrf(target_language="de"), CHRF()),
        (Ter(target_language="de"), TER()),
    ],
)
def test_sentence_scores_are_sacrebleus(ours, direct):
    hypotheses, references = GERMAN
    expected = [direct.sentence_score(h, [r]).score for h, r in zip(hypotheses, references, strict=True)]
    assert ours.sentence_scores(hypotheses, references) == pytest.approx(expected, abs=1e-12)


def test_hypotheses_that_look_tokenized_raise_no_alarm_and_no_other_score(caplog):
    caplog.set_level(logging.WARNING)
    texts = ["das ist gut ."] * 120
    assert Bleu(target_language="de").score(texts, texts).value == pytest.approx(100)
    assert not caplog.records


def test_unequal_numbers_are_refused_with_both_counts():
    with pytest.raises(DataError, match="2 hypotheses cannot be scored against 1 references"):
        Bleu(target_language="de").score(["a", "b"], ["a"])


def test_nothing_is_refused():
    with pytest.raises(EmptyCorpusError, match="nothing to score"):
        Chrf(target_language="de").score([], [])


def test_a_wrong_name_gets_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'bleu'"):
        METRICS.load("blue")
