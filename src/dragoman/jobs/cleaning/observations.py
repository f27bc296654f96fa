"""What the page tells of a cleaning, gathered while it runs: histograms, languages, examples drawn by key.

Its memory does not grow with the corpus, save for the scores, which are a few bytes a pair. It knows no markup.
"""

import heapq
import math
from collections import Counter
from dataclasses import dataclass, field

from dragoman.base.randomness import key
from dragoman.corpora.records import Record
from dragoman.jobs.cleaning.scoring import Scores
from dragoman.text import scripts
from dragoman.text.language import identify

EXAMPLES = 6
"""Pairs shown of each reason: those whose line numbers give the lowest draws."""
_IDENTIFIED_PAIRS = 3000
"""About so many pairs have their languages looked at: it is the slowest thing here."""
_RATIO_STEPS = 8
_MOST_WORDS = 100


@dataclass(slots=True)
class Histogram:
    """How many pairs of each size were kept and dropped, by the lower end of a step."""

    kept: Counter[float] = field(default_factory=Counter)
    dropped: Counter[float] = field(default_factory=Counter)

    def add(self, step: float, *, is_kept: bool) -> None:
        """Count one pair."""
        (self.kept if is_kept else self.dropped)[step] += 1


class Observations:
    """Is told what became of every pair, and remembers what a page can show.

    Args:
        source: language of the source side.
        target: language of the target side.
    """

    def __init__(self, source: str, target: str) -> None:
        self.source = source
        self.target = target
        self.lengths = Histogram()
        self.ratios = Histogram()
        self.languages: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self.identified = 0
        self.scores: Scores | None = None
        self._drawn: dict[str, list[tuple[int, int, Record]]] = {}
        self._seen = 0
        self._stride = 1

    def keep(self, record: Record, repaired: Record) -> None:
        """Count a kept pair."""
        self._count(repaired, is_kept=True)

    def drop(self, record: Record, reason: str) -> None:
        """Count a dropped pair, and perhaps keep it as an example."""
        self._count(record, is_kept=False)
        drawn = self._drawn.setdefault(reason, [])
        entry = (-key("example", reason, record.line), record.line, record)
        if len(drawn) < EXAMPLES:
            heapq.heappush(drawn, entry)
        elif entry[0] > drawn[0][0]:
            heapq.heapreplace(drawn, entry)

    def take_scores(self, scores: Scores) -> None:
        """Remember the scores of the pairs that passed the rules."""
        self.scores = scores

    def examples(self, reason: str) -> list[Record]:
        """Some pairs dropped for ``reason``, by line."""
        return sorted((record for _, _, record in self._drawn.get(reason, [])), key=lambda one: one.line)

    def _count(self, record: Record, *, is_kept: bool) -> None:
        words = max(scripts.count_words(record.source, self.source), scripts.count_words(record.target, self.target))
        self.lengths.add(min(words, _MOST_WORDS), is_kept=is_kept)
        if record.source.strip() and record.target.strip():
            ratio = len(record.target) * scripts.letters_worth(self.target)
            ratio /= len(record.source) * scripts.letters_worth(self.source)
            self.ratios.add(max(-24, min(24, round(math.log2(ratio) * _RATIO_STEPS))), is_kept=is_kept)
        self._identify(record)

    def _identify(self, record: Record) -> None:
        """Every pair at first, then ever fewer, so that all of the file is looked at and time stays bounded."""
        self._seen += 1
        if self._seen % self._stride:
            return
        self.identified += 1
        if self.identified % _IDENTIFIED_PAIRS == 0:
            self._stride *= 2
        for counter, text in zip(self.languages, (record.source, record.target), strict=True):
            language, probability = identify(text)
            counter[language if probability >= 0.5 else "?"] += 1
