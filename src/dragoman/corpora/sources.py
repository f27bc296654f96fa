"""From a location to a corpus, and from records to a file: the way everybody else reads and writes text.

A location is a stem (``data/train`` for ``data/train.en`` + ``data/train.de``), a file (``.tsv``,
``.jsonl``, ``.tmx``), either of them compressed (``.gz``, ``.zst``), ``-`` for standard input, or
``phrasebook:train`` for the embedded corpus. It does not know what makes a pair good.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal, cast

from dragoman.base.errors import ConfigError, EmptyCorpusError, FileAccessError, UnknownNameError
from dragoman.base.files import checksum
from dragoman.corpora.formats import FORMATS
from dragoman.corpora.formats.protocol import Format, ReadReport
from dragoman.corpora.formats.protocol import Location as FileLocation
from dragoman.corpora.records import Record
from dragoman.corpora.stream import COMPRESSIONS, STANDARD_STREAM

PHRASEBOOK = "phrasebook"
"""What a location of the embedded corpus starts with."""
_MAX_LISTED_FILES = 12


class Corpus:
    """Parallel text that can be gone through many times; every pass opens the files anew and streams.

    Attributes:
        name: the location, for messages.
        files: what is read, in order; empty for standard input and the embedded corpus.
        report: what the last pass skipped and remarked.
    """

    _holds, _advice = "pair", "give a file with text in both languages"

    def __init__(
        self,
        name: str,
        files: list[Path],
        read: Callable[[ReadReport], Iterator[Record]],
        *,
        source: str,
        target: str,
    ) -> None:
        self.name = name
        self.files = files
        self.source = source
        self.target = target
        self.report = ReadReport()
        self._read = read

    def __iter__(self) -> Iterator[Record]:
        self.report = ReadReport()
        return self._read(self.report)

    @property
    def skipped(self) -> Counter[str]:
        """Pairs the last pass could not make records of, counted by reason."""
        return self.report.skipped

    @property
    def remarks(self) -> Counter[str]:
        """What the last pass left out of records it kept, counted."""
        return self.report.remarks

    def require(self) -> Iterator[Record]:
        """The records, like iterating, but finding none is an error.

        Raises:
            EmptyCorpusError: at the end, when there was no record; the message says what was skipped.
        """
        found = False
        for record in self:
            found = True
            yield record
        if not found:
            reasons = ", ".join(f"{count:,} × {reason}" for reason, count in self.skipped.most_common())
            raise EmptyCorpusError(
                f"{self.name} holds no {self._holds}" + (f" (skipped: {reasons})" if reasons else ""), hint=self._advice
            )

    def checksums(self) -> dict[str, str]:
        """File name → SHA-256, so that a run can say what it was made from."""
        if self.files:
            return {str(path): checksum(path) for path in self.files}
        if not self.name.startswith(PHRASEBOOK):
            return {}
        digest = hashlib.sha256()
        for record in self:
            digest.update(f"{record.source}\t{record.target}\n".encode())
        return {self.name: digest.hexdigest()}


def open_corpus(
    location: str | Path,
    *,
    source: str,
    target: str,
    format: str | None = None,  # noqa: A002
) -> Corpus:
    """The corpus at ``location``; its files are looked for now and read when it is gone through.

    Args:
        location: a stem, a file, ``-`` or ``phrasebook:train|validation|test``; see the module's text.
        source: language of the source side, as a BCP-47 tag.
        target: language of the target side.
        format: name of the format; None takes it from the suffix.

    Raises:
        FileAccessError: no such file; the message lists what is there.
        UnknownNameError: an unknown format.
        ConfigError: the location and the options do not go together.
    """
    if str(location).partition(":")[0] == PHRASEBOOK:
        return _phrasebook(str(location), source, target)
    handler, paths = locate(location, source=source, target=target, format=format)
    files = [path for path in paths if isinstance(path, Path)]
    for path in files:
        _require_file(path, str(location))
    return Corpus(
        str(location),
        files,
        lambda report: handler.read(paths, source=source, target=target, report=report),
        source=source,
        target=target,
    )


def write_corpus(
    records: Iterable[Record],
    location: str | Path,
    *,
    source: str,
    target: str,
    format: str | None = None,  # noqa: A002
) -> int:
    """Write ``records`` to ``location``, in the format its suffix says; the number written.

    A stem gives two plain files; ``stem.gz`` gives ``stem.en.gz`` and ``stem.de.gz``. What stood there
    before stays until the new files are whole.

    Raises:
        CorpusFormatError: a text that the format cannot hold.
        FileAccessError: no permission, or a full disk.
    """
    handler, paths = locate(location, source=source, target=target, format=format, writing=True)
    return handler.write(records, paths, source=source, target=target)


def locate(
    location: str | Path,
    *,
    source: str,
    target: str,
    format: str | None = None,  # noqa: A002
    writing: bool = False,
) -> tuple[Format, list[FileLocation]]:
    """The format and the files that ``location`` means; they need not exist.

    Args:
        location: as for :func:`open_corpus`, but no embedded corpus.
        source: language of the source side.
        target: language of the target side.
        format: name of the format; None takes it from the suffix.
        writing: for a stem, name the files to write rather than look for files of any compression.
    """
    place, compression = _without_compression(str(location))
    if format is None and str(location) == STANDARD_STREAM:
        raise ConfigError("'-' says nothing of the format", hint="add --format, for example --format tsv")
    name = format or _format_of(place)
    handler: Format = FORMATS.load(name)()
    if handler.files_per_corpus == 1:
        return handler, [STANDARD_STREAM if str(location) == STANDARD_STREAM else Path(location)]
    if str(location) == STANDARD_STREAM:
        raise ConfigError(f"the format {name!r} needs two files, '-' is one stream", hint="use tsv or jsonl with '-'")
    if source == target:
        raise ConfigError(
            f"both sides of {location} would be the file {place}.{source}", hint="give two different languages"
        )
    return handler, [_side(place, language, compression, writing) for language in (source, target)]


def _without_compression(place: str) -> tuple[str, str]:
    for compression in COMPRESSIONS:
        if place.endswith(compression):
            return place.removesuffix(compression), compression
    return place, ""


def _format_of(place: str) -> str:
    suffix = Path(place).suffix.lstrip(".").lower()
    return suffix if suffix in FORMATS.names() else "plain"


def _side(stem: str, language: str, compression: str, writing: bool) -> Path:
    """One file of a plain pair; when reading without a given compression, the first that exists."""
    plain = Path(f"{stem}.{language}{compression}")
    if writing or compression:
        return plain
    candidates = [plain, *(Path(f"{stem}.{language}{suffix}") for suffix in COMPRESSIONS)]
    return next((path for path in candidates if path.exists()), plain)


def _require_file(path: Path, location: str) -> None:
    """Complain about a missing file and say what is there instead."""
    if path.exists():
        return
    exact = Path(location)
    if exact.is_file() and path != exact:
        raise UnknownNameError(
            f"cannot tell the format of {location}, which is one file",
            hint="of a pair of files give the name before the language ('data/train' for data/train.en and "
            f"data/train.de); of another file, add --format ({', '.join(FORMATS.names())})",
        )
    folder, beginning = (exact, "") if exact.is_dir() else (path.parent, _beginning(exact))
    nearby = sorted(entry.name for entry in folder.glob(f"{beginning}*")) if folder.is_dir() else []
    listed = ", ".join(nearby[:_MAX_LISTED_FILES]) + (" …" if len(nearby) > _MAX_LISTED_FILES else "")
    there = f"in {folder} there is: {listed}" if nearby else f"nothing in {folder} starts like that"
    raise FileAccessError(
        f"cannot read {path}: no such file; {there}",
        hint="a stem such as data/train means data/train.en and data/train.de (or .gz, .zst); check the languages",
    )


def _beginning(path: Path) -> str:
    """The part of a file name before its first dot, made safe for a glob pattern."""
    beginning = path.name.partition(".")[0]
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in beginning)


def _phrasebook(location: str, source: str, target: str) -> Corpus:
    """The embedded corpus, in either direction."""
    from dragoman.corpora import phrasebook

    part = location.partition(":")[2]
    wanted = tuple(tag.partition("-")[0].lower() for tag in (source, target))
    if wanted not in (phrasebook.LANGUAGES, phrasebook.LANGUAGES[::-1]):
        raise ConfigError(
            f"the phrasebook has no pair {source} → {target}",
            hint=f"its languages are {' and '.join(phrasebook.LANGUAGES)}",
        )
    if part not in ("train", "validation", "test"):
        raise UnknownNameError(
            f"the phrasebook has no part {part!r}", hint="phrasebook:train, phrasebook:validation or phrasebook:test"
        )
    named = cast('Literal["train", "validation", "test"]', part)
    is_reversed = wanted != phrasebook.LANGUAGES

    def read(report: ReadReport) -> Iterator[Record]:
        for number, record in enumerate(phrasebook.records(named), 1):
            sides = (record.target, record.source) if is_reversed else (record.source, record.target)
            yield Record(*sides, number, record.notes)

    return Corpus(location, [], read, source=source, target=target)
