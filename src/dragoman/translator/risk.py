"""Minimum Bayes risk: of many hypotheses the one that is most like all the others. Knows texts only.

The likeliest sentence of a model is often an odd one; what many of its sentences nearly say is seldom odd. Each
hypothesis gets the mean of a metric against all the others, as if each were the reference, and the highest mean wins.

Eikema & Aziz 2022, "Sampling-Based Approximations to Minimum Bayes Risk Decoding for Neural Machine Translation".
"""

from collections import Counter
from collections.abc import Callable, Sequence

Utility = Callable[[Sequence[str], Sequence[str]], list[float]]
"""(hypotheses, references) → how good each is against its own."""


def expected_utilities(texts: Sequence[str], utility: Utility) -> list[float]:
    """For each text the mean of its utilities against the others; what was drawn twice counts twice."""
    counts = Counter(texts)
    different = list(counts)
    pairs = [(one, other) for one in different for other in different if one != other or counts[one] > 1]
    values = utility([one for one, _ in pairs], [other for _, other in pairs]) if pairs else []
    sums = dict.fromkeys(different, 0.0)
    for (one, other), value in zip(pairs, values, strict=True):
        sums[one] += value * (counts[other] - (one == other))
    return [sums[text] / max(1, len(texts) - 1) for text in texts]
