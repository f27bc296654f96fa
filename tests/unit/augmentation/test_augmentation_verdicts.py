"""Which texts are translated and which pairs are kept."""

import pytest

from dragoman.augmentation.verdicts import Selection, SelectionConfig, repeats


def selection(**settings):
    return Selection(SelectionConfig(**settings), language="de", synthetic_language="en")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("", "en", 0),
        ("one two three", "en", 1),
        ("no no", "en", 2),
        ("ha Ha ha ha", "en", 4),
        ("I said I said I said yes", "en", 3),
        ("on the way to on the way to on the way", "en", 2),
        ("the man and the man", "en", 1),
        ("好好好", "zh", 3),
    ],
)
def test_repeats(text, language, expected):
    assert repeats(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ein Satz", None), ("  ", "empty"), ("1984", None), ("!?", "no words"), ("wort " * 101, "too long")],
)
def test_before(text, expected):
    assert selection().before(text) == expected


def test_a_text_comes_once():
    one = selection()
    assert [one.before(text) for text in ("Ein Satz", "Ein Satz ", "ein Satz")] == [None, "duplicate", None]


@pytest.mark.parametrize(
    ("text", "translation", "expected"),
    [
        ("Ein kleines Haus", "A small house", None),
        ("Ein kleines Haus", " ", "empty translation"),
        ("Das ist ein Haus", "das ist  ein Haus", "copy"),
        ("Berlin", "Berlin", None),
        ("Ein Mann geht durch den Park und liest eine Zeitung von gestern", "A man", "length ratio"),
        ("Ein Mann geht durch den Park", "A man goes goes goes goes home", "repetition"),
        ("sehr sehr sehr sehr gut", "very very very very good", None),
    ],
)
def test_after(text, translation, expected):
    assert selection().after(text, translation) == expected


def test_characters_of_dense_scripts_weigh_more():
    one = Selection(SelectionConfig(max_ratio=2), language="en", synthetic_language="zh")
    assert one.after("The weather is very nice in the city today", "今天城里的天气很好") is None
    assert one.after("The weather is very nice in the city today", "好") == "length ratio"
