"""Sizes as people write them; what beats what; which candidate is taken, and what came nearest when none fits."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dragoman.base.errors import ConfigError
from dragoman.jobs.compression.amounts import parse_size, show_size
from dragoman.jobs.compression.choosing import Limits, choose, nearest, pareto
from dragoman.jobs.compression.measuring import Row, bundle_size
from dragoman.jobs.compression.report import draw, markdown


@pytest.mark.parametrize(
    ("text", "size"),
    [("10MB", 10_000_000), ("500kB", 500_000), ("1GiB", 1024**3), ("1.5 MiB", 1_572_864), ("700", 700), ("2kb", 2000)],
)
def test_sizes_are_read(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "10 parrots", "-3MB", "0MB", "1e3kB", "10MBit", "0.1B"])
def test_other_sizes_are_refused(text):
    with pytest.raises(ConfigError) as refused:
        parse_size(text)
    assert refused.value.hint


def test_sizes_are_shown():
    assert [show_size(size) for size in (999, 1500, 2_340_000, 5 * 10**9)] == ["999 B", "1.50 kB", "2.34 MB", "5.00 GB"]


def row(name, size, speed, bleu):
    return Row(name, "models/x", 1, (), size, 100 * speed, speed, bleu, bleu + 20, {})


MODEL = row("model", 8_000, 1.0, 40.0)
SMALL = row("small", 2_000, 3.0, 39.8)
QUICK = row("quick", 4_000, 6.0, 39.0)
WORSE = row("worse", 4_000, 3.0, 38.0)
TINY = row("tiny", 500, 2.0, 30.0)
ROWS = [MODEL, SMALL, QUICK, WORSE, TINY]


def test_the_front():
    assert pareto(ROWS) == {"model", "small", "quick", "tiny"}
    assert pareto([*ROWS, replace(SMALL, name="twin")]) >= {"small", "twin"}  # equals do not beat each other


@pytest.mark.parametrize(
    ("size", "loss", "prefer", "taken"),
    [
        (None, None, "speed", "quick"),
        (None, None, "size", "tiny"),
        (None, 0.3, "speed", "small"),
        (3_000, None, "speed", "small"),
        (5_000, 1.0, "size", "small"),
        (None, 0.0, "size", "model"),
        (1_000, 1.0, "speed", None),
    ],
)
def test_the_choice(size, loss, prefer, taken):
    chosen = choose(ROWS, MODEL, Limits(size, loss), prefer)
    assert (chosen.name if chosen else None) == taken


def test_what_came_nearest():
    limits = Limits(1_900, 0.3)
    assert choose(ROWS, MODEL, limits, "speed") is None
    found = nearest(ROWS, MODEL, limits)
    assert found == SMALL
    assert [told for _, told in limits.excess(found, MODEL)] == ["2.00 kB, which is 100 B too large"]
    assert "10.00 BLEU below the model, 9.70 too much" in limits.excess(TINY, MODEL)[0][1]


def test_table_and_picture(tmp_path):
    limits = Limits(3_000, 0.3)
    table = markdown(ROWS, MODEL, limits, SMALL, {"onnx": "not installed"})
    lines = table.splitlines()
    assert lines[2].startswith("| model * | 1 | 8.00 kB |")  # the best BLEU first
    assert "| small * | 1 | 2.00 kB | 300 | 3.00 | 39.80 | 59.80 | chosen |" in lines
    assert "| worse | 1 | 4.00 kB | 300 | 3.00 | 38.00 | 58.00 | too much |" in lines
    assert lines[-1] == "onnx was left out: not installed"
    draw(ROWS, MODEL, limits, SMALL, tmp_path / "pareto.png")
    assert (tmp_path / "pareto.png").read_bytes().startswith(b"\x89PNG")


def test_the_size_is_that_of_what_translating_takes(tmp_path):
    model = shutil.copytree(Path(__file__).parents[2] / "data/golden-bundle", tmp_path / "model")
    before = bundle_size(model)
    (model / "training").mkdir()
    (model / "training/checkpoint").write_bytes(bytes(10_000))
    assert bundle_size(model) == before
    files = [path for path in model.rglob("*") if path.is_file() and path.name != "checkpoint"]
    assert before == sum(path.stat().st_size for path in files)
