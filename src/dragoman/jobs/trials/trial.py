"""One trial: a short run of the recipe with some values changed, ended early when it is hopeless.

Every trial has the recipe's seed, hence the same held-out text and the same order of pairs. The test text is never
looked at, and translations of the validation text are greedy.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError, DragomanError, EmptyCorpusError, TrainingError
from dragoman.base.log import talk_into
from dragoman.jobs.recipe import Recipe, make_recipe
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.finishing import Outcome
from dragoman.jobs.train import resume, train
from dragoman.jobs.trials.fields import lay_over
from dragoman.tracking.protocol import Sample
from dragoman.tuning.study import Result, Trial

_VALIDATIONS = 5
"""In a trial, at least: so often can it be found hopeless."""
_PARTS = 20
"""Of a budget in minutes, for trials of different speed to be compared at the same time."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one trial may cost: updates, wall time, or both, whichever ends first."""

    steps: int | None = None
    minutes: float | None = None

    @property
    def last(self) -> int:
        """The largest step that a trial reports."""
        return self.steps if self.steps is not None else _PARTS

    def lay_over(self, recipe: Recipe) -> Recipe:
        """The recipe of a trial that changes nothing else."""
        values = recipe.given()
        training = values["training"]
        training |= {"keep_best": 1, "patience": 0}
        if self.steps is not None:
            training["max_steps"] = self.steps
            schedule = values["schedule"]
            schedule["warmup_steps"] = min(schedule["warmup_steps"], max(1, self.steps // 4))
            training["validate_every"] = max(1, min(training["validate_every"], self.steps // _VALIDATIONS))
        if self.minutes is not None:
            training["max_minutes"] = self.minutes
        values["corpus"].pop("test", None)
        values["decoding"] |= {"method": "beam", "beam": 1, "n_best": 1}
        return make_recipe(values, place="the recipe of a trial")


class TrialRun:
    """Makes trials.

    Args:
        recipe: of a trial that changes nothing, its budget laid over.
        folder: where trials keep their files.
        budget: of a trial.
        is_over: whether the time of the whole search is over.
    """

    def __init__(self, recipe: Recipe, folder: Path, budget: Budget, *, is_over: Callable[[], bool]) -> None:
        self._recipe = recipe
        self._folder = folder
        self._budget = budget
        self._is_over = is_over

    def __call__(self, trial: Trial) -> Result:
        """Train with the trial's values; go on with the run where it was stopped or killed."""
        output = self._folder / f"{trial.place:03d}"
        output.mkdir(parents=True, exist_ok=True)
        watch = _Watch(trial, self._recipe.training.metric, self._budget, self._is_over)
        with (output / "talk.txt").open("a", encoding="utf-8") as talk, talk_into(talk):
            try:
                outcome = self._run(trial, output, watch)
            except _HopelessError:
                result = Result("pruned")
            except _TimeIsUpError:
                return Result("interrupted")
            except (ConfigError, TrainingError, EmptyCorpusError) as error:
                if trial.place == 0:
                    raise  # without a search it would not work either
                result = Result("refused", why=error.message)
            else:
                if not outcome.finished:
                    return Result("interrupted")
                result = Result("done", watch.best)
        _keep_only_what_is_read(output)
        return result

    def _run(self, trial: Trial, output: Path, watch: "_Watch") -> Outcome:
        recipe = make_recipe(lay_over(self._recipe.given(), trial.values), place=f"trial {trial.place}")
        directory = RunDirectory(output)
        try:
            directory.reopen()
        except DragomanError:  # nothing there, or nothing of use
            return train(recipe, output, force=True, observers=[watch])
        watch.catch_up(directory.entries())
        return resume(output, recipe=recipe, observers=[watch])


class _HopelessError(Exception):
    """The trial does worse than others did."""


class _TimeIsUpError(Exception):
    """The whole search has no more time."""


class _Watch:
    """The observer that reports a trial's validations and ends it when it is hopeless."""

    def __init__(self, trial: Trial, metric: str, budget: Budget, is_over: Callable[[], bool]) -> None:
        self._trial = trial
        self._metric = metric
        self._budget = budget
        self._is_over = is_over
        self.best: float | None = None

    def catch_up(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Take in what was found before the run was stopped."""
        for entry in entries:
            if entry["kind"] == "validation":
                self._note(entry)

    def step(self, entry: Mapping[str, Any]) -> None:
        """See whether there is time."""
        if self._is_over():
            raise _TimeIsUpError

    def validation(self, entry: Mapping[str, Any], samples: Sequence[Sample]) -> None:
        """Report; end what is hopeless."""
        self._note(entry)
        if self._trial.is_hopeless():
            raise _HopelessError

    def finished(self, outcome: Outcome) -> None:
        """Nothing is left to report."""

    def _note(self, entry: Mapping[str, Any]) -> None:
        score = float(entry[self._metric])
        is_better = self.best is None or (score < self.best if self._metric == "loss" else score > self.best)
        self.best = score if is_better else self.best
        self._trial.report(self._when(entry), score)

    def _when(self, entry: Mapping[str, Any]) -> int:
        """The point at which trials are compared: the step or, when only the time counts, its part that is over."""
        if self._budget.steps is not None or self._budget.minutes is None:
            return int(entry["step"])
        return min(_PARTS, int(_PARTS * entry["seconds"] / (60 * self._budget.minutes)))


def _keep_only_what_is_read(output: Path) -> None:
    """Remove the weights of a trial that is over; its recipe, figures and curve stay."""
    directory = RunDirectory(output)
    for folder in (directory.checkpoints, directory.tokenizers):
        shutil.rmtree(folder, ignore_errors=True)
    for path in output.iterdir():
        if path.name.startswith("tokenizer-"):
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file() and path.name != "talk.txt":
            path.unlink()
