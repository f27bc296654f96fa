"""Training that was stopped goes on exactly: bit for bit what it would have been."""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest
from safetensors.torch import load_file


@pytest.fixture
def run(trained: Path, tmp_path: Path, dragoman):
    """Train with the recipe of the finished run; by default into ``tmp_path/model``."""

    def train(*arguments: object, output: Path | None = None):
        return dragoman("train", trained / "tiny.toml", "-o", output or tmp_path / "model", *arguments)

    return train


def checkpoint(model: Path, step: int) -> dict[str, bytes]:
    """The tensors of a checkpoint as bytes, and what else it remembers, but for wall time."""
    folder = model / "training" / "checkpoints" / f"step-{step:08d}"
    files = {path.name: path.read_bytes() for path in folder.glob("*.safetensors")}
    state = json.loads((folder / "state.json").read_text())
    del state["run"]["seconds"]
    return {**files, "state": json.dumps(state, sort_keys=True).encode()}


def losses(model: Path) -> list[tuple]:
    lines = [json.loads(line) for line in (model / "training" / "metrics.jsonl").read_text().splitlines()]
    return [(line["kind"], line["step"], line["loss"], line.get("chrf"), line.get("best")) for line in lines]


def weights(model: Path) -> tuple[str, bytes]:
    [path] = model.glob("weights-*.safetensors")
    return path.name, path.read_bytes()


def assert_same(model: Path, other: Path) -> None:
    assert checkpoint(model, 20) == checkpoint(other, 20)
    assert len(checkpoint(model, 20)) == 4  # model, optimizer, average, state
    assert losses(model) == losses(other)
    assert weights(model) == weights(other)


@pytest.mark.parametrize("step", [10, 7, 20], ids=["at a validation", "between validations", "at the last step"])
def test_ctrl_c_and_resume(step, run, trained, tmp_path, dragoman, stop_after):
    stop_after(step)
    stopped = run()
    assert stopped.code == 130
    assert f"stopped after step {step}; everything is saved" in stopped.err
    assert f"dragoman train --resume {tmp_path / 'model'}" in stopped.err
    assert "Traceback" not in stopped.err
    resumed = dragoman("train", "--resume", tmp_path / "model")
    assert resumed.code == 0
    assert f"going on after step {step}" in resumed.err
    assert_same(tmp_path / "model", trained / "model")


def test_ten_steps_and_ten_more(run, trained, tmp_path, dragoman):
    assert run("--set", "training.max_steps=10").code == 0
    half = weights(tmp_path / "model")
    assert dragoman("train", "--resume", tmp_path / "model", "--set", "training.max_steps=20").code == 0
    assert_same(tmp_path / "model", trained / "model")
    assert weights(tmp_path / "model") != half
    assert "max_steps = 20" in (tmp_path / "model" / "training" / "recipe.toml").read_text()


def test_killed_outright(run, trained, tmp_path, dragoman, stop_after):
    """A process that dies leaves what a copy made at that moment holds."""
    model, copy = tmp_path / "model", tmp_path / "copy"
    stop_after(13, lambda: shutil.copytree(model, copy))
    run()
    with (copy / "training" / "metrics.jsonl").open("a") as metrics:
        metrics.write('{"kind": "step", "st')  # it died while it wrote
    half_written = copy / "training" / "checkpoints" / ".step-00000015.1.partial"
    half_written.mkdir()
    (half_written / "model.safetensors").write_bytes(b"x")
    resumed = dragoman("train", "--resume", copy)
    assert resumed.code == 0, resumed.err
    assert "going on after step 10" in resumed.err
    assert_same(copy, trained / "model")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_for_real(trained, tmp_path, dragoman):
    import subprocess

    code = "from dragoman.cli.main import main\nmain()"
    arguments = ["train", str(trained / "tiny.toml"), "-o", str(tmp_path / "model")]
    settings = ["--set", "training.max_steps=100000", "--set", "training.patience=0"]
    process = subprocess.Popen([sys.executable, "-c", code, *arguments, *settings], stderr=subprocess.PIPE)
    sealed = tmp_path / "model" / "training" / "checkpoints" / "step-00000010" / "state.sha256"
    deadline = time.monotonic() + 300
    while not sealed.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    resumed = dragoman("train", "--resume", tmp_path / "model", "--set", "training.max_steps=20")
    assert resumed.code == 0, resumed.err
    saved = tmp_path / "model" / "training" / "checkpoints"
    if (saved / "step-00000020").exists() and not list(saved.glob("step-000000[3-9]*")):  # it was not too quick for us
        assert load_file(saved / "step-00000020" / "model.safetensors").keys()
        assert (
            checkpoint(tmp_path / "model", 20)["model.safetensors"]
            == checkpoint(trained / "model", 20)["model.safetensors"]
        )


def test_ctrl_c_before_the_first_step(run, trained, tmp_path, dragoman, monkeypatch):
    """While the vocabulary is being learnt nothing is saved yet; resuming begins at the beginning."""

    def interrupted(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("dragoman.jobs.assemble.make_task", interrupted)
        assert run().code == 130
    resumed = dragoman("train", "--resume", tmp_path / "model")
    assert resumed.code == 0
    assert "starting from the beginning" in resumed.err
    assert_same(tmp_path / "model", trained / "model")


def test_ctrl_c_twice_stops_at_once(run, tmp_path, dragoman, stop_after):
    def twice() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    stop_after(12, twice)
    stopped = run()
    assert stopped.code == 130
    assert "Traceback" not in stopped.err
    assert "going on after step 10" in dragoman("train", "--resume", tmp_path / "model").err


def test_sigterm_saves_too(run, tmp_path, dragoman, stop_after):
    stop_after(3, lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert run().code == 130
    assert "going on after step 3" in dragoman("train", "--resume", tmp_path / "model").err


@pytest.fixture
def finished(trained: Path, tmp_path: Path) -> Path:
    """A copy of the finished run."""
    return shutil.copytree(trained / "model", tmp_path / "finished")


def test_resuming_a_finished_run_changes_nothing(finished, trained, dragoman):
    assert dragoman("train", "--resume", finished).code == 0
    assert_same(finished, trained / "model")
    assert (finished / "manifest.json").read_bytes() == (trained / "model" / "manifest.json").read_bytes()


def test_a_damaged_newest_checkpoint(finished, trained, dragoman):
    newest = finished / "training" / "checkpoints" / "step-00000020"
    raw = bytearray((newest / "model.safetensors").read_bytes())
    raw[len(raw) // 2] ^= 1
    (newest / "model.safetensors").write_bytes(bytes(raw))
    resumed = dragoman("train", "--resume", finished)
    assert resumed.code == 0
    assert f"warning: checkpoint {newest} is damaged: model.safetensors" in resumed.err
    assert "going on after step 10" in resumed.err
    assert checkpoint(finished, 20) == checkpoint(trained / "model", 20)
    assert losses(finished) == losses(trained / "model")


def test_no_sound_checkpoint_is_an_error_not_a_new_beginning(finished, dragoman):
    for seal in finished.glob("training/checkpoints/*/state.sha256"):
        seal.unlink()
    result = dragoman("train", "--resume", finished)
    assert result.code == 1
    assert "is sound" in result.err
    assert "hint: " in result.err
    assert list(finished.glob("training/checkpoints/*"))


def test_a_missing_best_checkpoint_is_left_out(finished, dragoman):
    steps = sorted(path.name for path in finished.glob("training/checkpoints/*"))
    for name in steps[:-1]:
        shutil.rmtree(finished / "training" / "checkpoints" / name)
    result = dragoman("train", "--resume", finished)
    assert result.code == 0, result.err


def test_another_text_is_refused(finished, trained, tmp_path, dragoman):
    run = json.loads((finished / "training" / "run.json").read_text())
    [name] = [name for name in run["checksums"] if name.endswith("train.en")]
    run["checksums"][name] = "0" * 64
    (finished / "training" / "run.json").write_text(json.dumps(run))
    before = weights(finished)
    result = dragoman("train", "--resume", finished)
    assert result.is_clear_error
    assert "train.en" in result.err
    assert weights(finished) == before


@pytest.mark.parametrize(
    "setting", ["model.width=64", "tokenizer.vocabulary_size=300", "training.seed=2", "task.target=fr"]
)
def test_what_cannot_change_under_way(setting, finished, dragoman):
    recipe = (finished / "training" / "recipe.toml").read_bytes()
    result = dragoman("train", "--resume", finished, "--set", setting)
    assert result.is_clear_error, result.err
    assert setting.partition("=")[0] in result.err
    assert (finished / "training" / "recipe.toml").read_bytes() == recipe
    assert dragoman("train", "--resume", finished).code == 0


def test_nothing_to_resume(tmp_path, dragoman):
    result = dragoman("train", "--resume", tmp_path / "nowhere")
    assert result.is_clear_error
    assert "no training run" in result.err
    assert dragoman("train", "other.toml", "--resume", tmp_path / "nowhere").is_clear_error
