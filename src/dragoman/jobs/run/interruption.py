"""Ctrl-C without loss: the step under way ends, the caller saves, then the run stops."""

import contextlib
import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

from dragoman.base.log import say


class Interruption:
    """While active, the first SIGINT or SIGTERM only sets :attr:`requested`; a second one acts as usual."""

    def __init__(self) -> None:
        self.requested = False
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._previous[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        with contextlib.suppress(RuntimeError):  # the signal may have come in the middle of another message
            say("stopping after this step (once more to stop at once, losing what came after the last checkpoint)")
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous = {}
