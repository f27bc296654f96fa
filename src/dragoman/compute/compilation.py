"""Compiling a model's layers with torch.compile, where that can be done and pays. Knows nothing of what they compute.

Layer by layer, not the model as a whole: layers of one kind share one compiled program, so compiling takes
seconds, not minutes. Sizes are left open (dynamic shapes), so batches of all shapes share it too. It changes
speed only, so where it cannot be had training goes on without it, and says so.
"""

import importlib.util
import os
import shutil
from collections.abc import Sequence
from typing import Literal

import torch
from torch import nn

from dragoman.base.log import say, warn

LONG_RUN_STEPS = 2000
"""Updates from which compiling is taken to pay on a GPU."""


def compile_layers(
    layers: Sequence[nn.Module], wanted: Literal["auto"] | bool, *, device: torch.device, steps: int
) -> bool:
    """Compile ``layers`` in place, if that is wanted and can be done; whether it was.

    Args:
        layers: those whose forward is worth it; none when the model is not made for it.
        wanted: auto is yes on an NVIDIA GPU in a run of at least :data:`LONG_RUN_STEPS`.
        device: where they run.
        steps: updates of the run.
    """
    asked = (device.type == "cuda" and steps >= LONG_RUN_STEPS) if wanted == "auto" else wanted
    if not asked or (wanted == "auto" and not layers):
        return False
    obstacle = why_not(device) if layers else "this model runs position by position, which compiling does not help"
    if obstacle:
        warn(f"not compiled (compute.compile): {obstacle}")
        return False
    say("layers are compiled; the first steps take longer")
    for layer in layers:
        layer.compile(dynamic=True)
    return True


def why_not(device: torch.device) -> str | None:
    """What keeps torch.compile from working for ``device``, or None."""
    if device.type == "cuda":
        if torch.cuda.get_device_capability(device) < (7, 0):
            return "this GPU is older than compute capability 7.0"
        if importlib.util.find_spec("triton") is None:
            return "the package triton is not installed"
        return None if _first(os.environ.get("CC"), "cc", "gcc", "clang") else "there is no C compiler"
    if device.type == "cpu":
        return None if _first(os.environ.get("CXX"), "g++", "clang++", "c++") else "there is no C++ compiler"
    return f"the device {device.type!r} is not supported"


def _first(*programs: str | None) -> str | None:
    """The first of ``programs`` that is on the path."""
    return next((program for program in programs if program and shutil.which(program)), None)
