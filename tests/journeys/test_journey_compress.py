"""From a model to a smaller one within limits: chosen, chosen again, gone on with, refused, nearest told."""

import json
from pathlib import Path

import pytest

from dragoman.jobs.compression.measuring import Measure
from dragoman.translator.manifest import read_manifest


@pytest.fixture
def ask(dragoman, corpus, golden, tmp_path):
    """Compress a model that says something."""

    def run(*arguments, dev=None, model=None):
        folder = ("--folder", tmp_path / "tried", "--limit", 12, "--rounds", 1)
        return dragoman(
            "compress", model or golden, "-o", tmp_path / "small", "--dev", dev or corpus / "val", *folder, *arguments
        )

    return run


def test_chosen_within_limits_with_its_history(ask, dragoman, golden, tmp_path):
    made = ask("--max-size", "10MB", "--max-bleu-loss", 100)
    assert made.code == 0, made.err
    assert "| candidate | beam | size |" in made.out
    assert "chosen" in made.out
    table = json.loads((tmp_path / "tried/table.json").read_text("utf-8"))
    [chosen] = [row for row in table if row["chosen"]]
    manifest = read_manifest(tmp_path / "small")
    assert manifest["recipe"]["decoding"]["beam"] == chosen["beam"]
    assert manifest["history"] == [*read_manifest(Path(chosen["path"]))["history"], *chosen["steps"]]
    forms = {row["name"].split("/")[1] for row in table}
    assert {"as-is", "int8", "ctranslate2-int8"} <= forms
    assert manifest["scores"]["compression"]["bytes"] == chosen["size"] < 10_000_000
    assert (tmp_path / "tried/table.md").read_text("utf-8") in made.out
    assert (tmp_path / "tried/pareto.png").exists()
    text = tmp_path / "text.en"
    text.write_text("Where is the station?\n", encoding="utf-8")
    assert dragoman("translate", tmp_path / "small", text).out.strip()


def test_what_was_measured_is_not_measured_again(ask, tmp_path, monkeypatch):
    nothing = ask("--max-size", "1B")
    assert nothing.is_clear_error
    assert "nearest came" in nothing.err
    assert "| candidate | beam | size |" in nothing.out  # what was found is shown nonetheless
    assert not (tmp_path / "small").exists()
    results = json.loads((tmp_path / "tried/results.json").read_text("utf-8"))
    lost = next(iter(results))  # as if the job had been killed before it was measured
    (tmp_path / "tried/results.json").write_text(json.dumps({k: v for k, v in results.items() if k != lost}), "utf-8")
    measured = []
    call = Measure.__call__
    monkeypatch.setattr(Measure, "__call__", lambda self, one: measured.append(one.name) or call(self, one))
    assert ask("--prefer", "size").code == 0
    assert measured == [lost]
    other = ask("--rounds", 1, "--limit", 5)
    assert other.is_clear_error  # the output is there by now


def test_what_is_refused(ask, corpus, golden, tmp_path):
    assert ask("--max-size", "10 parrots").is_clear_error
    assert ask("--prefer", "beauty").is_clear_error
    assert ask(dev=tmp_path / "nothing").is_clear_error
    (tmp_path / "fr").mkdir()
    for language in ("fr", "es"):
        (tmp_path / f"fr/val.{language}").write_text("rien\n", encoding="utf-8")
    assert ask(dev=tmp_path / "fr/val").is_clear_error
    for language in ("en", "de"):
        (tmp_path / f"fr/empty.{language}").write_text("", encoding="utf-8")
    assert ask(dev=tmp_path / "fr/empty").is_clear_error
    assert ask(model=corpus).is_clear_error
    assert not (tmp_path / "small").exists()


def test_students(ask, corpus, tmp_path):
    few = ("training.max_steps=2", "training.validate_every=2", "training.validation_limit=4", "training.metric=loss")
    changes = [word for one in (*few, "compute.device=cpu") for word in ("--set", one)]
    learning = ("--data", corpus / "val", "--device", "cpu", "--recover-steps", 2)
    made = ask(*learning, "--max-bleu-loss", 100, "--prefer", "size", *changes)
    assert made.code == 0, made.err
    names = {row["name"] for row in json.loads((tmp_path / "tried/table.json").read_text("utf-8"))}
    students = {name.partition("/")[0] for name in names if name.startswith("student")}
    assert len(students) == 2
    assert {"trimmed", "pruned-units"} <= {name.partition("/")[0] for name in names}
    assert (tmp_path / "tried/teacher/corpus/ft.de").exists()  # translated once, for both
    assert not (tmp_path / "tried/models/student/distillation/corpus").exists()
