"""Two graphs into files that share one file of weights. Knows nothing of bundles.

PyTorch writes a graph by watching a model run (its exporter "by tracing": the other one needs two more packages and
writes the same). Both graphs of a model use weights of their own and some of the other's, an embedding that is also
the output's matrix among them: every array of bytes is stored once in :data:`WEIGHTS`, however many names it has.
"""

import hashlib
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import onnx
import torch
from jaxtyping import config
from onnx import numpy_helper
from onnx.external_data_helper import set_external_data
from torch import Tensor, nn
from torch.onnx.utils import register_custom_op_symbolic

from dragoman.base.symbols import BOS
from dragoman.interop.onnx.graphs import INPUTS, OUTPUTS, Start, Step, example_source
from dragoman.models.protocol import Seq2Seq
from dragoman.translator.engines.onnx_engine import START, STEP

OPSET = 18
"""The version of ONNX's operators: one that every ONNX Runtime since 1.14 (2023) knows."""
WEIGHTS = "weights.bin"
_SMALLEST_BYTES = 1024  # smaller arrays stay in the graph
_ALIGNMENT_BYTES = 64


def make_graphs(model: Seq2Seq) -> dict[str, onnx.ModelProto]:
    """The graphs of a model by the names of their files."""
    with torch.no_grad():
        start = Start(model)
        states = start.read(example_source()), start.read(example_source(count=3, length=6))
        open_axes = {name: _open_axes(name, *(state[name] for state in states)) for name in start.names}
        reading = trace(
            start,
            {"source": example_source()},
            start.outputs,
            {"source": {0: "sources", 1: "source_length"}} | open_axes,
        )
        step = Step(model, start.names)
        vocabulary = model.output.out_features
        examples = torch.tensor([BOS, BOS]), torch.tensor([0, 1]), torch.zeros(vocabulary), torch.tensor([3])
        inputs = dict(zip(INPUTS, examples, strict=True))
        given = inputs | states[0]
        after = dict(zip(step.changing, step(*given.values())[len(OUTPUTS) :], strict=True))
        for name, tensor in after.items():
            open_axes[name] |= _open_axes(name, states[0][name], tensor)
        several = {name: {0: "new_rows"} for name in ("ids", "rows", "log_probabilities")}
        several |= {name: {0: "new_rows", 1: "count"} for name in ("best", "best_ids")}
        nexts = {
            f"next.{name}": {axis: f"next.{label}" for axis, label in open_axes[name].items()} for name in step.changing
        }
        saying = trace(step, given, [*OUTPUTS, *nexts], several | open_axes | nexts)
    return {START: reading, STEP: saying}


def trace(
    function: nn.Module, inputs: Mapping[str, Tensor], outputs: Sequence[str], open_axes: Mapping[str, dict[int, str]]
) -> onnx.ModelProto:
    """The graph of a function.

    Args:
        function: in evaluation mode.
        inputs: an example of each, in order, by name.
        outputs: their names in order.
        open_axes: axes of any length, by the name of an input or output.
    """
    with TemporaryDirectory() as directory, _watched():
        file = Path(directory) / "graph.onnx"
        register_custom_op_symbolic("aten::rms_norm", _rms_norm, OPSET)
        torch.onnx.export(
            function,
            tuple(inputs.values()),
            file,
            dynamo=False,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=dict(open_axes),
            do_constant_folding=False,  # a matrix that is turned round would be stored twice; the runtime turns it
        )
        traced = onnx.load(file)
    _tidy(traced.graph)
    return traced


def write_graphs(graphs: Mapping[str, onnx.ModelProto], path: Path) -> None:
    """Write each graph into ``path`` under its name, and the weights of all of them into one file."""
    places: dict[bytes, int] = {}
    with (path / WEIGHTS).open("wb") as file:
        for weight in (weight for graph in graphs.values() for weight in graph.graph.initializer):
            content = numpy_helper.to_array(weight).tobytes()
            if len(content) < _SMALLEST_BYTES:
                continue
            key = hashlib.sha256(content).digest()
            if key not in places:
                file.write(bytes(-file.tell() % _ALIGNMENT_BYTES))
                places[key] = file.tell()
                file.write(content)
            weight.raw_data = content
            set_external_data(weight, WEIGHTS, offset=places[key], length=len(content))
            weight.ClearField("raw_data")
    for name, graph in graphs.items():
        (path / name).write_bytes(graph.SerializeToString())


def _tidy(graph: onnx.GraphProto) -> None:
    """Large constants (tables of positions) become weights like others; lines of our source, half of the file, go."""
    nodes = []
    for node in graph.node:
        node.ClearField("doc_string")
        value = node.attribute[0].t if node.op_type == "Constant" else None
        if value is None or len(value.raw_data) < _SMALLEST_BYTES:
            nodes.append(node)
            continue
        value.name = node.output[0]
        graph.initializer.append(value)
    del graph.node[:]
    graph.node.extend(nodes)


def _open_axes(name: str, one: Tensor, other: Tensor) -> dict[int, str]:
    """The axes that differ; no two get the same name, for the runtime takes axes of one name for equally long."""
    sizes = enumerate(zip(one.shape, other.shape, strict=True))
    return {axis: f"{name}.{axis}" for axis, (first, second) in sizes if first != second}


@contextmanager
def _watched() -> Iterator[None]:
    """Without warnings, Python's and those that go past Python, and without checks of shapes.

    What comes of the watching is compared with the model anyway; and sizes are tensors while it goes on.
    """
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    checks_off = config.jaxtyping_disable
    try:
        os.dup2(nowhere, 2)
        config.update("jaxtyping_disable", True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        config.update("jaxtyping_disable", checks_off)
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _rms_norm(graph: Any, inputs: Any, shape: Any, weight: Any, epsilon: Any) -> Any:
    """Root-mean-square norm (Zhang & Sennrich 2019) in operators that ONNX has."""
    squares = graph.op("Mul", inputs, inputs)
    axis = graph.op("Constant", value_t=torch.tensor([-1]))
    mean = graph.op("ReduceMean", squares, axis, keepdims_i=1)
    root = graph.op("Sqrt", graph.op("Add", mean, epsilon))
    return graph.op("Mul", graph.op("Div", inputs, root), weight)
