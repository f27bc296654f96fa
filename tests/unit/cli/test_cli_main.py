"""The door itself: help, version, usage errors, and how quickly it opens."""

import subprocess
import sys

import pytest

from dragoman.base.version import __version__
from dragoman.cli.main import main


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dragoman", *arguments])
        with pytest.raises(SystemExit) as leaving:
            main()
        return int(leaving.value.code or 0), *capsys.readouterr()

    return call


def test_version(run):
    assert run("--version") == (0, f"dragoman {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]])
def test_help_names_every_command(arguments, run):
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    for command in ("demo", "train", "translate", "evaluate", "corpus"):
        assert command in out


@pytest.mark.parametrize("command", ["demo", "train", "translate", "evaluate", "corpus"])
def test_help_of_each_command(command, run):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Usage: dragoman " + command in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["tran"], "translate"),
        (["train", "--bogus"], "--bogus"),
        (["translate"], "Missing argument"),
        (["translate", "m", "--beam", "wide"], "--beam"),
        (["translate", "m", "--beam", "0"], "--beam"),
    ],
)
def test_usage_errors(arguments, says, run):
    code, out, err = run(*arguments)
    assert code == 2
    assert says in err
    assert out == ""
    assert "Traceback" not in err


def test_the_door_opens_without_what_stands_behind_it():
    """Help must come in a blink: nothing heavy is imported for it."""
    code = (
        "import sys; sys.argv = ['dragoman', '--help']\n"
        "from dragoman.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'sacrebleu', 'matplotlib', 'sentencepiece', 'pydantic'} & {*sys.modules}\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stderr.strip() == "[]"
