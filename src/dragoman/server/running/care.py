"""The threads of a model, with care: what fails there ends as a refusal of the few segments that made it fail.

A batch that fails is cut in two, and so on until the segment is found that the model cannot bear, or until the pieces
are small enough for the memory; all others are translated. Of an exception only the type and the place are written: its
words may hold a text. Several threads may be in it at once. Knows neither requests nor queues.
"""

import time
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from traceback import extract_tb
from typing import Any

from dragoman.base.log import warn
from dragoman.server.ask import RefusedError

MOST_FAILURES = 3
"""Segments that failed one after another: then it is the model that is not well, and not the text."""

Run = Callable[[Hashable, Sequence[str]], Sequence[Any]]


class Care:
    """Runs a model so that it never raises.

    Args:
        run: what the model does.
        name: of the model, for the operator.

    Attributes:
        failures: segments that failed since one was translated.
        error: the type of the last failure.
    """

    def __init__(self, run: Run, name: str) -> None:
        self._run = run
        self._name = name
        self._begun: dict[object, float] = {}
        self._telling = Lock()
        self.failures = 0
        self.error = ""

    @property
    def seconds(self) -> float:
        """How long the oldest of the batches that are being translated takes already; 0 where there is none."""
        begun = self._begun.copy().values()
        return time.monotonic() - min(begun) if begun else 0.0

    @property
    def is_well(self) -> bool:
        """Whether it is worth asking."""
        return self.failures < MOST_FAILURES

    def __call__(self, kind: Hashable, segments: Sequence[str]) -> list[Any]:
        """A result for each segment; a :class:`RefusedError` for one that cannot be translated."""
        mark = object()
        self._begun[mark] = time.monotonic()
        try:
            return self._translate(kind, segments)
        finally:
            del self._begun[mark]

    def _translate(self, kind: Hashable, segments: Sequence[str]) -> list[Any]:
        try:
            found = list(self._run(kind, segments))
            if len(found) != len(segments):
                raise ValueError("not one result for each segment")
        except RefusedError as refusal:
            return [refusal] * len(segments)
        except Exception as error:
            if len(segments) == 1 or not self.is_well:
                self._tell(error)
                return [_refusal()] * len(segments)
            middle = len(segments) // 2
            return [*self._translate(kind, segments[:middle]), *self._translate(kind, segments[middle:])]
        self.failures = 0
        return found

    def _tell(self, error: Exception) -> None:
        with self._telling:
            self.failures += 1
        self.error = type(error).__name__
        if self.failures <= MOST_FAILURES:
            place = extract_tb(error.__traceback__)[-1]
            warn(f"{self._name} could not translate a segment: {self.error} at {place.filename}:{place.lineno}")


def _refusal() -> RefusedError:
    return RefusedError("engine_failed", "the model failed on this text", status=503, retry_seconds=5.0)
