"""A masked text comes back letter for letter; values are found, and what only looks like one mostly is not."""

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.base.errors import ConfigError, FileAccessError, MissingExtraError
from dragoman.safeguards.kinds import FINDERS, KINDS
from dragoman.safeguards.masking import Masker
from dragoman.safeguards.names import NameList, read_names

EXAMPLES = Path(__file__).parents[3] / "benchmarks" / "serving" / "privacy_examples.tsv"
LISTED = ("Wolfgang Schäuble", "Anna Kern", "王小明", "Mark", "O'Brien", "Lüdenscheidt")
ROWS = [line.split("\t") for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
KNOWN_MISTAKES = {"Mark my words: mark it, and be frank.", "The number 12345678901 is just a number."}
VALUES = (
    "anna.kern@example.org",
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111",
    "+49 30 23125 042",
    "192.168.17.4",
    "2001:db8::1",
    "078-05-1120",
    "Anna Kern",
    "王小明",
    "https://x.example/?m=a@b.example",
    "{1}",
    "{2}",
    "{",
    "}",
    "{1",
    "1}",
    "{01}",
    "{１}",
    " ",
    "\n",
    ".",
    "@",
)
MASKER = Masker(names=NameList(LISTED))


def found(text, language="en", masker=MASKER):
    masked = masker.mask(text, language=language)
    assert masked.restore(masked.text).text == text
    return [masked.original.text[start:end] for _, (start, end) in masked.original.change.places]


@pytest.mark.parametrize(("kind", "language", "marked"), ROWS)
def test_the_labelled_examples(kind, language, marked):
    wanted = re.findall("⟦(.*?)⟧", marked)
    text = re.sub("[⟦⟧]", "", marked)
    assert (sorted(found(text, language)) == sorted(wanted)) == (text not in KNOWN_MISTAKES)
    if wanted:
        masked = Masker(names=NameList(LISTED)).mask(text, language=language)
        assert set(masked.kinds) == {kind}
        assert all(value not in masked.text for value in wanted)


@given(st.lists(st.one_of(st.sampled_from(VALUES), st.text(max_size=8)), max_size=12).map("".join))
def test_any_text_comes_back(text):
    masked = MASKER.mask(text, language="en")
    assert masked.restore(masked.text).text == text
    assert masked.original.text == text
    assert len(set(masked.values.values())) == len(masked.values)
    assert "".join(masked.cut(masked.text)) == masked.text


@given(st.text(alphabet="0123456789 -.+()/:@aDE{}", max_size=60), st.sampled_from(["en", "de", "zh", "fr", ""]))
def test_any_digits_come_back(text, language):
    masked = MASKER.mask(text, language=language)
    assert masked.restore(masked.text).text == text


def test_the_same_value_has_the_same_placeholder_and_taken_ones_are_passed_over():
    masked = MASKER.mask("{1} a@b.example, c@d.example, a@b.example {3}")
    assert masked.text == "{1} {2}, {4}, {2} {3}"
    assert masked.kinds == {"email": 3}
    assert masked.restore("{4}{2} {1} {5}").text == "c@d.examplea@b.example {1} {5}"


def test_a_value_that_looks_like_a_placeholder_is_not_put_in_twice():
    masker = Masker(["name"], NameList(["X {2} Y", "Bob"]))
    text = "X {2} Y meets Bob {2}"
    assert found(text, masker=masker) == ["X {2} Y", "Bob"]


def test_only_the_kinds_that_are_wanted():
    text = "a@b.example 192.168.17.4"
    assert found(text, masker=Masker(["ip"])) == ["192.168.17.4"]
    assert found(text, masker=Masker([])) == []
    assert found("Anna Kern", masker=Masker(KINDS)) == []


def test_places_follow_what_moves():
    masked = MASKER.mask("To a@b.example from Bob")
    assert masked.text == "To {1} from Bob"
    original, restored = masked.original, masked.restore("Von Bob an {1}!")
    assert restored.text == "Von Bob an a@b.example!"
    assert original.text[slice(*original.place(3, 6))] == "a@b.example"
    assert original.text[slice(*original.place(4, 5))] == "a@b.example"
    assert original.text[slice(*original.place(0, 2))] == "To"
    assert original.text[slice(*original.place(7, 11))] == "from"
    assert original.text[slice(*original.place(0, 15))] == original.text
    assert restored.text[slice(*restored.place(8, 10))] == "an"
    assert restored.text[slice(*restored.place(11, 14))] == "a@b.example"
    assert restored.text[slice(*restored.place(14, 15))] == "!"


@given(st.lists(st.sampled_from([*VALUES, "word", "Haus"]), max_size=8).map(" ".join))
def test_places_outside_of_values_hold_the_same_characters(text):
    masked = MASKER.mask(text)
    inside = {at for (start, end), _ in masked.original.change.places for at in range(start, end)}
    for at in set(range(len(masked.text))) - inside:
        start, end = masked.original.place(at, at + 1)
        assert text[start:end] == masked.text[at]


def test_long_hostile_text_takes_no_long_time():
    for part in ("1 ", "a@", "a:", "1.", "DE89", "+1", "{1}", "http://a@"):
        text = part * (20_000 // len(part))
        masked = MASKER.mask(text, language="en")
        assert masked.restore(masked.text).text == text


JOINTS = (" ", "/", "\n", "\t", ", ", "，", "：", "、", "。", "（", "）", "[", "]", "](",
          "|", "<", ">", '"', "'", "_", "*", "`", "~",
          "#", " {1} ", "{2}", "\u00a0", " – ", "…", "电话", "请联系")  # fmt: skip
SIDE_BY_SIDE = (
    "anna.kern@example.org", "DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "4111 1111 1111 1111",
    "5105105105105100", "078-05-1120", "110101199003070097", "123.456.789-09", "12345678Z", "192.168.17.4",
    "2001:db8:85a3:1:2:8a2e:370:7334", "+86 138 0013 8000", "+49 30 23125 042", "王小明", "O'Brien",
)  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from(SIDE_BY_SIDE), st.sampled_from(JOINTS)), min_size=2, max_size=5),
    st.sampled_from(["en", "de", "zh", ""]),
)
def test_what_stands_beside_a_value_does_not_show_it(pairs, language):
    text = "".join(f"{value}{joint}" for value, joint in pairs)
    masked = MASKER.mask(text, language=language)
    assert not [value for value, _ in pairs if value in masked.text], masked.text
    assert masked.restore(masked.text).text == text


@pytest.mark.parametrize(
    "value",
    [
        "４１１１ １１１１ １１１１ １１１１",
        "４１１１－１１１１－１１１１－１１１１",
        "１９２．１６８．１７．４",
        "＋８６ １３８ ００１３ ８０００",
        "ａｎｎａ＠ｅｘａｍｐｌｅ．ｏｒｇ",
        "ＤＥ８９３７０４００４４０５３２０１３０００",
        "٤١١١١١١١١١١١١١١١",
        "078‑05‑1120",
        "4111 1111 1111 1111",
        "DE89 3704 0044 0532 0130 00",
    ],
)
def test_digits_of_any_script_and_width(value):
    assert found(f"电话：{value}，谢谢", "zh") == [value]


def test_a_telephone_number_behind_a_thousand_other_numbers():
    text = "\n".join(f"({number})1234567" for number in range(3000)) + "\ncall +49 30 23125 042 or 030 23125 042"
    assert found(text, "de")[-2:] == ["+49 30 23125 042", "030 23125 042"]


def test_names():
    names = NameList(["anna", "Mark Twain", "Mark", "王明", "Zoë", "", "  ", "42"])
    text = "ANNA Anna annas Mark Twain MARK markt 大王明天 Zoe\u0308 ZOË 42 _anna_ anna7"
    assert [text[start:end] for start, end in names.find(text)] == [
        "ANNA",
        "Anna",
        "Mark Twain",
        "MARK",
        "王明",
        "Zoe\u0308",
        "ZOË",
        "anna",
    ]


def test_a_list_of_names(tmp_path):
    path = tmp_path / "names.txt"
    path.write_text("# our people\n\ufeffAnna Kern\n\n王小明\n", encoding="utf-8")
    assert found("Anna Kern und 王小明, # our people", masker=Masker(["name"], read_names(path))) == [
        "王小明",
    ]
    path.write_bytes("\ufeffAnna Kern\r\n王小明\r\n".encode())
    assert found("Anna Kern und 王小明", masker=Masker(["name"], read_names(path))) == ["Anna Kern", "王小明"]
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_names(path)
    path.write_text("# nobody\n\n")
    with pytest.raises(ConfigError, match="holds no name"):
        read_names(path)
    with pytest.raises(FileAccessError):
        read_names(tmp_path / "missing")


def test_a_missing_package_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    with pytest.raises(MissingExtraError, match="phonenumbers"):
        MASKER.mask("212-555-0123", language="en")
    assert MASKER.mask("no number").text == "no number"


@given(st.text(max_size=60), st.sampled_from(["en", "de", "it", "zh"]))
def test_no_finder_finds_anything_where_there_is_neither_a_digit_nor_an_at_sign(text, language):
    bare = re.sub(r"[\d@]", "x", text)
    assert not [found for finder in FINDERS.values() for found in finder(bare, language)]


def test_names_are_found_where_there_is_no_digit():
    assert found("a letter to Anna Kern") == ["Anna Kern"]
