"""What every corpus format must do, whoever wrote it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.base.errors import CorpusFormatError, DataError, FileAccessError
from dragoman.corpora.formats import FORMATS
from dragoman.corpora.formats.protocol import Format, ReadReport
from dragoman.corpora.records import Record

pytestmark = pytest.mark.parametrize("name", FORMATS.names())

CHARACTERS = st.characters(exclude_categories=("Cs",))
AWKWARD = st.sampled_from(list("\n\r\t\x0b\x0c\x1c\x85\u2028\u2029\ufeff\x00<>&\"'\\{}"))
TEXT = st.text(AWKWARD | CHARACTERS, max_size=12).filter(lambda text: text.strip() != "")
SINGLE_LINE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp")), min_size=1).filter(
    lambda text: text.strip() != ""
)


def load(name: str) -> Format:
    format_object: Format = FORMATS.load(name)()
    return format_object


def paths(folder: str | Path, name: str, compression: str = "") -> list[Path]:
    return [Path(folder) / f"corpus{number}{compression}" for number in range(load(name).files_per_corpus)]


def read(name: str, files: list[Path], source: str = "en", target: str = "de") -> list[Record]:
    return list(load(name).read(files, source=source, target=target, report=ReadReport()))


def write(name: str, records: list[Record], files: list[Path]) -> int:
    return load(name).write(records, files, source="en", target="de")


def texts(records: list[Record]) -> list[tuple[str, str]]:
    return [(record.source, record.target) for record in records]


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(TEXT, TEXT), max_size=4))
def test_any_text_comes_back_exactly_or_is_refused(name: str, pairs: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        files = paths(folder, name)
        try:
            count = write(name, [Record(*pair) for pair in pairs], files)
        except CorpusFormatError:
            assert list(Path(folder).iterdir()) == []
        else:
            assert count == len(pairs)
            assert texts(read(name, files)) == pairs


@settings(max_examples=15, deadline=None)
@given(
    pairs=st.lists(st.tuples(SINGLE_LINE, SINGLE_LINE), max_size=3), compression=st.sampled_from(["", ".gz", ".zst"])
)
def test_visible_text_of_one_line_is_never_refused(name: str, pairs: list[tuple[str, str]], compression: str) -> None:
    with TemporaryDirectory() as folder:
        files = paths(folder, name, compression)
        assert write(name, [Record(*pair) for pair in pairs], files) == len(pairs)
        assert texts(read(name, files)) == pairs


def test_records_are_numbered_from_one_in_ascending_order(name: str, tmp_path: Path) -> None:
    files = paths(tmp_path, name)
    write(name, [Record("a", "b"), Record("c", "d")], files)
    lines = [record.line for record in read(name, files)]
    assert lines[0] >= 1
    assert lines == sorted(lines)


def test_reading_streams(name: str, tmp_path: Path) -> None:
    files = paths(tmp_path, name)
    write(name, [Record(f"a {number}", "b" * 200) for number in range(5000)], files)
    records = load(name).read(files, source="en", target="de", report=ReadReport())
    assert next(iter(records)).source == "a 0"


def test_writing_streams_from_a_generator(name: str, tmp_path: Path) -> None:
    files = paths(tmp_path, name)
    assert load(name).write((Record("a", "b") for _ in range(3)), files, source="en", target="de") == 3


def test_what_was_there_stays_when_writing_fails(name: str, tmp_path: Path) -> None:
    files = paths(tmp_path, name)
    write(name, [Record("old", "alt")], files)
    with pytest.raises(CorpusFormatError):
        write(name, [Record("new", "neu"), Record("\ud800", "x")], files)
    assert texts(read(name, files)) == [("old", "alt")]
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="corpus0"):
        read(name, paths(tmp_path, name))


def test_undecodable_bytes_are_refused(name: str, tmp_path: Path) -> None:
    files = paths(tmp_path, name)
    write(name, [Record("gut", "xx"), Record("größer", "yy")], files)
    files[0].write_bytes(files[0].read_bytes().replace("ö".encode(), b"\xf6"))
    with pytest.raises(CorpusFormatError, match=r"corpus0, line \d+"):
        read(name, files)


@pytest.mark.parametrize("compression", [".gz", ".zst"])
def test_a_half_written_file_is_refused(name: str, compression: str, tmp_path: Path) -> None:
    files = paths(tmp_path, name, compression)
    write(name, [Record(f"text {number}", f"Text {number}") for number in range(2000)], files)
    files[0].write_bytes(files[0].read_bytes()[:-20])
    with pytest.raises(DataError, match="half-written"):
        read(name, files)
