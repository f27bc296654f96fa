"""What the three sacreBLEU metrics share. Knows of sacreBLEU's objects, not of their options.

sacreBLEU (Post 2018, "A Call for Clarity in Reporting BLEU Scores") is the field's one
implementation: every score has a signature, and equal signatures mean comparable numbers.
It is imported when a metric is made, not when this module is.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from dragoman.metrics.protocol import Statistics, check_pairs
from dragoman.metrics.score import Score


class SacrebleuMetric:
    """A metric of sacreBLEU under our protocol.

    Args:
        counter: the sacreBLEU metric that counts and scores.
        sentence_counter: the one that scores a single row, where it differs (BLEU).
        notes: what a reader of the score should know.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    higher_is_better: ClassVar[bool] = True

    def __init__(self, counter: Any, *, sentence_counter: Any = None, notes: tuple[str, ...] = ()) -> None:
        self._counter = counter
        self._sentence_counter = sentence_counter or counter
        self._counter.num_refs = 1  # known here; sacreBLEU learns it from the first text it scores
        self._notes = notes

    @property
    def signature(self) -> str:
        """SacreBLEU's own signature."""
        return str(self._counter.get_signature())

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the score should know."""
        return self._notes

    def segment_statistics(self, hypotheses: Sequence[str], references: Sequence[str]) -> list[Statistics]:
        """One row of counts for each segment."""
        check_pairs(hypotheses, references)
        rows = self._counter._extract_corpus_statistics(list(hypotheses), [list(references)])
        return [list(row) for row in rows]

    def score_statistics(self, total: Sequence[float]) -> Score:
        """The score of a sum of rows."""
        result = self._counter._compute_score_from_stats(list(total))
        details = self._details(result)
        return Score(self.name, self.label, float(result.score), self.signature, details, self.higher_is_better)

    def score(self, hypotheses: Sequence[str], references: Sequence[str]) -> Score:
        """The score of a corpus."""
        return self.score_statistics(total(self.segment_statistics(hypotheses, references)))

    def sentence_scores(self, hypotheses: Sequence[str], references: Sequence[str]) -> list[float]:
        """Each segment scored alone."""
        rows = self.segment_statistics(hypotheses, references)
        return [float(self._sentence_counter._compute_score_from_stats(row).score) for row in rows]

    def _details(self, result: Any) -> dict[str, float]:
        """What sacreBLEU's ``result`` says beside the score."""
        return {}


def total(rows: Sequence[Statistics]) -> Statistics:
    """The sum of all rows, column by column."""
    return [sum(column) for column in zip(*rows, strict=True)]
