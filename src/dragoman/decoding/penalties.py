"""Length normalisation: without it, search prefers short hypotheses. Knows only a sum and a length."""

from collections.abc import Callable
from typing import Literal

Penalty = Callable[[float, int], float]
"""(sum of log-probabilities, length in ids with EOS) → score; longer is better."""


def make_penalty(kind: Literal["none", "average", "gnmt"], alpha: float) -> Penalty:
    """The score of a hypothesis.

    Args:
        kind: ``none``: the sum itself; ``average``: divided by length to the power alpha;
            ``gnmt``: divided by ((5 + length) / 6) to the power alpha (Wu et al. 2016, section 7, equation 14).
        alpha: how strongly length counts.
    """
    if kind == "none" or alpha == 0:
        return lambda total, length: total
    if kind == "average":
        return lambda total, length: float(total / max(1, length) ** alpha)
    return lambda total, length: float(total / ((5 + length) / 6) ** alpha)
