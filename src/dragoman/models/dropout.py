"""Dropout (Srivastava et al. 2014) whose coins are quick to toss on a CPU. Knows nothing of what is dropped.

PyTorch draws one random number for every unit, which took a fifth of a training step here. Four units
can share the 64 bits of one draw: each gets 16, enough to tell chances of 1/65536 apart.
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

    def forward(self, inputs: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        """The units that are left."""
        if not self.training or self.chance == 0.0:
            return inputs
        if inputs.device.type != "cpu":
            return F.dropout(inputs, self.chance)
        return _Toss.apply(inputs, round(self.chance * _LEVELS))  # type: ignore[no-any-return, no-untyped-call]

    def extra_repr(self) -> str:
        """What ``print(model)`` says of it."""
        return f"chance={self.chance}"


class _Toss(torch.autograd.Function):
    """Units times kept-or-not times scale, both ways."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, dropped_levels: int) -> Tensor:
        draws = torch.empty(-(-inputs.numel() // _UNITS_PER_DRAW), dtype=torch.long).random_(-(1 << 63), None)
        levels = draws.view(torch.int16)[: inputs.numel()].view(inputs.shape)
        kept = levels >= dropped_levels - _LEVELS // 2
        ctx.scale = _LEVELS / (_LEVELS - dropped_levels)
        ctx.save_for_backward(kept)
        return torch.ops.aten.native_dropout_backward(inputs, kept, ctx.scale)  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (kept,) = ctx.saved_tensors
        return torch.ops.aten.native_dropout_backward(gradients[0], kept, ctx.scale), None
