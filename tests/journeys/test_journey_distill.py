"""From a teacher to a student on the command line: sequences, words, killed and gone on with, and what is refused."""

import json

import pytest

from dragoman.translator.bundle import load_bundle
from dragoman.translator.manifest import read_manifest

SMALL = (
    "training.max_steps=6",
    "training.validate_every=3",
    "training.validation_limit=6",
    "training.metric=loss",
    "model.width=16",
    "model.feed_forward_width=32",
    "compute.device=cpu",
)


@pytest.fixture
def ask(dragoman, corpus, golden):
    """Distill from a model that says something."""

    def run(output, *arguments, teacher=None, settings=SMALL):
        changes = [word for setting in settings for word in ("--set", setting)]
        data = ("--data", corpus / "val", "--dev", corpus / "val", "--beam", 2, "--device", "cpu", "--threads", 1)
        return dragoman("distill", teacher or golden, "-o", output, *data, *changes, *arguments)

    return run


def lines(path):
    return path.read_text("utf-8").splitlines()


def test_from_teacher_to_student(ask, corpus, golden, tmp_path):
    mono = tmp_path / "mono.en"
    mono.write_text("The red house is old.\nWhere is the station?\n", encoding="utf-8")
    student = tmp_path / "student"
    made = ask(student, "--text", mono, "--nearest")
    assert made.code == 0, made.err
    manifest = read_manifest(student)
    assert manifest["recipe"]["model"]["encoder_layers"] == 1  # 1 + 1 // 2
    assert manifest["recipe"]["model"]["width"] == 16
    assert manifest["recipe"]["decoding"]["beam"] == 1
    assert load_bundle(student).task.source_tokenizer.pieces(range(50)) == (
        load_bundle(golden).task.source_tokenizer.pieces(range(50))
    )
    sources = lines(student / "distillation/corpus/ft.en")
    assert {"The red house is old.", "Where is the station?"} <= set(sources)
    assert len(lines(student / "distillation/corpus/ft.de")) == len(sources)
    assert manifest["recipe"]["corpus"]["train"] == [str(corpus / "val"), str(student / "distillation/corpus/ft")]
    again = ask(student, "--text", mono, "--nearest")
    assert again.code == 0
    assert "finished already" in again.err
    other = ask(student, "--text", mono)
    assert other.is_clear_error
    assert "nearest" in other.err


def test_words_and_sequences_and_going_on(ask, golden, tmp_path, stop_after):
    settings = tuple(one for one in SMALL if not one.startswith("model."))
    whole = tmp_path / "whole"
    assert ask(whole, "--word-level", 0.7, "--temperature", 2, settings=settings).code == 0
    broken = tmp_path / "broken"
    stop_after(3)
    assert ask(broken, "--word-level", 0.7, "--temperature", 2, settings=settings).code == 130
    progress = json.loads((broken / "distillation/corpus/progress.json").read_text("utf-8"))
    assert progress["is_finished"]
    made = ask(broken, "--word-level", 0.7, "--temperature", 2, settings=settings)
    assert made.code == 0, made.err
    assert "are there already" in made.err
    assert read_manifest(broken)["recipe"]["objective"]["kind"] == "distillation"
    assert read_manifest(broken)["weights"] == read_manifest(whole)["weights"]  # bit for bit
    assert str(golden / "manifest.json") in read_manifest(broken)["data"]


def test_a_vocabulary_of_its_own_and_a_partial_recipe(ask, tmp_path):
    recipe = tmp_path / "student.toml"
    recipe.write_text("[model]\ndropout = 0.05\n", encoding="utf-8")
    made = ask(tmp_path / "student", "--vocabulary", 330, "--recipe", recipe, "--only-teacher")
    assert made.code == 0, made.err
    manifest = read_manifest(tmp_path / "student")
    assert manifest["recipe"]["tokenizer"]["vocabulary_size"] == 330
    assert manifest["recipe"]["model"]["dropout"] == 0.05
    assert len(manifest["recipe"]["corpus"]["train"]) == 1
    assert ask(tmp_path / "other", "--vocabulary", 330, "--word-level", 0.5).is_clear_error


def test_what_is_refused(ask, dragoman, corpus, golden, tmp_path):
    assert ask(tmp_path / "a", teacher=tmp_path).is_clear_error
    assert ask(tmp_path / "b", "--data", tmp_path / "missing").is_clear_error
    assert ask(tmp_path / "c", settings=("task.source=de", "task.target=en")).is_clear_error
    (tmp_path / "d").mkdir()
    (tmp_path / "d/mine.txt").write_text("mine", encoding="utf-8")
    assert ask(tmp_path / "d").is_clear_error
    (tmp_path / "student.toml").write_text('[corpus]\ntrain = ["x"]\n', encoding="utf-8")
    assert ask(tmp_path / "e", "--recipe", tmp_path / "student.toml").is_clear_error
    teacher = ("--set", "objective.kind=distillation", "--set", f"objective.teacher={golden}")
    other = dragoman("train", corpus / "tiny.toml", "-o", tmp_path / "f", *teacher)
    assert other.is_clear_error
    assert "vocabular" in other.err
