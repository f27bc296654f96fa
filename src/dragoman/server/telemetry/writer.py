"""Lines for stderr, written by a thread: a reader that is slow or stuck never stops the service. Knows no fields."""

import queue
import sys
import threading
from io import TextIOBase
from typing import TextIO

_MOST_LINES = 10_000


class WholeLines(TextIOBase):
    """A stream for lines of several writers: after one that could be written in part only the next begins a new line.

    Args:
        stream: where to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._writing = threading.Lock()
        self._is_torn = False

    def write(self, text: str) -> int:
        """Write lines, all of them now.

        Raises:
            OSError: they could not be written, or not all.
        """
        with self._writing:
            is_torn, self._is_torn = self._is_torn, True
            self._stream.write("\n" * is_torn + text)
            self._stream.flush()
            self._is_torn = False
        return len(text)

    def isatty(self) -> bool:
        """Whether somebody is looking."""
        return self._stream.isatty()


class LineWriter:
    """Writes lines in order, and counts those for which there was no room.

    Args:
        stream: where to; stderr by default.
        most: lines that may wait.
    """

    def __init__(self, stream: TextIO | None = None, *, most: int = _MOST_LINES) -> None:
        self._stream = stream or sys.stderr
        self._lines: queue.Queue[str | None] = queue.Queue(most)
        self._thread: threading.Thread | None = None
        self.lost = 0

    def put(self, line: str) -> None:
        """Have a line written, unless too many wait."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, name="log", daemon=True)
            self._thread.start()
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.lost += 1

    def close(self) -> None:
        """Write what waits, for two seconds at most."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        try:
            self._lines.put(None, timeout=1)
        except queue.Full:
            return
        thread.join(2)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._stream.write(line + "\n")
                if self._lines.empty():
                    self._stream.flush()
            except (OSError, ValueError):  # nobody reads any more, or the disk is full; the service goes on
                self.lost += 1
