"""What passes between a run and a tracker: plain values, and one small protocol.

A tracker may fail in any way it likes: whoever calls it says so once and goes on without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import Field, field_validator

from dragoman.base.catalog import nearest
from dragoman.base.config import Section
from dragoman.tracking import TRACKERS


class TrackingConfig(Section):
    """Who watches the run beside ``metrics.jsonl`` and ``report.html``, which are always written."""

    trackers: tuple[str, ...] = ()
    """Names of trackers: tensorboard, wandb. One that is not installed or fails is told of once; training goes on."""
    project: str = "dragoman"
    """The project that runs are gathered under (Weights & Biases)."""
    name: str | None = None
    """The name of the run; by default that of its directory."""
    offline: bool = False
    """Keep everything on this machine, to be uploaded later with ``wandb sync`` (Weights & Biases)."""
    samples: int = Field(default=5, ge=0)
    """Lines of the validation text whose translations are kept at each validation, the same lines every time."""

    @field_validator("trackers", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("trackers")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        known = TRACKERS.names()
        for name in names:
            if name not in known:
                guess = nearest(name, known)
                advice = f"did you mean {guess!r}? " if guess else ""
                raise ValueError(f"unknown tracker {name!r}; {advice}known: {', '.join(known)}")
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Sample:
    """One line of the validation text and what the model makes of it now."""

    source: str
    reference: str
    hypothesis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedRun:
    """What a tracker is told of a run before its first step.

    Attributes:
        name: of the run.
        project: that it belongs to.
        directory: where the tracker may keep files of its own; it is there, and stays when the run is resumed.
        recipe: section → key → value.
        last_step: what came after it, before the run was stopped, will come again; 0 for a new run.
        offline: do not use the network.
    """

    name: str
    project: str
    directory: Path
    recipe: Mapping[str, Mapping[str, Any]]
    last_step: int = 0
    offline: bool = False


class Tracker(Protocol):
    """Shows numbers and texts of one run somewhere. Made from a :class:`TrackedRun`."""

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Numbers at ``step``, named ``group/name``."""

    def show(self, step: int, samples: Sequence[Sample]) -> None:
        """Translations at ``step``."""

    def close(self, *, failed: bool) -> None:
        """Nothing more comes from this process; ``failed`` says that the run ended in an error."""
