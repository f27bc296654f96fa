"""What every metric can do. It sees hypotheses and references, never the system that wrote them.

The idea: a metric turns each segment into a row of *sufficient statistics* (counts), and a
sum of rows into a score. Everything else follows from these two: the score of a corpus is
the score of the sum of all rows, the score of a sentence is the score of its row, and the
bootstrap adds up other rows. A learned metric fits too: its row is (value, 1).
"""

from collections.abc import Sequence
from typing import ClassVar, Protocol, runtime_checkable

from dragoman.base.errors import DataError, EmptyCorpusError
from dragoman.metrics.score import Score

Statistics = list[float]
"""One segment's row of counts; the rows of many segments may be added."""


@runtime_checkable
class Metric(Protocol):
    """Texts → score."""

    name: ClassVar[str]
    label: ClassVar[str]
    higher_is_better: ClassVar[bool]

    @property
    def signature(self) -> str:
        """How this metric counts: version, case, tokenizer and options in one string."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the score should know, such as a tokenizer that stands in for a better one."""
        ...

    def segment_statistics(self, hypotheses: Sequence[str], references: Sequence[str]) -> list[Statistics]:
        """One row of counts for each segment.

        Raises:
            DataError: not as many hypotheses as references.
            EmptyCorpusError: no segments at all.
        """
        ...

    def score_statistics(self, total: Sequence[float]) -> Score:
        """The score of a sum of rows."""
        ...

    def score(self, hypotheses: Sequence[str], references: Sequence[str]) -> Score:
        """The score of a corpus; raises as :meth:`segment_statistics` does."""
        ...

    def sentence_scores(self, hypotheses: Sequence[str], references: Sequence[str]) -> list[float]:
        """Each segment scored alone, for finding the worst; their mean is *not* the score of the corpus."""
        ...


def check_pairs(hypotheses: Sequence[str], references: Sequence[str]) -> None:
    """Refuse what cannot be scored.

    Raises:
        DataError: not as many hypotheses as references.
        EmptyCorpusError: no segments at all.
    """
    if len(hypotheses) != len(references):
        raise DataError(
            f"{len(hypotheses)} hypotheses cannot be scored against {len(references)} references",
            hint="each reference needs exactly one hypothesis, in the same order",
        )
    if not references:
        raise EmptyCorpusError("there is nothing to score: 0 hypotheses and 0 references")
