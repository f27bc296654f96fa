"""Which language a text is in: one that can be translated from, or surely the wanted one already."""

import pytest

from dragoman.corpora.sources import open_corpus
from dragoman.server.texts.detection import SURE, ranked, source_of
from dragoman.text.language import rank_languages

PAIRS = [(one.source, one.target) for one in open_corpus("phrasebook:validation", source="en", target="de")][:500]


def told(**shares):
    """A detector that always says the same of the languages it is asked about."""

    def detect(text, languages):
        return sorted(((one, shares[one]) for one in languages), key=lambda one: -one[1])

    return detect


@pytest.mark.parametrize(
    ("shares", "target", "expected"),
    [
        ({"en": 0.7, "zh": 0.2, "de": 0.1}, "de", ("en", 0.7)),
        ({"en": 0.05, "zh": 0.05, "de": SURE}, "de", ("de", SURE)),
        ({"en": 0.15, "zh": 0.05, "de": SURE - 0.1}, "de", ("en", 0.15)),
        ({"en": 0.1, "zh": 0.2, "de": SURE - 0.2}, "de", ("zh", 0.2)),
        ({"en": 0.4, "zh": 0.6}, "en", ("zh", 0.6)),
        ({"en": 0.6, "zh": 0.4}, "en", ("en", 0.6)),
        ({"en": 0.6, "zh": 0.4}, "en-GB", ("en", 0.6)),
    ],
)
def test_the_wanted_language_counts_when_it_is_sure(shares, target, expected):
    assert source_of("text", target, ["en", "zh"], told(**shares)) == expected


@pytest.mark.parametrize("text", ["", " \n", "123", "😀", "…!"])
def test_text_without_letters_is_in_any_other_language(text):
    assert source_of(text, "en", ["en", "zh"], rank_languages) == ("zh", 0.0)
    assert source_of(text, "de", ["en", "zh"], rank_languages) == ("en", 0.0)
    assert source_of(text, "en", ["en"], rank_languages) == ("en", 0.0)
    assert ranked(text, ["en", "zh"], rank_languages) == [("en", 0.0), ("zh", 0.0)]


def test_a_text_in_a_language_that_is_not_served_is_not_surely_in_one_that_is():
    language, share = source_of("Bonjour à tous, comment allez-vous aujourd'hui ?", "de", ["en"], rank_languages)
    assert language == "en"
    assert share < 0.1


def test_sentences_are_told_apart():
    """The figures beside ``SURE``."""
    german = [source_of(target, "de", ["en"], rank_languages)[0] for _, target in PAIRS]
    english = [source_of(source, "de", ["en"], rank_languages)[0] for source, _ in PAIRS]
    words = list(dict.fromkeys(word.strip('.,!?"') for source, _ in PAIRS for word in source.split()))[:500]
    single = [source_of(word, "de", ["en"], rank_languages)[0] for word in words]
    assert (german.count("de"), english.count("de"), single.count("de")) == (499, 0, 2)
