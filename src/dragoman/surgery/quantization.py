"""Round a model's matrices to numbers that take less room: 8-bit integers with a scale for each row, or halves.

A row of int8 holds whole numbers from -127 to 127 and one scale: weight = number × scale (Jacob et al. 2018,
"Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", here symmetric and for
each row by itself). The scale is the row's largest weight / 127, or a smaller one that cuts the largest weights off
where that makes the error less; an error counts for more where the inputs are large, as text has shown them.

What comes out is an ordinary model whose weights lie on the coarser grid; how it is stored is the bundle's affair.
Biases and norms, which are few, stay as they are.
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import torch
from jaxtyping import Float, Int8
from torch import Tensor, nn

from dragoman.base.errors import ConfigError
from dragoman.batching.batch import Batch
from dragoman.models.protocol import Seq2Seq

Kind = Literal["float32", "float16", "bfloat16", "int8"]
"""What a matrix's numbers are: as trained, halves of two sorts, or 8-bit integers with a scale for each row."""
DTYPES: dict[str, torch.dtype] = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
LARGEST = 127
_CLIPS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)
_SPARE_BITS = 7


@dataclass(frozen=True, slots=True)
class Error:
    """What rounding did to one matrix.

    Attributes:
        name: of the parameter.
        largest: the largest change of a weight.
        mean: the mean change, without sign.
        relative: norm of the change / norm of the matrix.
    """

    name: str
    largest: float
    mean: float
    relative: float


@torch.no_grad()
def quantize(
    model: Seq2Seq, kind: Kind, *, moments: Mapping[str, Tensor] | None = None
) -> tuple[Seq2Seq, tuple[Error, ...]]:
    """A copy of ``model`` whose matrices hold only numbers that ``kind`` can, and what that changed.

    Args:
        model: of any architecture; stays as it is.
        kind: of numbers.
        moments: for int8: parameter → mean square of each of its inputs, as :func:`input_moments` finds them. With
            them each row's range is the one with the least error; without, it holds the largest weight.

    Raises:
        ConfigError: a weight is too large for the kind, or not finite.
    """
    rounded = copy.deepcopy(model)
    errors = []
    for name, parameter in rounded.named_parameters():
        if parameter.dim() < 2:
            continue
        before = parameter.clone()
        if kind == "int8":
            parameter.copy_(
                dequantized(*int8_rows(before, clip=moments is not None, moments=(moments or {}).get(name)))
            )
        else:
            parameter.copy_(before.to(DTYPES[kind]))
        if not parameter.isfinite().all():
            raise ConfigError(
                f"{name} holds weights up to {before.abs().max():g}, which {kind} cannot hold",
                hint="use bfloat16 or int8",
            )
        change = (parameter - before).abs()
        relative = float(change.norm() / before.norm().clamp_min(torch.finfo(before.dtype).tiny))
        errors.append(Error(name, float(change.max()), float(change.mean()), relative))
    return rounded, tuple(errors)


def int8_rows(
    matrix: Float[Tensor, "R ..."], *, clip: bool = False, moments: Tensor | None = None
) -> tuple[Int8[Tensor, "R ..."], Float[Tensor, " R"]]:
    """Whole numbers and the scale of each row. What :func:`dequantized` makes of them gives the same ones again.

    Args:
        matrix: rows of any shape.
        clip: look for a smaller range with a smaller error.
        moments: mean square of each input, for the error; all alike when left out.
    """
    rows = matrix.detach().float().flatten(1)
    highest = rows.abs().amax(1)
    best, least = _scales(highest), None
    for share in _CLIPS if clip else ():
        scales = _scales(highest * share)
        squares = (_codes(rows, scales) * scales[:, None] - rows).square()
        error = (squares if moments is None else squares * moments.to(rows.device)).sum(1)
        if least is None:
            least = error
        best = torch.where(error < least, scales, best)
        least = torch.minimum(error, least)
    return _codes(rows, best).to(torch.int8).view(matrix.shape), best


def dequantized(codes: Int8[Tensor, "R ..."], scales: Float[Tensor, " R"]) -> Float[Tensor, "R ..."]:
    """The weights that whole numbers and scales stand for."""
    return codes.float() * scales.view(-1, *[1] * (codes.dim() - 1))


@torch.no_grad()
def input_moments(model: Seq2Seq, batches: Iterable[Batch]) -> dict[str, Tensor]:
    """Mean square of every input of the model's linear maps on text, by the name of their weight.

    A map that is applied in parts (the projections of attention to the source), or is not one (an embedding), is left
    out.
    """
    sums: dict[str, Tensor] = {}
    counts: dict[str, int] = {}

    def note(name: str, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        squares = inputs[0].detach().float().square().flatten(0, -2)
        sums[name] = sums.get(name, torch.zeros(squares.size(1))) + squares.sum(0).cpu()
        counts[name] = counts.get(name, 0) + len(squares)

    maps = {name: module for name, module in model.named_modules() if isinstance(module, nn.Linear)}
    handles = [module.register_forward_pre_hook(partial(note, f"{name}.weight")) for name, module in maps.items()]
    was_training = model.training
    model.eval()
    try:
        for batch in batches:
            batch = batch.to(next(model.parameters()).device)
            model.output(model(batch.source, batch.source_mask, batch.target_input))
    finally:
        model.train(was_training)
        for handle in handles:
            handle.remove()
    return {name: total / counts[name] for name, total in sums.items()}


def _codes(rows: Tensor, scales: Tensor) -> Tensor:
    divisors = scales.clamp_min(torch.finfo(torch.float32).tiny)[:, None]
    return (rows / divisors).round().clamp(-LARGEST, LARGEST)


def _scales(highest: Float[Tensor, " R"]) -> Float[Tensor, " R"]:
    """Scales with so few digits that ``LARGEST`` times a scale is exact: so rounding twice is rounding once."""
    digits = (highest / LARGEST).contiguous().view(torch.int32)
    return (digits >> _SPARE_BITS << _SPARE_BITS).view(torch.float32)
