"""Beginnings, terms, words to avoid and alignments on the command line, bad input included."""

import json

import pytest

TEXT = "Hello world!\nWhere is the café?\n"


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "in.txt"
    path.write_text(TEXT)
    return path


def written(path, content):
    path.write_text(content, encoding="utf-8")
    return path


def test_all_wishes_at_once(golden, text, tmp_path, dragoman):
    arguments = [
        *("--prefix-file", written(tmp_path / "begin.txt", "Ha\n\n")),
        *("--terms", written(tmp_path / "terms.tsv", "café\tLokal\n\n")),
        *("--avoid", written(tmp_path / "avoid.txt", "ist\n")),
        *("--alignments", tmp_path / "links.jsonl", "--set", "max_length_ratio=1.0", "--set", "stop=exact"),
    ]
    result = dragoman("translate", golden, text, "--beam", 2, *arguments)
    assert result.code == 0, result.err
    first, second = result.out.splitlines()
    assert first.startswith("Ha")
    assert "Lokal" in second
    rows = [json.loads(line) for line in (tmp_path / "links.jsonl").read_text().splitlines()]
    assert [row["source"] for row in rows] == [["Hello", "world", "!"], ["Where", "is", "the", "café", "?"]]
    assert all(row["links"] for row in rows)
    again = dragoman("translate", golden, text, *arguments)
    assert again.is_clear_error
    assert "already there" in again.err


def test_alignments_as_numbers(golden, text, tmp_path, dragoman):
    assert dragoman("translate", golden, text, "--alignments", tmp_path / "links.txt", "-o", tmp_path / "out").code == 0
    lines = (tmp_path / "links.txt").read_text().splitlines()
    assert len(lines) == 2
    for line in lines:
        assert all(len(pair.split("-")) == 2 and pair.replace("-", "").isdecimal() for pair in line.split())


@pytest.mark.parametrize(
    ("option", "content", "told"),
    [
        ("--prefix-file", "Ha\n", "fewer lines"),
        ("--prefix-file", "Ha\n\n\n", "more lines"),
        ("--terms", "café Lokal\n", "line 1"),
        ("--terms", "\n\n", "no terms"),
        ("--terms", "café\tLokal\ncafé\tKneipe\n", "line 2"),
        ("--terms", None, "missing.txt"),
        ("--avoid", None, "missing.txt"),
    ],
)
def test_bad_files(golden, text, tmp_path, dragoman, option, content, told):
    path = tmp_path / "missing.txt" if content is None else written(tmp_path / "wish.txt", content)
    result = dragoman("translate", golden, text, option, path)
    assert result.is_clear_error
    assert told in result.err


def test_bad_settings(golden, text, dragoman):
    for setting in ("beem=2", "diverse_groups=3", "stop=soon", "beam"):
        assert dragoman("translate", golden, text, "--set", setting).is_clear_error
