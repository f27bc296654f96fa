"""A model gets a quick engine, leaves for a machine without torch, and is told clearly where it cannot go."""

import json
import os
import resource
import shutil
import subprocess
import sys

import pytest

WITHOUT_TORCH = """
import sys

class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "jaxtyping", "matplotlib"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NoTorch())
from dragoman.cli.main import main
main()
"""


def alone(*arguments, given=b""):
    """The command line in a process of its own in which torch cannot be imported."""
    command = [sys.executable, "-c", WITHOUT_TORCH, *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, check=False)


@pytest.fixture(scope="module")
def slim(golden, tmp_path_factory):
    from dragoman.jobs.exchange.export import export

    out = tmp_path_factory.mktemp("slim") / "quick"
    export(golden, to="ctranslate2", output=out, settings=["quantization=float32", "beam=1"])
    return out


def test_a_slim_bundle_translates_without_torch(dragoman, golden, slim):
    text = "We have two cars.\n\nWhere is my brother?\n"
    done = alone("translate", slim, "--threads", 1, given=text.encode())
    assert done.returncode == 0, done.stderr
    lines = done.stdout.decode().split("\n")
    assert len(lines) == 4
    assert lines[0]
    assert lines[1] == ""
    (slim.parent / "text.en").write_text(text)
    same = dragoman("translate", golden, slim.parent / "text.en", "--engine", "torch")
    assert same.out.split("\n") == lines


def test_what_needs_torch_names_the_extra(trained, slim, tmp_path):
    for arguments in (
        ("translate", trained / "model", "--engine", "torch"),
        ("translate", trained / "model"),
        ("export", trained / "model", "--to", "ctranslate2", "-o", tmp_path / "out"),
        ("train", trained / "tiny.toml", "--output", tmp_path / "new"),
    ):
        done = alone(*arguments, given=b"Hello!\n")
        assert done.returncode != 0
        assert b"pip install 'dragoman[train]'" in done.stderr, arguments
        assert b"Traceback" not in done.stderr


def test_evaluation_by_engine(dragoman, trained, slim, tmp_path):
    outcome = dragoman(
        "evaluate", slim, "--test", trained / "val", "--limit", 4, "--engine", "ctranslate2", "--draws", 5
    )
    assert outcome.code == 0, outcome.err
    assert "perplexity" in outcome.out
    refused = dragoman("evaluate", slim, "--test", trained / "val", "--engine", "torch")
    assert refused.is_clear_error
    assert "only ctranslate2" in refused.err


def test_an_engine_joins_a_model(dragoman, golden, tmp_path):
    model = shutil.copytree(golden, tmp_path / "model")
    assert dragoman("export", model, "--to", "ctranslate2", "--set", "beam=1", "--set", "tolerance=1").code == 0
    text = tmp_path / "text.en"
    text.write_text("We have two cars.\n")
    for engine in ("auto", "ctranslate2", "torch"):
        outcome = dragoman("translate", model, text, "--engine", engine)
        assert outcome.code == 0, outcome.err
        assert outcome.out.strip()
    drawn = dragoman("translate", model, text, "--method", "sampling")
    assert drawn.code == 0
    assert "translating with torch instead" in drawn.err
    refused = dragoman("translate", model, text, "--method", "sampling", "--engine", "ctranslate2")
    assert refused.is_clear_error
    assert "--engine torch" in refused.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--to", "ctranslate2", "--set", "quantization=int3"), "quantization"),
        (("--to", "safetensors"), "--output"),
        (("--to", "ctranslate2", "--set", "tolerance=0"), "differs by"),
    ],
)
def test_a_wrong_export_leaves_the_model_as_it_was(dragoman, trained, arguments, says):
    outcome = dragoman("export", trained / "model", *arguments)  # the fixture compares every file at the end
    assert outcome.is_clear_error
    assert says in outcome.err


def test_a_full_disk_leaves_the_model_as_it_was(model):
    before = sorted(path.name for path in model.iterdir())

    def little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(
        [sys.executable, "-m", "dragoman", "export", str(model), "--to", "ctranslate2"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=little_room,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in model.iterdir()) == before


def test_a_newer_bundle_and_a_damaged_engine(dragoman, slim, tmp_path):
    newer = shutil.copytree(slim, tmp_path / "newer")
    manifest = json.loads((newer / "manifest.json").read_text("utf-8"))
    (newer / "manifest.json").write_text(json.dumps({**manifest, "version": 99}))
    text = tmp_path / "text.en"
    text.write_text("Hello!\n")
    outcome = dragoman("translate", newer, text)
    assert outcome.is_clear_error
    assert "version 99" in outcome.err
    damaged = shutil.copytree(slim, tmp_path / "damaged")
    [binary] = damaged.glob("ctranslate2-*/model.bin")
    binary.write_bytes(binary.read_bytes()[:-1])
    outcome = dragoman("translate", damaged, text)
    assert outcome.is_clear_error
    assert "model.bin fails its checksum" in outcome.err


def test_text_that_is_none(slim):
    broken = alone("translate", slim, given=b"Hello!\nna\xefve\n")
    assert broken.returncode != 0
    assert b"line 2: not UTF-8" in broken.stderr
    binary = alone("translate", slim, given=bytes(range(256)))
    assert binary.returncode != 0
    assert b"not UTF-8" in binary.stderr


def test_a_line_without_end_is_cut_and_comes_back_as_one(slim):
    line = "We have two cars. " * 300
    done = alone("translate", slim, "--beam", 1, given=line.encode())
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"\n") == 1
    assert len(done.stdout) > 1000
