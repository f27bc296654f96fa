"""Dropout (Srivastava et al. 2014) whose coins are quick to toss on a CPU. Knows nothing of what is dropped.

PyTorch draws one random number for every unit, which took a fifth of a training step here. Four units
can share the 64 bits of one draw: each gets 16, enough to tell chances of 1/65536 apart. PyTorch compares
numbers of 16 bits straight into floating point many times quicker than it turns truth values into it.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

_UNITS_PER_DRAW = 4
_LEVELS = 1 << 16


class Dropout(nn.Module):
    """Sets each unit to zero with some chance and scales the others up, in training only.

    Args:
        chance: of a unit to be dropped, from 0 to below 1; kept to the nearest 1/65536.
    """

    def __init__(self, chance: float) -> None:
        super().__init__()
        self.chance = chance

    def forward(self, inputs: Float[Tensor, "..."], onto: Tensor | None = None) -> Float[Tensor, "..."]:
        """The units that are left, added to ``onto`` if that is given (of the same shape)."""
        if not self.training or self.chance == 0.0:
            return inputs if onto is None else onto + inputs
        if inputs.device.type != "cpu":
            kept = F.dropout(inputs, self.chance)
            return kept if onto is None else onto + kept
        return _Toss.apply(inputs, onto, round(self.chance * _LEVELS))  # type: ignore[no-any-return, no-untyped-call]

    def extra_repr(self) -> str:
        """What ``print(model)`` says of it."""
        return f"chance={self.chance}"


class _Toss(torch.autograd.Function):
    """Units times kept-or-not times scale, both ways; forward perhaps added to something."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, onto: Tensor | None, dropped_levels: int) -> Tensor:
        draws = torch.empty(-(-inputs.numel() // _UNITS_PER_DRAW), dtype=torch.long).random_(-(1 << 63), None)
        levels = draws.view(torch.int16)[: inputs.numel()].view(inputs.shape)
        ctx.lowest, ctx.scale = dropped_levels - _LEVELS // 2, _LEVELS / (_LEVELS - dropped_levels)
        ctx.dtype, ctx.onto_dtype = inputs.dtype, None if onto is None else onto.dtype
        ctx.save_for_backward(levels)
        kept = _at_least(levels, ctx.lowest, inputs.dtype)
        if onto is None:
            return kept.mul_(inputs).mul_(ctx.scale)
        return torch.addcmul(onto, inputs, kept, value=ctx.scale)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor | None, None]:
        (levels,) = ctx.saved_tensors
        gradient = gradients[0]
        of_inputs = _at_least(levels, ctx.lowest, ctx.dtype).mul_(gradient).mul_(ctx.scale)
        return of_inputs, None if ctx.onto_dtype is None else gradient.to(ctx.onto_dtype), None


def _at_least(levels: Tensor, lowest: int, dtype: torch.dtype) -> Tensor:
    """1 where a level is high enough, else 0."""
    return torch.ge(levels, lowest, out=torch.empty(levels.shape, dtype=dtype))
