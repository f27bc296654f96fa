"""A graph whose matrices are whole numbers of 8 bits: a third of the size. Knows operators, no architecture.

Each row of a matrix, cut into blocks of :data:`BLOCK` numbers, is stored as bytes with a scale for each block, so that
the largest number of a block is 127 of its steps. What is multiplied with it is cut into whole numbers in the same
way while the model runs, row by row (the operator MatMulNBits). ONNX Runtime's older way (``quantize_dynamic``) takes
one scale for all rows of a batch: there a sentence's translation depends on the sentences beside it, here it does not.

Embeddings are stored like matrices, and together with one where they are the same; the weights of the encoder's LSTM
or GRU are stored so too, and made whole again as the graph is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

Array = NDArray[Any]
BLOCK = 32
"""With 128 ONNX Runtime 1.32 multiplies a single row otherwise than many, and batches would differ by a hair."""
_SMALLEST = 1024  # numbers of a matrix that is worth it
_MIDDLE = np.array(128, dtype=np.float32)  # the byte of zero
_ZERO = "the_byte_of_zero"
_IN_BYTES = 4  # accuracy_level: what is multiplied may be cut into bytes too
_DOMAIN = "com.microsoft"


def quantize(model: ModelProto) -> ModelProto:
    """The model with its matrices in bytes."""
    made = fold(model)
    graph = made.graph
    weights = {weight.name: numpy_helper.to_array(weight) for weight in graph.initializer}
    replacements = [_replaced(node, weights) for node in graph.node]
    nodes = [node for replacement in replacements for node in replacement.nodes]
    read = {name for node in nodes for name in node.input}
    arrays = {name: array for name, array in weights.items() if name in read}
    for replacement in replacements:
        arrays |= replacement.arrays
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(nodes)
    graph.initializer.extend(
        numpy_helper.from_array(np.asarray(array, order="C"), name) for name, array in arrays.items()
    )
    if not any(imported.domain == _DOMAIN for imported in made.opset_import):
        made.opset_import.append(helper.make_opsetid(_DOMAIN, 1))
    return made


def fold(model: ModelProto) -> ModelProto:
    """The model with everything worked out that depends on weights alone."""
    with TemporaryDirectory() as directory:
        file = Path(directory) / "folded.onnx"
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(file)
        options.log_severity_level = 3
        onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return onnx.load(file)


def blocks(matrix: Array) -> tuple[Array, Array]:
    """Bytes (N, B, :data:`BLOCK`) and scales (N, B) of a matrix (N, K); the last block is filled up with zeros."""
    rows, columns = matrix.shape
    filled = np.pad(matrix, ((0, 0), (0, -columns % BLOCK))).reshape(rows, -1, BLOCK)
    scales = np.abs(filled).max(axis=2) / 127
    steps = np.rint(filled / np.where(scales == 0, 1, scales)[:, :, None])
    return (steps + int(_MIDDLE)).astype(np.uint8), scales.astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Replacement:
    """What stands in the place of a node: others, and the arrays they read."""

    nodes: list[NodeProto]
    arrays: dict[str, Array]


def _replaced(node: NodeProto, weights: Mapping[str, Array]) -> _Replacement:
    """A node and its float32 matrices, in bytes where that saves space."""
    if node.op_type in ("MatMul", "Gemm") and _is_worth_it(weights.get(node.input[1])):
        return _product(node, weights[node.input[1]])
    if node.op_type == "Gather" and _is_worth_it(weights.get(node.input[0]), whole_blocks=True):
        return _lookup(node, weights[node.input[0]])
    if node.op_type in ("LSTM", "GRU"):
        return _recurrence(node, weights)
    return _Replacement([node], {})


def _is_worth_it(weight: Array | None, *, whole_blocks: bool = False) -> bool:
    if weight is None or weight.dtype != np.float32 or weight.ndim < 2 or weight.size < _SMALLEST:
        return False
    return not (whole_blocks and weight.shape[-1] % BLOCK)


def _product(node: NodeProto, matrix: Array) -> _Replacement:
    """A product with a matrix, and perhaps a bias added."""
    is_turned = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
    rows = matrix if is_turned else matrix.T
    stored, scales = blocks(rows)
    names = f"{node.input[1]}.bytes", f"{node.input[1]}.scales"
    bias = ["", "", node.input[2]] if len(node.input) > 2 else []
    options = {"K": rows.shape[1], "N": rows.shape[0], "bits": 8, "block_size": BLOCK, "accuracy_level": _IN_BYTES}
    product = helper.make_node(
        "MatMulNBits", [node.input[0], *names, *bias], list(node.output), domain=_DOMAIN, **options
    )
    return _Replacement([product], {names[0]: stored, names[1]: scales.reshape(-1)})


def _lookup(node: NodeProto, table: Array) -> _Replacement:
    """The rows of a table for ids (B, T)."""
    stored, scales = blocks(table)
    name, ids, found = node.input[0], node.input[1], node.output[0]
    nodes = [
        helper.make_node("Gather", [f"{name}.table", ids], [f"{found}.bytes"]),
        helper.make_node("Gather", [f"{name}.steps", ids], [f"{found}.steps"]),
        *_whole(f"{found}.bytes", f"{found}.steps", found, f"{found}.shape"),
    ]
    shape = np.array([0, 0, table.shape[1]])
    arrays = {f"{name}.table": stored, f"{name}.steps": scales[:, :, None], f"{found}.shape": shape, _ZERO: _MIDDLE}
    return _Replacement(nodes, arrays)


def _recurrence(node: NodeProto, weights: Mapping[str, Array]) -> _Replacement:
    """An LSTM or GRU over whole sentences: of its weights only what is stored is smaller."""
    nodes: list[NodeProto] = []
    arrays: dict[str, Array] = {}
    inputs = list(node.input)
    for place, name in enumerate(inputs):
        weight = weights.get(name)
        if weight is None or not _is_worth_it(weight, whole_blocks=True):
            continue
        stored, scales = blocks(weight.reshape(-1, weight.shape[-1]))
        arrays |= {f"{name}.bytes": stored, f"{name}.steps": scales[:, :, None], _ZERO: _MIDDLE}
        arrays[f"{name}.shape"] = np.array(weight.shape)
        nodes += _whole(f"{name}.bytes", f"{name}.steps", f"{name}.whole", f"{name}.shape")
        inputs[place] = f"{name}.whole"
    changed = NodeProto()
    changed.CopyFrom(node)
    del changed.input[:]
    changed.input.extend(inputs)
    return _Replacement([*nodes, changed], arrays)


def _whole(stored: str, steps: str, found: str, shape: str) -> list[NodeProto]:
    """Numbers from their bytes and scales."""
    return [
        helper.make_node("Cast", [stored], [f"{found}.cast"], to=TensorProto.FLOAT),
        helper.make_node("Sub", [f"{found}.cast", _ZERO], [f"{found}.centred"]),
        helper.make_node("Mul", [f"{found}.centred", steps], [f"{found}.blocks"]),
        helper.make_node("Reshape", [f"{found}.blocks", shape], [found]),
    ]
