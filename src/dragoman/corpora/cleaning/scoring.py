"""How well the two texts of a pair go together, beside how well each goes with a stranger. Knows no model of words.

Whoever scores is passed in: a function from many pairs to one number each, higher for better (an aligner's
log-probability, a translation model's). By itself such a number says more about a text than about a pair: rare
words score low wherever they stand. So each pair is measured against *mates*, wrong pairs made of the same text and
another of about the same length: the **margin** is the pair's score less the mean of its mates' (the idea of
Artetxe and Schwenk 2019, "Margin-based parallel corpus mining", with random strangers for neighbours).

The mates are also what wrong pairs look like in this very corpus, an *empirical null* (Efron 2004, "Large-scale
simultaneous hypothesis testing"). How many pairs are wrong follows from how many lie where the null lies (Storey
2002, "A direct approach to false discovery rates"), and the threshold is put where the fewest pairs are judged
wrongly, kept wrong ones and dropped right ones counted alike. No label is needed, and no number is set by hand.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from dragoman.base.randomness import key

Texts = tuple[str, str]
Scorer = Callable[[Sequence[Texts]], Sequence[float]]
"""Scores of many pairs, in their order."""
Evidence = Callable[[Texts], float]
"""What else speaks against a pair, to be added to its margin; 0 for nothing."""
Floats = NDArray[np.float64]

MATES = 3
"""Strangers each text meets; each makes wrong pairs of two right ones, so a pair has twice as many mates."""
_PAIRS_AT_ONCE = 2048
_FEWEST_PAIRS = 2 * MATES + 2
"""With fewer, a mate would be met twice, or be the pair itself."""


@dataclass(frozen=True, slots=True)
class Margins:
    """What scoring found.

    Attributes:
        pairs: the margin of each pair, in order.
        strangers: margins of wrong pairs, as many: what a pair gets that is no pair at all.
    """

    pairs: Floats
    strangers: Floats

    def smoothed(self, window: int) -> "Margins":
        """Each margin as the mean of so many neighbours in the file: wrong pairs come in blocks.

        The strangers are drawn from all over the file first, so that they stay what chance alone gives.
        """
        return Margins(_moving_mean(self.pairs, window), _moving_mean(self.strangers, window))


def measure_margins(pairs: Iterable[Texts], score: Scorer, evidence: Evidence = lambda _: 0.0) -> Margins:
    """The margins of ``pairs`` with the evidence added, streaming; what is kept is two numbers a pair."""
    parts = [_margins(part, score, evidence) for part in _chunks(iter(pairs))]
    if not parts:
        return Margins(np.zeros(0), np.zeros(0))
    return Margins(np.concatenate([part.pairs for part in parts]), np.concatenate([part.strangers for part in parts]))


def choose_threshold(margins: Margins) -> float:
    """The margin below which pairs are dropped, from the margins alone; -inf when nothing looks wrong.

    With π wrong pairs in a hundred, F the share of pairs and G that of strangers below a threshold, π (1 - G) wrong
    pairs are kept and F - π G right ones dropped: the threshold makes the sum of both least.
    """
    if not len(margins.pairs):
        return -np.inf
    values: Floats = np.sort(margins.pairs)
    null: Floats = np.sort(margins.strangers)
    share = share_of_wrong(margins)
    below = np.arange(len(values)) / len(values)
    strangers_below = np.searchsorted(null, values, side="left") / len(null)
    gain = 2 * share * strangers_below - below
    best = int(np.argmax(gain))
    return float(values.item(best)) if gain[best] > 0 else -np.inf


def share_of_wrong(margins: Margins) -> float:
    """Which share of the pairs is wrong: twice those below the strangers' median, where right pairs are few."""
    if not len(margins.pairs):
        return 0.0
    return min(1.0, 2 * float(np.mean(margins.pairs < np.median(margins.strangers))))


def _chunks(pairs: Iterator[Texts]) -> Iterator[list[Texts]]:
    """``pairs`` some at a time; the last part is never too small for mates, unless it is the only one."""
    part = list(islice(pairs, _PAIRS_AT_ONCE))
    while part:
        following = list(islice(pairs, _PAIRS_AT_ONCE))
        if following and len(following) < _FEWEST_PAIRS:
            part, following = part + following, []
        yield part
        part = following


def _margins(pairs: Sequence[Texts], score: Scorer, evidence: Evidence) -> Margins:
    """The margins of pairs that are each other's strangers."""
    count = len(pairs)
    own = np.asarray(score(pairs), dtype=np.float64)
    if count < _FEWEST_PAIRS:  # too few to be strangers to each other: nobody is judged
        return Margins(np.zeros(count), np.zeros(count))
    order = np.argsort([len(target) for _, target in pairs], kind="stable")
    of_source = np.empty((MATES, count))
    of_target = np.empty((MATES, count))
    for place in range(MATES):
        mates = np.empty(count, dtype=np.int64)
        mates[order] = np.roll(order, -(place + 1))  # the next in length but so many
        wrong = [(pairs[one][0], pairs[mate][1]) for one, mate in enumerate(mates.tolist())]
        of_source[place] = score(wrong)
        of_target[place][mates] = of_source[place]
    met = np.concatenate([of_source, of_target])
    last = of_source[-1]  # as if it were the pair itself, against those that are left
    rest = (met.sum(axis=0) - last) / (len(met) - 1)
    margins = own - met.mean(axis=0) + [evidence(pair) for pair in pairs]
    return Margins(margins, _shuffled(last - rest + [evidence(pair) for pair in wrong]))


def _shuffled(values: Floats) -> Floats:
    """``values`` in an order of no meaning; each row of the file keeps no trace of its own."""
    return np.random.default_rng(key("strangers", len(values))).permutation(values)


def _moving_mean(values: Floats, window: int) -> Floats:
    """The mean of the values around each, fewer at the ends."""
    kernel = np.ones(min(window, len(values)) or 1)
    sums = np.convolve(values, kernel, mode="same") if len(values) else values
    counts = np.convolve(np.ones(len(values)), kernel, mode="same") if len(values) else values
    result: Floats = sums / counts
    return result
