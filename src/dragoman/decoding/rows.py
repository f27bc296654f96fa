"""What goes with each row of a beam: what it has said and, where asked for, how it looked at the source.

Knows neither models nor how rows are chosen.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

_LEAST_COVERED = 1e-4
"""So that a source id never looked at costs much, but not everything."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Row by row.

    Attributes:
        prefix: ids said, without BOS.
        looked: for each step the source place most looked at, the next id's step included; None if nobody asks.
        covered: how much each source id has been looked at in all; None if nobody asks.
    """

    prefix: Int[Tensor, "N T"]
    looked: Int[Tensor, "N T2"] | None = None
    covered: Float[Tensor, "N S"] | None = None

    def pick(self, rows: Int[Tensor, " M"]) -> "Rows":
        """Row ``rows[i]`` in place ``i``."""
        return Rows(
            self.prefix[rows],
            None if self.looked is None else self.looked[rows],
            None if self.covered is None else self.covered[rows],
        )

    def look(self, attention: Float[Tensor, "N S"], words: Bool[Tensor, "N S"]) -> "Rows":
        """These after a step with this ``attention``; ``words`` are the source ids that are neither EOS nor padding."""
        attention = attention.float()
        first = attention.masked_fill(~words, -1.0).argmax(1, keepdim=True)
        looked = first if self.looked is None else torch.cat((self.looked, first), dim=1)
        return replace(self, looked=looked, covered=attention if self.covered is None else self.covered + attention)

    def say(self, newest: Int[Tensor, " N"]) -> "Rows":
        """These with one id more."""
        return replace(self, prefix=torch.cat((self.prefix, newest[:, None]), dim=1))

    def alignment(self, row: int, length: int) -> list[int] | None:
        """For each of the first ``length`` ids of ``row`` the place looked at when it was said."""
        return None if self.looked is None else self.looked[row, :length].tolist()

    def coverage(self, row: int, words: Bool[Tensor, " S"]) -> float:
        """The sum of logarithms of how much each of ``words`` was looked at, at most 1 each (Wu et al. 2016, (14))."""
        if self.covered is None:
            return 0.0
        return float(self.covered[row][words].clamp(_LEAST_COVERED, 1.0).log().sum())
