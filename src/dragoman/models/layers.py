"""The blocks a Transformer layer is made of: norms, feed-forward networks, residual connections.

Knows nothing of attention or positions.
"""

from collections.abc import Callable
from typing import Literal

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from dragoman.models.dropout import Dropout

Norm = Literal["layer", "rms"]
NormOrder = Literal["pre", "post"]
Activation = Literal["relu", "gelu", "silu", "swiglu"]

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "gelu": F.gelu,
    "silu": F.silu,
    "swiglu": F.silu,
}


def make_norm(kind: Norm, width: int) -> nn.Module:
    """Layer normalisation (Ba et al. 2016) or its root-mean-square form (Zhang & Sennrich 2019)."""
    return nn.LayerNorm(width) if kind == "layer" else nn.RMSNorm(width, eps=1e-6)


class FeedForward(nn.Module):
    """Two linear maps with an activation between (Vaswani et al. 2017, section 3.3), or gated SwiGLU (Shazeer 2020).

    Args:
        width: width of input and output.
        inner_width: width between the two maps.
        activation: ``relu``, ``gelu``, ``silu`` or ``swiglu``; the last has half as much again in weights.
        dropout: chance that an inner unit is dropped in training.
    """

    def __init__(self, width: int, inner_width: int, *, activation: Activation, dropout: float) -> None:
        super().__init__()
        self.gated = activation == "swiglu"
        self.activation = _ACTIVATIONS[activation]
        self.dropout = Dropout(dropout)
        self.input = nn.Linear(width, 2 * inner_width if self.gated else inner_width)
        self.output = nn.Linear(inner_width, width)

    def forward(self, inputs: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Each position by itself."""
        inner = self.input(inputs)
        if self.gated:
            gate, inner = inner.chunk(2, dim=-1)
            inner = self.activation(gate) * inner
        else:
            inner = self.activation(inner)
        return self.output(self.dropout(inner))  # type: ignore[no-any-return]


class Residual(nn.Module):
    """``x + f(x)`` with its norm: after the sum as in the paper (post), or before ``f`` (pre; Xiong et al. 2020).

    Args:
        width: width of the stream.
        norm: which norm.
        order: where the norm stands.
        dropout: chance that a unit of ``f(x)`` is dropped in training.
    """

    def __init__(self, width: int, *, norm: Norm, order: NormOrder, dropout: float) -> None:
        super().__init__()
        self.norm = make_norm(norm, width)
        self.order = order
        self.dropout = Dropout(dropout)

    def forward(self, inputs: Float[Tensor, "B T D"], function: Callable[[Tensor], Tensor]) -> Float[Tensor, "B T D"]:
        """The stream after ``function`` has added its part."""
        if self.order == "pre":
            return self.dropout(function(self.norm(inputs)), inputs)  # type: ignore[no-any-return]
        return self.norm(self.dropout(function(inputs), inputs))  # type: ignore[no-any-return]
