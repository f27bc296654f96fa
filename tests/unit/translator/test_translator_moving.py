"""Where links go when a text changes."""

import pytest

from dragoman.text.casing import upper
from dragoman.text.words import split_words, word_spans
from dragoman.translator.moving import follow, in_a_row, on_words, relinked, shift, stay


@pytest.mark.parametrize(
    ("old", "language", "new"),
    [("die Straße lang", "de", "DIE STRASSE LANG"), ("bir iki ışık", "tr", "BİR İKİ IŞIK"), ("ο άνθρωπος", "el", None)],
)
def test_other_capitals_may_be_longer(old, language, new):
    said = upper(old, language=language)
    assert said == new or new is None
    move = follow(old, said)
    assert [said[slice(*move(span))] for span in word_spans(old)] == split_words(said)


def test_words_that_are_cut_out_are_gone():
    text = "so is it so is it so is it."
    move = follow(text, "so is it.")
    moved = {span: move(span) for span in word_spans(text)}
    assert [span for span in moved.values() if span] == word_spans("so is it.")
    assert all(text[slice(*span)] == "so is it."[slice(*to)] for span, to in moved.items() if to)
    assert follow("a b", "a b") is stay
    assert relinked([((0, 1), (0, 1)), ((0, 1), (2, 3))], target=follow("x y", "y")) == (((0, 1), (0, 1)),)
    assert follow("one two three", "three")((0, 13)) == (0, 5)


def test_parts_in_a_row_have_a_space_where_words_would_meet():
    text, links = in_a_row(
        [("a", "b", [((0, 1), (0, 1))]), ("{x}", "{x}", [((0, 3), (0, 3))]), ("c", "d", [((0, 1), (0, 1))])]
    )
    assert (text, links) == ("b{x} d", (((0, 1), (0, 1)), ((1, 4), (1, 4)), ((4, 5), (5, 6))))


def test_links_are_of_whole_words():
    assert on_words([((1, 2), (0, 1)), ((3, 4), (1, 2)), ((9, 9), (0, 1))], "abc d", "xy") == (((0, 3), (0, 2)),)
    assert on_words([((0, 5), (0, 2))], "ab cd", "xy") == (((0, 5), (0, 2)),)
    assert shift(2)((1, 3)) == (3, 5)
