"""Where words stand."""

from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.words import is_word, split_words, word_spans


def test_words_numbers_and_marks():
    assert split_words("Don't pay 3.14, Dr. Müller!") == ["Don", "'", "t", "pay", "3.14", ",", "Dr", ".", "Müller", "!"]


def test_chinese_comes_in_characters():
    assert split_words("我爱iPhone 15。") == ["我", "爱", "iPhone", "15", "。"]


def test_marks_that_cling_stay_with_their_letters():
    assert split_words("हिन्दी भाषा") == ["हिन्दी", "भाषा"]
    assert split_words("cafe\u0301 au lait") == ["cafe\u0301", "au", "lait"]
    assert split_words("ที่") == ["ที่"]


def test_what_is_a_word():
    assert [is_word(piece) for piece in ("word", "我", "3.14", "b2b", "!", "")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


@given(st.text())
def test_nothing_but_spaces_is_left_out(text):
    spans = word_spans(text)
    assert [text[start:end] for start, end in spans] == split_words(text)
    assert "".join(split_words(text)) == "".join(text.split())
