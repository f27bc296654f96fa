"""Language identification: right on sentences, humble on scraps."""

import subprocess
import sys

import pytest

from dragoman.text.language import (
    UNDETERMINED,
    LanguageCensus,
    identify,
    is_language,
    known_languages,
    probability_of,
    rank_languages,
)

SENTENCES = {
    "en": "The ship left the harbour early in the morning, before the wind rose.",
    "de": "Das Schiff verließ den Hafen früh am Morgen, bevor der Wind aufkam.",
    "fr": "Le navire a quitté le port tôt le matin, avant que le vent se lève.",
    "cs": "Loď opustila přístav brzy ráno, dříve než se zvedl vítr.",
    "it": "La nave ha lasciato il porto la mattina presto, prima che si alzasse il vento.",
    "zh": "清晨起风之前，船就离开了港口。",
    "ru": "Корабль покинул гавань рано утром, прежде чем поднялся ветер.",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_is_recognised_and_is_in_no_other_language(language):
    text = SENTENCES[language]
    found, probability = identify(text)
    assert found == language
    assert 0.5 < probability <= 1
    assert [other for other in SENTENCES if is_language(text, other)] == [language]


@pytest.mark.parametrize("text", ["", " ", "1984", "…", "12:30 – 14:00 €", "😀"])
def test_what_has_no_letters_is_in_every_language(text):
    assert identify(text) == (UNDETERMINED, 0.0)
    assert is_language(text, "de")
    assert probability_of(text, "de") == 0.0


@pytest.mark.parametrize("text", ["OK", "Va !", "Kiss Tom.", "Berlin", "USB-C"])
def test_unsure_is_not_wrong(text):
    assert all(is_language(text, language) for language in ("en", "de", "fr"))


def test_relatives_are_not_told_apart():
    cantonese_looking = "告訴湯姆一切都好。"
    assert all(is_language(cantonese_looking, tag) for tag in ("zh", "zh-Hant", "zh_TW", "yue", "cmn"))
    assert not is_language(cantonese_looking, "ja")
    assert probability_of(cantonese_looking, "zh") > 0.7


def test_a_language_the_model_does_not_know_is_believed():
    assert "tlh" not in known_languages()
    assert is_language(SENTENCES["de"], "tlh")


def test_the_threshold_decides_how_much_doubt_is_enough():
    text = SENTENCES["de"]
    assert is_language(text, "en", threshold=0.0)
    assert is_language(text, "en", certainty=1.01)
    assert not is_language(text, "en")


def test_long_texts_are_judged_by_their_beginning():
    assert identify(SENTENCES["de"] * 1000)[0] == "de"


def test_the_model_is_loaded_on_first_use():
    code = "import sys, dragoman.text.language; print('py3langid' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def census_of(lines, language="en"):
    census = LanguageCensus(language)
    for line in lines:
        census.note(line)
    return census.warning("mono.en")


def test_a_text_in_another_language_is_told_with_the_likeliest():
    assert census_of([SENTENCES["de"]] * 3 + [SENTENCES["en"]]) == (
        "3 of the first 4 longer lines of mono.en do not look like 'en' (3 look like 'de'); is it the right text?"
    )


@pytest.mark.parametrize("lines", [[], ["Ja"] * 9, [SENTENCES["en"]] * 9 + [SENTENCES["de"]]])
def test_a_few_foreign_or_short_lines_are_nothing_to_tell(lines):
    assert census_of(lines) is None


def test_a_census_ends_after_a_thousand_lines():
    assert census_of([SENTENCES["en"]] * 1000 + [SENTENCES["de"]] * 1000) is None


def shares(text, *among):
    ranked = rank_languages(text, among)
    assert sorted(language for language, _ in ranked) == sorted(among)
    return dict(ranked)


def test_served_languages_share_what_may_be_theirs():
    assert shares(SENTENCES["de"], "en", "de", "fr")["de"] > 0.99
    assert sum(shares("Kiss Tom.", "en", "de").values()) == pytest.approx(1)
    assert shares("!!", "en", "de") == {"en": 0.5, "de": 0.5}


@pytest.mark.parametrize("text", [SENTENCES["zh"], SENTENCES["ru"], SENTENCES["fr"], "你好", "Привет, как дела?"])
def test_a_text_in_none_of_the_served_languages_is_not_shared_out(text):
    assert sum(shares(text, "en", "de").values()) < 0.1
    assert sum(shares(text, "en", "tlh").values()) == pytest.approx(1)  # of one of them nothing is known
