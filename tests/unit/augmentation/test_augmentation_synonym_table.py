"""A user's table of synonyms: broken rows are told by number, good ones are used."""

import gzip

import pytest

from dragoman.augmentation.synonym_table import parse_table, read_table
from dragoman.base.errors import DataError, FileAccessError

ROWS = [
    ("Child\tkid, youngster\n", {"child": ["kid", "youngster"]}),
    ("big\tlarge\thuge,vast\r\n", {"big": ["large", "huge", "vast"]}),
    ("child\tkid,  little  one", {"child": ["kid", "little one"]}),
    ("日\t太阳\n", {"日": ["太阳"]}),
    ("\ufeffsun\tstar\n", {"sun": ["star"]}),
    ("same\tSame, alike\n", {"same": ["alike"]}),
    ("   \n", {}),
]
BROKEN = [
    (b"alone\n", "one column"),
    (b"\tkid\n", "the word is empty"),
    (b"two words\tx\n", "not one word"),
    (b"42\tforty-two\n", "not one word"),
    (b"child\t\n", "an empty synonym"),
    (b"child\tkid,,youngster\n", "an empty synonym"),
    (b"child\tChild\n", "its own only synonym"),
    (b"caf\xe9\tbar\n", "not UTF-8 (byte 0xe9)"),
]


@pytest.mark.parametrize(("row", "synonyms"), ROWS)
def test_good_rows(row, synonyms):
    table = parse_table([row.encode()])
    assert table.synonyms == synonyms
    assert table.broken == {}


@pytest.mark.parametrize(("row", "reason"), BROKEN)
def test_broken_rows_are_told_by_number(row, reason):
    table = parse_table([b"good\tfine\n", b"\n", row, b"well\tfine\n"])
    assert list(table.broken) == [3]
    assert reason in table.broken[3]
    assert table.synonyms == {"good": ["fine"], "well": ["fine"]}


def test_rows_of_one_word_come_together():
    assert parse_table([b"a\tb,c\n", b"A\tc,d\n"]).synonyms == {"a": ["b", "c", "d"]}


def test_words_not_met_are_known():
    table = parse_table([b"dog\thound\n", b"cat\tpuss\n"])
    assert table.holds("DOG")
    assert not table.holds("hound")
    assert table.unmet == ["dog", "cat"]


def test_a_table_is_read_from_a_file(tmp_path):
    path = tmp_path / "table.tsv.gz"
    path.write_bytes(gzip.compress(b"dog\thound\n"))
    assert read_table(path).synonyms == {"dog": ["hound"]}
    with pytest.raises(FileAccessError, match="no such file"):
        read_table(tmp_path / "nothing.tsv")


@pytest.mark.parametrize(("text", "told"), [(b"", "no usable row at all"), (b"\n\nx\n", "line 3: one column")])
def test_a_table_without_a_good_row_is_refused(tmp_path, text, told):
    (tmp_path / "table.tsv").write_bytes(text)
    with pytest.raises(DataError, match=told):
        read_table(tmp_path / "table.tsv")
