"""Records set aside on disk, to be gone through again quickly: cleaning and parsing are paid for once.

A spool is read as it was written, by the same program, and removed after use; it is not a format for corpora.
One record is one line of JSON, so that any text fits and the file can be cut into blocks of lines without
reading it. It does not know why a record was kept.
"""

import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from dragoman.base.files import explained
from dragoman.corpora.records import Record

_BUFFER_BYTES = 1 << 20


def write_spool(records: Iterable[Record], path: Path) -> int:
    """Write the texts of ``records``, and their tags, to ``path``; their number.

    Raises:
        FileAccessError: a full disk, no permission.
    """
    count = 0
    with explained("write", path), path.open("w", encoding="ascii", buffering=_BUFFER_BYTES) as file:
        for record in records:
            tag = (record.tag,) if record.tag else ()
            file.write(json.dumps((record.source, record.target, *tag)) + "\n")
            count += 1
    return count


def read_blocks(path: Path, lines: int) -> Iterator[list[bytes]]:
    """The lines of a spool, so many at a time."""
    with explained("read", path), path.open("rb", buffering=_BUFFER_BYTES) as file:
        while block := list(itertools.islice(file, lines)):
            yield block


def parse(line: bytes) -> Record:
    """The record of one line."""
    source, target, *tag = json.loads(line)
    return Record(source, target, tag="".join(tag))
