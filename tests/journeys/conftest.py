"""A tiny corpus, a tiny recipe, the command line as a user meets it, and models trained once for all journeys."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman.cli.main import main
from dragoman.corpora import phrasebook
from dragoman.jobs.run.screen import Screen

TINY = """
[corpus]
train = ["{folder}/train"]
validation = "{folder}/val"

[task]
source = "en"
target = "de"

[tokenizer]
vocabulary_size = 400

[model]
width = 32
heads = 2
feed_forward_width = 64
encoder_layers = 1
decoder_layers = 1

[batching]
max_tokens = 512

[schedule]
warmup_steps = 5
peak = 0.01

[training]
max_steps = 20
validate_every = 10
validation_limit = 8
metric = "loss"
keep_best = 2
moving_average = 0.9

[decoding]
beam = 2
max_length_ratio = 1.0
max_length_offset = 5

[compute]
threads = 1
device = "cpu"
"""


class Outcome:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def is_clear_error(self) -> bool:
        """One error, one hint, nothing that a program would say to a programmer."""
        return (
            self.code not in (0, None)
            and self.err.count("error: ") == 1
            and self.err.count("hint: ") == 1
            and "Traceback" not in self.err
            and "should not happen" not in self.err
        )


@pytest.fixture
def dragoman(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """The command line, in this process."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["dragoman", *map(str, arguments)])
        monkeypatch.setattr("dragoman.base.log._console", None)  # the console holds the stderr of its first use
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        out, err = capsys.readouterr()
        return Outcome(int(leaving.value.code or 0), out, err)

    return run


def write_pairs(folder: Path, stem: str, pairs: list[tuple[str, str]]) -> None:
    """``stem.en`` and ``stem.de`` in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for column, language in enumerate(("en", "de")):
        text = "".join(pair[column] + "\n" for pair in pairs)
        (folder / f"{stem}.{language}").write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def pairs() -> list[tuple[str, str]]:
    """A few hundred pairs from all over the phrasebook."""
    records = list(phrasebook.records("train"))
    chosen = records[:: len(records) // 300][:300]
    return [(record.source, record.target) for record in chosen]


@pytest.fixture
def corpus(tmp_path: Path, pairs: list[tuple[str, str]]) -> Path:
    """A folder with train, val and a recipe that names them."""
    folder = tmp_path / "corpus"
    write_pairs(folder, "train", pairs[:260])
    write_pairs(folder, "val", pairs[260:])
    (folder / "tiny.toml").write_text(TINY.format(folder=folder), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]) -> Iterator[Path]:
    """A folder with a corpus and a finished run of twenty steps in ``model``; only read it."""
    from dragoman.jobs.recipe import read_recipe
    from dragoman.jobs.train import train

    folder = tmp_path_factory.mktemp("trained")
    write_pairs(folder, "train", pairs[:260])
    write_pairs(folder, "val", pairs[260:])
    (folder / "tiny.toml").write_text(TINY.format(folder=folder), encoding="utf-8")
    assert train(read_recipe(folder / "tiny.toml"), folder / "model").finished
    before = fingerprint(folder / "model")
    yield folder
    assert fingerprint(folder / "model") == before, "a test changed the shared model"


@pytest.fixture
def stop_after(monkeypatch: pytest.MonkeyPatch):
    """Press Ctrl-C (or do something else) once, right after a step."""

    def arrange(step: int, act=lambda: os.kill(os.getpid(), signal.SIGINT)) -> None:
        show = Screen.show
        done: list[int] = []

        def showing(screen: Screen, made) -> None:
            show(screen, made)
            if made.number == step and not done:
                done.append(step)
                act()

        monkeypatch.setattr(Screen, "show", showing)

    return arrange


@pytest.fixture(scope="session")
def golden() -> Path:
    """A bundle kept from an earlier day, as small as one can be and still say something."""
    return Path(__file__).parents[1] / "data" / "golden-bundle"


@pytest.fixture
def model(trained: Path, tmp_path: Path) -> Path:
    """A copy of the trained bundle, to be damaged at will."""
    return shutil.copytree(trained / "model", tmp_path / "model", ignore=shutil.ignore_patterns("training"))


def fingerprint(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
