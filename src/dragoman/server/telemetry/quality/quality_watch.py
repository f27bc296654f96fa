"""Looks at what the models say, beside their work: a thread of its own, with a small part of one processor.

What comes too fast is passed over, and counted. What the cache answers was looked at when it was first said.
"""

import threading
import time
from collections import deque
from collections.abc import Mapping

from dragoman.server.speaker import Said
from dragoman.server.telemetry.observer import Batch, Silence
from dragoman.server.telemetry.quality.drift import DirectionQuality
from dragoman.server.telemetry.quality.signals import look_at

_MOST_WAITING = 500
_SHARE = 0.05
"""Of one processor."""
_LONGEST_REST_SECONDS = 2.0


class QualityWatch(Silence):
    """Signals of every direction."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Batch, str, Said]] = deque()
        self._models: dict[str, tuple[object, DirectionQuality]] = {}
        self._come = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.skipped = 0

    @property
    def directions(self) -> Mapping[str, DirectionQuality]:
        """Every direction that has said anything."""
        return {direction: quality for direction, (_, quality) in list(self._models.items())}

    def batch_ended(self, batch: Batch) -> None:
        """Its translations wait to be looked at, as far as there is room."""
        if batch.is_probe or len(batch.said) != len(batch.segments):
            return
        room = max(0, _MOST_WAITING - len(self._waiting))
        pairs = list(zip(batch.segments, batch.said, strict=True))
        self._waiting.extend((batch, text, said) for text, said in pairs[:room])
        self.skipped += len(pairs) - len(pairs[:room])
        self._come.set()

    def look(self) -> bool:
        """Look at one translation; whether there was any."""
        try:
            batch, text, said = self._waiting.popleft()
        except IndexError:
            return False
        known = self._models.get(batch.direction)
        if known is None or known[0] is not batch.model:  # a new model is compared with itself
            known = self._models[batch.direction] = batch.model, DirectionQuality()
        known[1].note(look_at(text, said, source=batch.source, target=batch.target))
        return True

    def begin(self) -> None:
        """Look, from now on."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="quality", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no more, and forget what waits."""
        self._stop.set()
        self._come.set()
        if self._thread is not None:
            self._thread.join(5)
        self._waiting.clear()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._come.wait()
            self._come.clear()
            while not self._stop.is_set():
                began = time.thread_time()
                if not self.look():
                    break
                rest = (time.thread_time() - began) * (1 - _SHARE) / _SHARE
                self._stop.wait(min(rest, _LONGEST_REST_SECONDS))
