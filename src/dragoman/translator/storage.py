"""How weights stand in a bundle's file: as they are, as halves, as 8-bit integers with scales, or without their zeros.

::

    name            the numbers: float32, or of the bundle's kind for a matrix
    name/scales     of int8: one for each row
    name/places     of a matrix stored without its zeros: one bit for each weight, 1 where ``name`` has a number

The manifest says the kind, and the shape of each matrix that is stored without its zeros, which happens wherever the
file gets smaller by it. Reading gives back ordinary weights in float32. Knows neither models nor text.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dragoman.base.errors import DamagedFileError
from dragoman.surgery.quantization import DTYPES, Kind, dequantized, int8_rows

PLAIN: Kind = "float32"


def pack(weights: Mapping[str, Tensor], kind: Kind = PLAIN) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What to write for ``weights``, and what the manifest has to say of it: nothing for plain weights.

    Args:
        weights: by name; of a kind other than float32 only numbers that it can hold.
        kind: of the numbers in matrices.
    """
    tensors: dict[str, Tensor] = {}
    sparse: dict[str, list[int]] = {}
    for name, weight in weights.items():
        numbers = weight.detach().cpu().contiguous()
        if weight.dim() > 1 and kind == "int8":
            numbers, tensors[f"{name}/scales"] = int8_rows(numbers)
        elif weight.dim() > 1 and kind != PLAIN:
            numbers = numbers.to(DTYPES[kind])
        places = numbers != 0
        saved = int((~places).sum()) * numbers.element_size() - -(-numbers.numel() // 8)
        if weight.dim() > 1 and saved > 0:
            bits = np.packbits(places.flatten().numpy())
            tensors[f"{name}/places"] = torch.from_numpy(bits)
            sparse[name] = list(weight.shape)
            numbers = numbers[places]
        tensors[name] = numbers
    if kind == PLAIN and not sparse:
        return tensors, {}
    return tensors, {"kind": kind, "sparse": sparse}


def unpack(tensors: Mapping[str, Tensor], storage: Mapping[str, Any]) -> dict[str, Tensor]:
    """The weights that :func:`pack` was given, as float32.

    Args:
        tensors: of the file.
        storage: what the manifest says.

    Raises:
        KeyError: scales or places are missing.
        DamagedFileError: numbers and places do not fit each other.
    """
    weights: dict[str, Tensor] = {}
    for name, numbers in tensors.items():
        if name.endswith(("/scales", "/places")):
            continue
        if name in storage.get("sparse", {}):
            numbers = _spread(numbers, tensors[f"{name}/places"], storage["sparse"][name], name)
        weights[name] = (
            dequantized(numbers, tensors[f"{name}/scales"]) if numbers.dtype == torch.int8 else numbers.float()
        )
    return weights


def kind_of(storage: Mapping[str, Any]) -> Kind:
    """The kind of the numbers in a bundle's matrices."""
    kind: Kind = storage.get("kind", PLAIN)
    return kind


def _spread(numbers: Tensor, bits: Tensor, shape: list[int], name: str) -> Tensor:
    """The matrix of ``shape`` with ``numbers`` where ``bits`` says, zeros elsewhere."""
    count = int(np.prod(shape))
    places = torch.from_numpy(np.unpackbits(bits.numpy())[:count].astype(bool))
    if len(places) != count or int(places.sum()) != len(numbers):
        raise DamagedFileError(
            f"{name} has {len(numbers)} numbers for {int(places.sum())} places", hint="use another copy"
        )
    matrix = torch.zeros(count, dtype=numbers.dtype)
    matrix[places] = numbers
    return matrix.view(shape)
