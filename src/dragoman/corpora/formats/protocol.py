"""What a corpus format must be able to do, and what it reports. Knows no format in particular."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from dragoman.corpora.records import Record

Location = Path | str
"""A file, or ``"-"`` for standard input and output."""


@dataclass(slots=True)
class ReadReport:
    """What a reader met on its way, filled while it reads.

    Attributes:
        skipped: pairs that did not become records, counted by reason.
        remarks: what was left out of records that were kept (extra columns, inline tags…), counted.
    """

    skipped: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)


class Format(Protocol):
    """One corpus format, stateless."""

    files_per_corpus: ClassVar[int]
    """1 when both languages share a file, 2 when each has its own (source first)."""

    def read(self, paths: Sequence[Location], *, source: str, target: str, report: ReadReport) -> Iterator[Record]:
        """The records of ``paths``, streaming; ``report`` is filled on the way.

        Args:
            paths: ``files_per_corpus`` files.
            source: language of the source side, as a BCP-47 tag.
            target: language of the target side.
            report: takes what is skipped and remarked.
        """
        ...

    def write(self, records: Iterable[Record], paths: Sequence[Location], *, source: str, target: str) -> int:
        """Write ``records``, streaming and atomically; the number written.

        What this format cannot hold is refused with its place, never changed silently.
        """
        ...
