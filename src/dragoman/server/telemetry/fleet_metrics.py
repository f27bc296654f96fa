"""What can be read from the fleet at any time, for Prometheus: states, queues, caches. Changes nothing."""

from collections.abc import Iterator
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dragoman.server.fleet import Fleet, Member, State
from dragoman.server.memory import MemorySpeaker


def direction_of(member: Member) -> str:
    """Such as ``en-de``; "" while it is not known."""
    return f"{member.speaker.source_language}-{member.speaker.target_language}" if member.speaker else ""


def members_by_direction(fleet: Fleet) -> dict[str, Member]:
    """Those that translate: for one direction the first of several members; a memory only where it is alone."""
    found: dict[str, Member] = {}
    for member in sorted(fleet.members, key=lambda one: isinstance(one.speaker, MemorySpeaker)):
        if member.batcher is not None and member.speaker is not None:
            found.setdefault(direction_of(member), member)
    return found


class FleetCollector(Collector):
    """Reads a fleet whenever Prometheus asks.

    Args:
        fleet: to be read.
    """

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment."""
        states = [member.state for member in self._fleet.members]
        models = GaugeMetricFamily("dragoman_models", "Models and memories by state", labels=["state"])
        for state in get_args(State):
            models.add_metric([state], states.count(state))
        yield models
        members = members_by_direction(self._fleet)
        yield from self._gauges(members)
        yield from self._counters(members)

    def _gauges(self, members: dict[str, Member]) -> Iterator[Metric]:
        answers = GaugeMetricFamily("dragoman_model_answers", "1 where a model answers", labels=["direction"])
        waiting = GaugeMetricFamily("dragoman_queue_segments", "Segments that wait", labels=["direction"])
        wait = GaugeMetricFamily("dragoman_queue_wait_seconds", "Foretold for a newcomer", labels=["direction"])
        pace = GaugeMetricFamily("dragoman_model_pace", "Tokens read per second of work lately", labels=["direction"])
        entries = GaugeMetricFamily("dragoman_cache_entries", "Segments remembered", labels=["direction"])
        held = GaugeMetricFamily("dragoman_cache_characters", "Characters remembered", labels=["direction"])
        for direction, member in members.items():
            batcher = member.batcher
            assert batcher is not None
            answers.add_metric([direction], float(member.state == "ready" and not member.does_not_answer))
            waiting.add_metric([direction], batcher.waiting)
            wait.add_metric([direction], batcher.wait_seconds)
            pace.add_metric([direction], batcher.pace.per_second)
            entries.add_metric([direction], len(batcher.cache))
            held.add_metric([direction], batcher.cache.characters)
        yield from (answers, waiting, wait, pace, entries, held)

    def _counters(self, members: dict[str, Member]) -> Iterator[Metric]:
        hits = CounterMetricFamily("dragoman_cache_hits", "Segments that were remembered", labels=["direction"])
        misses = CounterMetricFamily("dragoman_cache_misses", "Segments that were not", labels=["direction"])
        for direction, member in members.items():
            assert member.batcher is not None
            hits.add_metric([direction], member.batcher.cache.hits)
            misses.add_metric([direction], member.batcher.cache.misses)
        yield from (hits, misses)
