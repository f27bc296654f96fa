import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from dragoman.base.errors import ConfigError, DragomanError, EmptyCorpusError, FileAccessError, UnknownNameError
from dragoman.corpora import sources
from dragoman.corpora.records import Record
from dragoman.corpora.sources import open_corpus, write_corpus

RECORDS = [Record("one", "eins", 1), Record("two", "zwei", 2)]


@pytest.mark.parametrize(
    ("location", "files"),
    [
        ("train", ["train.de", "train.en"]),
        ("train.v2", ["train.v2.de", "train.v2.en"]),
        ("train.gz", ["train.de.gz", "train.en.gz"]),
        ("train.zst", ["train.de.zst", "train.en.zst"]),
        ("x.tsv", ["x.tsv"]),
        ("x.TSV", ["x.TSV"]),
        ("x.jsonl.gz", ["x.jsonl.gz"]),
        ("x.tmx", ["x.tmx"]),
        ("new/folder/x.tmx.zst", ["new"]),
    ],
)
def test_what_is_written_is_found_again(tmp_path: Path, location: str, files: list[str]) -> None:
    place = tmp_path / location
    assert write_corpus(RECORDS, place, source="en", target="de") == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == files
    corpus = open_corpus(place, source="en", target="de")
    assert list(corpus) == RECORDS
    assert list(corpus) == RECORDS
    backwards = open_corpus(str(place), source="de", target="en")
    if ".tsv" not in location.lower():
        assert [record.source for record in backwards] == ["eins", "zwei"]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_stem_finds_compressed_files(tmp_path: Path, suffix: str) -> None:
    write_corpus(RECORDS, tmp_path / f"train{suffix}", source="en", target="de")
    corpus = open_corpus(tmp_path / "train", source="en", target="de")
    assert [path.name for path in corpus.files] == [f"train.en{suffix}", f"train.de{suffix}"]
    assert list(corpus) == RECORDS


def test_checksums_name_the_files(tmp_path: Path) -> None:
    write_corpus(RECORDS, tmp_path / "t", source="en", target="de")
    sums = open_corpus(tmp_path / "t", source="en", target="de").checksums()
    assert sums == {
        str(tmp_path / "t.en"): hashlib.sha256(b"one\ntwo\n").hexdigest(),
        str(tmp_path / "t.de"): hashlib.sha256(b"eins\nzwei\n").hexdigest(),
    }


def test_counts_belong_to_the_last_pass(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("a\tb\n\nc\td\te\n")
    corpus = open_corpus(tmp_path / "x.tsv", source="en", target="de")
    for _ in range(2):
        assert len(list(corpus)) == 2
        assert corpus.skipped == {"empty line": 1}
        assert corpus.remarks.total() == 1


def test_a_missing_side_lists_what_is_there(tmp_path: Path) -> None:
    write_corpus(RECORDS, tmp_path / "train", source="en", target="de")
    with pytest.raises(FileAccessError, match=r"train\.fr: no such file; in .* there is: train\.de, train\.en"):
        open_corpus(tmp_path / "train", source="en", target="fr")


def test_a_directory_is_no_corpus_but_lists_what_is_in_it(tmp_path: Path) -> None:
    write_corpus(RECORDS, tmp_path / "data" / "train", source="en", target="de")
    with pytest.raises(FileAccessError, match=r"data there is: train\.de, train\.en"):
        open_corpus(tmp_path / "data", source="en", target="de")


@pytest.mark.parametrize("location", ["none", "none.tmx", "no/where/train", "odd[name"])
def test_a_missing_corpus(tmp_path: Path, location: str) -> None:
    with pytest.raises(FileAccessError, match="nothing in"):
        open_corpus(tmp_path / location, source="en", target="de")


@pytest.mark.parametrize("name", ["train.en", "memory.xyz"])
def test_one_file_of_unknown_format(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("a\tb\n")
    with pytest.raises(UnknownNameError, match="cannot tell the format"):
        open_corpus(tmp_path / name, source="en", target="de")


def test_a_given_format_wins_over_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("en\tde\na\tb\n")
    assert len(list(open_corpus(tmp_path / "data.txt", source="en", target="de", format="tsv"))) == 2
    assert len(list(open_corpus(tmp_path / "data.txt", source="en", target="de", format="tsv-header"))) == 1
    with pytest.raises(UnknownNameError, match="unknown format 'tvs'"):
        open_corpus(tmp_path / "data.txt", source="en", target="de", format="tvs")


def test_streams_need_a_format_of_one_file() -> None:
    with pytest.raises(ConfigError, match="says nothing of the format"):
        open_corpus("-", source="en", target="de")
    with pytest.raises(ConfigError, match="needs two files"):
        open_corpus("-", source="en", target="de", format="plain")


def test_equal_languages_cannot_have_two_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="both sides"):
        write_corpus(RECORDS, tmp_path / "t", source="en", target="en")


def test_require_complains_when_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("\n\n")
    corpus = open_corpus(tmp_path / "x.tsv", source="en", target="de")
    with pytest.raises(EmptyCorpusError, match=r"holds no pair .skipped: 2 × empty line"):
        list(corpus.require())


def test_require_passes_records_on(tmp_path: Path) -> None:
    write_corpus(RECORDS, tmp_path / "x.tsv", source="en", target="de")
    assert list(open_corpus(tmp_path / "x.tsv", source="en", target="de").require()) == RECORDS


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> None:
    """A phrasebook of two pairs in place of the embedded one."""
    fake = SimpleNamespace(LANGUAGES=("en", "de"), records=lambda part: RECORDS)
    monkeypatch.setitem(__import__("sys").modules, "dragoman.corpora.phrasebook", fake)
    monkeypatch.setattr(__import__("dragoman.corpora").corpora, "phrasebook", fake, raising=False)


@pytest.mark.usefixtures("book")
def test_the_phrasebook_works_in_both_directions() -> None:
    forwards = open_corpus("phrasebook:train", source="en", target="de")
    backwards = open_corpus("phrasebook:train", source="de-AT", target="en")
    assert list(forwards) == RECORDS
    assert [(record.source, record.target) for record in backwards] == [("eins", "one"), ("zwei", "two")]
    assert list(forwards.checksums()) == ["phrasebook:train"]
    assert forwards.checksums() != backwards.checksums()
    assert forwards.files == []


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("location", "target", "message"),
    [
        ("phrasebook:train", "fr", "no pair en → fr"),
        ("phrasebook:trial", "de", "no part 'trial'"),
        ("phrasebook", "de", "no part ''"),
    ],
)
def test_what_the_phrasebook_does_not_have(location: str, target: str, message: str) -> None:
    with pytest.raises(DragomanError, match=message):
        open_corpus(location, source="en", target=target)


def test_locate_names_files_without_looking(tmp_path: Path) -> None:
    _, paths = sources.locate(tmp_path / "x", source="en", target="de", writing=True)
    assert paths == [tmp_path / "x.en", tmp_path / "x.de"]
