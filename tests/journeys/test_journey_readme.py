"""Every command and every Python block of README.md is run, in the order of the page, as one session.

The page speaks of files that a reader brings; here they are made from the phrasebook. A line that begins a training
gets ``SMALL`` at its end, so that it takes seconds; otherwise each line runs as it is printed. Blocks that install
or that call make are left out, and only those.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dragoman.corpora import phrasebook
from dragoman.corpora.sources import write_corpus

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
NOT_RUN = ("make ", "python3 -m venv ", "source ", "pip install ")
SMALL = (
    "model.width=16",
    "model.feed_forward_width=32",
    "model.encoder_layers=1",
    "model.decoder_layers=1",
    "tokenizer.vocabulary_size=400",
    "training.max_steps=2",
    "training.validate_every=1",
    "training.validation_limit=4",
    "decoding.beam=2",
    "decoding.max_length_ratio=1.0",
    "compute.threads=1",
)


def blocks():
    """(language, text) of every block of the page, in order."""
    return [(match[1], match[2]) for match in BLOCK.finditer((ROOT / "README.md").read_text("utf-8"))]


def is_run(language, text):
    return language == "python" or not all(line.startswith(NOT_RUN) for line in text.splitlines())


def shortened(text):
    """A block of commands with ``SMALL`` after each beginning of a training."""
    settings = "".join(f" --set {setting}" for setting in SMALL)
    return re.sub(r"^dragoman train (?!--resume).*$", lambda line: line[0] + settings, text, flags=re.M)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A directory with the files that the page speaks of."""
    directory = tmp_path_factory.mktemp("readme")
    pairs = phrasebook.records("train")[::50]
    write_corpus(pairs, str(directory / "memory.tmx"), source="en", target="de")
    (directory / "letter.txt").write_text("Good morning!\n\nThe dog is sleeping.\n", encoding="utf-8")
    (directory / "data/multi30k").mkdir(parents=True)
    for name, part in {"train": pairs[:200], "val": pairs[200:210], "test_2016_flickr": pairs[210:220]}.items():
        write_corpus(part, str(directory / "data/multi30k" / name), source="en", target="de")
    shutil.copytree(ROOT / "recipes", directory / "recipes")
    return directory


def run(command, directory):
    """Run ``command`` there with this interpreter's commands first on the path; its standard output."""
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": paths, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[-1]}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


def test_the_page_runs_from_its_first_command_to_its_last(place):
    outputs = {}
    for language, text in blocks():
        if is_run(language, text):
            command = [sys.executable, "-c", text] if language == "python" else ["bash", "-ec", shortened(text)]
            outputs[text] = run(command, place)
    said = "\n".join(outputs.values())
    assert f"{len(phrasebook.records('train')[::50]):,} pairs" in said  # corpus stats
    assert "signature" in said.lower() or "version:" in said  # evaluate
    for name in ("model", "mine", "multi30k"):
        assert (place / name / "manifest.json").is_file()
    assert len((place / "letter.de.txt").read_text("utf-8").split("\n")) == 4
    assert (place / "report.html").stat().st_size > 1000
    assert (place / "test.jsonl").is_file()


def test_the_blocks_that_are_not_run_only_install():
    left_out = [text for language, text in blocks() if not is_run(language, text)]
    assert [text.split()[0] for text in left_out] == ["make", "python3", "make"]
    assert {language for language, _ in blocks()} == {"bash", "python"}


def test_only_a_beginning_of_training_is_shortened():
    assert shortened("dragoman train --resume m/\ndragoman corpus stats x\n").count("--set") == 0
    assert shortened("dragoman train x.tmx --output m/\n").count("--set") == len(SMALL)
