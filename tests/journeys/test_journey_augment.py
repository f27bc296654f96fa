"""More text from what there is, on the real command line."""

import json
from pathlib import Path

import pytest

LANGUAGES = ("--source", "en", "--target", "de")


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_noise_adds_counted_copies_and_repeats_itself(dragoman, corpus):
    first = dragoman("augment", "noise", corpus / "train", *LANGUAGES, "-o", corpus / "noisy", "--json")
    assert first.code == 0, first.err
    report = json.loads(first.out)
    clean, noisy = (
        list(zip(lines(corpus / f"{stem}.en"), lines(corpus / f"{stem}.de"), strict=True))
        for stem in ("train", "noisy")
    )
    assert report["read"] == len(clean)
    assert report["written"] == len(noisy) == len(clean) + sum(report["changed"].values())
    assert 0.15 < sum(report["changed"].values()) / len(clean) < 0.45
    assert set(clean) <= set(noisy)
    assert dragoman("augment", "noise", corpus / "train", *LANGUAGES, "-o", corpus / "again").code == 0
    assert lines(corpus / "again.en") == lines(corpus / "noisy.en")
    assert dragoman("augment", "noise", corpus / "train", *LANGUAGES, "-o", corpus / "other", "--seed", "2").code == 0
    assert lines(corpus / "other.en") != lines(corpus / "noisy.en")


def test_noise_of_one_group_in_place(dragoman, corpus):
    options = ("--kinds", "spelling,casing-slips", "--copies", "0", "--share", "1")
    done = dragoman("augment", "noise", corpus / "train", *LANGUAGES, "-o", corpus / "noisy.jsonl", *options)
    assert done.code == 0, done.err
    assert "swapped-letters, for example:" in done.out
    pairs = [json.loads(line) for line in lines(corpus / "noisy.jsonl")]
    assert [pair["de"] for pair in pairs] == lines(corpus / "train.de")
    assert sum(pair["en"] != clean for pair, clean in zip(pairs, lines(corpus / "train.en"), strict=True)) > 250


def test_a_robustness_set_is_line_for_line(dragoman, corpus):
    done = dragoman("augment", "robustness-set", corpus / "val", *LANGUAGES, "-o", corpus / "rough", "--each")
    assert done.code == 0, done.err
    kinds, sources, targets = (lines(corpus / f"rough.{end}") for end in ("kinds", "en", "de"))
    clean = list(zip(lines(corpus / "val.en"), lines(corpus / "val.de"), strict=True))
    assert len(kinds) == len(sources) == len(targets) == len(clean)
    assert len(set(kinds)) > 8
    shapes = {"url", "email", "number", "emoji", "all-capitals"}
    for kind, source, target, pair in zip(kinds, sources, targets, clean, strict=True):
        assert source != pair[0]
        assert (target != pair[1]) == (kind in shapes), kind
    assert set(lines(corpus / "rough.capitals.kinds")) == {"all-capitals"}
    assert lines(corpus / "rough.spelling.de") == [target for _, target in clean]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("noise", "{0}/train", "-o", "{0}/val"), "is there already"),
        (("noise", "{0}/train", "-o", "{0}/train", "--force"), "read, or written twice"),
        (("noise", "{0}/nothing", "-o", "{0}/out"), "no such file"),
        (("noise", "{0}/train", "-o", "{0}/out", "--kinds", "speling"), "did you mean 'spelling'"),
        (("noise", "{0}/train", "-o", "{0}/out", "--share", "1.5"), "less than or equal to 1"),
        (("noise", "{0}/train", "-o", "{0}/out", "--copies", "-1"), "greater than or equal to 0"),
        (("robustness-set", "{0}/val", "-o", "-", "--output-format", "tsv"), "'-' is one stream"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(dragoman, corpus, command, told):
    before = {path: path.read_bytes() for path in corpus.iterdir()}
    done = dragoman("augment", *(part.format(corpus) for part in command), *LANGUAGES)
    assert done.is_clear_error, done.err
    assert told in done.err
    assert {path: path.read_bytes() for path in corpus.iterdir()} == before


def test_empty_lines_stay_line_for_line(dragoman, corpus):
    (corpus / "gaps.en").write_text("A house.\n\n \nThe dog sleeps.\n", encoding="utf-8")
    (corpus / "gaps.de").write_text("Ein Haus.\n\nDa.\nDer Hund schläft.\n", encoding="utf-8")
    done = dragoman("augment", "robustness-set", corpus / "gaps", *LANGUAGES, "-o", corpus / "rough")
    assert done.code == 0, done.err
    assert len(lines(corpus / "rough.en")) == len(lines(corpus / "rough.kinds")) == 4
    assert lines(corpus / "rough.kinds")[1:3] == ["unchanged", "unchanged"]
    assert "2 pairs were drawn" in done.out
