"""All that is said of one system: scores, likelihood, results by length, its worst sentences.

It does not know how the system works, nor how a report is shown.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dragoman.base.errors import EmptyCorpusError
from dragoman.corpora.records import Record
from dragoman.evaluation.lengths import bucket_label, bucket_of, length_of, length_unit
from dragoman.evaluation.outputs import Likelihood, Outputs
from dragoman.metrics.chrf import Chrf
from dragoman.metrics.protocol import Metric, Statistics
from dragoman.metrics.score import Score


@dataclass(frozen=True, slots=True)
class Counted:
    """One system's outputs with every metric's counts, so that each text is counted once and used often.

    Attributes:
        outputs: what the system wrote.
        rows: segment statistics by the metric's name.
        sentence_chrf: chrF of each segment alone, which tells good from bad sentences.
    """

    outputs: Outputs
    rows: Mapping[str, list[Statistics]]
    sentence_chrf: Sequence[float]


@dataclass(frozen=True, slots=True)
class Bucket:
    """The segments whose source is about equally long.

    Attributes:
        label: their lengths ("6–10").
        segments: how many there are.
        scores: by the metric's name.
    """

    label: str
    segments: int
    scores: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One segment with what was wanted and what came.

    Attributes:
        line: where it stands in the test set, from 1.
        source: the text to translate.
        reference: the translation wanted.
        hypothesis: the translation that came.
        chrf: its sentence chrF, from 0 to 100.
    """

    line: int
    source: str
    reference: str
    hypothesis: str
    chrf: float


@dataclass(frozen=True, slots=True)
class Report:
    """All that is said of one system.

    Attributes:
        system: the system's name.
        segments: how many were scored.
        scores: by the metric's name.
        notes: what a reader of the scores should know.
        likelihood: perplexity and token accuracy; None for translations from a file.
        length_unit: what ``buckets`` count, "words" or "characters" of the source.
        buckets: scores by the source's length; lengths that do not occur are left out.
        worst: the sentences with the lowest chrF, worst first.
        empty_hypotheses: how many translations are empty though the source is not.
        length_ratio: length of all hypotheses over that of all references; None if those are empty.
        seconds: wall time of translating; None for translations from a file.
    """

    system: str
    segments: int
    scores: Mapping[str, Score]
    notes: tuple[str, ...]
    likelihood: Likelihood | None
    length_unit: str
    buckets: tuple[Bucket, ...]
    worst: tuple[Sentence, ...]
    empty_hypotheses: int
    length_ratio: float | None
    seconds: float | None


def count(outputs: Outputs, records: Sequence[Record], metrics: Sequence[Metric]) -> Counted:
    """Count ``outputs`` for every metric.

    Raises:
        DataError: not as many hypotheses as records.
        EmptyCorpusError: no records, or no metrics.
    """
    if not metrics:
        raise EmptyCorpusError("there is no metric to score with")
    references = [record.target for record in records]
    rows = {metric.name: metric.segment_statistics(outputs.hypotheses, references) for metric in metrics}
    chrf = Chrf(target_language="")
    same = any(metric.signature == chrf.signature for metric in metrics if metric.name == chrf.name)
    chrf_rows = rows[chrf.name] if same else chrf.segment_statistics(outputs.hypotheses, references)
    return Counted(outputs, rows, [chrf.score_statistics(row).value for row in chrf_rows])


def make_report(
    counted: Counted,
    records: Sequence[Record],
    metrics: Sequence[Metric],
    *,
    languages: tuple[str, str],
    worst: int = 10,
) -> Report:
    """The report of one system.

    Args:
        languages: source and target, as BCP-47 codes.
        worst: how many of the worst sentences to show.
    """
    outputs = counted.outputs
    source_language, target_language = languages
    unit = length_unit(source_language)
    order = sorted(range(len(records)), key=lambda number: counted.sentence_chrf[number])
    return Report(
        system=outputs.system,
        segments=len(records),
        scores=_scores(counted, metrics, range(len(records))),
        notes=tuple(note for metric in metrics for note in metric.notes),
        likelihood=outputs.likelihood,
        length_unit=unit,
        buckets=_buckets(counted, records, metrics, unit=unit),
        worst=tuple(_sentence(counted, records, number) for number in order[:worst]),
        empty_hypotheses=sum(
            bool(record.source.strip()) and not hypothesis.strip()
            for record, hypothesis in zip(records, outputs.hypotheses, strict=True)
        ),
        length_ratio=_length_ratio(outputs.hypotheses, records, unit=length_unit(target_language)),
        seconds=outputs.seconds,
    )


def _scores(counted: Counted, metrics: Sequence[Metric], numbers: Sequence[int]) -> dict[str, Score]:
    """Every metric's score of the segments with these ``numbers``."""
    return {
        metric.name: metric.score_statistics(
            [sum(column) for column in zip(*(counted.rows[metric.name][number] for number in numbers), strict=True)]
        )
        for metric in metrics
    }


def _buckets(
    counted: Counted, records: Sequence[Record], metrics: Sequence[Metric], *, unit: str
) -> tuple[Bucket, ...]:
    members: dict[int, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        members[bucket_of(length_of(record.source, unit=unit), unit=unit)].append(number)
    return tuple(
        Bucket(bucket_label(bucket, unit=unit), len(numbers), _scores(counted, metrics, numbers))
        for bucket, numbers in sorted(members.items())
    )


def _sentence(counted: Counted, records: Sequence[Record], number: int) -> Sentence:
    record = records[number]
    hypothesis = counted.outputs.hypotheses[number]
    return Sentence(record.line or number + 1, record.source, record.target, hypothesis, counted.sentence_chrf[number])


def _length_ratio(hypotheses: Sequence[str], records: Sequence[Record], *, unit: str) -> float | None:
    wanted = sum(length_of(record.target, unit=unit) for record in records)
    written = sum(length_of(hypothesis, unit=unit) for hypothesis in hypotheses)
    return written / wanted if wanted else None
