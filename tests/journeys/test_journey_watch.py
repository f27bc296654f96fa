"""Watching a run: TensorBoard and Weights & Biases hear everything once, also when the run was stopped in between."""

import html
import json
import re
import shutil
import struct
from pathlib import Path

import pytest


def shown(folder: Path) -> dict[str, list[tuple[int, object]]]:
    """What TensorBoard would show: name → [(step, number or text)]."""
    reading = pytest.importorskip("tensorboard.backend.event_processing.plugin_event_accumulator")
    events = reading.EventAccumulator(str(folder), size_guidance={"tensors": 0}, tensor_size_guidance={"text": 0})
    events.Reload()

    def value(tensor):
        if tensor.string_val:
            return tensor.string_val[0].decode()
        return tensor.float_val[0] if tensor.float_val else struct.unpack("<f", tensor.tensor_content)[0]

    return {
        tag: [(one.step, value(one.tensor_proto)) for one in events.Tensors(tag)] for tag in events.Tags()["tensors"]
    }


def test_tensorboard(trained, tmp_path, dragoman):
    pytest.importorskip("tensorboard")
    model, copy = tmp_path / "model", tmp_path / "copy"
    settings = ("--set", "tracking.trackers=tensorboard", "--set", "training.max_steps=20")
    assert dragoman("train", trained / "tiny.toml", "-o", model, *settings).code == 0
    metrics = [json.loads(line) for line in (model / "training/metrics.jsonl").read_text().splitlines()]
    validations = [entry for entry in metrics if entry["kind"] == "validation"]

    shutil.copytree(model, copy)
    shutil.rmtree(copy / "training/checkpoints/step-00000020")  # as if it had been killed before it could save
    assert dragoman("train", "--resume", copy).code == 0
    for folder in (model, copy):
        found = shown(folder / "training/tensorboard")
        assert found["validation/loss"] == [(one["step"], pytest.approx(one["loss"])) for one in validations]
        assert [step for step, _ in found["training/gradient_norm"]] == [1, 20]
        assert {"training/learning_rate", "machine/tokens_per_second", "validation/bleu"} <= found.keys()
        for number, sample in enumerate(validations[1]["samples"], 1):
            texts = found[f"samples/{number}/text_summary"]
            assert [step for step, _ in texts] == [10, 20]
            assert sample["source"] in texts[1][1]
            assert sample["reference"] in texts[1][1]


def test_wandb_without_a_network(trained, tmp_path, dragoman, monkeypatch):
    pytest.importorskip("wandb")
    for name in ("HOME", "WANDB_CACHE_DIR", "WANDB_CONFIG_DIR", "WANDB_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    model = tmp_path / "model"
    settings = ("--set", "tracking.trackers=wandb", "--set", "tracking.offline=true")
    assert dragoman("train", trained / "tiny.toml", "-o", model, *settings).code == 0
    state = json.loads((model / "training/wandb/run.json").read_text())
    assert state["last_step"] == 20
    shutil.rmtree(model / "training/checkpoints/step-00000020")
    result = dragoman("train", "--resume", model, "--set", "training.max_steps=40")
    assert result.code == 0
    assert "warning: tracker" not in result.err
    assert json.loads((model / "training/wandb/run.json").read_text()) == {**state, "last_step": 40}
    runs = sorted((model / "training/wandb").glob("offline-run-*"))
    assert len({run.name.rsplit("-", 1)[1] for run in runs}) == 1  # one and the same run there
    tables = [path.name.split("_")[1] for run in runs for path in sorted((run / "files/media/table").iterdir())]
    assert sorted(map(int, tables)) == [10, 20, 30, 40]  # none twice
    kept = b"".join(path.read_bytes() for run in runs for path in run.glob("*.wandb"))
    assert b"training/gradient_norm" in kept
    assert b"validation/bleu" in kept


def test_a_tracker_that_is_not_installed(trained, tmp_path, dragoman, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "wandb", None)
    result = dragoman("train", trained / "tiny.toml", "-o", tmp_path / "model", "--set", "tracking.trackers=wandb")
    assert result.code == 0
    assert result.err.count("pip install 'dragoman[wandb]'") == 1
    assert "training goes on without it" in result.err


def test_runs_are_reported_listed_and_compared(trained, tmp_path, dragoman):
    report = (trained / "model/training/report.html").read_text("utf-8")
    samples = [json.loads(line) for line in (trained / "model/training/metrics.jsonl").read_text().splitlines()][-1]
    assert "finished" in report
    assert html.escape(samples["samples"][0]["reference"]) in report
    assert "34,304" in report  # the parameters

    other = tmp_path / "other"
    assert dragoman("train", trained / "tiny.toml", "-o", other, "--set", "schedule.peak=0.002").code == 0
    compared = dragoman("runs", "compare", trained / "model", other, "--html", tmp_path / "page.html")
    assert compared.code == 0
    assert re.search(r"schedule\.peak +0\.01 +0\.002", compared.out)
    assert "optimizer" not in compared.out
    assert "warning" not in compared.err
    assert (tmp_path / "page.html").read_text("utf-8").count("<svg") == 8
    assert re.search(r"other +finished +20", dragoman("runs", "list", tmp_path).out)
    assert dragoman("runs", "report", other).out == ""
    for arguments in (("compare", other, tmp_path), ("report", tmp_path / "corpus"), ("list", tmp_path / "nowhere")):
        assert dragoman("runs", *arguments).is_clear_error
