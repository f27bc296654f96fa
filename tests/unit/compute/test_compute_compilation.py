"""When layers are compiled, and what keeps them from it."""

import pytest
import torch
from torch import nn

from dragoman.compute import compilation
from dragoman.compute.compilation import LONG_RUN_STEPS, compile_layers, why_not

CPU, GPU, MPS = torch.device("cpu"), torch.device("cuda", 0), torch.device("mps")
LONG, SHORT = LONG_RUN_STEPS, LONG_RUN_STEPS - 1


class Layer(nn.Linear):
    """A layer that notes whether it was compiled instead of being it."""

    options = None

    def __init__(self):
        super().__init__(2, 2)

    def compile(self, **options):
        self.options = options


@pytest.fixture
def told(monkeypatch):
    messages = []
    monkeypatch.setattr(compilation, "warn", messages.append)
    return messages


@pytest.mark.parametrize(
    ("wanted", "device", "steps", "expected"),
    [
        ("auto", CPU, LONG, False),
        ("auto", GPU, LONG, True),
        ("auto", GPU, SHORT, False),
        (True, CPU, 1, True),
        (True, GPU, 1, True),
        (False, GPU, LONG, False),
    ],
)
def test_where_it_pays(monkeypatch, told, wanted, device, steps, expected):
    monkeypatch.setattr(compilation, "why_not", lambda device: None)
    layers = [Layer(), Layer()]
    assert compile_layers(layers, wanted, device=device, steps=steps) is expected
    assert [layer.options for layer in layers] == [{"dynamic": True} if expected else None] * 2
    assert not told


def test_without_a_compiler_training_goes_on_and_says_so(monkeypatch, told):
    monkeypatch.setattr(compilation, "why_not", lambda device: "there is no C++ compiler")
    layers = [Layer()]
    assert compile_layers(layers, True, device=CPU, steps=1) is False
    assert layers[0].options is None
    assert told == ["not compiled (compute.compile): there is no C++ compiler"]


@pytest.mark.parametrize(("wanted", "messages"), [(True, 1), ("auto", 0)])
def test_a_model_without_such_layers(told, wanted, messages):
    assert compile_layers([], wanted, device=GPU, steps=LONG) is False
    assert len(told) == messages


def test_what_is_missing(monkeypatch):
    there = {"mine"}
    capability = [(6, 1)]
    monkeypatch.setattr(compilation.shutil, "which", lambda name: name if name in there else None)
    monkeypatch.setattr(compilation.importlib.util, "find_spec", lambda name: name if name in there else None)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability[0])
    for variable in ("CC", "CXX"):
        monkeypatch.delenv(variable, raising=False)
    assert why_not(CPU) == "there is no C++ compiler"
    assert why_not(GPU) == "this GPU is older than compute capability 7.0"
    assert why_not(MPS) == "the device 'mps' is not supported"
    capability[0] = (9, 0)
    assert why_not(GPU) == "the package triton is not installed"
    there.add("triton")
    assert why_not(GPU) == "there is no C compiler"
    monkeypatch.setenv("CC", "mine")
    assert why_not(GPU) is None
    there.add("clang++")
    assert why_not(CPU) is None
