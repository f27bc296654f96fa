"""The last hour in steps of ten seconds, the last day in minutes; in memory, and never more. Knows no text and nobody.

Times of answers are counted in classes that each reach 25 % further than the one before, so that a percentile is right
to within an eighth and costs nothing to keep.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from dragoman.server.telemetry.observer import Batch, Silence
from dragoman.server.telemetry.trace import Trace

STEP_SECONDS = 10
_HOUR_STEPS, _MINUTE_STEPS, _DAY_MINUTES = 360, 6, 1440
_CLASSES, _FIRST_SECONDS, _FURTHER = 56, 0.0005, 1.25
_FEW = 10
_REFUSALS = (429, 503)
_COUNTS = ("requests", "errors", "refused", "characters", "segments", "source_tokens", "target_tokens")


@dataclass(slots=True)
class Tally:
    """What was counted in one step.

    Attributes:
        at_seconds: its end, since 1970.
        seconds: its length.
        requests: answered, but for those about the service itself.
        errors: that ended in an error of the service.
        refused: because there was too much.
        characters: asked to be translated.
        segments: translated by models.
        source_tokens: word pieces that models read.
        target_tokens: word pieces that they wrote.
        times: of the answers, by class.
        gauges: what was read at its end, the worst of a longer time.
    """

    at_seconds: float = 0.0
    seconds: float = 0.0
    requests: int = 0
    errors: int = 0
    refused: int = 0
    characters: int = 0
    segments: int = 0
    source_tokens: int = 0
    target_tokens: int = 0
    times: list[int] = field(default_factory=lambda: [0] * _CLASSES)
    gauges: dict[str, float] = field(default_factory=dict)

    def note(self, trace: Trace) -> None:
        """One request more."""
        self.requests += 1
        self.characters += trace.characters
        if trace.status in _REFUSALS:
            self.refused += 1
        elif trace.status >= 500:
            self.errors += 1
        elif trace.status < 400:
            place = math.log(max(trace.seconds, _FIRST_SECONDS) / _FIRST_SECONDS, _FURTHER)
            self.times[min(_CLASSES - 1, int(place))] += 1

    def worked(self, batch: Batch) -> None:
        """One batch more."""
        tokens = batch.tokens
        self.segments += len(batch.said)
        self.source_tokens += tokens.source
        self.target_tokens += tokens.target

    def percentile(self, share: float) -> float:
        """Seconds within which this share of the good answers came; 0 where there was none."""
        wanted, seen = share * sum(self.times), 0
        for place, count in enumerate(self.times):
            seen += count
            if count and seen >= wanted:
                return float(_FIRST_SECONDS * _FURTHER ** (place + 0.5))
        return 0.0


def summed(tallies: Sequence[Tally]) -> Tally:
    """Several steps as one; of gauges the highest."""
    whole = Tally(tallies[-1].at_seconds if tallies else 0.0, sum(one.seconds for one in tallies))
    for one in tallies:
        for name in _COUNTS:
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.times = [mine + its for mine, its in zip(whole.times, one.times, strict=True)]
        whole.gauges = {name: max(whole.gauges.get(name, value), value) for name, value in one.gauges.items()}
    return whole


def figures(tally: Tally) -> dict[str, float]:
    """What is shown of a step, and what alerts look at; shares are of ten requests at least."""
    count = max(_FEW, tally.requests)
    return {
        **{f"{name}_per_second": getattr(tally, name) / max(1e-9, tally.seconds) for name in _COUNTS},
        "error_share": tally.errors / count,
        "refused_share": tally.refused / count,
        "p50_seconds": tally.percentile(0.5),
        "p95_seconds": tally.percentile(0.95),
        **tally.gauges,
    }


class History(Silence):
    """Counts, step by step.

    Args:
        clock: seconds since 1970.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._began = clock()
        self._now = Tally()
        self._changing = Lock()
        self.hour: deque[Tally] = deque(maxlen=_HOUR_STEPS)
        self.day: deque[Tally] = deque(maxlen=_DAY_MINUTES)
        self._steps = 0

    def request_ended(self, trace: Trace) -> None:
        """Counted, unless it was about the service itself."""
        if trace.dialect:
            self._now.note(trace)

    def batch_ended(self, batch: Batch) -> None:
        """Its work is counted; several models tell of theirs at once."""
        if not batch.is_probe:
            with self._changing:
                self._now.worked(batch)

    def step(self, gauges: Mapping[str, float]) -> None:
        """A step is over; ``gauges`` is what can be read now."""
        now = self._clock()
        with self._changing:
            tally, self._now = self._now, Tally()
        tally.at_seconds, tally.seconds = now, max(1e-3, now - self._began)
        tally.gauges = dict(gauges)
        self._began = now
        self.hour.append(tally)
        self._steps += 1
        if self._steps % _MINUTE_STEPS == 0:
            self.day.append(self.last_minute())

    def last_minute(self) -> Tally:
        """The last six steps as one."""
        return summed(list(self.hour)[-_MINUTE_STEPS:])
