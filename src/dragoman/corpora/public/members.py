"""Single files out of downloads: zip, tar, gzip, or plain. Knows names and bytes only.

Nothing is ever unpacked under a name that stands in an archive: the members wanted are looked up by their full names
and copied to places of our choice, so a name like ``../../.bashrc`` can do nothing. A member must be a plain file; and
no download may grow beyond a multiple of its size, or a few kilobytes could fill a disk (a "zip bomb").
"""

import contextlib
import gzip
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import IO, Any

from dragoman.base.errors import DamagedFileError, DataError
from dragoman.base.files import explained

GROWTH = 100
"""Text gets about a tenth of its size when it is compressed; the most repetitive tables, a fiftieth."""
_ALWAYS_ALLOWED_BYTES = 16 << 20
_COPY_BYTES = 1 << 16
_TAR = (".tar", ".tar.gz", ".tgz", ".tar.xz")
_MOST_LISTED = 8
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, EOFError, RuntimeError)


class _Bounded:
    """A stream that refuses to give more than ``limit`` bytes."""

    def __init__(self, stream: IO[bytes], limit: int, path: Path) -> None:
        self._stream, self._left, self._path = stream, limit, path

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(_COPY_BYTES if size < 0 else size)
        self._left -= len(data)
        if self._left < 0:
            raise DataError(
                f"{self._path.name} grows to more than {GROWTH} times its size when it is unpacked",
                hint="it is not what it should be: do not trust where it came from",
            )
        return data


def extract(files: list[Path], wanted: Mapping[str, Path]) -> None:
    """Copy the members ``wanted`` (name → place) out of ``files``.

    A file that is no archive counts as one member: itself, decompressed, without ``.gz``.

    Raises:
        DataError: a member is in none of them, is not a plain file, or is too large.
        DamagedFileError: a file is not what its suffix says.
    """
    missing = dict(wanted)
    seen: list[str] = []
    for path in files:
        with explained("read", path):
            try:
                _take(path, missing, seen)
            except _BROKEN as error:
                raise DamagedFileError(
                    f"{path.name} is damaged or not what its name says: {error}",
                    hint="fetch it again with --force; if it stays so, give another source with --mirror",
                ) from error
    if missing:
        listed = ", ".join(seen[:_MOST_LISTED]) + (" …" if len(seen) > _MOST_LISTED else "")
        places = ", ".join(path.name for path in files)
        raise DataError(
            f"there is no {next(iter(missing))} in {places}; there is: {listed or 'nothing'}",
            hint="it may not have these languages, or have changed since the catalogue was written",
        )


def _take(path: Path, missing: dict[str, Path], seen: list[str]) -> None:
    limit = _ALWAYS_ALLOWED_BYTES + GROWTH * path.stat().st_size
    members = _members(path, limit)
    with contextlib.closing(members):
        for name, stream in members:
            seen.append(name)
            if name not in missing:
                continue
            if stream is None:
                raise DataError(f"{name} in {path.name} is not a plain file", hint="do not trust where it came from")
            with missing.pop(name).open("wb") as file:
                shutil.copyfileobj(stream, file, _COPY_BYTES)
            if not missing:
                return


def _members(path: Path, limit: int) -> Generator[tuple[str, Any]]:
    """Name and stream of each member; the stream is None for what is not a plain file."""
    if path.name.endswith(".zip"):
        yield from _zip_members(path, limit)
        return
    with path.open("rb") as raw, _decompressed(raw, path) as plain:
        bounded: Any = _Bounded(plain, limit, path)
        if not path.name.endswith(_TAR):
            yield path.name.removesuffix(".gz"), bounded
            return
        with tarfile.open(fileobj=bounded, mode="r|") as archive:
            for member in archive:
                yield member.name.removeprefix("./"), archive.extractfile(member) if member.isreg() else None


def _zip_members(path: Path, limit: int) -> Generator[tuple[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                with archive.open(entry) as stream:
                    yield entry.filename, _Bounded(stream, limit, path)


def _decompressed(raw: IO[bytes], path: Path) -> Any:
    if path.name.endswith((".gz", ".tgz")):
        return gzip.GzipFile(fileobj=raw)
    if path.name.endswith(".xz"):
        return lzma.LZMAFile(raw)
    return contextlib.nullcontext(raw)
