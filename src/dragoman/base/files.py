"""Files that are whole or not there: atomic writing, checksums, errors in plain words.

It does not know what the files hold.
"""

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dragoman.base.errors import DamagedFileError, DragomanError, FileAccessError

_REASONS = {
    errno.ENOSPC: ("the disk is full", "free some space, or choose another place, then run it again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space, or choose another place"),
    errno.EACCES: ("permission denied", "choose a place you may use, or change its permissions"),
    errno.EPERM: ("permission denied", "choose a place you may use, or change its permissions"),
    errno.EROFS: ("the file system is read-only", "choose a place you may write to"),
    errno.ENOENT: ("no such file or directory", "check the spelling of the path"),
    errno.EEXIST: ("a file of this name is in the way", "move it, or choose another place"),
    errno.EISDIR: ("this is a directory, not a file", "give the path of a file"),
    errno.ENOTDIR: ("a part of this path is a file, not a directory", "check the path"),
    errno.EFBIG: ("the file grew past the allowed size", "raise the limit, or choose another place"),
}


_NUMBERS: dict[type[OSError], int] = {FileNotFoundError: errno.ENOENT, PermissionError: errno.EACCES}
"""For libraries that raise the right error without its number."""
_NUMBER_IN_TEXT = re.compile(r"\(os error (\d+)\)")
"""How libraries written in Rust (safetensors) tell the system's reason: in an error of their own, in its text only."""


@contextlib.contextmanager
def explained(action: str, path: Path | str) -> Iterator[None]:
    """Turn a system error inside the block into a :class:`FileAccessError` naming ``action`` and ``path``."""
    try:
        yield
    except (BrokenPipeError, DragomanError):
        raise
    except Exception as error:
        number = _system_number(error)
        if number is None:
            raise
        reason, hint = _REASONS.get(number, (os.strerror(number) if number else str(error), None))
        raise FileAccessError(f"cannot {action} {path}: {reason}", hint=hint) from error


def _system_number(error: Exception) -> int | None:
    """The system's number for what went wrong, 0 when it gave none; None when it was not the system."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    if found := _NUMBER_IN_TEXT.search(str(error)):
        return int(found[1])
    return _NUMBERS.get(type(error), 0) if isinstance(error, OSError) else None


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; move it there when the block ends well, else remove it.

    What stood at ``path`` before stays untouched until the new file is whole and on disk.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with explained("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            flush(partial)
            partial.replace(path)
            flush(path.parent)
        finally:
            partial.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_directory(path: Path) -> Iterator[Path]:
    """Give a temporary directory beside ``path``; swap it in when the block ends well, else remove it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    old = path.with_name(f".{path.name}.{os.getpid()}.old")
    with explained("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        try:
            partial.mkdir()
            yield partial
            for file in (*partial.rglob("*"), partial):
                flush(file)
            _swap(partial, path, old)
            flush(path.parent)
            shutil.rmtree(old, ignore_errors=True)
        except FileAccessError as error:  # of a file inside: say where it was to be, not where it was being made
            raise FileAccessError(error.message.replace(str(partial), str(path)), hint=error.hint) from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _swap(newer: Path, path: Path, old: Path) -> None:
    """Put ``newer`` at ``path`` and what stood there at ``old``; when that fails, put it back."""
    if not path.exists():
        newer.replace(path)
        return
    shutil.rmtree(old, ignore_errors=True)  # a run of this process id that was killed may have left one
    path.replace(old)
    try:
        newer.replace(path)
    except OSError:
        old.replace(path)
        raise


_LEFT_BEHIND = re.compile(r"\.(.+)\.\d+\.(partial|old)")


def clear_leftovers(directory: Path) -> int:
    """Undo what killed writers left below ``directory``; how many things that were.

    Half-made files and directories go; a directory that was set aside for a new one that never came goes back to
    its place. Only for a directory that nobody else writes into.
    """
    count = 0
    with explained("tidy up", directory):
        for left in sorted(directory.rglob(".*"), reverse=True):  # what is inside before what is around it
            found = _LEFT_BEHIND.fullmatch(left.name)
            if found is None:
                continue
            count += 1
            place = left.with_name(found[1])
            if found[2] == "old" and not place.exists():
                left.replace(place)
            elif left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()
    return count


def flush(path: Path) -> None:
    """Force ``path`` (a file or a directory) to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checksum(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with explained("read", path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as readable JSON, atomically."""
    with atomic_file(path) as partial:
        partial.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        FileAccessError: it is missing or cannot be opened.
        DamagedFileError: it is not JSON.
    """
    with explained("read", path):
        raw = path.read_bytes()
    try:
        return json.loads(raw)
    except ValueError as error:
        raise DamagedFileError(
            f"{path} is not valid JSON: {error}",
            hint="the file is damaged or half-written; use another copy",
        ) from error
