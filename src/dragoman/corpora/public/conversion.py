"""From the texts of a public corpus, as they come, to a pair of plain files. Knows forms, not corpora."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from dragoman.base.errors import CorpusFormatError
from dragoman.corpora.public.entries import Form
from dragoman.corpora.records import Record
from dragoman.corpora.sources import write_corpus
from dragoman.corpora.stream import read_lines

_SEGMENT = re.compile(r"<seg.*?>(.*)</seg>")
_SPACES = re.compile(r"\s+")


def convert(sides: tuple[Path, Path], stem: Path, *, form: Form, languages: tuple[str, str]) -> int:
    """Write ``stem.en`` and ``stem.de`` (or what the languages are); the number of pairs.

    Args:
        sides: the texts; the same file twice when it has both.
        stem: what to make.
        form: how the text stands in ``sides``.
        languages: of the two sides, in the order of ``sides``.

    Raises:
        CorpusFormatError: the sides are of unequal length, or not UTF-8.
    """
    source, target = languages
    records = _columns(sides[0]) if form == "columns" else _pairs(sides, form)
    return write_corpus(records, f"{stem}", source=source, target=target, format="plain")


def _columns(path: Path) -> Iterator[Record]:
    for number, line in enumerate(read_lines(path), 1):
        cells = line.split("\t")
        if len(cells) > 1:
            yield Record(cells[0], cells[1], number)


def _pairs(sides: tuple[Path, Path], form: Form) -> Iterator[Record]:
    for number, (source, target) in enumerate(zip_longest(_texts(sides[0], form), _texts(sides[1], form)), 1):
        if source is None or target is None:
            raise CorpusFormatError(
                f"{sides[0].name} and {sides[1].name} have unequal numbers of texts: one ends after {number - 1:,}",
                hint="fetch it again with --force; if it stays so, the corpus itself is at fault",
            )
        yield Record(source, target, number)


def _texts(path: Path, form: Form) -> Iterator[str]:
    """The texts of one side; those in ``<seg>`` as sacreBLEU reads them, so that scores can be compared."""
    for line in read_lines(path):
        if form == "lines":
            yield line
        elif form == "segments":
            if found := _SEGMENT.match(line.strip()):
                yield _SPACES.sub(" ", found[1].strip())
        elif not line.lstrip().startswith("<"):
            yield line.strip()
