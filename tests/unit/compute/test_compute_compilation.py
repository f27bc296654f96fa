"""When layers are compiled, what keeps them from it, and that a compiled model computes the same."""

import json
import os
import subprocess
import sys

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


MODEL = """
import json, torch
from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.compute.compilation import compile_layers
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.cross_entropy import CrossEntropy

torch.set_num_threads(1)
torch.manual_seed(1)
config = TransformerConfig(width=8, heads=2, feed_forward_width=8, encoder_layers=1, decoder_layers=1, dropout=0.0)
model = Transformer(config, source_vocabulary=12, target_vocabulary=12)
shapes = [(5, 7, 4), (9, 3, 6), (12, 13, 2)]
batches = [collate([Example([4] * (s + n % 2) + [3], [5 + n % 3] * t + [3]) for n in range(b)]) for s, t, b in shapes]

def run():
    found = []
    for batch in batches:
        model.zero_grad()
        loss = CrossEntropy()(model, batch).total
        loss.backward()
        found.append([loss.item(), sum(one.grad.double().square().sum().item() for one in model.parameters()) ** 0.5])
    return found
"""

COMPARED = """
plain = run()
assert compile_layers(model.repeated_layers(), True, device=torch.device("cpu"), steps=1)
compiled = run()
graphs = torch._dynamo.utils.counters["stats"]["unique_graphs"]
print(json.dumps({"plain": plain, "compiled": compiled, "graphs": graphs}))
"""


WHOLE = """
for layer in model.repeated_layers():
    layer.compile(dynamic=True, fullgraph=True, backend="eager")  # fails where the layer falls into pieces
run()
print(torch._dynamo.utils.counters["stats"]["unique_graphs"])
"""


def in_its_own_process(program):
    """What it prints; apart, because the import hook that checks shapes in the tests is not to be compiled."""
    return json.loads(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    )


def test_each_kind_of_layer_is_one_program_for_batches_of_all_shapes():
    assert 2 <= in_its_own_process(MODEL + WHOLE) <= 4  # one more when sizes turn out to differ


@pytest.mark.skipif(why_not(CPU) is not None, reason=f"cannot compile here: {why_not(CPU)}")
@pytest.mark.skipif(not os.environ.get("DRAGOMAN_TEST_COMPILED"), reason="takes minutes; set DRAGOMAN_TEST_COMPILED=1")
def test_a_compiled_model_computes_the_same_for_batches_of_all_shapes():
    found = in_its_own_process(MODEL + COMPARED)
    assert len(found["plain"]) == 3
    torch.testing.assert_close(torch.tensor(found["compiled"]), torch.tensor(found["plain"]), atol=0, rtol=1e-5)
    assert 2 <= found["graphs"] <= 4  # one for each kind of layer, and perhaps one more when sizes turn out to differ
