"""Looks at what the models say, beside their work: a thread of its own, with a small part of one processor.

What comes too fast is passed over, and counted. What the cache answers was looked at when it was first said.
"""

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from traceback import extract_tb

from dragoman.base.errors import StoreError
from dragoman.base.log import warn
from dragoman.server.speaker import Said
from dragoman.server.telemetry.observer import Batch, Silence
from dragoman.server.telemetry.quality.baselines import Baselines, MemoryBaselines
from dragoman.server.telemetry.quality.drift import DirectionQuality
from dragoman.server.telemetry.quality.signals import look_at

_MOST_WAITING = 500
_SHARE = 0.05
"""Of one processor."""
_LONGEST_REST_SECONDS = 2.0
_AGAIN_SECONDS = 60.0
"""Between two tries to keep a baseline."""


@dataclass(slots=True)
class _Watched:
    """A model that says something.

    Attributes:
        model: its checksum, or a mark.
        quality: of what it says.
        is_kept: whether its baseline need not be kept any more.
    """

    model: object
    quality: DirectionQuality
    is_kept: bool


class QualityWatch(Silence):
    """Signals of every direction.

    Args:
        baselines: where what is usual of each model is kept; by default in memory.
    """

    def __init__(self, baselines: Baselines | None = None) -> None:
        self._baselines = baselines or MemoryBaselines()
        self._again_seconds = 0.0
        self._waiting: deque[tuple[Batch, str, Said]] = deque()
        self._models: dict[str, _Watched] = {}
        self._come = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.skipped = 0
        self.failed = 0

    @property
    def directions(self) -> Mapping[str, DirectionQuality]:
        """Every direction that has said anything."""
        return {direction: watched.quality for direction, watched in list(self._models.items())}

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
        watched = self._models.get(batch.direction)
        if watched is None or watched.model != batch.model:  # a new model is compared with itself
            watched = self._models[batch.direction] = self._begun(batch.model)
        watched.quality.note(look_at(text, said, source=batch.source, target=batch.target))
        if not watched.is_kept and watched.quality.baseline is not None:
            self._keep(watched)
        return True

    def _begun(self, model: object) -> _Watched:
        """A model of which nothing is known but, perhaps, what is usual of it."""
        if not isinstance(model, str):
            return _Watched(model, DirectionQuality(), is_kept=True)
        try:
            baseline = self._baselines.find(model)
        except StoreError as error:
            warn(error.message)
            baseline = None
        return _Watched(model, DirectionQuality(baseline), is_kept=baseline is not None)

    def _keep(self, watched: _Watched) -> None:
        """Have the baseline kept; when that fails, again later."""
        quality, now = watched.quality, time.monotonic()
        if quality.baseline is None or now < self._again_seconds:
            return
        try:
            quality.baseline = self._baselines.keep(str(watched.model), quality.baseline)
            watched.is_kept = True
        except StoreError as error:
            warn(error.message)
            self._again_seconds = now + _AGAIN_SECONDS

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

    def _looked(self) -> bool:
        """The same as :meth:`look`, but nothing ends the looking."""
        try:
            return self.look()
        except Exception as error:  # its words may hold the text
            if not self.failed:
                place = extract_tb(error.__traceback__)[-1]
                warn(f"a translation cannot be looked at: {type(error).__name__} at {place.filename}:{place.lineno}")
            self.failed += 1
            return True

    def _run(self) -> None:
        while not self._stop.is_set():
            self._come.wait()
            self._come.clear()
            while not self._stop.is_set():
                began = time.thread_time()
                if not self._looked():
                    break
                rest = (time.thread_time() - began) * (1 - _SHARE) / _SHARE
                self._stop.wait(min(rest, _LONGEST_REST_SECONDS))
