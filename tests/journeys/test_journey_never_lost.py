"""Whatever goes wrong under way, what was good is still there, and the user reads how to go on."""

import contextlib
import errno
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dragoman.base import files
from dragoman.training import checkpoints, divergence

CODE = "from dragoman.cli.main import main\nmain()"
LOCKED = """
import sys, time
from pathlib import Path
from dragoman.base.locks import locked
with locked(Path(sys.argv[1]) / "training/lock", purpose="", hint=""):
    print(flush=True)
    time.sleep(60)
"""
SHORT_OF_MEMORY = """
import resource, sys
from pathlib import Path
import dragoman.jobs.start_training
from dragoman.cli.main import main
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
main()
"""
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits, mounts and /proc are Linux's")


def result(model: Path) -> dict[str, bytes]:
    """What a run came to: bundle, last weights, optimizer, average and metrics; wall times left out."""
    bundle = [path for path in model.glob("*") if path.is_file()]
    saved = list(max((model / "training/checkpoints").glob("step-*")).glob("*.safetensors"))
    found = {path.name: path.read_bytes() for path in (*bundle, *saved)}
    lines = [json.loads(line) for line in (model / "training/metrics.jsonl").read_text().splitlines()]
    log = [(line["kind"], line["step"], line["loss"], line.get("chrf"), line.get("best")) for line in lines]
    return {**found, "log": repr(log).encode()}


@pytest.fixture
def run(trained: Path, tmp_path: Path, dragoman):
    """Train with the recipe of the finished run."""

    def train(*arguments: object, output: Path = tmp_path / "model"):
        return dragoman("train", trained / "tiny.toml", "-o", output, *arguments)

    return train


@pytest.fixture
def finished(trained: Path, tmp_path: Path) -> Path:
    """A copy of the finished run."""
    return shutil.copytree(trained / "model", tmp_path / "finished")


# the disk


def leavings(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.name.endswith((".partial", ".old"))]


@linux
@pytest.mark.parametrize(
    "place", ["weights-draft", "manifest.json", "metrics.jsonl", "curve.png", "optimizer.safetensors", "state.json"]
)
def test_a_disk_that_fills_up(place, run, trained, tmp_path, dragoman, stop_after, monkeypatch):
    """Between the first checkpoint and the last, at each file that a run writes."""
    fsync = os.fsync

    def full(descriptor: int) -> None:
        if place in Path(f"/proc/self/fd/{descriptor}").readlink().name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    stop_after(13, lambda: monkeypatch.setattr(files.os, "fsync", full))
    failed = run()
    monkeypatch.setattr(files.os, "fsync", fsync)
    assert failed.is_clear_error, failed.err
    assert failed.code == 1
    assert "the disk is full" in failed.err
    assert f"then go on after step 10: dragoman train --resume {tmp_path / 'model'}" in failed.err
    assert not leavings(tmp_path)
    assert dragoman("train", "--resume", tmp_path / "model").code == 0
    assert result(tmp_path / "model") == result(trained / "model")


@pytest.fixture(autouse=True)
def heard_hangups():
    """The tests themselves may run under ``nohup``; what they start is to hear of a closed terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def small_disk(tmp_path: Path):
    """A real file system of its own, of four MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", place], capture_output=True, check=False
    )
    if mounting.returncode:
        pytest.skip("only root can mount a file system")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)  # a finished run may hold its examples open a little longer


@linux
def test_a_disk_that_is_really_full(run, trained, dragoman, stop_after, small_disk):
    ballast = small_disk / "ballast"

    def fill_up() -> None:
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    stop_after(13, fill_up)
    failed = run(output=small_disk / "model")
    assert failed.is_clear_error, failed.err
    assert "the disk is full" in failed.err
    assert "go on after step 10" in failed.err
    assert dragoman("train", "--resume", small_disk / "model").is_clear_error  # there is still no room
    ballast.unlink()
    assert dragoman("train", "--resume", small_disk / "model").code == 0
    assert result(small_disk / "model") == result(trained / "model")


# memory


@linux
def test_memory_that_is_really_short(corpus, tmp_path, dragoman):
    model = tmp_path / "model"
    large = ("batching.max_tokens=20000", "model.feed_forward_width=4096", "training.max_steps=2")
    settings = [word for setting in large for word in ("--set", setting)]
    command = [sys.executable, "-c", SHORT_OF_MEMORY, str(300 << 20), "train", corpus / "tiny.toml", "-o", model]
    failed = subprocess.run([*command, *settings], capture_output=True, text=True, check=False)
    assert failed.returncode == 1, failed.stderr
    assert "error: out of memory in a batch of 260 rows × " in failed.stderr
    assert "target ids, vocabulary 400 (batching.max_tokens = 20,000)" in failed.stderr
    [hint] = [line for line in failed.stderr.splitlines() if line.startswith("hint: ")]
    command = hint.partition(": dragoman ")[2].split()
    assert command[-4:] == ["--set", "batching.max_tokens=10000", "--set", "batching.accumulate=2"]
    resumed = dragoman(*command)
    assert resumed.code == 0, resumed.err


def test_batches_of_another_size_begin_the_pass_anew(run, tmp_path, dragoman, stop_after):
    stop_after(7)
    run()
    resumed = dragoman("train", "--resume", tmp_path / "model", "--set", "batching.max_tokens=256")
    assert resumed.code == 0
    assert "pass 1 over the text begins anew" in resumed.err


# learning rates


def test_a_learning_rate_that_diverges(finished, dragoman, monkeypatch):
    """Stopped, told; the last good checkpoint and the best bundle stay, those of the divergence go."""
    monkeypatch.setattr(divergence, "_PATIENCE", 10)
    before = {path.name: path.read_bytes() for path in finished.glob("*") if path.is_file()}
    wild = ("schedule.peak=3", "schedule.kind=constant", "training.max_steps=400", "training.patience=0")
    result = dragoman("train", "--resume", finished, *(word for setting in wild for word in ("--set", setting)))
    assert result.is_clear_error, result.err
    assert "error: training has diverged at step" in result.err
    assert "at its best and is" in result.err
    command = f"dragoman train --resume {finished} --set schedule.peak=1.0"
    assert f"go on after step 20, the last before it, with a lower learning rate: {command}" in result.err
    found, damaged = checkpoints.newest(finished / "training/checkpoints")
    assert (found.step, damaged) == (20, [])
    assert {path.name: path.read_bytes() for path in finished.glob("*") if path.is_file()} == before
    tame = ("schedule.peak=0.001", "training.max_steps=22")
    resumed = dragoman("train", "--resume", finished, *(word for setting in tame for word in ("--set", setting)))
    assert resumed.code == 0
    assert "going on after step 20" in resumed.err


# other processes and signals


def test_two_processes_at_the_same_output(finished, trained, dragoman):
    before = result(finished)
    holder = subprocess.Popen([sys.executable, "-c", LOCKED, finished], stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline()
        for arguments in (("--resume", finished), (trained / "tiny.toml", "-o", finished, "--force")):
            refused = dragoman("train", *arguments)
            assert refused.is_clear_error
            assert f"another process ({holder.pid}) is training into {finished}" in refused.err
        assert result(finished) == before
    finally:
        holder.kill()
        holder.communicate()
    assert dragoman("train", "--resume", finished).code == 0


@linux
def test_the_terminal_is_closed(trained, tmp_path, dragoman):
    """The last word has nobody to read it; the run is saved all the same."""
    ours, theirs = pty.openpty()
    settings = ("--set", "training.max_steps=100000", "--set", "training.patience=0")
    command = [sys.executable, "-c", CODE, "train", trained / "tiny.toml", "-o", tmp_path / "model", *settings]
    attached = ["setsid", "--ctty", "--wait", *command]
    process = subprocess.Popen(attached, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    os.set_blocking(ours, False)
    saved = tmp_path / "model/training/checkpoints/step-00000010/state.sha256"
    deadline = time.monotonic() + 120
    while not saved.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
        try:
            os.read(ours, 65536)
        except BlockingIOError:
            continue
    os.close(ours)
    assert process.wait(60) == 130
    steps = [path.name for path in saved.parent.parent.glob("step-*")]
    resumed = dragoman("train", "--resume", tmp_path / "model", "--set", "training.max_steps=5")
    assert f"going on after step {int(max(steps)[5:]):,}" in resumed.err


def test_sighup_is_told(run, tmp_path, dragoman, stop_after):
    stop_after(3, lambda: os.kill(os.getpid(), signal.SIGHUP))
    stopped = run()
    assert stopped.code == 130
    assert f"dragoman train --resume {tmp_path / 'model'}" in stopped.err


def test_killed_between_last_validation_and_checkpoint(run, tmp_path, dragoman, stop_after, monkeypatch):
    """Interrupted at its last step a run has no validation of it yet; it must not be taken for done half-way."""
    last = ("--set", "training.max_steps=13")
    assert run(*last, output=tmp_path / "whole").code == 0
    stop_after(13)
    assert run(*last).code == 130

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "save", killed)
        assert dragoman("train", "--resume", tmp_path / "model").code == 130
    assert dragoman("train", "--resume", tmp_path / "model").code == 0
    assert result(tmp_path / "model") == result(tmp_path / "whole")
