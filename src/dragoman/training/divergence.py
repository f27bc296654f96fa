"""Has a run run away? Watches loss and gradient norm, step by step; knows only numbers.

A learning rate that is too high rarely ends in infinities. The loss climbs and stays: the model has forgotten what it
knew and foresees no more than how frequent words are. So the smoothed loss is held against the best it has been: one
nat more, *e* times the perplexity, for a hundred updates on end is no noise. Gradients a hundred times longer than at
that best moment, with a loss that rises, end a run sooner.

A moment is called *sound* by a stricter rule than a run is called lost, so that what is kept from before a divergence
is from before it, and not from its first steps.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_SLOW, _FAST = 0.98, 0.8  # smoothing over about 50 and 5 updates
_RISE = 1.0  # nats above the best that are too many
_SOUND_RISE = 0.25  # nats above the best that are noise
_EXPLOSION = 100.0  # times the norm of the best moment
_SETTLING = 20  # updates until a loss counts as smoothed: a single batch may be an easy one
_PATIENCE = 100  # updates on end above the best
_EXPLOSION_PATIENCE = 20  # updates on end with such a norm


@dataclass
class Divergence:
    """The watch over one run.

    Attributes:
        updates: seen so far.
        slow: loss smoothed over about 50 updates, in nats per target id.
        fast: the same over about 5.
        norm: logarithm of the gradient norm, smoothed over about 5 updates.
        best: lowest slow loss so far; the slow loss itself in the first updates.
        usual_norm: the same over about 50.
        lowest_norm: lowest usual norm so far; the usual norm itself in the first updates.
        high: updates on end with a loss far above the best.
        exploded: updates on end with a gradient far longer than at its shortest.
    """

    updates: int = 0
    slow: float = 0.0
    fast: float = 0.0
    norm: float = 0.0
    best: float = math.inf
    usual_norm: float = 0.0
    lowest_norm: float = math.inf
    high: int = 0
    exploded: int = 0

    def note(self, loss: float, gradient_norm: float) -> None:
        """Take in an update that was made.

        Args:
            loss: cross-entropy per target id, in nats: of that scale whatever the objective adds to it.
            gradient_norm: before clipping.
        """
        self.updates += 1
        length = math.log(max(gradient_norm, 1e-12))
        measured = {
            "slow": (_SLOW, loss),
            "fast": (_FAST, loss),
            "norm": (_FAST, length),
            "usual_norm": (_SLOW, length),
        }
        for name, (share, value) in measured.items():
            kept = min(share, 1 - 1 / self.updates)  # a plain mean at first
            setattr(self, name, kept * getattr(self, name) + (1 - kept) * value)
        is_settling = self.updates <= _SETTLING
        self.best = self.slow if is_settling else min(self.best, self.slow)
        self.lowest_norm = self.usual_norm if is_settling else min(self.lowest_norm, self.usual_norm)
        self.high = self.high + 1 if self.slow > self.best + _RISE else 0
        is_long = self.norm > self.lowest_norm + math.log(_EXPLOSION) and self.slow > self.best + _SOUND_RISE
        self.exploded = self.exploded + 1 if is_long else 0

    @property
    def is_sound(self) -> bool:
        """Whether this moment is worth going back to."""
        return max(self.slow, self.fast - _SOUND_RISE) <= self.best + _SOUND_RISE

    @property
    def verdict(self) -> str | None:
        """What went wrong, with figures; None while nothing did."""
        if self.high >= _PATIENCE:
            return (
                f"the loss was {self.best:.2f} at its best and is {self.slow:.2f} now (smoothed, {self.high} updates)"
            )
        if self.exploded >= _EXPLOSION_PATIENCE:
            before, now = math.exp(self.lowest_norm), math.exp(self.norm)
            return (
                f"the gradient's norm was {before:.2g} at its lowest and is {now:.2g} now, "
                f"and the loss rose from {self.best:.2f} to {self.slow:.2f}"
            )
        return None

    def state(self) -> dict[str, Any]:
        """Plain JSON values for a checkpoint."""
        return asdict(self) if self.updates else {}

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "Divergence":
        """The watch that :meth:`state` wrote down."""
        return cls(**state)
