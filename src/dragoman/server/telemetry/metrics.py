"""What Prometheus reads. Each label takes as many values as there are routes, dialects and directions, and no more.

Counters are moved by what an :class:`Observer` hears; what can be read from the fleet at any time (queues, caches,
states) is read when somebody asks. So a request costs a few microseconds.
"""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from dragoman.base.version import __version__
from dragoman.server.telemetry.observer import Batch, Silence
from dragoman.server.telemetry.trace import Trace

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OTHER = "other"
_MOST_ROUTES = 200
_MOST_REASONS = 60
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SEGMENTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Bounded:
    """The first so many names; every further one is "other".

    Args:
        most: names.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()

    def __call__(self, name: str) -> str:
        """``name``, if there is room for it."""
        if name not in self._known:
            if len(self._known) >= self._most:
                return OTHER
            self._known.add(name)
        return name


class Metrics(Silence):
    """Counts what happens, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._route = Bounded(_MOST_ROUTES)
        self._reason = Bounded(_MOST_REASONS)
        ProcessCollector(registry=registry)
        info = Gauge("dragoman_build_info", "The version of dragoman", ["version"], registry=registry)
        info.labels(__version__).set(1)
        self._requests = Counter(
            "dragoman_requests", "Answered requests", ["dialect", "route", "method", "status"], registry=registry
        )
        self._seconds = Histogram(
            "dragoman_request_seconds", "Time to answer", ["dialect", "route"], buckets=_SECONDS, registry=registry
        )
        self._in_flight = Gauge("dragoman_requests_in_flight", "Requests being answered", registry=registry)
        self._characters = Counter("dragoman_characters", "Characters asked for", ["dialect"], registry=registry)
        self._refusals = Counter(
            "dragoman_refusals", "Requests refused, and why", ["dialect", "reason"], registry=registry
        )
        self._crashes = Counter("dragoman_crashes", "Errors nobody had thought of", ["dialect"], registry=registry)
        self._alerts = Gauge("dragoman_alert", "1 where an alert fires", ["alert"], registry=registry)
        self._add_models()
        self._held: dict[tuple[str, str, str, int], tuple[Callable[[], None], Callable[[float], None]]] = {}

    def _add_models(self) -> None:
        registry, labels = self.registry, ["direction"]
        self._segments = Counter("dragoman_model_segments", "Segments translated", labels, registry=registry)
        self._model_characters = Counter(
            "dragoman_model_characters", "Characters of those segments", labels, registry=registry
        )
        self._tokens = Counter("dragoman_tokens", "Word pieces read and written", [*labels, "side"], registry=registry)
        self._model_seconds = Counter("dragoman_model_seconds", "Time models worked", labels, registry=registry)
        self._batch = Histogram(
            "dragoman_batch_segments", "Segments in a batch", labels, buckets=_SEGMENTS, registry=registry
        )
        self._failed = Counter("dragoman_batches_failed", "Batches that failed", labels, registry=registry)
        self._notes = Counter(
            "dragoman_rescues", "What had to be done to make a translation sound", [*labels, "note"], registry=registry
        )

    def request_began(self) -> None:
        """One more is in flight."""
        self._in_flight.inc()

    def request_ended(self, trace: Trace) -> None:
        """Counted by dialect, route, method and status."""
        self._in_flight.dec()
        key = trace.dialect, self._route(trace.route), trace.method, trace.status
        held = self._held.get(key)
        if held is None:
            counter = self._requests.labels(key[0], key[1], key[2], str(key[3]))
            held = self._held[key] = counter.inc, self._seconds.labels(key[0], key[1]).observe
        held[0]()
        held[1](trace.seconds)
        if trace.characters:
            self._characters.labels(trace.dialect).inc(trace.characters)
        if trace.reason:
            self._refusals.labels(trace.dialect, self._reason(trace.reason)).inc()

    def request_crashed(self, trace: Trace, error: BaseException) -> None:
        """Counted by dialect."""
        self._crashes.labels(trace.dialect).inc()

    def batch_ended(self, batch: Batch) -> None:
        """Counted by direction; probes are not work."""
        if batch.is_probe:
            return
        direction = batch.direction
        self._model_seconds.labels(direction).inc(batch.seconds)
        if len(batch.said) != len(batch.segments):
            self._failed.labels(direction).inc()
            return
        self._batch.labels(direction).observe(len(batch.segments))
        self._segments.labels(direction).inc(len(batch.segments))
        self._model_characters.labels(direction).inc(sum(map(len, batch.segments)))
        for side, count in batch.tokens._asdict().items():
            self._tokens.labels(direction, side).inc(count)
        for said in batch.said:
            for note in said.notes:
                self._notes.labels(direction, self._reason(note)).inc()

    def read(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A figure that is asked for whenever Prometheus asks."""
        Gauge(name, meaning, registry=self.registry).set_function(value)

    def alerts(self, states: Mapping[str, float]) -> None:
        """Which alerts fire (1) and which do not."""
        for name, state in states.items():
            self._alerts.labels(name).set(state)

    def page(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)
