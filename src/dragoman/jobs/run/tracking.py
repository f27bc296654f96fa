"""Trackers as observers of a run: each gets its numbers by group, and none can stop the training by failing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from dragoman.base.errors import DragomanError
from dragoman.base.log import warn
from dragoman.jobs.recipe import Recipe
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.finishing import Outcome
from dragoman.tracking import TRACKERS
from dragoman.tracking.protocol import Sample, TrackedRun, Tracker

_MACHINE = {"tokens_per_second", "memory_mib", "gpu_memory_mib"}
_NOT_MEASURED = {"kind", "step", "seconds", "best", "skipped", "tokens"}


@contextmanager
def tracked(recipe: Recipe, directory: RunDirectory, *, last_step: int) -> Iterator[list["TrackerObserver"]]:
    """Observers for the trackers that the recipe names; closed when the block ends.

    Args:
        recipe: of the run.
        directory: of the run.
        last_step: the step the run goes on from; 0 for a new one.
    """
    run = TrackedRun(
        name=recipe.tracking.name or directory.bundle.resolve().name,
        project=recipe.tracking.project,
        directory=directory.path,
        recipe=recipe.given(),
        last_step=last_step,
        offline=recipe.tracking.offline,
    )
    observers = [TrackerObserver(name, run) for name in recipe.tracking.trackers]
    failed = True
    try:
        yield observers
        failed = False
    finally:
        for observer in observers:
            observer.close(failed=failed)


class TrackerObserver:
    """Tells a tracker of a run; when it fails, says so once and leaves it alone from then on.

    Args:
        name: in the catalogue.
        run: what the tracker is told before the first step.
    """

    def __init__(self, name: str, run: TrackedRun) -> None:
        self._name = name
        self._last_step = run.last_step
        self._tracker: Tracker | None = None
        with self._without_harm():
            self._tracker = TRACKERS.load(name)(run)

    def step(self, entry: Mapping[str, Any]) -> None:
        """Hand on what was measured at a step."""
        self._log(entry["step"], {_group(key, "training"): value for key, value in _measured(entry).items()})

    def validation(self, entry: Mapping[str, Any], samples: Sequence[Sample]) -> None:
        """Hand on the scores and the samples."""
        self._log(entry["step"], {_group(key, "validation"): value for key, value in _measured(entry).items()})
        with self._without_harm():
            if self._tracker is not None:
                self._tracker.show(entry["step"], samples)

    def finished(self, outcome: Outcome) -> None:
        """Hand on the final scores, if the run is over."""
        scores = {"final_validation": outcome.validation, "test": outcome.test}
        self._log(
            self._last_step,
            {f"{group}/{name}": score.value for group, all_of in scores.items() for name, score in all_of.items()},
        )

    def close(self, *, failed: bool) -> None:
        """The last call; ``failed`` says that the run ended in an error."""
        with self._without_harm():
            if self._tracker is not None:
                self._tracker.close(failed=failed)

    def _log(self, step: int, values: Mapping[str, float]) -> None:
        self._last_step = step
        with self._without_harm():
            if self._tracker is not None and values:
                self._tracker.log(step, values)

    @contextmanager
    def _without_harm(self) -> Iterator[None]:
        """Whatever a tracker raises, training goes on: only that tracker is left out from now on."""
        try:
            yield
        except Exception as error:
            self._tracker = None
            said = error.message if isinstance(error, DragomanError) else f"{type(error).__name__}: {error}"
            hint = f" ({error.hint})" if isinstance(error, DragomanError) and error.hint else ""
            warn(f"tracker {self._name}: {said}{hint}; training goes on without it")


def _measured(entry: Mapping[str, Any]) -> dict[str, float]:
    return {key: value for key, value in entry.items() if key not in _NOT_MEASURED and value is not None}


def _group(key: str, group: str) -> str:
    return f"{'machine' if key in _MACHINE else group}/{key}"
