"""Scoring a corpus by what is learnt from itself: learn, drop the worst, learn again. Knows no model of words.

What learns is passed in: a function from pairs to a scorer. Two traps are avoided. A model asked about pairs it
has learnt from has seen their mistakes, and finds them right; so the corpus is cut into folds, and each is judged
by what the others teach. And wrong pairs teach wrong things; so the worst quarter of the first round is left out of
what the second learns from.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from dragoman.base.errors import EmptyCorpusError
from dragoman.corpora.cleaning.scoring import Evidence, Margins, Scorer, Texts, measure_margins

Learner = Callable[[Iterable[Texts]], Scorer]
"""From pairs to what can score others."""

ROUNDS = 2
FEWEST_PAIRS = 200
"""Below that, nothing can be learnt that is worth believing."""
_WORST_SHARE = 0.25
_SMALL = 20_000
_FOLDS_OF_SMALL, _FOLDS = 4, 2


def measure_by_itself(
    read: Callable[[], Iterator[Texts]], learn: Learner, *, count: int, evidence: Evidence = lambda _: 0.0
) -> Margins:
    """The margins of a corpus by what is learnt from itself.

    Args:
        read: gives its pairs, anew at each call.
        learn: from pairs to a scorer.
        count: how many pairs there are.
        evidence: what else speaks against a pair.

    Raises:
        EmptyCorpusError: too few to learn from.
    """
    if count < FEWEST_PAIRS:
        raise EmptyCorpusError(
            f"{count:,} pairs are too few to learn from what goes with what (at least {FEWEST_PAIRS})",
            hint="give a clean corpus to learn from with --reference, or leave the scoring out",
        )
    folds = _FOLDS_OF_SMALL if count <= _SMALL else _FOLDS
    believed = np.ones(count, dtype=bool)
    for _ in range(ROUNDS):
        margins = _one_round(read, learn, evidence, believed, folds)
        believed = margins.pairs >= np.quantile(margins.pairs, _WORST_SHARE)
    return margins


def _one_round(
    read: Callable[[], Iterator[Texts]], learn: Learner, evidence: Evidence, believed: NDArray[np.bool_], folds: int
) -> Margins:
    result = Margins(np.zeros(len(believed)), np.zeros(len(believed)))
    for fold in range(folds):
        others = (pair for place, pair in enumerate(read()) if place % folds != fold and believed[place])
        scorer = learn(others)
        own = (pair for place, pair in enumerate(read()) if place % folds == fold)
        found = measure_margins(own, scorer, evidence)
        result.pairs[fold::folds] = found.pairs
        result.strangers[fold::folds] = found.strangers
    return result
