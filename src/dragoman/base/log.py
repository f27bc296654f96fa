"""Talk goes to stderr, data to stdout. Progress bars only when someone is looking."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

_console: "Console | None" = None


def console() -> "Console":
    """The one console for talk, on stderr; made on first use."""
    global _console
    if _console is None:
        from rich.console import Console

        _console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
    return _console


def process_number() -> int:
    """Which of the processes of a run this is, as the launcher's environment says; 0 for one alone."""
    number = os.environ.get("RANK", "0")
    return int(number) if number.isdecimal() else 0


def hush() -> None:
    """Say nothing from now on: of several processes that run as one, only the first talks."""
    console().quiet = True


def say(message: str) -> None:
    """Tell the user something, on stderr, exactly as written."""
    console().print(message, markup=False)


def warn(message: str) -> None:
    """Tell the user of something to watch, on stderr."""
    console().print(f"warning: {message}", markup=False, style="yellow")


@contextmanager
def talk_into(file: TextIO) -> Iterator[None]:
    """Write all talk into ``file`` inside the block: of work that others oversee."""
    global _console
    from rich.console import Console

    before = _console
    _console = Console(file=file, highlight=False, soft_wrap=True, emoji=False)
    try:
        yield
    finally:
        _console = before


class Silence:
    """A progress display that shows nothing."""

    def add_task(self, description: str, **fields: Any) -> "TaskID":
        """Nothing begins."""
        return cast("TaskID", 0)

    def advance(self, task_id: "TaskID", advance: float = 1) -> None:
        """Nothing moves."""

    def update(self, task_id: "TaskID", **fields: Any) -> None:
        """Nothing changes."""


@contextmanager
def progress(*extra_columns: str, in_bytes: bool = False) -> Iterator["Progress | Silence"]:
    """A progress display with bar, count, time gone and time left; silent when stderr is not a terminal.

    Args:
        extra_columns: more rich column templates, such as ``"{task.fields[rate]}"``.
        in_bytes: what is counted is bytes, to be shown in MB.
    """
    if _console is None and not sys.stderr.isatty():
        yield Silence()  # rich takes a sixth of the time that a first translation needs
        return
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn() if in_bytes else MofNCompleteColumn(),
        *(TextColumn(column) for column in extra_columns),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console(),
        disable=not console().is_terminal,
    ) as display:
        yield display
