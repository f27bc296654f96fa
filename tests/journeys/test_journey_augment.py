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
        (("synonyms", "{0}/train", "-o", "{0}/val"), "is there already"),
        (("synonyms", "{0}/nothing", "-o", "{0}/out"), "no such file"),
        (("synonyms", "{0}/train", "-o", "{0}/out", "--from", "table"), "--table"),
        (("synonyms", "{0}/train", "-o", "{0}/out", "--table", "{0}/tiny.toml"), "go together"),
        (("synonyms", "{0}/train", "-o", "{0}/out", "--from", "table", "--table", "{0}/nothing"), "no such file"),
        (("synonyms", "{0}/train", "-o", "{0}/out", "--from", "table", "--table", "{0}/tiny.toml"), "no usable row"),
        (("synonyms", "{0}/train", "-o", "{0}/out", "--from", "masked-model", "--model", "{0}"), "manifest.json"),
        (("synonyms", "{0}/train", "-o", "{0}/out", "--from", "wordnet"), "known: corpus"),
        (("synonyms", "-", "-o", "{0}/out", "--format", "tsv"), "several readings"),
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


def test_synonyms_of_the_corpus_follow_their_pairs(dragoman, corpus):
    done = dragoman("augment", "synonyms", corpus / "train", *LANGUAGES, "-o", corpus / "more", "--json")
    assert done.code == 0, done.err
    report = json.loads(done.out)
    clean, more = (
        list(zip(lines(corpus / f"{stem}.en"), lines(corpus / f"{stem}.de"), strict=True)) for stem in ("train", "more")
    )
    assert report["written"] == len(more) == len(clean) + report["copies"]
    assert set(clean) <= set(more)
    assert {target for _, target in more} == {target for _, target in clean}
    assert sum(report["skipped"].values()) > 0


def test_both_sides_change_together(dragoman, corpus):
    done = dragoman("augment", "synonyms", corpus / "train", *LANGUAGES, "-o", corpus / "more", "--both-sides")
    assert done.code == 0, done.err
    clean = set(zip(lines(corpus / "train.en"), lines(corpus / "train.de"), strict=True))
    made = set(zip(lines(corpus / "more.en"), lines(corpus / "more.de"), strict=True)) - clean
    assert made
    assert not {target for _, target in made} & {target for _, target in clean} - {target for _, target in made}


def test_a_table_is_believed_and_its_broken_rows_are_told(dragoman, corpus):
    table = corpus / "synonyms.tsv"
    table.write_bytes(b"house\tdwelling\nbroken\n\tx\nzebra\tquagga\ncaf\xe9\tbar\n")
    options = ("--from", "table", "--table", table, "--share", "1", "--json")
    (corpus / "homes.en").write_text("The house is old.\nThe House stands.\nThe garden.\n" * 4, encoding="utf-8")
    (corpus / "homes.de").write_text("Das Haus ist alt.\nDas Haus steht.\nDer Garten.\n" * 4, encoding="utf-8")
    done = dragoman("augment", "synonyms", corpus / "homes", *LANGUAGES, "-o", corpus / "more", *options)
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert report["broken_rows"].keys() == {"2", "3", "5"}
    assert report["words_not_met"] == ["zebra"]
    assert report["copies"] == 8
    assert lines(corpus / "more.en")[:4] == [
        "The house is old.",
        "The dwelling is old.",
        "The House stands.",
        "The Dwelling stands.",
    ]


def test_a_masked_model_is_asked(dragoman, corpus, trained):
    (corpus / "mono.en").write_text((corpus / "train.en").read_text("utf-8"), encoding="utf-8")
    small = ("model.width=32", "model.heads=2", "model.encoder_layers=1", "model.decoder_layers=1")
    settings = [part for one in (*small, "training.max_steps=3", "compute.device=cpu") for part in ("--set", one)]
    model = corpus / "masked"
    made = dragoman("pretrain", corpus / "mono.en", "-o", model, "--objective", "masked", *settings)
    assert made.code == 0, made.err
    options = ("--from", "masked-model", "--device", "cpu", "--json")
    done = dragoman("augment", "synonyms", corpus / "val", *LANGUAGES, "-o", corpus / "o", *options, "--model", model)
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert len(lines(corpus / "o.en")) == report["written"] == report["read"] + report["copies"]

    wrong = ("augment", "synonyms", corpus / "val", "-o", corpus / "p", *options)
    refused = dragoman(*wrong, "--model", trained / "model", *LANGUAGES)
    assert refused.is_clear_error
    assert "trained with the objective 'cross_entropy'" in refused.err
    turned = dragoman(*wrong, "--model", model, "--source", "de", "--target", "en")
    assert turned.is_clear_error
    assert "the source here is de" in turned.err
