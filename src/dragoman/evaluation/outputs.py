"""What one system wrote for a test set. Made by running a translator, or from a file; knows no metric."""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dragoman.base.errors import DataError
from dragoman.base.log import progress
from dragoman.corpora.records import Record
from dragoman.evaluation.protocol import PairScore, Translating

_RECORDS_PER_CALL = 512


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How well a model expects the references, counted in its own tokens.

    Models with different tokenizers count different tokens, so their perplexities do not compare.

    Attributes:
        log_probability: natural logarithm, summed over all tokens.
        tokens: how many, the end of each segment included.
        correct: how many of them were the model's first choice; None if that is not known.
        left_out: how many pairs the model could not judge, being too long for it; the rest is without them.
    """

    log_probability: float
    tokens: int
    correct: int | None
    left_out: int = 0

    @classmethod
    def of(cls, scores: Iterable[PairScore]) -> "Likelihood":
        """The sum of all ``scores``."""
        listed = list(scores)
        return cls(
            math.fsum(score.log_probability for score in listed),
            sum(score.tokens for score in listed),
            _total([score.correct for score in listed if score.tokens]),
            sum(score.tokens == 0 for score in listed),
        )

    @property
    def perplexity(self) -> float:
        """Per token, exp(−log-probability / tokens): among how many equal choices the model wavers."""
        if not self.tokens:
            return math.nan
        try:
            return math.exp(-self.log_probability / self.tokens)
        except OverflowError:
            return math.inf

    @property
    def token_accuracy(self) -> float:
        """Which part of the tokens was the model's first choice, from 0 to 1."""
        return math.nan if self.correct is None or not self.tokens else self.correct / self.tokens


def _total(counts: list[int | None]) -> int | None:
    """Their sum, None if one of them is not known."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


@dataclass(frozen=True, slots=True)
class Outputs:
    """One system's translations of a test set.

    Attributes:
        system: the system's name.
        hypotheses: one for each record, in order.
        likelihood: how well it expects the references; None when there is only a file.
        seconds: wall time of translating alone; None when there is only a file.
    """

    system: str
    hypotheses: Sequence[str]
    likelihood: Likelihood | None = None
    seconds: float | None = None


def produce(translator: Translating, records: Sequence[Record], *, name: str | None = None) -> Outputs:
    """Let ``translator`` translate the sources and judge the references of ``records``.

    Args:
        name: what to call it, instead of its own name.

    Raises:
        DataError: it gave another number of translations than there are texts.
    """
    system = name or translator.name
    hypotheses: list[str] = []
    judged: list[PairScore] = []
    seconds = 0.0
    with progress() as display:
        task = display.add_task(f"evaluating {system}", total=len(records))
        for start in range(0, len(records), _RECORDS_PER_CALL):
            some = records[start : start + _RECORDS_PER_CALL]
            began = time.perf_counter()
            translations = translator.translate([record.source for record in some])
            seconds += time.perf_counter() - began
            if len(translations) != len(some):
                raise DataError(f"{system} gave {len(translations)} translations for {len(some)} texts")
            hypotheses.extend(translation.text for translation in translations)
            judged.extend(translator.score(some))
            display.advance(task, len(some))
    return Outputs(system, hypotheses, Likelihood.of(judged), seconds)
