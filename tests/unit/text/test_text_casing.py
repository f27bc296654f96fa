"""Capitals and titles, there and back."""

import pytest

from dragoman.text.casing import lower, sentence_case, shape_of, upper


@pytest.mark.parametrize(
    ("text", "language", "shape"),
    [
        ("A DOG RUNS ON THE BEACH.", "en", "capitals"),
        ("NO SMOKING", "en", "capitals"),
        ("BBC NEWS", "en", None),
        ("OK", "en", None),
        ("A dog runs on the beach.", "en", None),
        ("A Dog Runs On The Beach.", "en", "title"),
        ("Two Men Stand in Front of a House", "en", "title"),
        ("Two dogs run in New York City", "en", None),
        ("Der Hund und die Katze im Garten von Anna", "de", None),
        ("Der Hund Und Die Katze Im Garten", "de", "title"),
        ("一只狗在跑。", "zh", None),
    ],
)
def test_the_shape(text, language, shape):
    assert shape_of(text, language=language) == shape


def test_ordinary_letters():
    text = "I'M HERE. YOU TOO? SEE HTTPS://X.DE NOW, I SAY"
    kept = [(text.index("HTTPS"), text.index(" NOW"))]
    assert sentence_case(text, language="en", kept=kept) == "I'm here. You too? See HTTPS://X.DE now, I say"


def test_a_word_that_is_usual_with_a_capital_has_one():
    usual = {"der", "Hund", "NATO"}
    text = sentence_case("HIER IST DER HUND DER NATO", language="de", rarity=lambda word: word not in usual)
    assert text == "Hier ist der Hund der NATO"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [("Straße", "de", "STRASSE"), ("ısı iyi", "tr", "ISI İYİ"), ("καλημέρα", "el", "ΚΑΛΗΜΕΡΑ"), ("ça", "fr", "ÇA")],
)
def test_capitals_of_languages(text, language, expected):
    assert upper(text, language=language) == expected


def test_some_parts_stay():
    assert (
        upper("siehe https://x.de und {x}", language="de", kept=["https://x.de", "{x}"]) == "SIEHE https://x.de UND {x}"
    )


def test_turkish_small_letters():
    assert lower("IŞIK İYİ", language="tr") == "ışık iyi"
