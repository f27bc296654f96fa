"""The figures behind the status page, as they are sent to it. Knows their sources, and nothing of how they look."""

import math
import time
from collections.abc import Sequence
from typing import Any

from dragoman.server.fleet import Fleet
from dragoman.server.telemetry.fleet_metrics import direction_of
from dragoman.server.telemetry.quality.drift import THRESHOLD
from dragoman.server.telemetry.quality.signals import SIGNALS
from dragoman.server.telemetry.status.history import Tally, figures, summed
from dragoman.server.telemetry.telemetry import Telemetry

SERIES = (
    "requests_per_second",
    "segments_per_second",
    "source_tokens_per_second",
    "target_tokens_per_second",
    "p50_seconds",
    "p95_seconds",
    "error_share",
    "refused_share",
    "waiting",
    "wait_seconds",
    "memory_mb",
    "bad_share",
)
_MINUTES_TOGETHER = 5


def data(telemetry: Telemetry, fleet: Fleet, *, is_day: bool) -> dict[str, Any]:
    """All that the page shows, of the last hour or of the last day."""
    history = telemetry.history
    tallies = _together(list(history.day)) if is_day else list(history.hour)
    shown = [figures(tally) for tally in tallies]
    series = {name: [_short(one.get(name, 0.0)) for one in shown] for name in SERIES}
    return {
        "now": round(time.time(), 1),
        "range_seconds": 86_400 if is_day else 3_600,
        "step_seconds": 60 * _MINUTES_TOGETHER if is_day else 10,
        "at": [round(tally.at_seconds, 1) for tally in tallies],
        "series": series,
        "models": _models(fleet),
        "alerts": _alerts(telemetry),
        "quality": _quality(telemetry),
    }


def _together(minutes: Sequence[Tally]) -> list[Tally]:
    starts = range(0, len(minutes), _MINUTES_TOGETHER)
    return [summed(minutes[start : start + _MINUTES_TOGETHER]) for start in starts]


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _models(fleet: Fleet) -> list[dict[str, Any]]:
    return [
        {
            "direction": direction_of(member),
            "state": "failing" if member.state == "ready" and member.does_not_answer else member.state,
            "waiting": member.batcher.waiting if member.batcher else 0,
            "pace": _short(member.batcher.pace.per_second) if member.batcher and member.batcher.pace.batches else None,
            "remembered": _share(member.batcher.cache.hits, member.batcher.cache.misses) if member.batcher else None,
        }
        for member in fleet.members
    ]


def _share(hits: int, misses: int) -> float | None:
    return _short(hits / (hits + misses)) if hits + misses else None


def _alerts(telemetry: Telemetry) -> list[dict[str, Any]]:
    firing = telemetry.judge.firing
    return [
        {"name": name, "threshold": threshold, "since": firing.get(name)}
        for name, threshold in telemetry.judge.thresholds.items()
        if math.isfinite(threshold)
    ]


def _quality(telemetry: Telemetry) -> list[dict[str, Any]]:
    found = []
    for direction, quality in telemetry.quality.directions.items():
        shares, drift = quality.shares(), quality.drift()
        signals = [
            {
                "name": name,
                "share": _short(shares[name]),
                "drift": _short(drift[name]) if name in drift else None,
                "drifts": drift.get(name, 0.0) > THRESHOLD,
            }
            for name in SIGNALS
        ]
        learns_from = None if quality.baseline else quality.baseline_size
        found.append({"direction": direction, "judged": quality.judged, "learns_from": learns_from, "signals": signals})
    return found
