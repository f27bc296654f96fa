"""Tab-separated text: source, tab, target, one pair per line. No quoting: a quote mark is a quote mark.

It cannot hold tabs, line breaks or notes.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from dragoman.base.errors import CorpusFormatError
from dragoman.corpora.formats.protocol import Location, ReadReport
from dragoman.corpora.records import Record
from dragoman.corpora.stream import LineWriter, read_lines, write_text


class TsvFormat:
    """Source in the first column, target in the second; further columns are left out and counted."""

    files_per_corpus: ClassVar[int] = 1

    def read(self, paths: Sequence[Location], *, source: str, target: str, report: ReadReport) -> Iterator[Record]:
        """The pairs.

        Raises:
            CorpusFormatError: a line with text but without a tab.
        """
        yield from _pairs(read_lines(paths[0]), paths[0], (0, 1), 0, report)

    def write(self, records: Iterable[Record], paths: Sequence[Location], *, source: str, target: str) -> int:
        """Write the file.

        Raises:
            CorpusFormatError: a text holds a tab or a line break.
        """
        return _write(records, paths[0], None)


class TsvHeaderFormat:
    """The same with a first line that names the columns, by which source and target are found.

    The names looked for are the two language codes, or ``source`` and ``target``.
    """

    files_per_corpus: ClassVar[int] = 1

    def read(self, paths: Sequence[Location], *, source: str, target: str, report: ReadReport) -> Iterator[Record]:
        """The pairs of the two named columns.

        Raises:
            CorpusFormatError: no such columns; the message lists those there are.
        """
        lines = read_lines(paths[0])
        header = next(lines, None)
        if header is None:
            return
        names = [name.strip().casefold() for name in header.split("\t")]
        for wanted in ((source.casefold(), target.casefold()), ("source", "target")):
            if all(name in names for name in wanted):
                columns = (names.index(wanted[0]), names.index(wanted[1]))
                yield from _pairs(lines, paths[0], columns, 1, report)
                return
        raise CorpusFormatError(
            f"{paths[0]}, line 1: no columns {source!r} and {target!r}, nor 'source' and 'target'; "
            f"there are: {', '.join(map(repr, names))}",
            hint="rename the columns, or use --format tsv if the first line is a pair",
        )

    def write(self, records: Iterable[Record], paths: Sequence[Location], *, source: str, target: str) -> int:
        """Write the file, the language codes on top."""
        return _write(records, paths[0], f"{source}\t{target}")


def _pairs(
    lines: Iterator[str], path: Location, columns: tuple[int, int], lines_before: int, report: ReadReport
) -> Iterator[Record]:
    source_column, target_column = columns
    last = max(columns)
    for number, line in enumerate(lines, lines_before + 1):
        cells = line.split("\t")
        if len(cells) > last:
            if len(cells) > 2:
                report.remarks["lines with further columns, which were left out"] += 1
            yield Record(cells[source_column], cells[target_column], number)
        elif line.strip():
            raise CorpusFormatError(
                f"{path}, line {number}: {len(cells)} column(s), where at least {last + 1} are needed",
                hint="source and target must be separated by a tab; is this file tab-separated?",
            )
        else:
            report.skipped["empty line"] += 1


def _write(records: Iterable[Record], path: Location, header: str | None) -> int:
    count = 0
    with write_text(path) as text:
        lines = LineWriter(text, path)
        if header is not None:
            lines.write(header)
        for count, record in enumerate(records, 1):
            if "\t" in record.source or "\t" in record.target:
                raise CorpusFormatError(
                    f"{path}, pair {count}: the text has a tab, which this format cannot hold",
                    hint="write .jsonl or .tmx, which can, or turn tabs into spaces: --join-lines",
                )
            lines.write(f"{record.source}\t{record.target}")
    return count
