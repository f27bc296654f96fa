"""The signals of every direction, for Prometheus."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dragoman.server.telemetry.quality.drift import THRESHOLD
from dragoman.server.telemetry.quality.quality_watch import QualityWatch
from dragoman.server.telemetry.quality.signals import SIGNALS


class QualityCollector(Collector):
    """Reads the watch whenever Prometheus asks.

    Args:
        watch: to be read.
    """

    def __init__(self, watch: QualityWatch) -> None:
        self._watch = watch

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment."""
        labels = ["direction", "signal"]
        judged = CounterMetricFamily("dragoman_quality_segments", "Translations looked at", labels=["direction"])
        skipped = CounterMetricFamily("dragoman_quality_skipped", "Passed over: they came too fast")
        failed = CounterMetricFamily("dragoman_quality_failed", "Could not be looked at: an error in the looking")
        counted = CounterMetricFamily("dragoman_quality_signals", "Signals of bad translations", labels=labels)
        share = GaugeMetricFamily("dragoman_quality_share", "Of the last translations", labels=labels)
        drift = GaugeMetricFamily("dragoman_quality_drift", "Standard errors above the usual share", labels=labels)
        drifted = GaugeMetricFamily("dragoman_quality_drifted", "1 where a signal drifts", labels=["direction"])
        skipped.add_metric([], self._watch.skipped)
        failed.add_metric([], self._watch.failed)
        for direction, quality in self._watch.directions.items():
            shares, drifts = quality.shares(), quality.drift()
            judged.add_metric([direction], quality.judged)
            for signal in SIGNALS:
                counted.add_metric([direction, signal], quality.total[signal])
                share.add_metric([direction, signal], shares[signal])
            for signal, errors in drifts.items():
                drift.add_metric([direction, signal], errors)
            drifted.add_metric([direction], float(max(drifts.values(), default=0.0) > THRESHOLD))
        yield from (judged, skipped, failed, counted, share, drift, drifted)
