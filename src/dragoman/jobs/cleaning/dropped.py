"""Where the dropped pairs go, so that nothing is lost: one file in all, or one for each reason.

Every pair is written as it was read, before all repairs, with its line and its reason. A directory also gets the
kept pairs that were repaired, as they were read: kept and dropped together are the input, pair for pair.
The files are JSONL, which holds any text, and every corpus command reads them.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol, TextIO

from dragoman.base.errors import ConfigError, FileAccessError
from dragoman.base.files import explained
from dragoman.corpora.records import Record
from dragoman.corpora.stream import write_text

REPAIRED = "repaired.jsonl"
"""The file of a directory for kept pairs as they were before the repairs."""


class Sink(Protocol):
    """Is told of every pair what became of it."""

    def drop(self, record: Record, reason: str) -> None:
        """``record``, as it was read, is dropped."""
        ...

    def keep(self, record: Record, repaired: Record) -> None:
        """``record`` is kept as ``repaired``."""
        ...


def slug(reason: str) -> str:
    """A reason as a part of a file name: "HTML escapes" is ``html-escapes``."""
    return reason.lower().replace(" ", "-")


def file_of(directory: Path, reason: str) -> Path:
    """Where the pairs dropped for ``reason`` go."""
    return directory / f"dropped.{slug(reason)}.jsonl"


class DroppedFile:
    """One file for all dropped pairs.

    Args:
        text: an open file.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text

    def drop(self, record: Record, reason: str) -> None:
        """Write ``record`` with its reason."""
        entry = {"reason": reason, "line": record.line, "source": record.source, "target": record.target}
        self._text.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def keep(self, record: Record, repaired: Record) -> None:
        """Kept pairs are in the output."""


class DroppedDirectory:
    """A file for each reason, ``dropped.<reason>.jsonl``, and one for what was repaired.

    Args:
        directory: where the files go; each appears when all is done.
        files: what is open, closed by the caller.
        languages: of the sides, for the keys.
    """

    def __init__(self, directory: Path, files: ExitStack, languages: tuple[str, str]) -> None:
        self._directory = directory
        self._files = files
        self._keys = languages if languages[0] != languages[1] else ("source", "target")
        self._open: dict[Path, TextIO] = {}

    @property
    def written(self) -> set[Path]:
        """The files there are something for."""
        return set(self._open)

    def drop(self, record: Record, reason: str) -> None:
        """Write ``record`` into the file of its reason."""
        self._write(file_of(self._directory, reason), record, {"reason": reason})

    def keep(self, record: Record, repaired: Record) -> None:
        """Write ``record`` as it was, when it was repaired."""
        if repaired != record:
            self._write(self._directory / REPAIRED, record, {})

    def _write(self, path: Path, record: Record, notes: dict[str, str]) -> None:
        text = self._open.get(path)
        if text is None:
            text = self._open[path] = self._files.enter_context(write_text(path))
        pair = dict(zip(self._keys, (record.source, record.target), strict=True))
        entry = {**pair, "notes": {**record.notes, "line": str(record.line), **notes}}
        text.write(json.dumps(entry, ensure_ascii=False) + "\n")


@contextmanager
def open_directory(directory: Path, languages: tuple[str, str]) -> Iterator[DroppedDirectory]:
    """A directory to drop into; files of an earlier cleaning go when the new ones are whole.

    Raises:
        FileAccessError: it cannot be written.
    """
    earlier = set(files_in(directory))
    is_new = not directory.exists()
    with explained("write", directory):
        directory.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as files:
            sink = DroppedDirectory(directory, files, languages)
            yield sink
    except BaseException:
        if is_new:
            with suppress(OSError):
                directory.rmdir()
        raise
    with explained("tidy up", directory):
        for path in earlier - sink.written:
            path.unlink()


def files_in(directory: Path) -> list[Path]:
    """The files of a cleaning that ``directory`` holds."""
    if not directory.is_dir():
        return []
    return sorted({*directory.glob("dropped.*.jsonl"), *directory.glob(REPAIRED)})


def refuse_directory(directory: Path, *, read: Iterable[Path], force: bool) -> None:
    """Complain before the work when ``directory`` is no directory or holds an earlier cleaning, or what is ``read``.

    Raises:
        FileAccessError: it is a file.
        ConfigError: it holds dropped pairs, and ``force`` was not given, or they are what is to be cleaned.
    """
    if directory.exists() and not directory.is_dir():
        raise FileAccessError(f"cannot write into {directory}: this is a file", hint="give the name of a directory")
    held = files_in(directory)
    if inputs := {path.resolve() for path in held} & {path.resolve() for path in read}:
        raise ConfigError(f"{inputs.pop()} is read by the same job", hint="choose another --dropped-dir")
    if held and not force:
        raise ConfigError(f"{held[0]} is there already", hint="choose another --dropped-dir, or add --force")
