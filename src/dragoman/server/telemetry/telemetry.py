"""Everything that watches the service, put together: who hears of what, and what runs beside it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from dragoman.server.fleet import Fleet
from dragoman.server.telemetry.fleet_metrics import FleetCollector
from dragoman.server.telemetry.log import Log
from dragoman.server.telemetry.metrics import Metrics
from dragoman.server.telemetry.observer import Batch, Observer
from dragoman.server.telemetry.options import TelemetryOptions
from dragoman.server.telemetry.probe import Prober
from dragoman.server.telemetry.trace import Trace


class Telemetry:
    """Hears everything, and lets each of its observers hear it.

    Args:
        options: of the operator.
        log: to write into; by default one on stderr.
    """

    def __init__(self, options: TelemetryOptions | None = None, *, log: Log | None = None) -> None:
        self.options = options or TelemetryOptions()
        self.metrics = Metrics()
        self.log = log or Log(self.options.log)
        self._observers: Sequence[Observer] = (self.metrics, self.log)

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

    def attach(self, fleet: Fleet) -> None:
        """Hear of its batches, and read its state when asked."""
        fleet.observer = self
        self.metrics.registry.register(FleetCollector(fleet))

    @asynccontextmanager
    async def running(self, fleet: Fleet) -> AsyncIterator[None]:
        """Look after the models inside the block."""
        asyncio.get_running_loop().set_exception_handler(self.log.loop_failed)
        prober = Prober(fleet, every_seconds=self.options.probe_seconds)
        tasks = [asyncio.create_task(prober.watch())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.log.writer.close()
