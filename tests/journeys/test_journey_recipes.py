"""Every recipe of the house runs: two steps on tiny text."""

import re
from pathlib import Path

import pytest

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))


def test_there_are_recipes():
    assert RECIPES


SMALL = {
    "corpus.clean": "false",  # the text may be in other languages than it says
    "batching.max_tokens": 400,
    "training.max_steps": 2,
    "training.validation_limit": 2,
    "decoding.beam": 2,
    "decoding.max_length_ratio": 0.5,
    "decoding.max_length_offset": 2,
    "compute.device": "cpu",
}
SMALL_TRANSFORMER = {
    "model.heads": 2,
    "model.feed_forward_width": 16,
    "model.encoder_layers": 1,
    "model.decoder_layers": 1,
}


def shape(text):
    """Settings for a small model, where the recipe chooses one."""
    kind = re.search(r'^\[model\]\nkind = "(.+)"', text, re.MULTILINE)[1]
    return {
        "tokenizer.vocabulary_size": 400,
        "model.width": 16,
        "model.dropout": 0.0,
        **(SMALL_TRANSFORMER if kind == "transformer" else {"model.embedding_width": 16}),
    }


@pytest.fixture
def train(corpus, tmp_path, dragoman):
    """Runs a recipe on tiny text; one that starts from the model of another has that trained first."""

    def run(recipe):
        text = recipe.read_text(encoding="utf-8")
        settings = {
            "corpus.train": corpus / "train",
            "corpus.validation": corpus / "val",
            "corpus.test": corpus / "val",
        }
        start = re.search(r'^start_from = "runs/(.+)"', text, re.MULTILINE)
        if start:
            run(recipe.with_name(f"{start[1]}.toml"))
            settings["training.start_from"] = tmp_path / start[1]
        else:
            settings |= shape(text)
        changes = [word for name, value in (settings | SMALL).items() for word in ("--set", f"{name}={value}")]
        return dragoman("train", recipe, "-o", tmp_path / recipe.stem, *changes)

    return run


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_runs_two_steps(recipe, corpus, tmp_path, train, dragoman):
    text = recipe.read_text(encoding="utf-8")
    source, target = (re.search(rf'^{side} = "(.+)"', text, re.MULTILINE)[1] for side in ("source", "target"))
    for stem in ("train", "val"):
        for ours, theirs in (("en", source), ("de", target)):
            if ours != theirs:
                (corpus / f"{stem}.{ours}").rename(corpus / f"{stem}.{theirs}")
    # the test text is scored whole, so it is kept short
    for language in (source, target):
        lines = (corpus / f"val.{language}").read_text(encoding="utf-8").split("\n")[:4]
        (corpus / f"val.{language}").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = train(recipe)
    assert result.code == 0, result.err
    assert "step 2 is the last" in result.err
    assert (tmp_path / recipe.stem / "manifest.json").is_file()
    assert dragoman("translate", tmp_path / recipe.stem, corpus / f"val.{source}").out.count("\n") == 4
