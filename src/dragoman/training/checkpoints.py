"""Checkpoints: everything a run needs to go on bit for bit, whole or not there.

A checkpoint is a directory ``step-00001234`` of safetensors and one JSON file that holds the
counters and the checksum of every other file; a last file holds the checksum of that one.
It resumes; it does not serve (that is a bundle).
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from dragoman.base.errors import DamagedFileError, VersionError
from dragoman.base.files import atomic_directory, checksum, explained, read_json, write_json
from dragoman.compute.sharding import placed_like, whole
from dragoman.training.averaging import put
from dragoman.training.loop import Loop

_VERSION = 1
_STATE = "state.json"
_SEAL = "state.sha256"
_NAMES = "step-" + "[0-9]" * 8


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A saved moment of a run.

    Attributes:
        path: its directory.
        step: the update after which it was taken.
        run: what the caller wanted to remember (position in the data, patience…), plain JSON values.
    """

    path: Path
    step: int
    run: Mapping[str, Any]


def save(directory: Path, loop: Loop, run: Mapping[str, Any]) -> Checkpoint:
    """Write ``directory/step-…`` with the loop's model, optimizer, average and ``run``.

    Every process of the run has to call this, for each may hold a part of the tensors; the first one writes them whole,
    so that any number of processes can go on from them.
    """
    path = directory / f"step-{loop.step:08d}"
    files = _tensors(loop)
    if not loop.sharing.ranks.is_first:
        return Checkpoint(path, loop.step, run)
    with atomic_directory(path) as partial:
        for name, tensors in files.items():
            save_file(tensors, partial / f"{name}.safetensors")
        sums = {file.name: checksum(file) for file in sorted(partial.iterdir())}
        write_json(partial / _STATE, {"version": _VERSION, "step": loop.step, "run": dict(run), "checksums": sums})
        (partial / _SEAL).write_text(checksum(partial / _STATE), encoding="ascii")
    return Checkpoint(path, loop.step, run)


def read(path: Path) -> Checkpoint:
    """Read and check a checkpoint without loading its tensors.

    Raises:
        DamagedFileError: a file is missing or fails its checksum.
        VersionError: another version wrote it.
    """
    seal = path / _SEAL
    if not seal.is_file() or not _is_sound(path / _STATE, seal.read_text(encoding="ascii", errors="replace")):
        raise _damaged(path, _STATE)
    state = read_json(path / _STATE)
    if state.get("version") != _VERSION:
        raise VersionError(
            f"checkpoint {path} has version {state.get('version')!r}; this program reads version {_VERSION}",
            hint="resume with the version of dragoman that wrote it",
        )
    for name, expected in state["checksums"].items():
        if not _is_sound(path / name, expected):
            raise _damaged(path, name)
    return Checkpoint(path, state["step"], state["run"])


def _is_sound(file: Path, expected: str) -> bool:
    return file.is_file() and checksum(file) == expected


def _damaged(path: Path, name: str) -> DamagedFileError:
    return DamagedFileError(
        f"checkpoint {path} is damaged: {name} is missing or fails its checksum",
        hint="delete this directory; an earlier checkpoint may be sound",
    )


def newest(directory: Path) -> tuple[Checkpoint | None, list[DamagedFileError]]:
    """The newest sound checkpoint in ``directory``, and what was wrong with newer ones."""
    damaged: list[DamagedFileError] = []
    for path in sorted(directory.glob(_NAMES), reverse=True):
        try:
            return read(path), damaged
        except DamagedFileError as error:
            damaged.append(error)
    return None, damaged


def restore(checkpoint: Checkpoint, loop: Loop) -> None:
    """Put a checkpoint's tensors and step into ``loop``.

    Raises:
        ConfigError: it was taken from a model of another shape.
    """
    put(loop.model, load_weights(checkpoint.path / "model.safetensors"))
    if loop.average is not None:
        averaged = load_weights(checkpoint.path / "average.safetensors")
        loop.average.weights = {name: placed_like(averaged[name], own) for name, own in loop.average.weights.items()}
    saved = load_weights(checkpoint.path / "optimizer.safetensors")
    states: dict[str, dict[str, Tensor]] = {}
    for name, tensor in saved.items():
        owner, _, quantity = name.rpartition("/")
        states.setdefault(owner, {})[quantity] = tensor
    for name, parameter in loop.model.named_parameters():
        if name in states:
            loop.optimizer.state[parameter] = {
                quantity: placed_like(tensor, parameter) if tensor.dim() else tensor.to(parameter.device)
                for quantity, tensor in states[name].items()
            }
    loop.step = checkpoint.step


def load_weights(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file.

    Raises:
        DamagedFileError: it is not one, or is half-written.
    """
    with explained("read", path):
        try:
            return load_file(path)
        except SafetensorError as error:
            raise DamagedFileError(f"{path} is not a sound safetensors file: {error}") from error


def serving_weights(loop: Loop) -> dict[str, Tensor]:
    """The weights to validate and to ship: the moving average when there is one, else the model's own."""
    return _detached(loop.average.weights if loop.average is not None else dict(loop.model.named_parameters()))


def prune(directory: Path, keep: set[int]) -> None:
    """Delete every checkpoint whose step is not in ``keep``."""
    for path in directory.glob(_NAMES):
        if int(path.name.removeprefix("step-")) not in keep:
            shutil.rmtree(path, ignore_errors=True)


def forget_after(directory: Path, step: int) -> None:
    """Delete every checkpoint taken after ``step``."""
    for path in directory.glob(_NAMES):
        if int(path.name.removeprefix("step-")) > step:
            shutil.rmtree(path, ignore_errors=True)


def _tensors(loop: Loop) -> dict[str, dict[str, Tensor]]:
    """Every file of a checkpoint: name → tensors."""
    files = {"model": _detached(dict(loop.model.named_parameters())), "optimizer": {}}
    for name, parameter in loop.model.named_parameters():
        for quantity, tensor in loop.optimizer.state.get(parameter, {}).items():
            files["optimizer"][f"{name}/{quantity}"] = whole(torch.as_tensor(tensor)).detach().contiguous()
    if loop.average is not None:
        files["average"] = _detached(loop.average.weights)
    return files


def _detached(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: whole(tensor).detach().cpu().contiguous() for name, tensor in weights.items()}
