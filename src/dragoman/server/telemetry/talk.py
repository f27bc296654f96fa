"""What is said to the operator beside the log, while the service runs: in the form of the log, and never in its way.

A disk that is full under stderr, or a reader that has gone, ends no thread and no request: what cannot be said is not
said.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOBase
from typing import TextIO, cast

from dragoman.base.log import talk_into
from dragoman.server.telemetry.log import json_line
from dragoman.server.telemetry.writer import WholeLines


@contextmanager
def talk_as(form: str) -> Iterator[TextIO]:
    """Inside the block all talk goes to stderr as far as it can be written; in lines of JSON, if the log is in JSON.

    It gives the stream that the log shares with it.
    """
    stream = cast("TextIO", WholeLines(sys.stderr))
    talk = (TalkAsJson if form == "json" else Talk)(stream)
    with talk_into(cast("TextIO", talk)):
        yield stream


class Talk(TextIOBase):
    """A file that what is said to the user goes into.

    It is written at once: of talk there is little, and some of it comes before the service has threads.

    Args:
        stream: where to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def isatty(self) -> bool:
        """Whether somebody is looking."""
        return self._stream.isatty()

    def write(self, text: str) -> int:
        """Write it, if that can be."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)


class TalkAsJson(Talk):
    """The same, each line as a line of JSON."""

    def isatty(self) -> bool:
        """Whoever is looking wants no colours."""
        return False

    def write(self, text: str) -> int:
        """Write each line, if that can be."""
        for line in text.splitlines():
            if line.strip():
                level = "warning" if line.startswith("warning: ") else "info"
                super().write(json_line(level, "talk", {"message": line.removeprefix("warning: ")}) + "\n")
        return len(text)
