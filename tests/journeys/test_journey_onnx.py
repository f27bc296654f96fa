"""A model leaves for ONNX Runtime on the command line and translates where there is no torch."""

import subprocess
import sys

import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

WITHOUT_TORCH = """
import sys
for name in ("torch", "jaxtyping", "onnx", "matplotlib"):
    sys.modules[name] = None
from dragoman.cli.main import main
main()
"""


@pytest.fixture
def lines(tmp_path):
    file = tmp_path / "some.en"
    file.write_text("Good morning!\n\nWhere is the station?\nI am hungry and I want to eat.\n", "utf-8")
    return file


@pytest.fixture
def exported(dragoman, trained, tmp_path):
    outcome = dragoman("export", trained / "model", "--to", "onnx", "-o", tmp_path / "slim")
    assert outcome.code == 0, outcome.err
    assert "translations with beam 4 equal" in outcome.err
    return tmp_path / "slim"


def test_it_translates_the_same_without_torch(dragoman, trained, exported, lines):
    expected = dragoman("translate", trained / "model", lines, "--engine", "torch")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, "translate", str(exported), str(lines), "--threads", "1"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == expected.out
    assert done.stdout.count("\n") == 4


def test_int8_is_smaller(dragoman, trained, exported, lines, tmp_path):
    small = tmp_path / "small"
    outcome = dragoman("export", trained / "model", "--to", "onnx", "--set", "quantization=int8", "-o", small)
    assert outcome.code == 0, outcome.err
    weights = [next(path.glob("onnx-*/weights.bin")).stat().st_size for path in (small, exported)]
    assert weights[0] < 0.7 * weights[1]  # the table of positions stays as it is
    translated = dragoman("translate", small, lines)
    assert translated.code == 0, translated.err
    assert translated.out.count("\n") == 4


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--engine", "torch"), "torch"),
        (("--engine", "onyx"), "did you mean 'onnx'"),
        (("--engine", "onnx", "--method", "sampling"), "sampling"),
        (("--engine", "onnx", "--device", "cuda"), "cuda"),
    ],
)
def test_what_the_slim_bundle_cannot_do_is_told(dragoman, exported, lines, arguments, says):
    outcome = dragoman("translate", exported, lines, *arguments)
    assert outcome.is_clear_error
    assert says in outcome.err


def test_a_wrong_option_is_named(dragoman, trained, tmp_path):
    outcome = dragoman("export", trained / "model", "--to", "onnx", "--set", "quantization=int4", "-o", tmp_path / "x")
    assert outcome.is_clear_error
    assert "int4" in outcome.err
    assert not (tmp_path / "x").exists()


def test_a_changed_graph_is_noticed(dragoman, exported, lines):
    weights = next(exported.glob("onnx-*/weights.bin"))
    weights.write_bytes(weights.read_bytes()[:-1])
    outcome = dragoman("translate", exported, lines)
    assert outcome.is_clear_error
    assert "weights.bin fails its checksum" in outcome.err
