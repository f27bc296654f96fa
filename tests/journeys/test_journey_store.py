"""The prepared examples of a run: used again, made again when damaged, mixed by weight; no result changes."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from dragoman.batching.store import open_store


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """A copy of the finished run of twenty steps."""
    return shutil.copytree(trained / "model", tmp_path / "run")


def weights(model: Path) -> bytes:
    [path] = model.glob("weights-*.safetensors")
    return path.read_bytes()


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def test_a_damaged_or_missing_store_is_made_again_and_changes_nothing(run, tmp_path, dragoman):
    damaged, missing = (shutil.copytree(run, tmp_path / name) for name in ("damaged", "missing"))
    ids = run / "training" / "examples" / "ids.bin"
    before = ids.read_bytes()
    flip(damaged / "training" / "examples" / "ids.bin")
    shutil.rmtree(missing / "training" / "examples")
    told = {
        model: dragoman("train", "--resume", model, "--set", "training.max_steps=23")
        for model in (run, damaged, missing)
    }
    assert [outcome.code for outcome in told.values()] == [0, 0, 0]
    assert "260 training pairs, 40 validation pairs, as prepared before" in told[run].err
    assert "the examples are made again from the text" in told[damaged].err
    assert "ids.bin is not as it was written" in told[damaged].err
    assert weights(run) == weights(damaged) == weights(missing)
    for model in (damaged, missing):
        assert (model / "training" / "examples" / "ids.bin").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"run", "damaged", "missing"}  # no text is left lying about


def test_another_longest_length_makes_the_examples_again(run, dragoman):
    outcome = dragoman("train", "--resume", run, "--set", "training.max_steps=21", "--set", "batching.max_length=20")
    assert outcome.code == 0
    assert "what they were made of has changed" in outcome.err
    store = open_store(run / "training" / "examples")
    assert store.count_longer(20) == 0
    assert len(store) < 260


def test_held_out_text_is_the_same_after_resuming(corpus, tmp_path, dragoman):
    model = tmp_path / "model"
    settings = ("--set", "corpus.validation_pairs=30", "--set", "training.max_steps=10")
    text = (corpus / "tiny.toml").read_text().replace(f'validation = "{corpus}/val"\n', "")
    (corpus / "tiny.toml").write_text(text)
    assert dragoman("train", corpus / "tiny.toml", "-o", model, *settings).code == 0
    held = open_store(model / "training" / "examples").about["validation"]
    assert len(held) == 30
    outcome = dragoman("train", "--resume", model, "--set", "training.max_steps=11")
    assert outcome.code == 0
    assert f"{len(open_store(model / 'training' / 'examples')):,} training pairs, 30 validation pairs" in outcome.err


def test_two_corpora_by_weight(corpus, tmp_path, dragoman):
    recipe = corpus / "two.toml"
    both = f'train = ["{corpus}/train", "{corpus}/val"]\nweights = [1, 3]'
    recipe.write_text((corpus / "tiny.toml").read_text().replace(f'train = ["{corpus}/train"]', both))
    outcome = dragoman("train", recipe, "-o", tmp_path / "model", "--set", "training.max_steps=10")
    assert outcome.code == 0
    assert f"{corpus}/train: 260 pairs, 25.0% of an epoch (each pair 0.29 times)" in outcome.err
    assert f"{corpus}/val: 40 pairs, 75.0% of an epoch (each pair 5.62 times)" in outcome.err
    assert json.loads((tmp_path / "model" / "manifest.json").read_text())["recipe"]["corpus"]["weights"] == [1, 3]
    resumed = dragoman("train", "--resume", tmp_path / "model", "--set", "corpus.weights=[1,1]")
    assert resumed.is_clear_error
    assert "corpus.weights cannot change" in resumed.err


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("corpus.weights=[1,2]", "2 weights for 1 training corpora"),
        ("corpus.weights=[0]", "weights of [0.0]: give positive numbers"),
        ("corpus.temperature=0.5", "greater than or equal to 1"),
        ("batching.max_tokens=3", "batching.max_tokens = 3 is less than"),
    ],
)
def test_what_cannot_be_is_refused(setting, says, corpus, tmp_path, dragoman):
    outcome = dragoman("train", corpus / "tiny.toml", "-o", tmp_path / "model", "--set", setting)
    assert outcome.is_clear_error
    assert says in outcome.err


def test_sentences_longer_than_a_batch_are_counted(trained, corpus, tmp_path, dragoman):
    store = open_store(trained / "model" / "training" / "examples")  # of the same text
    limit = int(store.lengths(np.arange(len(store))).max()) - 1
    settings = ("--set", f"batching.max_tokens={limit}", "--set", "training.max_steps=1")
    outcome = dragoman("train", corpus / "tiny.toml", "-o", tmp_path / "model", *settings)
    assert outcome.code == 0
    told = f"{store.count_longer(limit)} training pairs are longer than batching.max_tokens ({limit}); each is a batch"
    assert told in outcome.err
