"""Ctrl-C without loss: the step under way ends, the caller saves, then the run stops."""

import contextlib
import math
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any, Self

from dragoman.base.log import say


class Interruption:
    """While active, the first SIGINT or SIGTERM only sets :attr:`requested`; a second one acts as usual.

    Args:
        echo_seconds: how long after the first one others do not count: of several processes each hears a terminal's
            Ctrl-C itself, and then once more from the launcher.
    """

    def __init__(self, *, echo_seconds: float = 0.0) -> None:
        self._echo_seconds = echo_seconds
        self._first = -math.inf
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
        now = time.monotonic()
        if self.requested:
            if now - self._first > self._echo_seconds:
                self._restore()
                signal.raise_signal(number)
            return
        self.requested, self._first = True, now
        with contextlib.suppress(RuntimeError):  # the signal may have come in the middle of another message
            say("stopping after this step (once more to stop at once, losing what came after the last checkpoint)")
        if not self._echo_seconds:
            self._restore()

    def _restore(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous = {}
