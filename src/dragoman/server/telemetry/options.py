"""What an operator may say of how the service is watched. Knows none of what obeys it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dragoman.base.errors import ConfigError

LOG_FORMS = ("json", "text", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryOptions:
    """How to watch.

    Attributes:
        log: what of requests is written to stderr: a line of JSON, a line of text, or nothing ("off"); errors always.
        open_metrics: whether everyone may read the metrics and the figures of the status page; else only who has a
            key for it and, where no key is needed, this machine.
        probe_seconds: time between two looks whether the models answer.
        alerts: name of an alert → its threshold, instead of the usual one.
        alert_webhook: where alerts are sent; nowhere by default.
    """

    log: str = "off"
    open_metrics: bool = False
    probe_seconds: float = 20.0
    alerts: Mapping[str, float] = field(default_factory=dict)
    alert_webhook: str | None = None

    def __post_init__(self) -> None:
        """Look at the choice."""
        if self.log not in LOG_FORMS:
            raise ConfigError(f"--log {self.log!r} is not a choice", hint="one of " + ", ".join(LOG_FORMS))
