"""Better translations that readers suggest, as a corpus file: JSON lines that training and evaluation read as they are.

Knows no dialect. Nothing is kept unless the operator names a file.
"""

import json
import threading
from pathlib import Path

from dragoman.base.errors import FileAccessError
from dragoman.base.log import warn
from dragoman.server.ask import RefusedError

MAX_BYTES = 100_000_000
"""Of the file; then nothing is added, for anyone may suggest."""


class SuggestionFile:
    """Pairs at the end of a file.

    Args:
        path: it is made if it is not there.

    Raises:
        FileAccessError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            path.touch(mode=0o600)  # texts of others
        except OSError as error:
            raise FileAccessError(f"{path} cannot be written: {error.strerror}") from error

    def add(self, source: str, target: str, pair: tuple[str, str]) -> None:
        """Add a text and its translation, in the languages of these codes.

        Raises:
            RefusedError: the file is full, or the disk is.
        """
        line = (json.dumps({source: pair[0], target: pair[1]}, ensure_ascii=False) + "\n").encode()
        try:
            with self._lock, self._path.open("ab", buffering=0) as stream:
                end = stream.tell()
                if end + len(line) > MAX_BYTES:
                    raise OSError("it has grown as large as it may")
                if stream.write(line) < len(line):
                    stream.truncate(end)  # half a line would spoil the next one, too
                    raise OSError("there is no room for all of it")
        except OSError as error:
            warn(f"a suggestion was refused: {self._path}: {error}")
            raise RefusedError("full", "suggestions cannot be taken at the moment", status=503) from error
