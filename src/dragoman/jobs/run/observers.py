"""Those who watch a run: told of its steps, its validations and its end, whatever they make of it.

A run knows its observers only by the protocol :class:`Observer`. They cannot change it; all they
can do is ask it to end, by returning a reason, or abandon it, by raising.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dragoman.jobs.run.finishing import Outcome
from dragoman.tracking.protocol import Sample


class Observer(Protocol):
    """What watches a run.

    An entry is a line of ``metrics.jsonl``: plain values by name, ``kind`` and ``step`` among them. A method may
    return a reason for which the run should end: it then validates, saves and chooses its weights as always. A run is
    abandoned where it stands by raising an error of one's own; nothing catches it.
    """

    def step(self, entry: Mapping[str, Any]) -> str | None:
        """An update was made; told of the first and of one in twenty."""

    def validation(self, entry: Mapping[str, Any], samples: Sequence[Sample]) -> str | None:
        """The validation text was scored; ``samples`` are some of its lines, the same ones every time."""

    def finished(self, outcome: Outcome) -> None:
        """The run is over, or (``outcome.finished`` is False) was interrupted and can be resumed."""


class Audience:
    """All observers of one run, told in their order.

    Args:
        observers: whom to tell.

    Attributes:
        reason: why one of them wants the run to end; None while nobody does.
    """

    def __init__(self, observers: Sequence[Observer] = ()) -> None:
        self._observers = tuple(observers)
        self.reason: str | None = None

    def step(self, entry: Mapping[str, Any]) -> None:
        """Tell of an update."""
        for observer in self._observers:
            self._listen(observer.step(entry))

    def validation(self, entry: Mapping[str, Any], samples: Sequence[Sample]) -> None:
        """Tell of a validation."""
        for observer in self._observers:
            self._listen(observer.validation(entry, samples))

    def finished(self, outcome: Outcome) -> None:
        """Tell of the end."""
        for observer in self._observers:
            observer.finished(outcome)

    def _listen(self, reason: str | None) -> None:
        self.reason = self.reason or reason
