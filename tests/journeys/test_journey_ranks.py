"""Training with torchrun as a user meets it: the same command and recipe, two processes, one voice."""

import json
import os
import subprocess
import sys

from safetensors.torch import load_file

LAUNCH = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
WATCHED = ("training.max_steps=4", "training.validate_every=2", "tracking.trackers=tensorboard")


def test_two_processes_train_and_one_goes_on(corpus, tmp_path, dragoman):
    model = tmp_path / "model"
    command = [sys.executable, *LAUNCH, "-m", "dragoman", "train", str(corpus / "tiny.toml"), "--output", str(model)]
    done = subprocess.run(
        [*command, *(part for setting in WATCHED for part in ("--set", setting))],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    for said in ("learning the vocabulary…", "model: transformer", "training is over", "the model is in"):
        assert done.stderr.count(said) == 1, done.stderr
    entries = [json.loads(line) for line in (model / "training/metrics.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in entries if entry["kind"] == "validation"] == [2, 4]
    assert len({(entry["kind"], entry["step"]) for entry in entries}) == len(entries)  # nothing written twice
    assert len(list((model / "training/tensorboard").iterdir())) == 1
    assert (model / "training/report.html").read_text("utf-8").count("</html>") == 1
    assert "finished" in (model / "training/report.html").read_text("utf-8")
    assert load_file(model / "training/checkpoints/step-00000004/model.safetensors")
    assert dragoman("train", "--resume", model, "--set", "training.max_steps=6").code == 0
