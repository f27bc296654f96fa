import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.normalize import (
    collapse_spaces,
    comparison_key,
    has_control,
    has_html_escape,
    join_cells,
    join_lines,
    normalize_unicode,
    remove_controls,
    unescape_html,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("&quot;Yes&quot; &#39;no&#x27;", "\"Yes\" 'no'"),
        ("&amp;lt;b&amp;gt;", "<b>"),
        ("caf&eacute;", "café"),
        ("R&D; AT&T", "R&D; AT&T"),
        ("?a=1&copy=2", "?a=1&copy=2"),
        ("&unknown;", "&unknown;"),
        ("&amp", "&amp"),
        ("plain", "plain"),
    ],
)
def test_unescape_html(text: str, expected: str) -> None:
    assert unescape_html(text) == expected
    assert has_html_escape(text) == (text != expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wait\x85", "wait…"),
        ("it\x92s", "it’s"),
        ("a\x0bb", "a b"),
        ("a\x00b\x1fc\x7fd\x81e", "abcde"),
        ("a\ufeffb", "ab"),
        ("tab\tand\r\nbreak", "tab\tand\r\nbreak"),
        ("emoji 👩\u200d👩 and \u200cjoiners", "emoji 👩\u200d👩 and \u200cjoiners"),
    ],
)
def test_remove_controls(text: str, expected: str) -> None:
    assert remove_controls(text) == expected
    assert has_control(text) == (text != expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\nb", "a b"), ("a \r\n  b", "a b"), ("a\u2028b\u2029\n\nc", "a b c"), ("a\tb", "a\tb"), ("a  b", "a  b")],
)
def test_join_lines(text: str, expected: str) -> None:
    assert join_lines(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a   b\tc ", "a b c"),
        ("Quoi\u202f!", "Quoi\u202f!"),
        ("a\u00a0b", "a\u00a0b"),
        ("a\u00a0 b", "a b"),
        ("a\nb", "a\nb"),
        ("", ""),
        ("\u3000", ""),
    ],
)
def test_collapse_spaces(text: str, expected: str) -> None:
    assert collapse_spaces(text) == expected


def test_unicode_forms() -> None:
    assert normalize_unicode("e\u0301") == "é"
    assert normalize_unicode("ﬁ Ａ") == "ﬁ Ａ"
    assert normalize_unicode("ﬁ Ａ", "NFKC") == "fi A"


@pytest.mark.parametrize(
    ("one", "other", "are_equal"),
    [
        ("Hello, World!", "hello world", True),
        ("Straße", "STRASSE", True),
        ("cafe\u0301", "café", True),
        ("你好。", "你好", True),
        ("Room 12", "Room 13", False),
        ("!!!", "???", False),
        ("!!!", " !!! ", True),
    ],
)
def test_comparison_key(one: str, other: str, are_equal: bool) -> None:
    assert (comparison_key(one) == comparison_key(other)) == are_equal


@given(st.text())
def test_what_is_joined_fits_every_format(text: str) -> None:
    assert not set(join_cells(text)) & set("\n\r\t\u2028\u2029")


@given(st.text())
def test_spaces_are_single_afterwards(text: str) -> None:
    result = collapse_spaces(join_cells(text))
    assert "  " not in result
    assert result == result.strip()
    assert collapse_spaces(result) == result


@given(st.text())
def test_no_control_is_left(text: str) -> None:
    assert not has_control(remove_controls(text))
