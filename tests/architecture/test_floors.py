"""Imports go down only; the same check is shown to fail on a violation."""

import configparser
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]


def lint(config, directory):
    return subprocess.run(
        [*LINTER, "--config", str(config), "--no-cache"], cwd=directory, capture_output=True, text=True, check=False
    )


def test_the_floors_hold():
    done = lint(ROOT / "pyproject.toml", ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_every_room_is_on_a_floor():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (floors,) = [contract for contract in contracts if contract["type"] == "layers"]
    named = {room.strip() for floor in floors["layers"] for room in floor.split("|")}
    package = ROOT / "src/dragoman"
    rooms = {path.parent.name for path in package.glob("*/__init__.py")}
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert rooms | modules == named
    assert floors["exhaustive"] is True


FORBIDDEN = {
    "upward": ("base", "from house.models import attention"),
    "sideways": ("models", "from house.corpora import records"),
    "inside a function": ("base", "def late():\n    from house.models import attention\n    return attention"),
    "for the type checker only": (
        "base",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.models import attention",
    ),
    "torch": ("corpora", "import torch"),
}


@pytest.mark.parametrize("wrong", FORBIDDEN)
def test_the_check_fails_on_a_violation(tmp_path, wrong):
    """A small house under the project's own contracts, with one forbidden import in it."""
    package = tmp_path / "house"
    for room in ("base", "corpora", "models"):
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "models/attention.py").touch()
    (package / "corpora/records.py").touch()
    config = configparser.ConfigParser()
    config["importlinter"] = {"root_package": "house", "include_external_packages": "true"}
    config["importlinter:contract:floors"] = {
        "name": "floors",
        "type": "layers",
        "containers": "house",
        "layers": "\ncorpora | models\nbase",
        "exhaustive": "true",
    }
    config["importlinter:contract:torch"] = {
        "name": "no torch",
        "type": "forbidden",
        "source_modules": "house.corpora",
        "forbidden_modules": "torch",
    }
    with (tmp_path / ".importlinter").open("w", encoding="utf-8") as file:
        config.write(file)
    assert lint(tmp_path / ".importlinter", tmp_path).returncode == 0
    room, line = FORBIDDEN[wrong]
    (package / room / "wrong.py").write_text(line + "\n", encoding="utf-8")
    done = lint(tmp_path / ".importlinter", tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 broken" in done.stdout
