"""What can be read of the service at one moment, as one number each: for the history and for alerts."""

import os
from pathlib import Path

from dragoman.server.fleet import Fleet
from dragoman.server.telemetry.fleet_metrics import members_by_direction
from dragoman.server.telemetry.quality.quality_watch import QualityWatch

_STATM = Path("/proc/self/statm")
_MEGABYTE = 1e6
_NOT_BAD = frozenset({"unsure", "length", "foreign-source"})
"""Signals that by themselves do not say that a translation is bad."""


def memory_mb() -> float:
    """Memory that the process holds; its highest so far where the system does not tell the present one."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / _MEGABYTE
    except (OSError, ValueError, IndexError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def gauges(fleet: Fleet, quality: QualityWatch) -> dict[str, float]:
    """Name → the worst of all directions, or the sum."""
    batchers = [member.batcher for member in members_by_direction(fleet).values() if member.batcher is not None]
    failed = sum(member.state == "failed" for member in fleet.members)
    directions = quality.directions.values()
    bad = (share for one in directions for signal, share in one.shares().items() if signal not in _NOT_BAD)
    return {
        "waiting": float(sum(one.waiting for one in batchers)),
        "wait_seconds": max((one.wait_seconds for one in batchers), default=0.0),
        "memory_mb": memory_mb(),
        "models_failing": float(failed + len(fleet.troubled)),
        "bad_share": max(bad, default=0.0),
        "drift": max((value for one in directions for value in one.drift().values()), default=0.0),
    }
