"""The cleaning job: rules while reading, scores over what passed them, everything dropped set down somewhere.

Without scores it streams and keeps nothing. With scores, what passes the rules waits in a temporary file; in memory
there are a few numbers a pair.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from dragoman.base.errors import EmptyCorpusError
from dragoman.base.files import explained
from dragoman.corpora.cleaning import Cleaner, CleaningConfig, CleaningReport
from dragoman.corpora.cleaning.scoring import Texts
from dragoman.corpora.records import Record
from dragoman.corpora.sources import Corpus, write_corpus
from dragoman.corpora.stream import write_text
from dragoman.jobs.cleaning.dropped import DroppedFile, Sink, open_directory, refuse_directory
from dragoman.jobs.cleaning.observations import Observations
from dragoman.jobs.cleaning.page import render
from dragoman.jobs.cleaning.scoring import Scores, Scoring, models_scorer, score_pairs
from dragoman.jobs.corpus import refuse_existing, watched

LOW_SCORE = "low score"
"""The reason of pairs whose texts do not go together."""

Pair = tuple[Record, Record]
"""As it was read, and as it is kept."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where everything goes.

    Attributes:
        kept: the good pairs.
        format: of the good pairs; None takes it from the suffix.
        dropped: a JSONL file for the dropped pairs as they were read, each with its reason and line.
        dropped_directory: a directory for the same, a file for each reason.
        page: an HTML page about it all.
        force: write over what is there.
    """

    kept: str | Path
    format: str | None = None
    dropped: Path | None = None
    dropped_directory: Path | None = None
    page: Path | None = None
    force: bool = False


def clean(
    corpus: Corpus, outputs: Outputs, *, config: CleaningConfig | None = None, scoring: Scoring | None = None
) -> CleaningReport:
    """Write the good pairs of ``corpus`` where ``outputs`` says, and what was dropped.

    Args:
        corpus: where the pairs come from.
        outputs: where they go.
        config: what to repair and what to drop; None takes the defaults.
        scoring: how to find pairs whose texts do not go together; None leaves that out.

    Raises:
        EmptyCorpusError: there was nothing, or everything was dropped; nothing is written then.
        ConfigError: the output is there already.
        FileAccessError: a place cannot be written.
    """
    others = [place for place in (outputs.dropped, outputs.page) if place]
    refuse_existing(corpus, [outputs.kept], outputs.format, force=outputs.force, others=others)
    if outputs.dropped_directory:
        refuse_directory(outputs.dropped_directory, read=corpus.files, force=outputs.force)
    languages = (corpus.source, corpus.target)
    if scoring is not None and scoring.models:  # models that do not fit are told before the work
        scoring = replace(scoring, scorer=models_scorer(scoring.models, languages))
    cleaner = Cleaner(config, source=corpus.source, target=corpus.target)
    observations = Observations(*languages) if outputs.page else None
    with ExitStack() as files:
        page = files.enter_context(write_text(outputs.page)) if outputs.page else None
        sinks: list[Sink] = [observations] if observations else []
        if outputs.dropped_directory:
            sinks.append(files.enter_context(open_directory(outputs.dropped_directory, languages)))
        if outputs.dropped:
            sinks.append(DroppedFile(files.enter_context(write_text(outputs.dropped))))
        pairs = _passing_rules(cleaner, watched(corpus.require(), corpus, "cleaning"), sinks)
        if scoring is not None:
            pairs = _passing_scores(pairs, scoring, cleaner.report, sinks, languages)
        kept = _told(_some(pairs, corpus.name, cleaner.report), sinks)
        write_corpus(kept, outputs.kept, source=corpus.source, target=corpus.target, format=outputs.format)
        if page and observations:
            page.write(render(corpus, cleaner.report, observations))
    return cleaner.report


def _passing_rules(cleaner: Cleaner, records: Iterable[Record], sinks: list[Sink]) -> Iterator[Pair]:
    for record in records:
        verdict = cleaner.judge(record)
        if verdict.reason is None:
            yield record, verdict.record
        else:
            for sink in sinks:
                sink.drop(record, verdict.reason)


def _passing_scores(
    pairs: Iterable[Pair], scoring: Scoring, report: CleaningReport, sinks: list[Sink], languages: tuple[str, str]
) -> Iterator[Pair]:
    with tempfile.TemporaryDirectory(prefix="dragoman-") as folder:
        file = Path(folder) / "passed"
        count = _set_aside(pairs, file)
        if not count:
            return
        scores = score_pairs(lambda: _texts(file), scoring, count=count, languages=languages)
        for sink in sinks:
            if isinstance(sink, Observations):
                sink.take_scores(scores)
        yield from _above(file, scores, report, sinks)


def _above(file: Path, scores: Scores, report: CleaningReport, sinks: list[Sink]) -> Iterator[Pair]:
    for (record, repaired), margin in zip(_read_aside(file), scores.margins.pairs, strict=True):
        if margin >= scores.threshold:
            yield record, repaired
            continue
        report.kept -= 1
        report.note_dropped(record, LOW_SCORE)
        for sink in sinks:
            sink.drop(record, LOW_SCORE)


def _some(pairs: Iterable[Pair], name: str, report: CleaningReport) -> Iterator[Pair]:
    """``pairs``; that there are none is found out before the output is put in its place."""
    yield from pairs
    if not report.kept:
        reasons = ", ".join(f"{count:,} × {reason}" for reason, count in report.dropped.most_common())
        raise EmptyCorpusError(
            f"no pair of {name} passed the filters ({reasons}); nothing was written",
            hint="check that --source and --target are the right way round, or loosen the filters",
        )


def _told(pairs: Iterable[Pair], sinks: list[Sink]) -> Iterator[Record]:
    for record, repaired in pairs:
        for sink in sinks:
            sink.keep(record, repaired)
        yield repaired


def _set_aside(pairs: Iterable[Pair], file: Path) -> int:
    """Write ``pairs`` to ``file``, one line each; their number."""
    count = 0
    with explained("write", file), file.open("w", encoding="ascii") as lines:
        for record, repaired in pairs:
            texts = [record.source, record.target] + ([repaired.source, repaired.target] if repaired != record else [])
            lines.write(json.dumps([record.line, dict(record.notes), record.tag, *texts]) + "\n")
            count += 1
    return count


def _read_aside(file: Path) -> Iterator[Pair]:
    with explained("read", file), file.open(encoding="ascii") as lines:
        for line in lines:
            number, notes, tag, *texts = json.loads(line)
            record = Record(texts[0], texts[1], number, notes, tag)
            yield record, Record(texts[-2], texts[-1], number, notes, tag)


def _texts(file: Path) -> Iterator[Texts]:
    return ((repaired.source, repaired.target) for _, repaired in _read_aside(file))
