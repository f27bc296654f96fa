"""Learning rate by step: functions of a number, without state, so that resuming needs nothing."""

import math
from collections.abc import Callable
from typing import Literal

from pydantic import Field

from dragoman.base.config import Section

Schedule = Callable[[int], float]
"""Step (from 1) → learning rate."""


class ScheduleConfig(Section):
    """How the learning rate goes up and down."""

    kind: Literal["inverse_square_root", "cosine", "noam", "constant"] = "inverse_square_root"
    """The shape after the warm-up."""
    peak: float = Field(default=1e-3, gt=0)
    """Highest learning rate; for noam the factor before the paper's formula (1 is the paper's)."""
    warmup_steps: int = Field(default=2000, ge=0)
    """Updates over which the rate rises linearly from 0 to the peak."""
    floor: float = Field(default=0.0, ge=0)
    """Lowest learning rate of the cosine, reached at the last step."""


def make_schedule(config: ScheduleConfig, *, max_steps: int, width: int) -> Schedule:
    """The learning rate of every step.

    Args:
        config: shape and numbers.
        max_steps: where the cosine ends.
        width: of the model, for noam.
    """
    warmup = max(1, config.warmup_steps)

    def inverse_square_root(step: int) -> float:
        return config.peak * min(step / warmup, math.sqrt(warmup / step))

    def cosine(step: int) -> float:
        if step < warmup:
            return config.peak * step / warmup
        done = min(1.0, (step - warmup) / max(1, max_steps - warmup))
        return config.floor + (config.peak - config.floor) * (1 + math.cos(math.pi * done)) / 2

    def noam(step: int) -> float:
        """Vaswani et al. (2017), section 5.3, equation 3."""
        return float(config.peak * width**-0.5 * min(step**-0.5, step * warmup**-1.5))

    def constant(step: int) -> float:
        return config.peak * min(1.0, step / warmup)

    shapes: dict[str, Schedule] = {
        "inverse_square_root": inverse_square_root,
        "cosine": cosine,
        "noam": noam,
        "constant": constant,
    }
    return shapes[config.kind]
