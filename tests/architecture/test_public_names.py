"""What the package promises can be imported, and importing it costs nothing."""

import subprocess
import sys

import pytest

import dragoman

HEAVY = ("torch", "matplotlib", "sacrebleu", "sentencepiece", "numpy", "zstandard")


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def heavy_after(code):
    """Which heavy packages are loaded once ``code`` has run."""
    return run(f"import sys\n{code}\nprint(*(name for name in {HEAVY} if name in sys.modules))")


@pytest.mark.parametrize("name", dragoman.__all__)
def test_every_public_name_is_there(name):
    assert getattr(dragoman, name) is not None
    assert name in dir(dragoman)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Tranlsator'"):
        _ = dragoman.Tranlsator


def test_importing_the_package_loads_nothing_heavy():
    assert heavy_after("import dragoman") == []


def test_the_check_sees_what_is_loaded():
    assert "torch" in heavy_after("import torch")


@pytest.mark.parametrize("room", ["base", "text", "alignment", "corpora", "tokenizers", "metrics"])
def test_corpus_rooms_load_no_torch(room):
    code = (
        f"import importlib, pkgutil, dragoman.{room} as room\n"
        "for found in pkgutil.walk_packages(room.__path__, room.__name__ + '.'): importlib.import_module(found.name)"
    )
    assert "torch" not in heavy_after(code)


def test_help_loads_nothing_heavy():
    code = (
        "from dragoman.cli.main import main\n"
        "import contextlib, io\n"
        "sys.argv = ['dragoman', '--help']\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main()"
    )
    assert heavy_after(code) == []
