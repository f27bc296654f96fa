import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.unicode import graphemes, well_formed


@given(st.text())
def test_unicode_text_is_left_alone(text):
    assert well_formed(text) == text


def test_lone_surrogates_are_replaced():
    assert well_formed("a\ud83d\udc00ä") == "a\ufffd\ufffdä"


@pytest.mark.parametrize("character", ["e\u0301", "👨‍👩‍👧", "🇩🇪", "👍🏽", "각", "\r\n", "नि", "❤️"])
def test_what_readers_see_as_one_stays_whole(character):
    assert list(graphemes("a" + character + "b" + character * 3)) == ["a", character, "b", *[character] * 3]


@given(st.text() | st.text("🇩🇪a\u200d\u0301\r\n"))
def test_graphemes_joined_are_the_text(text):
    assert "".join(graphemes(text)) == text
    assert all(graphemes(text))
