"""Two processes: one serves, the other starts it anew when it dies of a crash, of a lack of memory, or of ``kill -9``.

The door (the listening socket) belongs to the one that does no work, so that it stays open meanwhile: who knocks waits
a little, and is not turned away. A child that ends by itself is not started anew; its exit code is the supervisor's.
Knows processes and signals, and no web.
"""

import ctypes
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from types import FrameType

from dragoman.base.log import warn

FIRST_SECONDS = 0.25
"""Before the first new start; each further one takes twice as long to come,"""
MOST_SECONDS = 30.0
"""at most this long,"""
LIVELY_SECONDS = 60.0
"""until a process has lived so long."""
_SET_DEATH_SIGNAL = 1


def supervise(door: socket.socket) -> None:
    """Return in a child that is to do the work; start it anew when it dies. The caller itself never returns.

    Args:
        door: that is listened at; the caller's is closed when it is told to stop, so that nobody waits there in vain.

    Raises:
        SystemExit: the child has ended by itself, or was told to.
    """
    watch = _Watch(door)
    wait = FIRST_SECONDS
    while True:
        began = time.monotonic()
        code = watch.run()
        if code is None:
            return
        if code >= 0 or watch.is_told:
            sys.exit(code if code >= 0 else 128 - code)
        if time.monotonic() - began > LIVELY_SECONDS:
            wait = FIRST_SECONDS
        warn(f"the service died of {signal.Signals(-code).name}; it is started anew")
        watch.rest(wait)
        wait = min(2 * wait, MOST_SECONDS)


class _Watch:
    """Over one child after another."""

    def __init__(self, door: socket.socket) -> None:
        self.is_told = False
        self._door = door
        self._child = 0

    def run(self) -> int | None:
        """Have a child; its exit code (negative: the signal it died of), or None in the child itself."""
        parent = os.getpid()
        self._child = os.fork()
        if not self._child:
            _begin_child(parent)
            return None
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(one, self._pass_on)
        if self.is_told:  # while the child was born: it has not heard of it
            self._send(signal.SIGTERM)
        _, status = os.waitpid(self._child, 0)
        self._child = 0
        return os.waitstatus_to_exitcode(status)

    def rest(self, seconds: float) -> None:
        """Wait; not if told to stop."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.is_told:
                sys.exit(0)
            time.sleep(0.05)

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGHUP:
            self.is_told = True
            self._door.close()
        self._send(number)

    def _send(self, number: int) -> None:
        if self._child:
            with suppress(ProcessLookupError):
                os.kill(self._child, number)


def _begin_child(parent: int) -> None:
    """A group of its own, so that Ctrl-C comes through the parent alone; and an end when the parent is killed."""
    for one, usual in ((signal.SIGTERM, signal.SIG_DFL), (signal.SIGHUP, signal.SIG_DFL)):
        signal.signal(one, usual)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setpgrp()
    with suppress(AttributeError, OSError):  # Linux knows it
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
