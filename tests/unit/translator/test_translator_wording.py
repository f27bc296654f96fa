"""Beginnings, terms, phrases to avoid, alignments and minimum Bayes risk, from text to text."""

import random

import pytest

from dragoman.base.errors import ConfigError, DataError
from dragoman.text.words import word_spans
from dragoman.translator.risk import expected_utilities
from dragoman.translator.terminology import Terminology, find_words
from dragoman.translator.translator import Translator

LINES = ["Hello world!", "Where is the café?", "We have two cars."]


@pytest.fixture(scope="module", params=["beam", "sampling"])
def quick(golden, request):
    return Translator.load(golden, device="cpu", beam=2, method=request.param, max_length_offset=8, max_length_ratio=1)


def test_the_output_begins_with_what_was_typed(quick):
    draw = random.Random(6)
    letters = "abcdefghijklmnoprstuwzäöüß ABDEFGHIKM,.?!0123456789é"
    typed = ["".join(draw.choices(letters, k=draw.randint(1, 9))) for _ in range(30)]
    typed += ["Das Ha", "Wir ", "  zwei", "Gr🦄", "日本"]
    sources = [draw.choice(LINES) for _ in typed]
    for prefix, translation in zip(typed, quick.translate(sources, prefixes=typed), strict=True):
        assert translation.text.startswith(prefix)
        assert all(text.startswith(prefix) for text, _ in translation.alternatives)


def test_no_beginning_changes_nothing(quick):
    assert quick.translate(LINES, prefixes=["", "", ""]) == quick.translate(LINES)
    alone, mixed = quick.translate(LINES), quick.translate(LINES, prefixes=["", "Wo", ""])
    for place in (0, 2):  # in another batch, so a last digit of the score may be another one
        assert mixed[place].text == alone[place].text
        assert mixed[place].score == pytest.approx(alone[place].score, abs=1e-5)
    assert quick.translate([""], prefixes=["Guten Tag"])[0].text == "Guten Tag"


def test_a_beginning_for_several_segments_is_refused(quick):
    with pytest.raises(DataError, match="2 segments"):
        quick.translate(["Hello.\nWhere?"], prefixes=["Hallo"])


def test_terms_are_said_where_their_word_is(golden):
    translator = Translator.load(golden, device="cpu", beam=2, max_length_offset=8, max_length_ratio=1)
    said = translator.translate(LINES, terms={"cars": "Kutschen", "hello": "Moin", "café": "Lokal"})
    assert "Moin" in said[0].text
    assert "Lokal" in said[1].text
    assert "Kutschen" in said[2].text
    assert "Moin" not in said[2].text


def test_terms_in_draws_are_refused(golden):
    translator = Translator.load(golden, device="cpu", method="sampling")
    with pytest.raises(ConfigError, match="beam search only"):
        translator.translate(LINES, terms={"hello": "Moin"})


def test_what_is_avoided_is_not_said(golden):
    quick = Translator.load(golden, device="cpu", beam=2, max_length_offset=8, max_length_ratio=1)
    before = [translation.text for translation in quick.translate(LINES)]
    words = {text[start:end] for text in before for start, end in word_spans(text) if text[start:end].isalpha()}
    avoided = [word.upper() for word in sorted(words)][:6]
    after = [translation.text for translation in quick.translate(LINES, avoid=avoided)]
    assert after != before
    assert not any(find_words(text, word) for text in after for word in avoided)
    assert quick.translate(LINES, avoid=["Donaudampfschiff"]) == quick.translate(LINES)


def test_alignments_are_words_of_both_texts(golden):
    translator = Translator.load(golden, device="cpu", beam=2, alignments=True, max_length_offset=8)
    texts = ["Hello world!", "  Where is it?\n\nWe have two cars.  ", "", "---"]
    for text, translation in zip(texts, translator.translate(texts), strict=True):
        assert {link.source for link in translation.alignment} <= set(word_spans(text))
        assert {link.target for link in translation.alignment} <= set(word_spans(translation.text))
        assert bool(translation.alignment) == any(map(str.isalnum, text))
    assert Translator.load(golden, device="cpu", beam=1).translate(texts[:1])[0].alignment is None


@pytest.mark.parametrize("metric", ["bleu", "chrf"])
def test_minimum_bayes_risk_takes_the_middle(golden, metric):
    settings = {"minimum_bayes_risk": metric, "candidates": 4, "n_best": 3, "max_length_ratio": 1}
    translator = Translator.load(golden, device="cpu", method="sampling", temperature=0.5, **settings)
    for translation in translator.translate(LINES):
        scores = [score for _, score in translation.alternatives]
        assert len(scores) == 3
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 100 for score in scores)


def test_expected_utilities_by_hand():
    def same_letters(hypotheses, references):
        return [float(len(set(one) & set(other))) for one, other in zip(hypotheses, references, strict=True)]

    assert expected_utilities(["ab", "abc", "c", "ab"], same_letters) == pytest.approx([4 / 3, 5 / 3, 1 / 3, 4 / 3])
    assert expected_utilities(["one"], same_letters) == [0.0]


def test_terms_are_found_by_words():
    terms = Terminology({"dog": "Hund", "hot dog": "Wurst", "US": "USA", "": "nichts"})
    assert terms.wanted("A Dog, a hot dog and dogs; us.") == ["Hund", "Wurst"]
    assert terms.wanted("The US dog") == ["USA", "Hund"]
    assert find_words("Der HUND, der Hund und Hunde.", "hund") == [(4, 8), (14, 18)]
    assert find_words("New  York", "new york") == [(0, 9)]
    assert find_words("abc", "") == []
