"""When something is wrong: figures beside their thresholds, with patience on both sides. Knows no source of figures.

An alert fires when its figure has been above the threshold several times in a row, and is resolved when it has been
well below it for twice as long: what sways about the threshold says nothing all the time.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from dragoman.base.errors import ConfigError

THRESHOLDS: dict[str, float] = {
    "error_share": 0.02,
    "refused_share": 0.2,
    "p95_seconds": 5.0,
    "wait_seconds": 6.0,
    "models_failing": 0.0,
    "drift": 5.0,
    "memory_mb": float("inf"),
}
"""Figure → from where on it is wrong; a share or a time is of the last minute. Memory depends on the models."""
MEANINGS = {
    "error_share": "share of requests that ended in an error of the service (5xx, but not 503)",
    "refused_share": "share of requests refused because too much waits (429, 503)",
    "p95_seconds": "time within which 95 % of requests are answered",
    "wait_seconds": "time a newcomer would wait for a model",
    "models_failing": "models that cannot be loaded or do not answer",
    "drift": "how far a signal of bad translations is above its usual share, in standard errors",
    "memory_mb": "memory of the process",
}
_PATIENCE = 3
_WELL_BELOW = 0.8

State = Literal["firing", "resolved"]


@dataclass(frozen=True, slots=True)
class Alert:
    """A change that the operator should hear of.

    Attributes:
        name: of the figure.
        state: what it is now.
        value: of the figure.
        threshold: that it has crossed.
        at_seconds: since 1970.
    """

    name: str
    state: State
    value: float
    threshold: float
    at_seconds: float


def thresholds(given: Mapping[str, float]) -> dict[str, float]:
    """The usual thresholds, but for those that are ``given``.

    Raises:
        ConfigError: there is no such figure, or a threshold that is no number.
    """
    for name, value in given.items():
        if name not in THRESHOLDS:
            raise ConfigError(f"there is no alert {name!r}", hint="one of " + ", ".join(THRESHOLDS))
        if value != value or value < 0:
            raise ConfigError(f"the alert {name} cannot have the threshold {value}", hint="a number, 0 or more")
    return {**THRESHOLDS, **given}


def read_thresholds(given: list[str]) -> dict[str, float]:
    """Thresholds written as ``name=number``, or ``name=off``.

    Raises:
        ConfigError: one that is not written so.
    """
    found = {}
    for one in given:
        name, _, number = one.partition("=")
        try:
            found[name.strip()] = float("inf") if number.strip() == "off" else float(number)
        except ValueError as error:
            raise ConfigError(
                f"--alert {one!r} is no name and number", hint="such as p95_seconds=2 or drift=off"
            ) from error
    thresholds(found)
    return found


@dataclass(slots=True)
class _Course:
    """How one figure went lately."""

    above: int = 0
    below: int = 0
    since: float | None = None


class Judge:
    """Compares figures with thresholds, again and again.

    Args:
        given: thresholds other than the usual ones.
        tell: hears of every change; must be quick.
        clock: seconds since 1970.
    """

    def __init__(
        self, given: Mapping[str, float], tell: Callable[[Alert], None], *, clock: Callable[[], float] = time.time
    ) -> None:
        self.thresholds = thresholds(given)
        self._tell = tell
        self._clock = clock
        self._courses = {name: _Course() for name in self.thresholds}

    @property
    def firing(self) -> dict[str, float]:
        """Alerts that fire → since when, in seconds since 1970."""
        return {name: course.since for name, course in self._courses.items() if course.since is not None}

    def look(self, figures: Mapping[str, float]) -> None:
        """Compare once; a figure that is missing is as good as 0."""
        for name, threshold in self.thresholds.items():
            self._compare(name, figures.get(name, 0.0), threshold)

    def _compare(self, name: str, value: float, threshold: float) -> None:
        course = self._courses[name]
        course.above = course.above + 1 if value > threshold else 0
        course.below = course.below + 1 if value <= _WELL_BELOW * threshold else 0
        now = self._clock()
        if course.since is None and course.above >= _PATIENCE:
            course.since = now
            self._tell(Alert(name, "firing", value, threshold, now))
        elif course.since is not None and course.below >= 2 * _PATIENCE:
            course.since = None
            self._tell(Alert(name, "resolved", value, threshold, now))
