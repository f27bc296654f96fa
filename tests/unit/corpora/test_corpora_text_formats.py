import json
from pathlib import Path

import pytest

from dragoman.base.errors import CorpusFormatError, EmptyCorpusError
from dragoman.corpora.formats import FORMATS
from dragoman.corpora.formats.protocol import ReadReport
from dragoman.corpora.records import Record


def read(
    name: str, *contents: str, folder: Path, source: str = "en", target: str = "de"
) -> tuple[list[Record], ReadReport]:
    files = []
    for number, content in enumerate(contents):
        files.append(folder / f"file{number}")
        files[-1].write_text(content, encoding="utf-8", newline="")
    report = ReadReport()
    return list(FORMATS.load(name)().read(files, source=source, target=target, report=report)), report


@pytest.mark.parametrize(
    ("source", "target", "counts"),
    [("a\nb\nc\n", "x\n", ("3", "1")), ("a\n", "x\ny\nz\nw\n", ("1", "4")), ("", "x\n", ("0", "1"))],
)
def test_plain_files_of_unequal_length(tmp_path: Path, source: str, target: str, counts: tuple[str, str]) -> None:
    with pytest.raises(CorpusFormatError, match=rf"file0 has {counts[0]} lines, .*file1 has {counts[1]}\n"):
        read("plain", source, target, folder=tmp_path)


def test_plain_pairs_before_a_missing_line_are_given(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2\n")
    (tmp_path / "b").write_text("x\n")
    records = FORMATS.load("plain")().read(
        [tmp_path / "a", tmp_path / "b"], source="en", target="de", report=ReadReport()
    )
    assert next(records) == Record("1", "x", 1)
    with pytest.raises(CorpusFormatError):
        next(records)


def test_plain_keeps_empty_lines(tmp_path: Path) -> None:
    records, report = read("plain", "a\n\n", "\n\n", folder=tmp_path)
    assert records == [Record("a", "", 1), Record("", "", 2)]
    assert not report.skipped


def test_tsv_counts_further_columns_and_blank_lines(tmp_path: Path) -> None:
    records, report = read("tsv", 'a\t"x\n\nb\ty\t0.7\tweb\n', folder=tmp_path)
    assert records == [Record("a", '"x', 1), Record("b", "y", 3)]
    assert report.remarks.total() == 1
    assert report.skipped == {"empty line": 1}


def test_tsv_without_a_tab(tmp_path: Path) -> None:
    with pytest.raises(CorpusFormatError, match=r"file0, line 2: 1 column"):
        read("tsv", "a\tx\nb\n", folder=tmp_path)


@pytest.mark.parametrize("bad", [Record("a\tb", "c"), Record("a", "c\nd"), Record("a", "c\r")])
def test_tsv_refuses_tabs_and_line_breaks(tmp_path: Path, bad: Record) -> None:
    with pytest.raises(CorpusFormatError, match="cannot hold"):
        FORMATS.load("tsv")().write([bad], [tmp_path / "out"], source="en", target="de")


@pytest.mark.parametrize("header", ["score\tDE\ten", "x\ttarget\tsource"])
def test_tsv_header_finds_its_columns(tmp_path: Path, header: str) -> None:
    records, _ = read("tsv-header", f"{header}\n1\tHaus\thouse\n", folder=tmp_path)
    assert records == [Record("house", "Haus", 2)]


def test_tsv_header_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(CorpusFormatError, match="'fr', 'it'"):
        read("tsv-header", "fr\tit\nun\tuno\n", folder=tmp_path)


def test_tsv_header_of_an_empty_file(tmp_path: Path) -> None:
    assert read("tsv-header", "", folder=tmp_path)[0] == []


def test_jsonl_reads_its_three_shapes(tmp_path: Path) -> None:
    lines = [
        {"en": "one", "de": "eins"},
        {"source": "two", "target": "zwei", "notes": {"domain": "numbers"}},
        {"translation": {"en": "three", "de": "drei"}},
    ]
    records, report = read("jsonl", "\n".join(map(json.dumps, lines)), folder=tmp_path)
    assert [(record.source, record.target) for record in records] == [
        ("one", "eins"),
        ("two", "zwei"),
        ("three", "drei"),
    ]
    assert records[1].notes == {"domain": "numbers"}
    assert not report.remarks


def test_jsonl_language_keys_know_their_direction(tmp_path: Path) -> None:
    records, _ = read("jsonl", '{"en": "one", "de": "eins"}', folder=tmp_path, source="de", target="en")
    assert records == [Record("eins", "one", 1)]


def test_jsonl_counts_what_it_leaves_out(tmp_path: Path) -> None:
    content = '{"en": "a", "de": null}\n\n{"en": "a"}\n{"en": "a", "de": "b", "id": 4}\n'
    records, report = read("jsonl", content, folder=tmp_path)
    assert records == [Record("a", "b", 4)]
    assert report.skipped == {"no de text": 2, "empty line": 1}
    assert report.remarks.total() == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not valid JSON"),
        ('["a", "b"]', "JSON list, not an object"),
        ('{"en": 1, "de": "x"}', "value of 'en' is a int"),
        ('{"en": "\\ud83d", "de": "x"}', "half of a surrogate pair"),
        ('{"en": "a", "de": "x", "notes": "n"}', "'notes' must be an object"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_jsonl_refuses_and_locates(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(CorpusFormatError, match=f"file0, line 2: .*{message}"):
        read("jsonl", '{"en": "a", "de": "b"}\n' + line, folder=tmp_path)


def test_jsonl_whole_surrogate_pairs_are_characters(tmp_path: Path) -> None:
    records, _ = read("jsonl", '{"en": "\\ud83d\\ude00", "de": "x"}', folder=tmp_path)
    assert records[0].source == "😀"


def test_jsonl_in_other_languages_lists_its_keys(tmp_path: Path) -> None:
    with pytest.raises(EmptyCorpusError, match="'fr', 'it'"):
        read("jsonl", '{"fr": "un", "it": "uno"}', folder=tmp_path)


def test_jsonl_keeps_notes_on_the_way_round(tmp_path: Path) -> None:
    path, format_object = tmp_path / "x", FORMATS.load("jsonl")()
    records = [Record("a\nb", "c", 1, {"domain": "x"}), Record("d", "e", 2)]
    format_object.write(records, [path], source="en", target="de")
    assert list(format_object.read([path], source="en", target="de", report=ReadReport())) == records
