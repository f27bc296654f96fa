"""From text in one language to a model that has learnt from it: one command, killed and gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import write_pairs
from dragoman.corpora import phrasebook

DRAWN = ("--method", "sampling")
"""How the models of a few steps translate here: what they find likeliest is nothing at all."""
GOLDEN = Path(__file__).parents[1] / "data/golden-bundle"
"""A model en → de that says something, as one of twenty steps does not."""


def lines_of(path):
    return Path(path).read_text("utf-8").splitlines()


@pytest.fixture
def german(tmp_path):
    """German text in one file, with an empty line and a line that comes twice."""
    records = list(phrasebook.records("test"))[:40]
    path = tmp_path / "mono.de"
    path.write_text("\n".join([*(record.target for record in records), "", records[0].target]) + "\n", "utf-8")
    return path


@pytest.fixture
def english(tmp_path):
    path = tmp_path / "mono.en"
    path.write_text("".join(record.source + "\n" for record in list(phrasebook.records("test"))[:30]), "utf-8")
    return path


def test_the_whole_job(dragoman, corpus, german, tmp_path):
    command = ["back-translate", corpus / "tiny.toml", "--text", german, "-o", tmp_path / "job", *DRAWN]
    command += ["--tag", "--ratio", "1:3", "--set", "training.max_steps=4", "--set-reverse", "training.max_steps=3"]
    ended = dragoman(*command)
    assert ended.code == 0, ended.err
    assert ended.out == ""
    assert "42 lines, 1 of them empty" in ended.err
    place = tmp_path / "job/round-1"
    made = place / "corpus"
    real, synthetic, progress = lines_of(made / "bt.de"), lines_of(made / "bt.en"), made / "progress.json"
    progress = json.loads(progress.read_text("utf-8"))
    assert len(real) == len(synthetic) == progress["written"]
    assert progress["written"] + sum(progress["dropped"].values()) == progress["lines"] == 42
    assert progress["dropped"]["empty"] == progress["dropped"]["duplicate"] == 1
    assert set(real) <= set(lines_of(german))
    teacher, model = (json.loads((place / name / "manifest.json").read_text("utf-8")) for name in ("teacher", "model"))
    assert teacher["languages"] == {"source": "de", "target": "en"}
    assert teacher["recipe"]["training"]["max_steps"] == 3
    assert model["languages"] == {"source": "en", "target": "de"}
    assert model["recipe"]["training"]["max_steps"] == 4
    assert model["recipe"]["corpus"]["train"] == [str(corpus / "train"), str(made / "bt")]
    assert model["recipe"]["corpus"]["weights"] == [1.0, 3.0]
    assert model["recipe"]["corpus"]["tags"] == ["", "bt"]
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*") if path.is_file()}
    again = dragoman(*command)
    assert again.code == 0
    assert "are there already" in again.err
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("method", ["sampling", "top-k", "noised-beam"])
def test_a_corpus_from_a_model_alone(dragoman, english, tmp_path, method):
    command = ["back-translate", "--reverse", GOLDEN, "--text", english, "--method", method]
    command += ["--generate-only", "-o"]
    outputs = []
    for name in ("first", "second"):
        assert dragoman(*command, tmp_path / name).code == 0
        outputs.append([lines_of(tmp_path / name / f"round-1/corpus/bt.{language}") for language in ("en", "de")])
    assert outputs[0] == outputs[1]
    assert set(outputs[0][0]) <= set(lines_of(english))
    assert dragoman(*command, tmp_path / "third", "--seed", 2).code == 0
    assert lines_of(tmp_path / "third/round-1/corpus/bt.de") != outputs[0][1]
    setting = ("--set-generation", "selection.max_words=1")
    refused = dragoman(*command, tmp_path / "fourth", *setting)
    assert refused.is_clear_error
    assert "30 × too long" in refused.err


def test_killed_and_gone_on_with(dragoman, tmp_path):
    text = tmp_path / "mono.en"
    text.write_text("".join(record.source + "\n" for record in list(phrasebook.records("train"))[:2400:2]), "utf-8")
    command = ["back-translate", "--reverse", GOLDEN, "--text", text, "--beam", "1", "--generate-only"]
    assert dragoman(*command, "-o", tmp_path / "whole").code == 0
    arguments = [sys.executable, "-m", "dragoman", *map(str, command), "-o", str(tmp_path / "job")]
    journal = tmp_path / "job/round-1/corpus/journal.jsonl"
    running = subprocess.Popen(arguments, stderr=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"})
    deadline = time.monotonic() + 300
    while running.poll() is None and not (journal.exists() and journal.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert running.returncode == -signal.SIGKILL
    done = journal.read_bytes()
    assert dragoman(*command, "-o", tmp_path / "job").code == 0
    assert done, "nothing had been done when it was killed"
    for name in ("bt.en", "bt.de", "dropped.jsonl", "progress.json"):
        one, other = (tmp_path / job / "round-1/corpus" / name for job in ("job", "whole"))
        assert one.read_bytes() == other.read_bytes()


def test_ctrl_c_in_training_then_the_same_command(dragoman, corpus, german, tmp_path, stop_after):
    command = ["back-translate", corpus / "tiny.toml", "--text", german, "-o", tmp_path / "job", *DRAWN]
    command += ["--set", "training.max_steps=6"]
    stop_after(2)
    stopped = dragoman(*command)
    assert stopped.code == 130
    assert "go on with the same command" in stopped.err
    assert not (tmp_path / "job/round-1/corpus").exists()
    went_on = dragoman(*command)
    assert went_on.code == 0
    assert "going on after step 2" in went_on.err
    assert (tmp_path / "job/round-1/model/manifest.json").exists()


def test_two_rounds(dragoman, corpus, german, english, tmp_path):
    command = ["back-translate", corpus / "tiny.toml", "--text", german, "-o", tmp_path / "job", *DRAWN]
    command += ["--set", "training.max_steps=2", "--rounds", 2]
    refused = dragoman(*command)
    assert refused.is_clear_error
    assert "--source-text" in refused.err
    ended = dragoman(*command, "--source-text", english)
    assert ended.code == 0, ended.err
    place = tmp_path / "job/round-2"
    teacher = json.loads((place / "teacher/manifest.json").read_text("utf-8"))
    assert teacher["recipe"]["corpus"]["train"] == [str(corpus / "train"), str(place / "teacher-corpus/bt")]
    assert set(lines_of(place / "teacher-corpus/bt.en")) <= set(lines_of(english))
    model = json.loads((place / "model/manifest.json").read_text("utf-8"))
    assert model["recipe"]["corpus"]["train"][1] == str(place / "corpus/bt")


def test_self_training(dragoman, trained, english, tmp_path):
    command = ["self-train", trained / "tiny.toml", "--model", GOLDEN, "--text", english, "--beam", 1]
    ended = dragoman(*command, "-o", tmp_path / "job", "--set", "training.max_steps=2")
    assert ended.code == 0, ended.err
    made = tmp_path / "job/round-1/corpus"
    assert set(lines_of(made / "ft.en")) <= set(lines_of(english))
    model = json.loads((tmp_path / "job/round-1/model/manifest.json").read_text("utf-8"))
    assert model["languages"] == {"source": "en", "target": "de"}
    assert model["recipe"]["corpus"]["train"][1] == str(made / "ft")


def test_a_table_without_languages_is_turned_too(dragoman, corpus, pairs, german, tmp_path):
    table = corpus / "train.tsv"
    table.write_text("".join(f"{source}\t{target}\n" for source, target in pairs[:260]), encoding="utf-8")
    command = ["back-translate", corpus / "tiny.toml", "--set", f"corpus.train={table}", "--text", german]
    ended = dragoman(*command, "-o", tmp_path / "job", *DRAWN, "--set", "training.max_steps=2")
    assert ended.code == 0, ended.err
    first = json.loads(lines_of(tmp_path / "job/turned/train-1.jsonl")[0])
    assert first == {"en": pairs[0][0], "de": pairs[0][1]}


def test_swapped_languages_are_refused(dragoman, trained, german, tmp_path):
    command = ["back-translate", trained / "tiny.toml", "--reverse", trained / "model", "--text", german]
    refused = dragoman(*command, "-o", tmp_path / "job")
    assert refused.is_clear_error
    assert "translates en → de, but a model de → en is needed" in refused.err
    assert "self-train" in refused.err
    assert not (tmp_path / "job").exists()


def test_what_has_changed_is_refused(dragoman, english, tmp_path):
    command = ["back-translate", "--reverse", GOLDEN, "--text", english, "--generate-only"]
    command += ["-o", tmp_path / "job", "--beam", 1]
    assert dragoman(*command).code == 0
    other = dragoman(*command, "--method", "sampling")
    assert other.is_clear_error
    assert "generation.method" in other.err
    english.write_text("Another text.\n", encoding="utf-8")
    other = dragoman(*command)
    assert other.is_clear_error
    assert "something else: text" in other.err


def test_bad_questions(dragoman, trained, english, german, tmp_path):
    model, recipe, output = trained / "model", trained / "tiny.toml", tmp_path / "job"
    empty = tmp_path / "empty.en"
    empty.write_text("\n\n", encoding="utf-8")
    for words, told in (
        (["--text", english, "-o", output], "training needs a recipe"),
        (["--reverse", model, "--text", empty, "--generate-only", "-o", output], "no line with text (2 lines)"),
        (["--reverse", model, "--text", tmp_path / "no", "--generate-only", "-o", output], "no such file"),
        ([recipe, "--text", german, "-o", output, "--ratio", "1:0"], "leaves one side out"),
        ([recipe, "--text", german, "-o", output, "--ratio", "half"], "ratio"),
        ([recipe, "--text", german, "-o", output, "--method", "guess"], "method"),
        ([recipe, "--text", german, "-o", trained / "model"], "is not such a job"),
        ([recipe, "--text", german, "-o", output, "--set", "corpus.train=[]"], "train"),
    ):
        refused = dragoman("back-translate", *words)
        assert refused.is_clear_error, refused.err
        assert told in refused.err


def test_text_in_another_language_is_warned_of(dragoman, german, tmp_path):
    command = ["back-translate", "--reverse", GOLDEN, "--text", german, "--generate-only", "--beam", 1]
    ended = dragoman(*command, "-o", tmp_path / "job")
    assert ended.code == 0
    assert "do not look like 'en'" in ended.err
    assert "look like 'de'" in ended.err


def test_sampling_on_the_command_line(dragoman, trained, tmp_path):
    write_pairs(tmp_path, "text", [("Good morning!", ""), ("The dog is sleeping.", "")])
    command = ["translate", trained / "model", tmp_path / "text.en", "--method", "sampling"]
    first, again, other = (dragoman(*command, "--seed", seed) for seed in (1, 1, 2))
    assert first.code == 0
    assert first.out == again.out != other.out
    assert len(first.out.splitlines()) == 2
    likeliest = dragoman(*command, "--top-k", 1)
    assert likeliest.out == dragoman("translate", trained / "model", tmp_path / "text.en", "--beam", 1).out
    assert dragoman(*command, "--top-p", 2).is_clear_error
