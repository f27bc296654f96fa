"""Several corpora in one run, as a user mixes them: tags in front of the source, and runs that still resume exactly."""

import json

import pytest


@pytest.fixture
def folder(corpus, pairs):
    """Text of people in ``train``, and some that a machine might have written in ``made``."""
    for column, language in enumerate(("en", "de")):
        text = "".join(f"{pair[column].lower()}\n" for pair in pairs[:120])
        (corpus / f"made.{language}").write_text(text, encoding="utf-8")
    return corpus


def state(model):
    """Everything that a run of twenty steps left behind, but for wall time."""
    checkpoint = model / "training" / "checkpoints" / "step-00000020"
    files = {path.name: path.read_bytes() for path in [*checkpoint.glob("*.safetensors"), *model.glob("weights-*")]}
    lines = [json.loads(line) for line in (model / "training" / "metrics.jsonl").read_text().splitlines()]
    return files, [(line["kind"], line["step"], line["loss"], line.get("chrf")) for line in lines]


def mixed(folder, *settings):
    """The arguments of a run over both corpora."""
    train = f'corpus.train=["{folder}/train", "{folder}/made"]'
    return [part for setting in (train, *settings) for part in ("--set", setting)]


TAGS = ('corpus.tags=["", "bt"]', "task.subword_sampling=0.2")


def test_a_run_with_tags_resumes_exactly_and_translates_by_tag(folder, tmp_path, dragoman, stop_after):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert dragoman("train", folder / "tiny.toml", "-o", whole, *mixed(folder, *TAGS)).code == 0
    stop_after(7)
    assert dragoman("train", folder / "tiny.toml", "-o", cut, *mixed(folder, *TAGS)).code == 130
    assert dragoman("train", "--resume", cut).code == 0
    assert state(cut) == state(whole)

    untagged = dragoman("evaluate", whole, "--test", folder / "val", "--json", "-")
    tagged = dragoman("evaluate", whole, "--test", folder / "val", "--tag", "bt", "--json", "-")
    perplexity = [json.loads(outcome.out)["systems"][0]["perplexity"] for outcome in (untagged, tagged)]
    assert perplexity[0] != perplexity[1]
    assert dragoman("translate", whole, folder / "val.en", "--tag", "bt").code == 0
    unknown = dragoman("translate", whole, folder / "val.en", "--tag", "bd")
    assert unknown.is_clear_error
    assert "knows no tag 'bd'" in unknown.err
    assert "did you mean 'bt'? its tags: bt" in unknown.err


def test_a_model_goes_on_with_tags_it_did_not_have(folder, trained, tmp_path, dragoman):
    """Its vocabulary has no symbol for the tag, and spells it out."""
    start = (f'training.start_from="{trained / "model"}"', 'corpus.tags=["", "medical"]')
    assert dragoman("train", folder / "tiny.toml", "-o", tmp_path / "tuned", *mixed(folder, *start)).code == 0
    assert dragoman("translate", tmp_path / "tuned", folder / "val.en", "--tag", "medical").code == 0
    further = (f'training.start_from="{tmp_path / "tuned"}"', 'corpus.tags=["", "law"]', "training.max_steps=2")
    assert dragoman("train", folder / "tiny.toml", "-o", tmp_path / "more", *mixed(folder, *further)).code == 0
    assert dragoman("translate", tmp_path / "more", folder / "val.en", "--tag", "medical").code == 0
    refused = dragoman("translate", trained / "model", folder / "val.en", "--tag", "medical")
    assert refused.is_clear_error
    assert "leave the tag out" in refused.err


@pytest.mark.parametrize(
    ("tags", "message"),
    [('["bt"]', "1 tags for 2 training corpora"), ('["", "two words"]', "'two words' cannot be a tag")],
)
def test_tags_that_cannot_be_used(tags, message, folder, tmp_path, dragoman):
    refused = dragoman("train", folder / "tiny.toml", "-o", tmp_path / "m", *mixed(folder, f"corpus.tags={tags}"))
    assert refused.is_clear_error
    assert message in refused.err


@pytest.mark.parametrize(
    "settings",
    [
        ('corpus.curriculum="rarity"', "corpus.curriculum_steps=15"),
        ("corpus.weights=[1, 0]", "corpus.weights_end=[0, 1]", "corpus.curriculum_steps=12"),
    ],
    ids=["from easy to hard", "from general to special"],
)
def test_an_order_of_text_resumes_exactly(settings, folder, tmp_path, dragoman, stop_after):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert dragoman("train", folder / "tiny.toml", "-o", whole, *mixed(folder, *settings)).code == 0
    stop_after(7)
    assert dragoman("train", folder / "tiny.toml", "-o", cut, *mixed(folder, *settings)).code == 130
    assert dragoman("train", "--resume", cut).code == 0
    assert state(cut) == state(whole)


def test_old_text_is_replayed(folder, trained, tmp_path, dragoman):
    start = f'training.start_from="{trained / "model"}"'
    arguments = [f'corpus.replay="{folder}/train"', f'corpus.train=["{folder}/made"]', "training.max_steps=3", start]
    settings = [part for setting in arguments for part in ("--set", setting)]
    tuned = dragoman("train", folder / "tiny.toml", "-o", tmp_path / "tuned", *settings)
    assert tuned.code == 0
    assert f"{folder}/train: 260 pairs, 20.0% of an epoch" in tuned.err
    assert f"{folder}/made: 120 pairs, 80.0% of an epoch" in tuned.err
    refused = dragoman("train", folder / "tiny.toml", "-o", tmp_path / "new", *settings[:-2])
    assert refused.is_clear_error
    assert "no training.start_from" in refused.err
