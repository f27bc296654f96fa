"""Whether a direction is worse than it used to be: the last translations beside the first ones.

The first translations of a model are its baseline; their quantiles say what length and what probability are unusual.
For each signal the share among the last translations is compared with the baseline's by a two-proportion z-test,
one-sided, with one hit and one miss more on either side, so that a signal which never came before does not shout at its
first (Agresti & Caffo 2000, "Simple and Effective Confidence Intervals for Proportions and Differences of Proportions
Result from Adding Two Successes and Two Failures"). The window moves, so the test is made again and again; hence the
high threshold, which is measured (docs/results.md), and not the usual one of a single test.
"""

import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from dragoman.server.telemetry.quality.signals import SIGNALS, Look

THRESHOLD = 5.0
"""From this on it is called drift: standard errors between the shares."""
RULES = 1
"""Goes up whenever a signal comes or goes, or is told otherwise: a baseline of other rules says nothing."""
_FEWEST = 20
_UNSURE_SHARE = 0.05
_ODD_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual: a few numbers, and no text.

    Attributes:
        size: looks that it was made of.
        shortest: ratio of lengths below which a translation is unusual.
        longest: ratio above which it is.
        least_score: log-probability below which the model is unsure; None where it gives none.
        hits: signal → how often it came; not at all where it is missing.
    """

    size: int
    shortest: float
    longest: float
    least_score: float | None
    hits: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, looks: Sequence[Look]) -> Self:
        """That of the first looks."""
        ratios = sorted(look.ratio for look in looks)
        scores = sorted(look.score for look in looks if look.score is not None)
        odd = int(_ODD_SHARE * len(ratios))
        least_score = scores[int(_UNSURE_SHARE * len(scores))] if scores else None
        bounds = cls(len(looks), ratios[odd], ratios[-1 - odd], least_score)
        hits = Counter(signal for look in looks for signal in bounds.signals(look))
        return replace(bounds, hits=dict(hits))

    def signals(self, look: Look) -> frozenset[str]:
        """The signals of ``look``, with those that need to know what is usual."""
        odd = not self.shortest <= look.ratio <= self.longest
        least = -math.inf if self.least_score is None else self.least_score
        is_unsure = look.score is not None and look.score < least
        return look.signals | ({"length"} if odd else set()) | ({"unsure"} if is_unsure else set())


def z_of(hits: int, of: int, usual_hits: int, usual_of: int) -> float:
    """How many standard errors the share ``hits / of`` is above the usual one; below it is negative."""
    share, usual = (hits + 1) / (of + 2), (usual_hits + 1) / (usual_of + 2)
    error = share * (1 - share) / (of + 2) + usual * (1 - usual) / (usual_of + 2)
    return (share - usual) / math.sqrt(error)


class DirectionQuality:
    """One direction over time.

    Args:
        baseline: what is usual, where that is known already.
        baseline_size: translations that say what is usual, where it is not.
        window_size: last translations that are compared with them.
    """

    def __init__(self, baseline: Baseline | None = None, *, baseline_size: int = 1000, window_size: int = 200) -> None:
        self._first: list[Look] = []
        self.baseline_size = baseline_size
        self.baseline = baseline
        self._window: deque[frozenset[str]] = deque(maxlen=window_size)
        self.recent: Counter[str] = Counter()
        self.total: Counter[str] = Counter()
        self.judged = 0

    def note(self, look: Look) -> None:
        """One more translation."""
        signals = self.baseline.signals(look) if self.baseline else look.signals
        self.judged += 1
        self.total.update(signals)
        if self.baseline is None:
            self._first.append(look)
            if len(self._first) == self.baseline_size:
                self._begin()
                return
        if len(self._window) == self._window.maxlen:
            self.recent.subtract(self._window[0])
        self._window.append(signals)
        self.recent.update(signals)

    def _begin(self) -> None:
        """The baseline is complete; the window begins anew."""
        self.baseline, self._first = Baseline.of(self._first), []
        self._window.clear()
        self.recent.clear()

    def shares(self) -> dict[str, float]:
        """Signal → its share of the last translations."""
        return {signal: self.recent[signal] / max(1, len(self._window)) for signal in SIGNALS}

    def drift(self) -> dict[str, float]:
        """Signal → how far above its usual share it is, in standard errors; nothing while that is not known."""
        usual, of = self.baseline, len(self._window)
        if usual is None or of < _FEWEST:
            return {}
        return {signal: z_of(self.recent[signal], of, usual.hits.get(signal, 0), usual.size) for signal in SIGNALS}
