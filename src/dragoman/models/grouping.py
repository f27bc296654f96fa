"""Which rows of a decoder's state are of one source. Knows neither layers nor what they remember.

The rows of a beam remember the same of their source. Kept once for all of them it need not be copied when rows change
places within the beam, which they do at every step, and attention reads it once for all of them.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Grouping:
    """``count`` groups of ``width`` rows each, one after another."""

    count: int
    width: int = 1

    def reorder(self, rows: Int[Tensor, " N"]) -> tuple["Grouping", Int[Tensor, " G"] | None]:
        """The groups after row ``rows[i]`` came to place ``i``, and which of these each was; None if all stayed.

        Rows of one group that follow each other stay one, if there are as many of each.
        """
        owners = torch.div(rows, self.width, rounding_mode="floor")
        stayed = torch.arange(self.count, device=rows.device).repeat_interleave(self.width)
        if torch.equal(owners, stayed):
            return self, None
        kept, counts = torch.unique_consecutive(owners, return_counts=True)
        widths = set(counts.tolist())
        if len(widths) > 1:
            return Grouping(len(rows)), owners
        if torch.equal(kept, stayed[:: self.width]):
            return Grouping(self.count, *widths), None
        return Grouping(len(kept), *widths), kept
