"""The corpus jobs: measure, split and convert parallel text, from location to location; cleaning has its own room.

Each streams from an opened corpus, shows its progress, writes files that are whole or not there, and
returns what it did as data; printing it is the door's work.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError, FileAccessError
from dragoman.base.log import console, progress
from dragoman.corpora.records import Record
from dragoman.corpora.sources import Corpus, locate, write_corpus
from dragoman.corpora.splitting import PARTS, SplitPlan, plan_split
from dragoman.corpora.statistics import CorpusStatistics, measure
from dragoman.corpora.stream import COMPRESSIONS, STANDARD_STREAM
from dragoman.text.normalize import join_cells

_SECONDS_BETWEEN_UPDATES = 0.2
_PAIRS_BETWEEN_LOOKS_AT_THE_CLOCK = 256


class SplitConfig(Section):
    """How to split a corpus."""

    validation: int | float = 1000
    """Pairs for validation: a number, or a share of the corpus below 1. A thousand pairs tell two checkpoints apart."""
    test: int | float = 1000
    """Pairs for the test, likewise; 0 for none."""
    seed: int = 1
    """Another seed, another draw; the same seed and texts, the same split."""
    one_per_group: bool = True
    """Hold out a single pair of each group of pairs that share a text, so that held-out pairs have no near copies;
    the group's other pairs are left out. False holds out whole groups."""


@dataclass(slots=True)
class ConversionReport:
    """What a conversion did.

    Attributes:
        written: pairs written.
        joined: pairs in which line breaks or tabs became spaces.
        skipped: what the reader could not make pairs of, by reason.
        remarks: what the reader left out of pairs it kept.
    """

    written: int = 0
    joined: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)


def stats(corpus: Corpus) -> CorpusStatistics:
    """The numbers of ``corpus``.

    Raises:
        EmptyCorpusError: it holds no pair.
    """
    result = measure(watched(corpus.require(), corpus, "counting"), source=corpus.source, target=corpus.target)
    return replace(result, skipped=dict(corpus.skipped), remarks=dict(corpus.remarks))


def split(
    corpus: Corpus,
    directory: Path,
    *,
    config: SplitConfig | None = None,
    format: str = "plain",  # noqa: A002
    force: bool = False,
) -> SplitPlan:
    """Write ``train``, ``validation`` and ``test`` of ``corpus`` into ``directory``.

    The corpus is gone through once to plan and once for each part, so standard input will not do.

    Raises:
        EmptyCorpusError: too small for the sizes asked for.
        ConfigError: the output is there already, or the corpus is a stream.
    """
    config = config or SplitConfig()
    if corpus.name == STANDARD_STREAM:
        raise ConfigError("splitting reads its input several times, '-' can be read once", hint="save it to a file")
    parts = [part for part in PARTS if part == "train" or getattr(config, part)]
    suffix = "" if format == "plain" else f".{format.removesuffix('-header')}"
    places = {part: directory / f"{part}{suffix}" for part in parts}
    refuse_existing(corpus, [*places.values()], format, force=force)
    plan = plan_split(
        watched(corpus.require(), corpus, "grouping"),
        validation=config.validation,
        test=config.test,
        seed=config.seed,
        one_per_group=config.one_per_group,
    )
    for part, place in places.items():
        number = PARTS.index(part)
        records = zip(watched(corpus, corpus, f"writing {part}"), plan.parts, strict=True)
        _write((record for record, which in records if which == number), place, corpus, format)
    return plan


def convert(
    corpus: Corpus,
    output: str | Path,
    *,
    format: str | None = None,  # noqa: A002
    join_lines: bool = False,
    force: bool = False,
) -> ConversionReport:
    """Write ``corpus`` to ``output`` in another format, text unchanged.

    Args:
        corpus: where the pairs come from.
        output: where they go.
        format: of the output; None takes it from the suffix.
        join_lines: turn line breaks and tabs into spaces, for formats that cannot hold them; counted.
        force: write over what is there.

    Raises:
        CorpusFormatError: the format cannot hold a text.
        ConfigError: the output is there already.
    """
    refuse_existing(corpus, [output], format, force=force)
    report = ConversionReport()

    def prepared() -> Iterator[Record]:
        for record in watched(corpus.require(), corpus, "converting"):
            joined = replace(record, source=join_cells(record.source), target=join_cells(record.target))
            if join_lines and joined != record:
                report.joined += 1
                yield joined
            else:
                yield record

    report.written = _write(prepared(), output, corpus, format)
    report.skipped, report.remarks = corpus.skipped, corpus.remarks
    return report


def _write(records: Iterable[Record], output: str | Path, corpus: Corpus, format_name: str | None) -> int:
    return write_corpus(records, output, source=corpus.source, target=corpus.target, format=format_name)


def refuse_existing(
    corpus: Corpus,
    outputs: Sequence[str | Path],
    format_name: str | None,
    *,
    force: bool,
    others: Iterable[Path] = (),
) -> None:
    """Complain before the work, not after it, when a file to write is there already."""
    located = [
        place
        for output in outputs
        for place in locate(output, source=corpus.source, target=corpus.target, format=format_name, writing=True)[1]
    ]
    taken = {path.resolve() for path in corpus.files}
    for place in (*located, *others):
        if not isinstance(place, Path):
            continue
        if place.is_dir():
            raise FileAccessError(f"cannot write {place}: this is a directory", hint="give the name of a file")
        if place.resolve() in taken:
            raise ConfigError(f"{place} is read, or written twice, by the same job", hint="choose another output")
        if place.exists() and not force:
            raise ConfigError(f"{place} is there already", hint="choose another output, or add --force")
        taken.add(place.resolve())


def watched(records: Iterable[Record], corpus: Corpus, label: str) -> Iterator[Record]:
    """``records``, with a progress bar and rate beside them when someone is looking."""
    if not console().is_terminal:
        yield from records
        return
    with progress("{task.fields[rate]}") as display:
        task = display.add_task(label, total=_expected(corpus), rate="")
        started = shown = time.monotonic()
        count = 0
        for count, record in enumerate(records, 1):
            if count % _PAIRS_BETWEEN_LOOKS_AT_THE_CLOCK == 0:
                now = time.monotonic()
                if now - shown > _SECONDS_BETWEEN_UPDATES:
                    shown = now
                    display.update(task, completed=count, rate=f"{count / (now - started):,.0f} pairs/s")
            yield record
        display.update(task, completed=count, total=count)


def _expected(corpus: Corpus) -> int | None:
    """How many pairs the files will give, where that is cheap to know: the lines of an uncompressed file."""
    first = next(iter(corpus.files), None)
    if first is None or first.suffix in COMPRESSIONS or first.suffix == ".tmx":
        return None
    with first.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
