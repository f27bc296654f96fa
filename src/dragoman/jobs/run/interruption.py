"""Ctrl-C without loss: the step under way ends, the caller saves, the run stops. So too when the terminal closes."""

import math
import os
import signal
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import Any, Self

from dragoman.base.log import say


class Interruption:
    """While active, SIGINT, SIGTERM and SIGHUP only set :attr:`requested`; a second SIGINT acts as usual.

    Only a second Ctrl-C is a person who means it. A closing terminal sends SIGHUP more than once, a launcher of
    several processes SIGTERM after SIGINT. SIGHUP that is ignored already (``nohup``) stays ignored.


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
            for number in (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])):
                if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
                    self._previous[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in list(self._previous):
            self._restore(number)

    def _note(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self.requested:
            self._tell()
            self.requested, self._first = True, now
            if not self._echo_seconds:
                self._restore(signal.SIGINT)
        elif number == signal.SIGINT and now - self._first > self._echo_seconds:
            self._restore(signal.SIGINT)
            signal.raise_signal(number)

    @staticmethod
    def _tell() -> None:
        try:
            say("stopping after this step (Ctrl-C once more stops at once, losing what came after the last checkpoint)")
        except RuntimeError:  # the signal came in the middle of another message
            pass
        except OSError:  # the terminal is gone: talk to nobody, or the next word would end the run before it is saved
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())

    def _restore(self, number: signal.Signals) -> None:
        if number in self._previous:
            signal.signal(number, self._previous.pop(number))
