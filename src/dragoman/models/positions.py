"""Where a piece stands in its sentence: sinusoidal, learned or rotary. Knows nothing of attention.

Sinusoidal and learned positions are added to the embeddings (Vaswani et al. 2017, section 3.5);
rotary ones turn queries and keys instead (Su et al. 2021, section 3.2).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


def sinusoids(length: int, width: int) -> Float[Tensor, "T D"]:
    """The table of Vaswani et al. (2017, section 3.5): sines in the even columns, cosines in the odd ones."""
    angles = _angles(length, width)
    table = torch.empty(length, width)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : width // 2]
    return table


def _angles(length: int, width: int) -> Float[Tensor, "T F"]:
    """Position times frequency; frequencies fall geometrically from 1 to 1/10000."""
    frequencies = torch.exp(torch.arange(0, width, 2, dtype=torch.float64) * (-torch.log(torch.tensor(1e4)) / width))
    return torch.outer(torch.arange(length, dtype=torch.float64), frequencies).float()


class AddedPositions(nn.Module):
    """Positions added to embeddings, fixed (sinusoidal) or learned.

    Args:
        max_length: how many positions there are.
        width: width of the embeddings.
        learned: train the table instead of computing it.
    """

    def __init__(self, max_length: int, width: int, *, learned: bool) -> None:
        super().__init__()
        self.table: Tensor
        if learned:
            self.table = nn.Parameter(torch.randn(max_length, width) * width**-0.5)
        else:
            self.register_buffer("table", sinusoids(max_length, width), persistent=False)

    def forward(self, embedded: Float[Tensor, "B T D"], start: int = 0) -> Float[Tensor, "B T D"]:
        """Add the positions from ``start`` on."""
        return embedded + self.table[start : start + embedded.size(1)]


class RotaryPositions(nn.Module):
    """Positions as rotations of queries and keys: their product then depends on the distance alone.

    Args:
        max_length: how many positions there are.
        head_width: width of one head, even.
    """

    def __init__(self, max_length: int, head_width: int) -> None:
        super().__init__()
        angles = _angles(max_length, head_width).repeat(1, 2)  # (T, K/2) → (T, K): one angle per pair (k, k + K/2)
        self.cosines: Tensor
        self.sines: Tensor
        self.register_buffer("cosines", angles.cos(), persistent=False)
        self.register_buffer("sines", angles.sin(), persistent=False)

    def forward(self, heads: Float[Tensor, "B H T K"], start: int = 0) -> Float[Tensor, "B H T K"]:
        """Turn each position's heads by its angle."""
        stop = start + heads.size(2)
        first, second = heads.chunk(2, dim=-1)
        turned = torch.cat((-second, first), dim=-1)
        return heads * self.cosines[start:stop] + turned * self.sines[start:stop]

    def together(self, heads: Float[Tensor, "B H W K"], start: int = 0, *, position: int) -> Float[Tensor, "B H W K"]:
        """Turn all heads by the angle of one ``position``; ``start`` is not looked at."""
        first, second = heads.chunk(2, dim=-1)
        turned = torch.cat((-second, first), dim=-1)
        return heads * self.cosines[position] + turned * self.sines[position]
