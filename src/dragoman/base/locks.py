"""One process at a time: a lock on a file that ends with the process that holds it, killed or not.

It is a POSIX record lock (``fcntl``), which the system gives up when its holder dies and which worker processes do
not inherit; so nothing is ever left to clear away by hand. It does not know what is being protected. Where the system
or the file system has no such locks, nothing is locked.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dragoman.base.errors import FileAccessError
from dragoman.base.files import explained


@contextmanager
def locked(path: Path, *, purpose: str, hint: str) -> Iterator[None]:
    """Hold the lock on the file ``path``, which is made when missing, inside the block.

    Args:
        path: the file; what stands in it is who holds the lock, for people.
        purpose: what the holder does, for the message: "another process (4711) … ".
        hint: what to do when another holds it.

    Raises:
        FileAccessError: another process holds it.
    """
    with explained("create", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(descriptor):
            holder = os.read(descriptor, 100).decode("ascii", "replace").strip()
            raise FileAccessError(f"another process ({holder or 'unknown'}) {purpose}", hint=hint)
        os.ftruncate(descriptor, 0)
        with explained("write", path):
            os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    """Whether the lock is ours now, or cannot be had from anybody."""
    try:
        import fcntl
    except ModuleNotFoundError:  # not a POSIX system
        return True
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN)
    return True
