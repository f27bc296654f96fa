"""Everything that watches the service, put together: who hears of what, and what runs beside it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from dragoman.server.fleet import Fleet
from dragoman.server.telemetry.alerts.rules import Alert, Judge
from dragoman.server.telemetry.alerts.webhook import Webhook
from dragoman.server.telemetry.fleet_metrics import FleetCollector
from dragoman.server.telemetry.gauges import gauges
from dragoman.server.telemetry.log import Log
from dragoman.server.telemetry.metrics import Metrics
from dragoman.server.telemetry.observer import Batch, Observer
from dragoman.server.telemetry.options import TelemetryOptions
from dragoman.server.telemetry.probe import Prober
from dragoman.server.telemetry.quality.baselines import Baselines
from dragoman.server.telemetry.quality.quality_metrics import QualityCollector
from dragoman.server.telemetry.quality.quality_watch import QualityWatch
from dragoman.server.telemetry.status.history import STEP_SECONDS, History, figures
from dragoman.server.telemetry.trace import Trace


class Telemetry:
    """Hears everything, and lets each of its observers hear it.

    Args:
        options: of the operator.
        log: to write into; by default one on stderr.
        baselines: where it is kept what is usual of each model; by default in memory.
    """

    def __init__(
        self, options: TelemetryOptions | None = None, *, log: Log | None = None, baselines: Baselines | None = None
    ) -> None:
        self.options = options or TelemetryOptions()
        self.metrics = Metrics()
        self.log = log or Log(self.options.log)
        self.quality = QualityWatch(baselines)
        self.history = History()
        self.judge = Judge(self.options.alerts, self._alert)
        self._webhook = Webhook(self.options.alert_webhook) if self.options.alert_webhook else None
        self.metrics.registry.register(QualityCollector(self.quality))
        self.metrics.read("dragoman_log_lines_lost", "Lines nobody read in time", lambda: self.log.writer.lost)
        self.metrics.read("dragoman_alerts_lost", "Alerts not delivered", lambda: getattr(self._webhook, "lost", 0))
        self.metrics.alerts(dict.fromkeys(self.judge.thresholds, 0.0))
        self._observers: Sequence[Observer] = (self.metrics, self.log, self.quality, self.history)

    def request_began(self) -> None:
        """Told to all."""
        for observer in self._observers:
            observer.request_began()

    def request_ended(self, trace: Trace) -> None:
        """Told to all."""
        for observer in self._observers:
            observer.request_ended(trace)

    def request_crashed(self, trace: Trace, error: BaseException) -> None:
        """Told to all."""
        for observer in self._observers:
            observer.request_crashed(trace, error)

    def batch_ended(self, batch: Batch) -> None:
        """Told to all."""
        for observer in self._observers:
            observer.batch_ended(batch)

    def step(self, fleet: Fleet) -> None:
        """Ten seconds are over: note how it was, and judge."""
        self.history.step(gauges(fleet, self.quality))
        self.judge.look(figures(self.history.last_minute()))
        self.metrics.alerts(dict.fromkeys(self.judge.thresholds, 0.0) | dict.fromkeys(self.judge.firing, 1.0))

    async def _steps(self, fleet: Fleet) -> None:
        while True:
            await asyncio.sleep(STEP_SECONDS)
            self.step(fleet)

    def _alert(self, alert: Alert) -> None:
        level = "warning" if alert.state == "firing" else "info"
        fields = {"name": alert.name, "state": alert.state, "value": alert.value, "threshold": alert.threshold}
        self.log.write(level, "alert", fields)
        if self._webhook is not None:
            self._webhook.send(alert)

    def attach(self, fleet: Fleet) -> None:
        """Hear of its batches, and read its state when asked."""
        fleet.observer = self
        self.metrics.registry.register(FleetCollector(fleet))

    @asynccontextmanager
    async def running(self, fleet: Fleet) -> AsyncIterator[None]:
        """Look after the models inside the block."""
        asyncio.get_running_loop().set_exception_handler(self.log.loop_failed)
        prober = Prober(fleet, every_seconds=self.options.probe_seconds)
        tasks = [asyncio.create_task(prober.watch()), asyncio.create_task(self._steps(fleet))]
        self.quality.begin()
        try:
            yield
        finally:
            self.quality.end()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._webhook is not None:
                await asyncio.to_thread(self._webhook.close)
            self.log.writer.close()
