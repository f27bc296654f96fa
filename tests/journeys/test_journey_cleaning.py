"""Cleaning on the real command line: nothing lost, what is wrong found, bad input told."""

import json
import subprocess
import sys

import pytest

from dragoman.base.randomness import generator

LANGUAGES = ["--source", "en", "--target", "de"]


def dragoman(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "dragoman", "corpus", "clean", *map(str, arguments), *LANGUAGES],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Ten pairs, seven of them wrong, each in a way of its own."""
    file = tmp_path_factory.mktemp("corpus") / "web.tsv"
    lines = [
        "The house is old and grey.\tDas Haus ist alt und grau.",
        "The house is old and grey.\tDas Haus ist alt und grau.",
        "The HOUSE is old, and grey\tDas Haus ist alt und grau",
        "Delete {0} files now\tDateien jetzt löschen",
        "Built in 1984 by the river\tIm Jahr 1948 am Fluss gebaut",
        "See https://example.com for more\tMehr dazu finden Sie dort",
        "Tom &amp; Ann are here\tTom &amp; Anna sind hier",
        "This is a sentence in English.\tThis is another sentence in English.",
        "\tleer",
        "Good evening, my friends.\tGuten Abend, meine Freunde.",
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_every_pair_is_somewhere_and_the_page_tells_why(corpus, tmp_path):
    done = dragoman(
        corpus,
        "-o",
        tmp_path / "kept",
        "--thorough",
        "--dropped-dir",
        tmp_path / "dropped",
        "--report",
        tmp_path / "p.html",
    )
    assert done.returncode == 0, done.stderr
    assert "10 pairs read, 3 kept, 7 dropped" in done.stdout
    dropped = {
        json.loads(line)["notes"]["line"]: path.name
        for path in (tmp_path / "dropped").glob("dropped.*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    }
    assert dropped == {
        "2": "dropped.duplicate.jsonl",
        "3": "dropped.near-duplicate.jsonl",
        "4": "dropped.placeholders.jsonl",
        "5": "dropped.numbers.jsonl",
        "6": "dropped.links.jsonl",
        "8": "dropped.wrong-language.jsonl",
        "9": "dropped.empty.jsonl",
    }
    before = json.loads((tmp_path / "dropped/repaired.jsonl").read_text("utf-8"))
    assert before["en"] == "Tom &amp; Ann are here"
    assert (tmp_path / "p.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_filter_is_taken_back_by_its_reason(corpus, tmp_path):
    done = dragoman(
        corpus, "-o", tmp_path / "kept.tsv", "--thorough", "--without", "near-duplicate", "--without", "links", "--json"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kept"] == 5


def test_scores_find_shifted_lines(tmp_path):
    draws = generator("shifted")
    words = [[chr(97 + draws.randrange(26)) + chr(97 + draws.randrange(4)) for _ in range(6)] for _ in range(400)]
    lines = [" ".join(f"w{word}" for word in row) for row in words]
    targets = [" ".join(f"x{word}" for word in row) for row in words]
    targets[200:240] = targets[220:240] + targets[200:220]
    file = tmp_path / "shifted.tsv"
    file.write_text("".join(f"{one}\t{other}\n" for one, other in zip(lines, targets, strict=True)), encoding="utf-8")
    done = dragoman(file, "-o", tmp_path / "kept.tsv", "--score", "--window", "5", "--json")
    assert done.returncode == 0, done.stderr
    dropped = json.loads(done.stdout)["dropped"]
    assert set(dropped) == {"low score"}
    assert 30 <= dropped["low score"] <= 45
    assert "learning which words go together" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--without", "nummbers"], "did you mean 'numbers'"),
        (["--score"], "too few to learn"),
        (["--reference", "nowhere/clean"], "nowhere/clean"),
        (["--score-with", "nowhere"], "nowhere"),
        (["--report", "."], "this is a directory"),
        (["--dropped-dir", "/proc/nowhere"], "/proc/nowhere"),
        (["--window", "0"], "window"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(corpus, tmp_path, arguments, message):
    done = dragoman(corpus, "-o", tmp_path / "kept.tsv", *arguments)
    assert done.returncode not in (0, None)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
