"""The cleaning job: nothing is lost, whatever the settings; scores; the page; what it refuses."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.base.errors import ConfigError, EmptyCorpusError, FileAccessError
from dragoman.base.randomness import generator
from dragoman.corpora.cleaning import CleaningConfig
from dragoman.corpora.cleaning.config import THOROUGH
from dragoman.corpora.records import Record
from dragoman.corpora.sources import open_corpus, write_corpus
from dragoman.jobs.cleaning.dropped import REPAIRED
from dragoman.jobs.cleaning.job import LOW_SCORE, Outputs, clean
from dragoman.jobs.cleaning.scoring import Scoring


def stored(folder: Path, records):
    write_corpus(records, folder / "in.jsonl", source="en", target="de")
    return open_corpus(folder / "in.jsonl", source="en", target="de")


def sentences(count=400):
    """Pairs of six words that have one translation each, drawn by key."""
    draws = generator("sentences")
    drawn = [[draws.randrange(80) for _ in range(6)] for _ in range(count)]
    return [Record(" ".join(f"word{one}" for one in row), " ".join(f"wort{one}" for one in row)) for row in drawn]


def read_back(corpus, kept: Path, directory: Path):
    """The input, put together from what was kept and what was dropped."""
    lines: dict[int, tuple[str, str]] = {}
    dropped = [path for path in directory.iterdir() if path.name != REPAIRED]
    for path in dropped:
        for record in open_corpus(path, source="en", target="de"):
            assert int(record.notes["line"]) not in lines
            assert f"dropped.{record.notes['reason'].lower().replace(' ', '-')}.jsonl" == path.name
            lines[int(record.notes["line"])] = (record.source, record.target)
    if (directory / REPAIRED).exists():
        before = {
            int(record.notes["line"]): (record.source, record.target)
            for record in open_corpus(directory / REPAIRED, source="en", target="de")
        }
    else:
        before = {}
    left = iter(open_corpus(kept, source="en", target="de"))
    result = []
    for line in range(1, len(list(corpus)) + 1):
        if line in lines:
            result.append(lines[line])
        else:
            record = next(left)
            result.append(before.get(line, (record.source, record.target)))
    assert next(left, None) is None
    return result


TEXTS = st.sampled_from(
    [
        "house 1",
        "house 2",
        "Haus 1",
        "",
        " ",
        "a\tb",
        "x &amp; y",
        "line\nbreak",
        "\u0085",
        "caf\ufffd",
        "https://a.org",
        "{0}",
    ]
) | st.text(max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=12), st.booleans())
def test_kept_and_dropped_are_the_input(tmp_path_factory, pairs, thorough):
    folder = tmp_path_factory.mktemp("clean")
    corpus = stored(folder, [Record("always kept", "bleibt immer"), *(Record(*pair) for pair in pairs)])
    outputs = Outputs(folder / "kept.jsonl", dropped_directory=folder / "dropped")
    report = clean(corpus, outputs, config=CleaningConfig(**(THOROUGH if thorough else {})))
    assert report.read == len(pairs) + 1 == report.kept + report.dropped.total()
    read = [(record.source, record.target) for record in corpus]
    assert read_back(corpus, folder / "kept.jsonl", folder / "dropped") == read


def test_scoring_drops_what_does_not_go_together_and_nothing_is_lost(tmp_path):
    records = sentences()
    wrong = range(100, 140)
    shifted = [
        replace(record, target=records[number + 150].target) if number in wrong else record
        for number, record in enumerate(records)
    ]
    shifted[0] = replace(shifted[0], source=shifted[0].source.replace(" ", "  "))
    corpus = stored(tmp_path, shifted)
    outputs = Outputs(tmp_path / "kept.jsonl", dropped_directory=tmp_path / "dropped", page=tmp_path / "page.html")
    report = clean(corpus, outputs, scoring=Scoring(window=3), config=CleaningConfig(drop_duplicates=False))
    lost = (tmp_path / "dropped/dropped.low-score.jsonl").read_text("utf-8").splitlines()
    found = {int(json.loads(line)["notes"]["line"]) - 1 for line in lost}
    assert len(found & {*wrong}) > 30
    assert len(found - {*wrong}) < 10
    assert report.dropped == {LOW_SCORE: len(found)}
    assert report.kept == len(records) - len(found)
    read = [(record.source, record.target) for record in corpus]
    assert read_back(corpus, tmp_path / "kept.jsonl", tmp_path / "dropped") == read
    page = (tmp_path / "page.html").read_text()
    assert "low score" in page
    assert "得分过低" in page
    assert '<polyline class="null"' in page


def test_a_reference_teaches_instead(tmp_path):
    records = sentences()
    (tmp_path / "clean").mkdir()
    reference = stored(tmp_path / "clean", records)
    corpus = stored(tmp_path, [*records[:20], Record(records[30].source, records[250].target)])
    report = clean(corpus, Outputs(tmp_path / "out.tsv"), scoring=Scoring(reference, least=1.0))
    assert report.dropped_examples[LOW_SCORE][-1].line == 21
    assert report.kept > 15


def test_too_little_to_learn_from_writes_nothing(tmp_path):
    corpus = stored(tmp_path, sentences()[:50])
    outputs = Outputs(tmp_path / "out.tsv", dropped_directory=tmp_path / "d", page=tmp_path / "p.html")
    with pytest.raises(EmptyCorpusError, match="too few to learn"):
        clean(corpus, outputs, scoring=Scoring())
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_the_page_escapes_texts_and_speaks_two_languages(tmp_path):
    corpus = stored(tmp_path, [Record("good text", "guter Text"), Record("", "<script>alert(1)</script>")])
    clean(corpus, Outputs(tmp_path / "out.tsv", page=tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "剔除原因" in page
    assert "Why pairs were dropped" in page


def test_the_page_of_a_clean_corpus(tmp_path):
    clean(stored(tmp_path, [Record("good text", "guter Text")]), Outputs(tmp_path / "o.tsv", page=tmp_path / "p.html"))
    assert "Nothing was dropped." in (tmp_path / "p.html").read_text()


def test_an_earlier_cleaning_is_not_mixed_with_a_new_one(tmp_path):
    outputs = Outputs(tmp_path / "out.tsv", dropped_directory=tmp_path / "d")
    clean(stored(tmp_path, [Record("a b", "c d"), Record("", "x")]), outputs)
    corpus = stored(tmp_path, [Record("a b", "c d"), Record("a b", "c d")])
    with pytest.raises(ConfigError, match="is there already"):
        clean(corpus, Outputs(tmp_path / "other.tsv", dropped_directory=tmp_path / "d"))
    clean(corpus, replace(outputs, force=True))
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["dropped.duplicate.jsonl"]


def test_what_is_cleaned_is_not_written_over(tmp_path):
    clean(
        stored(tmp_path, [Record("a b", "c d"), Record("", "x")]),
        Outputs(tmp_path / "o.tsv", dropped_directory=tmp_path),
    )
    again = open_corpus(tmp_path / "dropped.empty.jsonl", source="en", target="de")
    with pytest.raises(ConfigError, match="read by the same job"):
        clean(again, Outputs(tmp_path / "p.tsv", dropped_directory=tmp_path, force=True))


@pytest.mark.parametrize("place", ["dropped_directory", "page"])
def test_places_that_cannot_be_are_refused_before_the_work(tmp_path, place):
    corpus = stored(tmp_path, [Record("a b", "c d")])
    if place == "page":
        (tmp_path / "taken").mkdir()
    else:
        (tmp_path / "taken").write_text("a file")
    with pytest.raises(FileAccessError, match="this is a"):
        clean(corpus, Outputs(tmp_path / "out.tsv", **{place: tmp_path / "taken"}))
    assert not (tmp_path / "out.tsv").exists()
