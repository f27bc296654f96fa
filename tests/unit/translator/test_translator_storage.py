"""What is packed comes back bit for bit, in as few bytes as there are."""

import json

import pytest
import torch

from dragoman.base.errors import DamagedFileError
from dragoman.surgery.quantization import dequantized, int8_rows
from dragoman.translator.storage import kind_of, pack, unpack


def size(tensors):
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())


def weights(kind, zeros=0.0):
    matrix, cube, bias = torch.randn(24, 40), torch.randn(4, 5, 6), torch.randn(24)
    found = {}
    for name, tensor in {"matrix": matrix, "cube": cube}.items():
        tensor = torch.where(torch.rand_like(tensor) < zeros, 0.0, tensor)
        if kind == "int8":
            tensor = dequantized(*int8_rows(tensor))
        elif kind != "float32":
            tensor = tensor.to(getattr(torch, kind)).float()
        found[name] = tensor
    return found | {"bias": bias}


@pytest.mark.parametrize("zeros", [0.0, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("kind", ["float32", "float16", "bfloat16", "int8"])
def test_there_and_back(kind, zeros):
    before = weights(kind, zeros)
    tensors, storage = pack(before, kind)
    storage = json.loads(json.dumps(storage))
    after = unpack(tensors, storage)
    assert after.keys() == before.keys()
    for name in before:
        assert torch.equal(after[name], before[name])
        assert after[name].dtype == torch.float32
    assert kind_of(storage) == kind
    assert (storage == {}) == (kind == "float32" and zeros == 0.0)
    assert bool(storage.get("sparse")) == (zeros > 0.2)


def test_how_many_bytes():
    plain = size(pack(weights("float32"), "float32")[0])
    bits = {kind: size(pack(weights(kind), kind)[0]) for kind in ("float16", "bfloat16", "int8")}
    assert bits["float16"] == bits["bfloat16"] < 0.52 * plain
    assert bits["int8"] < 0.4 * plain
    assert size(pack(weights("float32", 0.9), "float32")[0]) < 0.25 * plain


def test_a_few_zeros_are_not_worth_a_mask():
    table = torch.randn(100, 8)
    table[0] = 0.0
    tensors, storage = pack({"embedding": table})
    assert storage == {}
    assert tensors["embedding"].shape == (100, 8)


def test_numbers_without_places_are_damage():
    tensors, storage = pack(weights("float32", 0.9))
    tensors["matrix"] = tensors["matrix"][:-1]
    with pytest.raises(DamagedFileError, match="matrix has"):
        unpack(tensors, storage)
