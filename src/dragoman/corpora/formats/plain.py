"""Plain parallel text: two files, one sentence per line, equal line numbers make a pair.

The commonest format of the field, and the most fragile: one lost line shifts every pair after it.
So unequal files are an error, never cut to the shorter. It cannot hold line breaks or notes.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import ClassVar

from dragoman.base.errors import CorpusFormatError
from dragoman.corpora.formats.protocol import Location, ReadReport
from dragoman.corpora.records import Record
from dragoman.corpora.stream import LineWriter, read_lines, write_text


class PlainFormat:
    """Two files of lines: the source language's and the target language's."""

    files_per_corpus: ClassVar[int] = 2

    def read(self, paths: Sequence[Location], *, source: str, target: str, report: ReadReport) -> Iterator[Record]:
        """The pairs, empty lines included: what to do with those is for cleaning to say.

        Raises:
            CorpusFormatError: one file has fewer lines; both counts are given once both ends are reached.
        """
        source_path, target_path = paths
        source_lines, target_lines = read_lines(source_path), read_lines(target_path)
        pairs = zip_longest(source_lines, target_lines)
        for number, (source_text, target_text) in enumerate(pairs, 1):
            if source_text is None or target_text is None:
                shorter, longer = number - 1, number + sum(1 for _ in pairs)
                counts = (shorter, longer) if source_text is None else (longer, shorter)
                raise CorpusFormatError(
                    f"unequal line counts: {source_path} has {counts[0]:,} lines, {target_path} has {counts[1]:,}",
                    hint="line n of one file must translate line n of the other; find the lost or added line first",
                )
            yield Record(source_text, target_text, number)

    def write(self, records: Iterable[Record], paths: Sequence[Location], *, source: str, target: str) -> int:
        """Write the two files.

        Raises:
            CorpusFormatError: a text holds a line break.
        """
        source_path, target_path = paths
        count = 0
        with write_text(source_path) as source_text, write_text(target_path) as target_text:
            source_lines, target_lines = LineWriter(source_text, source_path), LineWriter(target_text, target_path)
            for record in records:
                source_lines.write(record.source)
                target_lines.write(record.target)
                count += 1
        return count
