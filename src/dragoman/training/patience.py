"""When to stop: early stopping on one score, and which checkpoints were best. Knows only numbers."""

from dataclasses import dataclass, field


@dataclass
class Patience:
    """Watches one score over the validations.

    Attributes:
        higher_is_better: True for BLEU and chrF, False for loss.
        patience: validations without a new best after which training stops; 0 for never.
        keep_best: how many of the best steps to remember.
        best: (score, step) of the best validations so far, best first.
        since_best: validations since the best one.
    """

    higher_is_better: bool
    patience: int
    keep_best: int = 1
    best: list[tuple[float, int]] = field(default_factory=list)
    since_best: int = 0

    def note(self, score: float, step: int) -> bool:
        """Take in a validation; whether it is the best so far (an equal score is not: the earlier step stays)."""
        sign = -1.0 if self.higher_is_better else 1.0
        is_best = not self.best or sign * score < sign * self.best[0][0]
        self.since_best = 0 if is_best else self.since_best + 1
        self.best = sorted([*self.best, (score, step)], key=lambda entry: (sign * entry[0], entry[1]))[: self.keep_best]
        return is_best

    @property
    def exhausted(self) -> bool:
        """Whether it is time to stop."""
        return bool(self.patience) and self.since_best >= self.patience

    @property
    def best_steps(self) -> list[int]:
        """The best steps, best first."""
        return [step for _, step in self.best]
