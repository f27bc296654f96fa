"""Going on bit for bit, and what happens to damaged, missing and unwritable checkpoints."""

import dataclasses
import errno
import itertools
import os
import resource
import shutil

import pytest
import torch

from dragoman.base.errors import ConfigError, DamagedFileError, FileAccessError, VersionError
from dragoman.base.files import checksum, read_json, write_json
from dragoman.base.symbols import EOS
from dragoman.batching.example import Example
from dragoman.batching.loader import Loader, Position
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.training import checkpoints
from dragoman.training.averaging import MovingAverage
from dragoman.training.loop import Loop
from dragoman.training.optimizers import OptimizerConfig, make_optimizer

EXAMPLES = [Example([4 + n % 9] * (1 + n % 4) + [EOS], [5 + n % 8] * (1 + n % 5) + [EOS]) for n in range(30)]


def transformer(width=8):
    config = TransformerConfig(
        width=width, heads=2, feed_forward_width=12, encoder_layers=2, decoder_layers=2, dropout=0.2
    )
    return Transformer(config, source_vocabulary=14, target_vocabulary=14)


def recurrent():
    config = RecurrentConfig(width=8, embedding_width=8, layers=2, dropout=0.2, attention="multiplicative")
    return Recurrent(config, source_vocabulary=14, target_vocabulary=14)


def make_loop(model=transformer, *, seed=1, average=True, kind="adamw"):
    torch.manual_seed(seed)
    network = model()
    optimizer = make_optimizer(OptimizerConfig(kind=kind, weight_decay=0.01), network)
    following = MovingAverage(network, decay=0.99) if average else None
    return Loop(network, CrossEntropy(), optimizer, lambda step: 0.01 / step, clip_norm=1.0, seed=7, average=following)


def train(loop, position, count):
    """The position after ``count`` updates."""
    loader = Loader(EXAMPLES, max_tokens=40, accumulate=2, seed=3)
    updates = list(itertools.islice(loader.updates(position), count))
    assert not any(step.skipped for step in loop.steps(batches for batches, _ in updates))
    return updates[-1][1]


@pytest.mark.parametrize("kind", ["adamw", "adam"])
@pytest.mark.parametrize("model", [transformer, recurrent])
def test_twenty_steps_are_ten_and_ten_resumed_bit_for_bit(tmp_path, model, kind):
    whole = make_loop(model, kind=kind)
    end = train(whole, Position(), 20)
    assert end.epoch >= 1  # the resumed part crosses into another epoch's order

    first = make_loop(model, kind=kind)
    position = train(first, Position(), 10)
    checkpoints.save(tmp_path, first, {"position": dataclasses.asdict(position)})
    torch.rand(5)  # another process has drawn other numbers
    resumed = make_loop(model, seed=99, kind=kind)
    found, damaged = checkpoints.newest(tmp_path)
    assert not damaged
    checkpoints.restore(found, resumed)
    assert resumed.step == 10
    assert train(resumed, Position(**found.run["position"]), 10) == end

    assert resumed.step == whole.step == 20
    theirs = dict(resumed.model.named_parameters())
    for name, parameter in whole.model.named_parameters():
        assert torch.equal(parameter, theirs[name]), name
        assert torch.equal(whole.average.weights[name], resumed.average.weights[name]), name
        ours, other = whole.optimizer.state[parameter], resumed.optimizer.state[theirs[name]]
        assert ours.keys() == other.keys() >= {"exp_avg", "exp_avg_sq", "step"}
        assert all(torch.equal(ours[quantity], other[quantity]) for quantity in ours), name


@pytest.fixture
def saved(tmp_path):
    """Checkpoints of steps 3 and 6 in a directory."""
    loop = make_loop()
    position = train(loop, Position(), 3)
    checkpoints.save(tmp_path, loop, {"mark": 3})
    train(loop, position, 3)
    checkpoints.save(tmp_path, loop, {"mark": 6})
    return tmp_path


def names(directory):
    return sorted(path.name for path in directory.iterdir())


FILES = ["average.safetensors", "model.safetensors", "optimizer.safetensors", "state.json", "state.sha256"]


def test_the_newest_is_found(saved):
    found, damaged = checkpoints.newest(saved)
    assert (found.step, dict(found.run), damaged) == (6, {"mark": 6}, [])
    assert names(found.path) == FILES
    assert names(saved) == ["step-00000003", "step-00000006"]


def test_nothing_saved_yet(tmp_path):
    assert checkpoints.newest(tmp_path) == (None, [])
    assert checkpoints.newest(tmp_path / "missing") == (None, [])


def flip(file):
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)


def halve(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", [flip, halve, lambda file: file.unlink()], ids=["flipped", "halved", "missing"])
def test_a_damaged_checkpoint_is_named_and_the_older_one_is_used(saved, name, harm):
    broken = saved / "step-00000006"
    harm(broken / name)
    with pytest.raises(DamagedFileError, match="step-00000006 is damaged"):
        checkpoints.read(broken)
    found, damaged = checkpoints.newest(saved)
    assert found.step == 3
    assert len(damaged) == 1
    assert "step-00000006" in damaged[0].message


def test_all_damaged(saved):
    for directory in saved.iterdir():
        flip(directory / "model.safetensors")
    found, damaged = checkpoints.newest(saved)
    assert found is None
    assert len(damaged) == 2


def test_another_version_is_refused_by_name(saved):
    path = saved / "step-00000006"
    write_json(path / "state.json", {**read_json(path / "state.json"), "version": 2})
    (path / "state.sha256").write_text(checksum(path / "state.json"))
    with pytest.raises(VersionError, match="version 2; this program reads version 1"):
        checkpoints.newest(saved)


def test_weights_of_another_shape_are_refused(saved):
    found, _ = checkpoints.newest(saved)
    with pytest.raises(ConfigError, match="of another model"):
        checkpoints.restore(found, make_loop(lambda: transformer(width=12)))


def test_prune_keeps_what_it_is_told_and_what_is_not_its_own(saved):
    (saved / "step-notes").mkdir()
    checkpoints.prune(saved, {3})
    assert names(saved) == ["step-00000003", "step-notes"]


def test_saving_again_replaces(saved):
    loop = make_loop()
    train(loop, Position(), 6)
    checkpoints.save(saved, loop, {"mark": "again"})
    assert checkpoints.newest(saved)[0].run == {"mark": "again"}
    assert names(saved) == ["step-00000003", "step-00000006"]


def test_serving_weights_are_the_average_where_there_is_one():
    with_average, without = make_loop(), make_loop(average=False)
    train(with_average, Position(), 2)
    train(without, Position(), 2)
    name = "output.weight" if "output.weight" in with_average.average.weights else "source_embedding.weight"
    assert torch.equal(checkpoints.serving_weights(with_average)[name], with_average.average.weights[name])
    assert torch.equal(checkpoints.serving_weights(without)[name], dict(without.model.named_parameters())[name])


def assert_old_one_stands(directory):
    assert names(directory) == ["step-00000003", "step-00000006"]
    found, damaged = checkpoints.newest(directory)
    assert (found.step, found.run, damaged) == (6, {"mark": 6}, [])


@pytest.mark.parametrize("number", [6, 7])
def test_a_disk_that_fills_up_at_the_flush(saved, monkeypatch, number):
    """Also when the failing save was to replace a checkpoint of the same step."""
    loop = make_loop()
    loop.step = number

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        FileAccessError, match=rf"cannot write .*/step-0000000{number}(/.*)?: the disk is full"
    ) as caught:
        checkpoints.save(saved, loop, {})
    assert "free some space" in caught.value.hint
    monkeypatch.undo()
    assert_old_one_stands(saved)


def test_a_library_that_hides_the_systems_reason(saved, monkeypatch):
    def full(tensors, path):
        raise checkpoints.SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(checkpoints, "save_file", full)
    loop = make_loop()
    loop.step = 7
    with pytest.raises(FileAccessError, match=r"/step-00000007: the disk is full"):
        checkpoints.save(saved, loop, {})
    assert_old_one_stands(saved)


def test_a_file_that_may_not_grow(saved):
    """The same with a real limit of the system instead of a fake."""
    loop = make_loop()
    train(loop, Position(), 1)
    loop.step = 7
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, hard))
    try:
        with pytest.raises(FileAccessError, match=r"/step-00000007: the file grew past the allowed size"):
            checkpoints.save(saved, loop, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert_old_one_stands(saved)


def test_a_swap_that_fails_puts_the_old_one_back(saved, monkeypatch):
    loop = make_loop()
    loop.step = 6
    rename = checkpoints.Path.replace

    def refuse(self, target):
        if self.name.endswith(".partial") and target.name == "step-00000006":
            raise OSError(errno.EACCES, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(checkpoints.Path, "replace", refuse)
    with pytest.raises(FileAccessError, match="permission denied"):
        checkpoints.save(saved, loop, {})
    monkeypatch.undo()
    assert_old_one_stands(saved)


def test_a_half_written_checkpoint_is_never_seen(saved):
    """What a killed process leaves behind is hidden and does not count."""
    shutil.copytree(saved / "step-00000006", saved / ".step-00000009.1.partial")
    assert checkpoints.newest(saved)[0].step == 6


def test_not_a_safetensors_file(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"not tensors")
    with pytest.raises(DamagedFileError, match="not a sound safetensors file"):
        checkpoints.load_weights(tmp_path / "model.safetensors")
    with pytest.raises(FileAccessError, match="no such file"):
        checkpoints.load_weights(tmp_path / "missing.safetensors")


def test_an_empty_directory_is_not_a_checkpoint(saved):
    (saved / "step-00000009").mkdir()
    found, damaged = checkpoints.newest(saved)
    assert found.step == 6
    assert "step-00000009 is damaged: state.json is missing" in damaged[0].message


def test_forgetting_what_came_after(saved):
    checkpoints.forget_after(saved, 3)
    assert names(saved) == ["step-00000003"]
