"""Every recipe of the house runs: two steps on tiny text."""

import re
from pathlib import Path

import pytest

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))


def test_there_are_recipes():
    assert RECIPES


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_runs_two_steps(recipe, corpus, tmp_path, dragoman):
    text = recipe.read_text(encoding="utf-8")
    source, target = (re.search(rf'^{side} = "(.+)"', text, re.MULTILINE)[1] for side in ("source", "target"))
    for stem in ("train", "val"):
        for ours, theirs in (("en", source), ("de", target)):
            if ours != theirs:
                (corpus / f"{stem}.{ours}").rename(corpus / f"{stem}.{theirs}")
    settings = {
        "corpus.train": corpus / "train",
        "corpus.validation": corpus / "val",
        "corpus.test": corpus / "val",
        "corpus.clean": "false",  # the text may be in other languages than it says
        "tokenizer.vocabulary_size": 400,
        "model.width": 16,
        "model.dropout": 0.0,
        "batching.max_tokens": 400,
        "training.max_steps": 2,
        "training.validation_limit": 2,
        "decoding.beam": 2,
        "decoding.max_length_ratio": 0.5,
        "decoding.max_length_offset": 2,
        "compute.device": "cpu",
    }
    kind = re.search(r'^\[model\]\nkind = "(.+)"', text, re.MULTILINE)[1]
    if kind == "transformer":
        settings |= {"model.heads": 2, "model.feed_forward_width": 16}
        settings |= {"model.encoder_layers": 1, "model.decoder_layers": 1}
    else:
        settings |= {"model.embedding_width": 16}
    changes = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    # the test text is scored whole, so it is kept short
    for language in (source, target):
        lines = (corpus / f"val.{language}").read_text(encoding="utf-8").split("\n")[:4]
        (corpus / f"val.{language}").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = dragoman("train", recipe, "-o", tmp_path / "model", *changes)
    assert result.code == 0, result.err
    assert "step 2 is the last" in result.err
    assert (tmp_path / "model" / "manifest.json").is_file()
    assert dragoman("translate", tmp_path / "model", corpus / f"val.{source}").out.count("\n") == 4
