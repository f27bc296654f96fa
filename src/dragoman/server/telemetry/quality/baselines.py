"""Where baselines are kept, each for the checksum of its model, so that drift is still seen after a restart."""

from typing import Protocol

from dragoman.server.telemetry.quality.drift import Baseline


class Baselines(Protocol):
    """Keeps the baseline of each model; the first one stays."""

    def find(self, checksum: str) -> Baseline | None:
        """That of a model, or None.

        Raises:
            StoreError: it cannot be looked up now.
        """
        ...

    def keep(self, checksum: str, baseline: Baseline) -> Baseline:
        """Keep it, unless another process was quicker; the one that is kept now.

        Raises:
            StoreError: it cannot be kept now.
        """
        ...


class MemoryBaselines:
    """Keeps them until the process ends: a model that comes back is known."""

    def __init__(self) -> None:
        self._held: dict[str, Baseline] = {}

    def find(self, checksum: str) -> Baseline | None:
        """That of a model, or None."""
        return self._held.get(checksum)

    def keep(self, checksum: str, baseline: Baseline) -> Baseline:
        """Keep it, if there is none."""
        return self._held.setdefault(checksum, baseline)
