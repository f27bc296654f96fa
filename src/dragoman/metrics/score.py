"""The noun of metrics: one number with everything needed to believe it. Knows no metric."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Score:
    """What one metric says of one system.

    Attributes:
        name: the metric's name in the catalogue ("bleu").
        label: how the field writes it ("BLEU").
        value: the score, from 0 to 100 as the field prints it (TER may be above 100).
        signature: how it was counted; two scores compare only when their signatures are equal.
        details: what the number was made of, such as precisions and lengths.
        higher_is_better: whether more is better (of TER, less is).
    """

    name: str
    label: str
    value: float
    signature: str
    details: Mapping[str, float] = field(default_factory=dict)
    higher_is_better: bool = True

    def beats(self, other: "Score") -> bool:
        """Whether this is the better of two scores of one metric; nothing is said of chance."""
        return self.value > other.value if self.higher_is_better else self.value < other.value

    def __str__(self) -> str:
        return f"{self.label} {self.value:.2f} ({self.signature})"
