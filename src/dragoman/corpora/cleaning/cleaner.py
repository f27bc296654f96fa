"""Cleaning: repair what can be repaired, drop what cannot be used, and say of each pair why.

It streams, and its memory is the duplicate table alone. It does not know where records come from or go.
Rules by hand rather than a trained model: they are quick, need no data, and everybody can read why a pair
went. The set follows the Moses and OpusCleaner habits; see Koehn et al. 2018, "Findings of the WMT 2018
shared task on parallel corpus filtering", for how much of the work such rules do.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from dragoman.corpora.cleaning.config import CleaningConfig
from dragoman.corpora.cleaning.filters import FILTERS, Check
from dragoman.corpora.records import Record
from dragoman.text import normalize

EXAMPLES_PER_REASON = 3
"""How many pairs of each reason and each repair the report keeps: the first ones."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one pair.

    Attributes:
        record: the pair after the repairs.
        reason: why it is dropped; None when it is kept.
        repairs: names of the repairs that changed it.
    """

    record: Record
    reason: str | None = None
    repairs: tuple[str, ...] = ()


@dataclass(slots=True)
class CleaningReport:
    """What a cleaner has done so far.

    Attributes:
        read: pairs seen.
        kept: pairs let through.
        dropped: pairs dropped, by reason.
        repaired: pairs changed, by repair, those dropped later included.
        dropped_examples: the first pairs of each reason.
        repaired_examples: the first pairs of each repair, before and after all repairs.
    """

    read: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    dropped_examples: dict[str, list[Record]] = field(default_factory=dict)
    repaired_examples: dict[str, list[tuple[Record, Record]]] = field(default_factory=dict)

    def note_dropped(self, record: Record, reason: str) -> None:
        """Count ``record``, as it was read, among those dropped for ``reason``."""
        self.dropped[reason] += 1
        examples = self.dropped_examples.setdefault(reason, [])
        if len(examples) < EXAMPLES_PER_REASON:
            examples.append(record)


class Cleaner:
    """Judges pairs one by one; remembers what it saw, for duplicates and for the report.

    Args:
        config: what to repair and what to drop.
        source: language of the source side, as a BCP-47 tag.
        target: language of the target side.
    """

    def __init__(self, config: CleaningConfig | None = None, *, source: str, target: str) -> None:
        config = config or CleaningConfig()
        self.report = CleaningReport()
        self._repairs = _repairs(config)
        self._checks: list[tuple[str, Check]] = [
            (reason, check) for reason, make in FILTERS.items() if (check := make(config, source, target))
        ]

    def judge(self, record: Record) -> Verdict:
        """Repair ``record`` and say whether it is kept; counts it in the report."""
        report = self.report
        report.read += 1
        source, target = record.source, record.target
        repairs = []
        for name, repair in self._repairs:
            new_source, new_target = repair(source), repair(target)
            if new_source != source or new_target != target:
                repairs.append(name)
                source, target = new_source, new_target
        result = record
        if repairs:
            result = replace(record, source=source, target=target)
            self._note_repairs(record, result, repairs)
        for reason, is_bad in self._checks:
            if is_bad(source, target):
                report.note_dropped(record, reason)
                return Verdict(result, reason, tuple(repairs))
        report.kept += 1
        return Verdict(result, None, tuple(repairs))

    def _note_repairs(self, before: Record, after: Record, names: list[str]) -> None:
        for name in names:
            self.report.repaired[name] += 1
            examples = self.report.repaired_examples.setdefault(name, [])
            if len(examples) < EXAMPLES_PER_REASON:
                examples.append((before, after))

    def keep(self, records: Iterable[Record]) -> Iterator[Record]:
        """The repaired records that pass, streaming."""
        for record in records:
            verdict = self.judge(record)
            if verdict.reason is None:
                yield verdict.record


def clean(
    records: Iterable[Record], config: CleaningConfig | None = None, *, source: str, target: str
) -> Iterator[Verdict]:
    """A verdict on every record, streaming; use :class:`Cleaner` where the report is wanted as well."""
    cleaner = Cleaner(config, source=source, target=target)
    return (cleaner.judge(record) for record in records)


def _repairs(config: CleaningConfig) -> list[tuple[str, Callable[[str], str]]]:
    """The repairs switched on, in the order in which each can build on the one before."""
    form = config.unicode_form
    table: list[tuple[str, bool, Callable[[str], str]]] = [
        ("HTML escapes", config.unescape_html, normalize.unescape_html),
        ("control characters", config.remove_controls, normalize.remove_controls),
        ("Unicode form", form != "none", lambda text: normalize.normalize_unicode(text, form)),  # type: ignore[arg-type]
        ("line breaks", config.join_lines, normalize.join_lines),
        ("spaces", config.collapse_spaces, normalize.collapse_spaces),
    ]
    return [(name, repair) for name, is_on, repair in table if is_on]
