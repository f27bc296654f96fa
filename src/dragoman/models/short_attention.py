"""Attention among few positions, quick on a processor. Knows nothing of projections or of what is attended to.

PyTorch's fused attention is made for long sequences. A sentence of twenty pieces leaves its
vector units mostly empty, and its backward makes the scores a second time. Here all heads of
all sentences are one batch of small products, the keys are rounded up to whole vectors, and the
weights are kept for the gradient (they are few). It takes half to five sixths of the time of the
fused kernel up to 32 keys; from about 40 on that one is the quicker.
"""

import math
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

_LONGEST = 32
_VECTOR = 8  # keys are rounded up to a multiple of this


def suits(queries: Float[Tensor, "B H T K"], keys: Float[Tensor, "B H S K"]) -> bool:
    """Whether :func:`attend_shortly` is the quicker way: training on a processor, few keys."""
    wanted = torch.is_grad_enabled() and (queries.requires_grad or keys.requires_grad)
    if torch.compiler.is_compiling():
        return False  # lengths are open then, and the compiler has its own way
    return wanted and queries.device.type == "cpu" and keys.size(2) <= _LONGEST


def attend_shortly(
    queries: Float[Tensor, "B H T K"],
    keys: Float[Tensor, "B H S K"],
    values: Float[Tensor, "B H S K"],
    *,
    mask: Tensor | None,
    causal: bool,
) -> Float[Tensor, "B H T K"]:
    """The same as :func:`torch.nn.functional.scaled_dot_product_attention` without dropout.

    Args:
        queries: what asks.
        keys: what is compared with the queries.
        values: what is mixed.
        mask: added to the scores, broadcastable to (B, H, T, S): 0 where a key may be seen, -inf where not.
        causal: query ``t`` sees the keys up to ``t`` only.
    """
    length = keys.size(2)
    extra = -length % _VECTOR
    if causal:
        scores = queries.new_full((queries.size(2), length + extra), -math.inf).triu(1)
        mask = scores if mask is None else scores + F.pad(mask, (0, extra))
    elif extra:
        mask = queries.new_zeros(length) if mask is None else mask
        mask = F.pad(mask, (0, extra), value=-math.inf)
    return _ShortAttention.apply(queries, keys, values, mask, extra)  # type: ignore[no-any-return, no-untyped-call]


class _ShortAttention(torch.autograd.Function):
    """Softmax of scaled scores times values, head by head, and its gradients."""

    @staticmethod
    def forward(ctx: Any, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None, extra: int) -> Tensor:
        ctx.scale, ctx.length = queries.size(3) ** -0.5, keys.size(2)
        scaled = (queries * ctx.scale).flatten(0, 1)
        keys, values = (F.pad(heads, (0, 0, 0, extra)).flatten(0, 1) for heads in (keys, values))
        # (B·H, T, K) × (B·H, K, S) → (B·H, T, S)
        scores = torch.bmm(scaled, keys.transpose(1, 2))
        if mask is not None:
            scores.view(*queries.shape[:3], -1).add_(mask)
        weights = torch.softmax(scores, -1, out=scores)
        ctx.save_for_backward(scaled, keys, values, weights)
        return torch.bmm(weights, values).view(queries.shape)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        scaled, keys, values, weights = ctx.saved_tensors
        gradient = gradients[0].flatten(0, 1)
        by_values = torch.bmm(weights.transpose(1, 2), gradient)
        by_weights = torch.bmm(gradient, values.transpose(1, 2))
        # A softmax's gradient: each weight times how much better than the average its key did.
        by_scores = torch.ops.aten._softmax_backward_data(by_weights, weights, -1, weights.dtype)
        by_queries = torch.bmm(by_scores, keys).mul_(ctx.scale)
        by_keys = torch.bmm(by_scores.transpose(1, 2), scaled)
        batch = gradients[0].shape[:2]
        # (B·H, T, K) → (B, H, T, K)
        of_queries, of_keys, of_values = (
            part.view(*batch, *part.shape[1:]) for part in (by_queries, by_keys, by_values)
        )
        return of_queries, of_keys[:, :, : ctx.length], of_values[:, :, : ctx.length], None, None
