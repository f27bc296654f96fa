import json
from pathlib import Path

import pytest

from dragoman.base.errors import ConfigError, CorpusFormatError, EmptyCorpusError, FileAccessError
from dragoman.corpora.cleaning import CleaningConfig
from dragoman.corpora.records import Record
from dragoman.corpora.sources import Corpus, open_corpus, write_corpus
from dragoman.jobs import corpus as jobs
from dragoman.jobs.cleaning.job import Outputs, clean


def stored(folder: Path, records: list[Record], name: str = "in.jsonl") -> Corpus:
    write_corpus(records, folder / name, source="en", target="de")
    return open_corpus(folder / name, source="en", target="de")


def texts(place: Path) -> list[tuple[str, str]]:
    return [(record.source, record.target) for record in open_corpus(place, source="en", target="de")]


def numbered(count: int) -> list[Record]:
    return [Record(f"text {number}", f"Text {number}") for number in range(count)]


def test_stats_takes_over_what_the_reader_skipped(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("a\tb\n\nc\td\te\n")
    result = jobs.stats(open_corpus(tmp_path / "x.tsv", source="en", target="de"))
    assert (result.pairs, result.skipped) == (2, {"empty line": 1})
    assert sum(result.remarks.values()) == 1


def test_stats_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(EmptyCorpusError):
        jobs.stats(stored(tmp_path, []))


def test_clean_writes_the_good_and_notes_the_bad(tmp_path: Path) -> None:
    corpus = stored(tmp_path, [Record("a &amp; b", "a und b"), Record("", "leer"), Record("c", "d"), Record("c", "d")])
    report = clean(corpus, Outputs(tmp_path / "out", dropped=tmp_path / "dropped.jsonl"))
    assert texts(tmp_path / "out") == [("a & b", "a und b"), ("c", "d")]
    assert report.dropped == {"empty": 1, "duplicate": 1}
    noted = [json.loads(line) for line in (tmp_path / "dropped.jsonl").read_text().splitlines()]
    assert noted == [
        {"reason": "empty", "line": 2, "source": "", "target": "leer"},
        {"reason": "duplicate", "line": 4, "source": "c", "target": "d"},
    ]


def test_clean_obeys_its_config(tmp_path: Path) -> None:
    corpus = stored(tmp_path, [Record("c", "d"), Record("c", "d")])
    assert clean(corpus, Outputs(tmp_path / "out.tsv"), config=CleaningConfig(drop_duplicates=False)).kept == 2


def test_clean_that_drops_everything_writes_nothing(tmp_path: Path) -> None:
    corpus = stored(tmp_path, [Record("", "x")])
    with pytest.raises(EmptyCorpusError, match="1 × empty"):
        clean(corpus, Outputs(tmp_path / "out.tsv", dropped=tmp_path / "dropped.jsonl"))
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_split_writes_its_parts(tmp_path: Path) -> None:
    records = numbered(60)
    plan = jobs.split(stored(tmp_path, records), tmp_path / "out", config=jobs.SplitConfig(validation=10, test=0.1))
    assert plan.counts == {"train": 44, "validation": 10, "test": 6, "left out": 0}
    written = [pair for part in ("train", "validation", "test") for pair in texts(tmp_path / "out" / part)]
    assert sorted(written) == sorted((record.source, record.target) for record in records)


def test_split_without_a_test(tmp_path: Path) -> None:
    config = jobs.SplitConfig(validation=5, test=0)
    jobs.split(stored(tmp_path, numbered(20)), tmp_path / "out", config=config, format="tmx")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["train.tmx", "validation.tmx"]


def test_split_of_too_little_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(EmptyCorpusError, match="too small to split: 3 pairs"):
        jobs.split(stored(tmp_path, numbered(3)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_split_cannot_read_a_stream_twice(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="read once"):
        jobs.split(open_corpus("-", source="en", target="de", format="tsv"), tmp_path)


def test_split_does_not_write_over_what_it_still_reads(tmp_path: Path) -> None:
    corpus = stored(tmp_path, numbered(60), "train")
    before = texts(tmp_path / "train")
    with pytest.raises(ConfigError, match="is read, or written twice"):
        jobs.split(corpus, tmp_path, config=jobs.SplitConfig(validation=5, test=5), force=True)
    assert texts(tmp_path / "train") == before


def test_convert_changes_no_text(tmp_path: Path) -> None:
    records = [Record(" a  &amp; b\n", "x\ty")]
    report = jobs.convert(stored(tmp_path, records), tmp_path / "out.tmx")
    assert (report.written, report.joined) == (1, 0)
    assert texts(tmp_path / "out.tmx") == [(" a  &amp; b\n", "x\ty")]


def test_convert_refuses_or_joins_line_breaks(tmp_path: Path) -> None:
    corpus = stored(tmp_path, [Record("a\nb", "x\ty"), Record("c", "d")])
    with pytest.raises(CorpusFormatError, match=r"line 1: .* line break") as caught:
        jobs.convert(corpus, tmp_path / "out")
    assert "--join-lines" in str(caught.value.hint)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
    report = jobs.convert(corpus, tmp_path / "out.tsv", join_lines=True)
    assert (report.written, report.joined) == (2, 1)
    assert texts(tmp_path / "out.tsv") == [("a b", "x y"), ("c", "d")]


@pytest.mark.parametrize("job", ["clean", "convert", "split"])
def test_nothing_is_overwritten_unless_forced(tmp_path: Path, job: str) -> None:
    corpus = stored(tmp_path, numbered(20))
    output = tmp_path / "out"
    existing = output / "test.de" if job == "split" else tmp_path / "out.de"
    existing.parent.mkdir(exist_ok=True)
    existing.write_text("old")

    def run(force: bool) -> None:
        if job == "split":
            jobs.split(corpus, output, config=jobs.SplitConfig(validation=2, test=2), force=force)
        elif job == "clean":
            clean(corpus, Outputs(output, force=force))
        else:
            jobs.convert(corpus, output, force=force)

    with pytest.raises(ConfigError, match="is there already"):
        run(force=False)
    assert existing.read_text() == "old"
    run(force=True)
    assert existing.read_text().startswith("Text ")


def test_a_directory_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out.tsv").mkdir()
    with pytest.raises(FileAccessError, match="this is a directory"):
        jobs.convert(stored(tmp_path, numbered(2)), tmp_path / "out.tsv", force=True)


def test_output_and_dropped_must_differ(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="written twice"):
        clean(stored(tmp_path, numbered(2)), Outputs(tmp_path / "out.jsonl", dropped=tmp_path / "out.jsonl"))
