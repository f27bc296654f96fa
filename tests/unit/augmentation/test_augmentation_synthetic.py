"""Pairs from one side: filtered, counted, and the same bytes however often the work is killed."""

import json
import signal
import subprocess
import sys

import pytest

from dragoman.augmentation.synthetic import Generation, Plan
from dragoman.augmentation.verdicts import Selection, SelectionConfig
from dragoman.base.errors import DamagedFileError, EmptyCorpusError

TEXT = [f"Zeile {number} mit {'vielen ' * (number % 7)}Worten" for number in range(1, 61)]


def generation(directory, **options):
    return Generation(
        directory,
        stem="bt",
        plan=Plan("de", "en", window_lines=25, chunk_lines=4),
        selection=Selection(SelectionConfig(), language="de", synthetic_language="en"),
        **options,
    )


def translate(texts):
    return [f"row {text[6:]}" for text in texts]


def pairs(directory):
    return tuple((directory / f"bt.{language}").read_text("utf-8").splitlines() for language in ("en", "de"))


def test_pairs_in_the_order_of_the_text(tmp_path):
    made = generation(tmp_path).run(TEXT, translate)
    assert pairs(tmp_path) == (translate(TEXT), TEXT)
    assert (made.lines, made.written, made.is_finished) == (60, 60, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bt.de", "bt.en", "dropped.jsonl", "progress.json"]


def test_what_is_dropped_is_kept_with_its_reason(tmp_path):
    text = [
        "Ein Haus steht dort",
        "",
        "---",
        "Ein Haus steht dort",
        "viel " * 200,
        "Drei Hunde laufen weg",
        "Gut so, ja",
    ]
    said = {"Drei Hunde laufen weg": "Drei Hunde laufen weg", "Gut so, ja": ""}
    made = generation(tmp_path).run(text, lambda lines: [said.get(line, "A house stands there") for line in lines])
    assert pairs(tmp_path) == (["A house stands there"], ["Ein Haus steht dort"])
    reasons = {"empty": 1, "no words": 1, "duplicate": 1, "too long": 1, "copy": 1, "empty translation": 1}
    assert made.dropped == reasons
    kept = [json.loads(line) for line in (tmp_path / "dropped.jsonl").read_text("utf-8").splitlines()]
    assert [(one["line"], one["reason"]) for one in kept] == [
        (2, "empty"),
        (3, "no words"),
        (4, "duplicate"),
        (5, "too long"),
        (6, "copy"),
        (7, "empty translation"),
    ]
    assert kept[4]["translation"] == "Drei Hunde laufen weg"


def test_duplicates_are_known_after_a_restart(tmp_path):
    text = [*TEXT[:25], *TEXT[:5], *TEXT[25:40]]

    def fail(texts):
        if any(line in TEXT[25:] for line in texts):
            raise KeyboardInterrupt
        return translate(texts)

    with pytest.raises(KeyboardInterrupt):
        generation(tmp_path).run(text, fail)
    assert generation(tmp_path).progress.lines == 25
    made = generation(tmp_path).run(text, translate)
    assert made.dropped == {"duplicate": 5}
    assert pairs(tmp_path) == (translate(TEXT[:40]), TEXT[:40])


def test_noise_comes_last(tmp_path):
    generation(tmp_path, noise=str.upper).run(TEXT[:3], translate)
    assert pairs(tmp_path) == ([line.upper() for line in translate(TEXT[:3])], TEXT[:3])


def test_a_line_stays_one_line(tmp_path):
    generation(tmp_path).run(["Erste Zeile\u2028noch hier"], lambda texts: ["first line\nstill here\r"])
    assert pairs(tmp_path) == (["first line still here"], ["Erste Zeile noch hier"])


def test_nothing_comes_of_it(tmp_path):
    with pytest.raises(EmptyCorpusError, match="2 × empty translation") as caught:
        generation(tmp_path).run(TEXT[:2], lambda texts: ["" for _ in texts])
    assert "dropped.jsonl" in caught.value.hint


def test_a_file_that_was_cut_is_told(tmp_path):
    stop = iter([False] * 9 + [True])

    def interrupted(texts):
        if next(stop):
            raise KeyboardInterrupt
        return translate(texts)

    with pytest.raises(KeyboardInterrupt):
        generation(tmp_path).run(TEXT, interrupted)
    (tmp_path / "bt.en.part").write_text("row 1\n", encoding="utf-8")
    with pytest.raises(DamagedFileError, match=r"bt\.en\.part has 6 bytes"):
        generation(tmp_path).run(TEXT, translate)


KILLED = """
import json, os, signal, sys
from pathlib import Path
from dragoman.augmentation import synthetic
from dragoman.augmentation.synthetic import Generation, Plan
from dragoman.augmentation.verdicts import Selection, SelectionConfig

directory = Path(sys.argv[1])
text = json.loads((directory / "text.json").read_text("utf-8"))
moments = deadly = 0

def live():
    global moments
    moments += 1
    if moments == deadly:
        os.kill(os.getpid(), signal.SIGKILL)

def translate(texts):
    live()
    with open(directory / "asked.txt", "a") as file:
        file.writelines(line + "\\n" for line in texts)
    return [f"row {line[6:]}" for line in texts]

def deadly_call(function):
    def call(*arguments):
        live()
        result = function(*arguments)
        live()
        return result
    return call

for name in ("flush", "write_json"):
    setattr(synthetic, name, deadly_call(getattr(synthetic, name)))
ends = []
for deadly in (2, 3, 5, 1, 4, 6, 7, 8, 3, 2, 9, 4, 5, 0):  # counted anew in every start; 0 is never
    child = os.fork()
    if not child:
        Generation(
            directory / "made",
            stem="bt",
            plan=Plan("de", "en", window_lines=25, chunk_lines=4),
            selection=Selection(SelectionConfig(), language="de", synthetic_language="en"),
        ).run(text, translate)
        os._exit(0)
    ends.append(os.waitpid(child, 0)[1])
print(json.dumps(ends))
"""
"""Starts the work again and again; it dies before a chunk is translated, or beside a write that secures a window."""


def test_killed_at_every_moment_makes_the_same_bytes(tmp_path):
    generation(tmp_path / "whole").run(TEXT, translate)
    expected = {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}
    (tmp_path / "text.json").write_text(json.dumps(TEXT), encoding="utf-8")
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    ended = subprocess.run(command, check=True, timeout=300, capture_output=True, text=True)
    deaths = json.loads(ended.stdout)
    assert deaths.count(signal.SIGKILL) >= 10
    assert deaths[-1] == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()} == expected
    asked = (tmp_path / "asked.txt").read_text("utf-8").splitlines()
    assert sorted(asked) == sorted(TEXT), "a line was translated twice"
