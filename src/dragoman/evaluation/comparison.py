"""Systems side by side on the same records: who is better, and whether that is more than chance.

The first system is the baseline. It does not know how a comparison is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dragoman.base.errors import DataError, EmptyCorpusError
from dragoman.corpora.records import Record
from dragoman.evaluation.outputs import Outputs
from dragoman.evaluation.report import Counted, Report, count, make_report
from dragoman.metrics.protocol import Metric
from dragoman.metrics.significance import Estimate, compare_statistics

SIGNIFICANT_BELOW = 0.05
"""The p-value below which a difference is called real; the field's custom."""


@dataclass(frozen=True, slots=True)
class Version:
    """One system's translation of a sentence, with its chrF from 0 to 100."""

    system: str
    hypothesis: str
    chrf: float


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A sentence on which the systems differ much.

    Attributes:
        line: where it stands in the test set, from 1.
        source: the text to translate.
        reference: the translation wanted.
        versions: one for each system, in order.
    """

    line: int
    source: str
    reference: str
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One or more systems on one test set.

    Attributes:
        test: where the test set came from.
        languages: source and target, as BCP-47 codes.
        segments: how many records were scored.
        reports: one for each system; the first is the baseline.
        estimates: by the metric's name, one for each system: interval and p-value.
        differing: the sentences on which the systems' chrF differs most; none for a single system.
        seed: the seed of the bootstrap's draws.
    """

    test: str
    languages: tuple[str, str]
    segments: int
    reports: tuple[Report, ...]
    estimates: Mapping[str, tuple[Estimate, ...]]
    differing: tuple[SideBySide, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class TestSet:
    """What the systems are measured on: the records, where they came from, and their languages."""

    __test__ = False  # not a test, whatever pytest thinks of its name

    location: str
    languages: tuple[str, str]
    records: Sequence[Record]


def compare(
    systems: Sequence[Outputs],
    test: TestSet,
    metrics: Sequence[Metric],
    *,
    draws: int = 1000,
    seed: int = 1,
    sentences: int = 10,
) -> Comparison:
    """Score ``systems`` and compare each with the first.

    Args:
        draws: how many times the bootstrap draws.
        seed: of the draws.
        sentences: how many of the worst, and of the most differing sentences to show.

    Raises:
        DataError: two systems with one name, or a system with too few or too many hypotheses.
        EmptyCorpusError: no systems, no records or no metrics.
    """
    if not systems:
        raise EmptyCorpusError("there are no systems to evaluate", hint="give a model or a file of translations")
    names = [outputs.system for outputs in systems]
    if len(set(names)) < len(names):
        raise DataError(f"two systems have one name: {', '.join(names)}")
    counted = [count(outputs, test.records, metrics) for outputs in systems]
    estimates = {
        metric.name: tuple(
            compare_statistics(
                metric, {one.outputs.system: one.rows[metric.name] for one in counted}, draws=draws, seed=seed
            )
        )
        for metric in metrics
    }
    reports = tuple(
        make_report(one, test.records, metrics, languages=test.languages, worst=sentences) for one in counted
    )
    differing = _differing(counted, test.records, sentences)
    return Comparison(test.location, test.languages, len(test.records), reports, estimates, differing, seed)


def _differing(counted: Sequence[Counted], records: Sequence[Record], limit: int) -> tuple[SideBySide, ...]:
    """The sentences that some systems translate better than others, the largest difference first."""
    spreads = [max(values) - min(values) for values in zip(*(one.sentence_chrf for one in counted), strict=True)]
    order = sorted((number for number, spread in enumerate(spreads) if spread > 0), key=lambda number: -spreads[number])
    return tuple(
        SideBySide(
            records[number].line or number + 1,
            records[number].source,
            records[number].target,
            tuple(
                Version(one.outputs.system, one.outputs.hypotheses[number], one.sentence_chrf[number])
                for one in counted
            ),
        )
        for number in order[:limit]
    )


def verdict(estimate: Estimate, baseline: Estimate) -> str:
    """In a word: "better", "worse" or "no significant difference" from the baseline; "baseline" for itself."""
    if estimate.p_value is None:
        return "baseline"
    if estimate.p_value >= SIGNIFICANT_BELOW:
        return "no significant difference"
    return "better" if estimate.score.beats(baseline.score) else "worse"
