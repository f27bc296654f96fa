"""A study: trial after trial, kept in a database, each learning from those before. Knows only a function.

    study = open_study(storage, space, config)
    study.search(function, trials=20)       # function(trial) → Result

The first trial is always what would be done without a search, so that the search can be compared with it. The values
of the others come from the tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for Hyper-Parameter
Optimization"), and a trial that does worse than the median of the others at the same point can be ended early
(Golovin et al. 2017, "Google Vizier", section 3.1), or by Hyperband's halving (Li et al. 2018).

A trial has a *place*, counted from 0. It keeps it when it is begun again because its process was killed or stopped,
and its draws come from the key (seed, place): with one worker, a study that was stopped goes on as if it had not been.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from dragoman.base.errors import ConfigError
from dragoman.base.randomness import key
from dragoman.tuning.space import Choice, Dimension, Space, Value
from dragoman.tuning.storage import MOST_RETRIES, calm
from dragoman.tuning.workers import hear, is_gone, this_worker

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial

_RANDOM_TRIALS = 6
"""Trials drawn at random, the first apart, before the estimator has enough to learn from."""
_SEEDS = 2**32
_POLL_SECONDS = 1.0
_SURPLUS, _WORKER, _IDENTITY, _REFUSED = "surplus", "worker", "identity", "refused"


@dataclass(frozen=True, slots=True)
class Result:
    """How a trial ended.

    Attributes:
        state: done; pruned (it was hopeless); refused (such values cannot be used); interrupted (to be gone on with).
        score: of a trial that is done.
        why: of one that was refused.
    """

    state: Literal["done", "pruned", "refused", "interrupted"]
    score: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class StudyConfig:
    """What a study is made of; it stays the same when the study goes on.

    Attributes:
        name: in the database.
        higher_is_better: whether the score is to be large.
        first: the values of the first trial, those that count without a search.
        pruner: what ends hopeless trials.
        judge_from: the step before which no trial is ended.
        last: the largest step that will be reported, for Hyperband.
        seed: of the draws.
        identity: name → text of everything else that must not change.
    """

    name: str
    higher_is_better: bool
    first: Mapping[str, Any]
    pruner: Literal["median", "hyperband", "none"] = "median"
    judge_from: int = 0
    last: int = 100
    seed: int = 1
    identity: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrialRecord:
    """What is known of a trial.

    Attributes:
        place: counted from 0.
        state: done, pruned, refused, running, waiting, or lost (killed again and again).
        values: name → value.
        score: the final score, or of a pruned trial its last.
        reports: step → score on the way.
        seconds: since it was begun, wall time; of a trial begun again, of its last try.
        why: for a refusal.
    """

    place: int
    state: str
    values: Mapping[str, Any]
    score: float | None
    reports: Mapping[int, float]
    seconds: float
    why: str = ""


class Trial:
    """One trial, as its function sees it.

    Attributes:
        place: counted from 0; the first trial is the one without a search.
        values: name → value to try; what the first trial has outside the space is not among them.
    """

    def __init__(self, trial: "optuna.Trial", place: int, values: Mapping[str, Value]) -> None:
        self.place = place
        self.values = values
        self._trial = trial
        self._steps: set[int] = set()

    def report(self, step: int, score: float) -> None:
        """Tell how well it does at ``step``; a second word on the same step changes nothing."""
        if step not in self._steps:
            self._steps.add(step)
            self._trial.report(score, step)

    def is_hopeless(self) -> bool:
        """Whether it should be ended now; never the first trial."""
        return self.place > 0 and bool(self._trial.should_prune())


class Study:
    """Trials of one function in one space; made by :func:`open_study`."""

    def __init__(
        self, study: "optuna.Study", storage: "optuna.storages.BaseStorage", space: Space, config: StudyConfig
    ) -> None:
        self._study = study
        self._storage = storage
        self._heard: set[int] = set()
        self._space = space
        self._config = config

    def search(
        self,
        function: Callable[[Trial], Result],
        *,
        trials: int,
        is_over: Callable[[], bool] = lambda: False,
        ended: Callable[[TrialRecord], None] = lambda record: None,
    ) -> bool:
        """Make trials until there are ``trials`` of them, other workers' included; whether there are.

        Args:
            function: makes one trial.
            trials: how many there shall be, counted from the beginning of the study.
            is_over: asked before each trial; when it says yes no more is begun.
            ended: told of every trial made here.
        """
        while not is_over():
            self._take_back_the_killed()
            known = self._known()
            states = [trial.state.name for trial in known]
            if len(self._tries(known)) >= trials and "WAITING" not in states:
                if "RUNNING" not in states:
                    return True
                time.sleep(_POLL_SECONDS)  # another worker is at it; should it be killed, its trial comes to us
                continue
            place = self._one(function, trials)
            if place is None:
                continue
            record = next(record for record in self.records() if record.place == place)
            if record.state == "waiting":
                return False
            ended(record)
        return False

    def records(self) -> list[TrialRecord]:
        """Every trial, by place; of one that was begun again, its last try."""
        known = self._known()
        last: dict[int, FrozenTrial] = {}
        for trial in known:
            if not trial.user_attrs.get(_SURPLUS):
                last[self._place(trial, known)] = trial
        return [self._record(place, last[place]) for place in sorted(last)]

    def best(self) -> TrialRecord | None:
        """The best trial that is done; of equals, the earlier."""
        done = [record for record in self.records() if record.state == "done" and record.score is not None]
        sign = 1 if self._config.higher_is_better else -1
        return max(done, key=lambda record: sign * (record.score or 0.0), default=None)

    def importances(self) -> dict[str, float]:
        """Name → share of the difference between good and other trials that it explains, the largest first.

        By PED-ANOVA (Watanabe et al. 2023). Empty when there are too few trials to say.
        """
        from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

        complete = [
            trial for trial in self._known() if trial.state.name == "COMPLETE" and set(self._space) <= set(trial.params)
        ]
        if len(complete) < 4 or len({trial.value for trial in complete}) < 2:
            return {}
        with calm():
            evaluator = PedAnovaImportanceEvaluator(target_quantile=0.25)
            return get_param_importances(self._study, evaluator=evaluator, params=list(self._space))

    def _one(self, function: Callable[[Trial], Result], trials: int) -> int | None:
        """Make one trial; its place, or None when other workers had begun enough in the meantime."""
        import optuna

        number = -1
        place: int | None = None
        is_lost = False

        def objective(trial: "optuna.Trial") -> float:
            nonlocal number, place, is_lost
            number = trial.number
            hear(self._storage, self._config.name, number)
            known = self._known()
            place = self._place(next(one for one in known if one.number == number), known)
            if place >= trials:
                trial.set_user_attr(_SURPLUS, True)
                place = None
                raise optuna.TrialPruned
            trial.set_user_attr(_WORKER, this_worker())
            result = function(Trial(trial, place, self._draw(trial, place)))
            is_lost = any(one.number == number and one.state.is_finished() for one in self._known())
            if is_lost:
                raise _InterruptedError
            return _settled(trial, result)

        try:
            with calm():
                self._study.optimize(objective, n_trials=1)
        except optuna.exceptions.UpdateFinishedTrialError:
            return None  # silent for so long that another worker has taken it over
        except _InterruptedError:
            self._queue_again(number)
        except BaseException:
            if is_lost:
                return None  # the same, noticed by ourselves
            self._queue_again(number)
            raise
        return place

    def _draw(self, trial: "optuna.Trial", place: int) -> dict[str, Value]:
        """The values of the trial in ``place``, drawn from its own key."""
        import optuna

        seed = key(self._config.seed, "trial", place) % _SEEDS
        self._study.sampler = optuna.samplers.TPESampler(n_startup_trials=_RANDOM_TRIALS + 1, group=True, seed=seed)
        if place == 0:
            inside = {name: one for name, one in self._space.items() if one.contains(self._config.first[name])}
        else:
            inside = dict(self._space)
        return {name: _suggest(trial, name, dimension) for name, dimension in inside.items()}

    def _known(self) -> "list[FrozenTrial]":
        return self._study.get_trials(deepcopy=False)

    @staticmethod
    def _tries(known: "list[FrozenTrial]") -> "list[FrozenTrial]":
        """The first try of every place, in order."""
        return [
            trial
            for trial in known
            if not trial.system_attrs.get("retry_history") and not trial.user_attrs.get(_SURPLUS)
        ]

    def _place(self, trial: "FrozenTrial", known: "list[FrozenTrial]") -> int:
        """Counted over first tries, so that it is the same however often a trial was begun again."""
        origin = (trial.system_attrs.get("retry_history") or [trial.number])[0]
        return sum(one.number < origin for one in self._tries(known))

    def _queue_again(self, number: int, *, most: int | None = None) -> None:
        """Let a trial that ended before its end be gone on with, by whoever comes first."""
        from optuna.storages import RetryHeartbeatStaleTrialCallback

        failed = next((one for one in self._known() if one.number == number and one.state.name == "FAIL"), None)
        if failed is not None:
            with calm():
                RetryHeartbeatStaleTrialCallback(max_retry=most)(self._study, failed)

    def _take_back_the_killed(self) -> None:
        """Queue trials again whose process is gone: at once on this machine, elsewhere when they fall silent."""
        import optuna

        for trial in self._known():
            if trial.state.name != "RUNNING":
                continue
            worker = trial.user_attrs.get(_WORKER, "")
            if not worker and trial.number not in self._heard:  # killed at once? its silence counts from now
                self._heard.add(trial.number)
                hear(self._storage, self._config.name, trial.number)
            elif is_gone(worker):
                try:
                    self._study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
                except (ValueError, RuntimeError):
                    continue  # another worker was quicker
                self._queue_again(trial.number, most=MOST_RETRIES)
        with calm():
            optuna.storages.fail_stale_trials(self._study)

    def _record(self, place: int, trial: "FrozenTrial") -> TrialRecord:
        names = {"COMPLETE": "done", "PRUNED": "pruned", "RUNNING": "running", "WAITING": "waiting", "FAIL": "lost"}
        refused = trial.user_attrs.get(_REFUSED)
        reports = {int(step): float(score) for step, score in sorted(trial.intermediate_values.items())}
        score = trial.value if trial.value is not None else (list(reports.values())[-1] if reports else None)
        values = {name: trial.params.get(name) for name in self._space} if place else self._config.first
        return TrialRecord(
            place=place,
            state="refused" if refused is not None else names[trial.state.name],
            values=dict(values),
            score=None if refused is not None else score,
            reports=reports,
            seconds=trial.duration.total_seconds() if trial.duration else 0.0,
            why=refused or "",
        )


class _InterruptedError(Exception):
    """The trial was stopped from outside."""


def open_study(storage: "optuna.storages.BaseStorage", space: Space, config: StudyConfig) -> Study:
    """The study of this name, made when it is not there.

    Raises:
        ConfigError: the study of this name is of another space, another recipe or another budget.
    """
    import optuna

    direction: Literal["maximize", "minimize"] = "maximize" if config.higher_is_better else "minimize"
    identity = {"direction": direction, "seed": str(config.seed), "pruner": config.pruner, **config.identity}
    with calm():
        try:
            study = optuna.create_study(
                storage=storage, study_name=config.name, direction=direction, pruner=_pruner(config)
            )
        except optuna.exceptions.DuplicatedStudyError:
            study = optuna.load_study(storage=storage, study_name=config.name, pruner=_pruner(config))
            _compare(study, identity, config.name)
        else:
            fixed = {name: config.first[name] for name, one in space.items() if one.contains(config.first[name])}
            study.enqueue_trial(fixed)
            study.set_user_attr(_IDENTITY, identity)  # last: who finds it finds all of it
    return Study(study, storage, space, config)


def _compare(study: "optuna.Study", identity: Mapping[str, str], name: str) -> None:
    """Complain when the study that is there is another one."""
    for _ in range(30):
        if found := study.user_attrs.get(_IDENTITY):
            break
        time.sleep(_POLL_SECONDS / 5)  # another worker is making it at this moment
    else:
        raise ConfigError(f"the study {name!r} was never completely made", hint="choose another --output or --name")
    differing = [key for key in {**found, **identity} if found.get(key) != identity.get(key)]
    if differing:
        was = "; ".join(f"{key} was {found.get(key)!r}, now {identity.get(key)!r}" for key in differing)
        raise ConfigError(
            f"the study {name!r} is of another {' and '.join(differing)}: {was}",
            hint="go on with what it was begun with, or start a new one with another --output (or --name)",
        )


def _pruner(config: StudyConfig) -> "optuna.pruners.BasePruner":
    from optuna import pruners

    if config.pruner == "median":
        return pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=config.judge_from)
    if config.pruner == "hyperband":
        return pruners.HyperbandPruner(min_resource=max(1, config.judge_from), max_resource=max(2, config.last))
    return pruners.NopPruner()


def _suggest(trial: "optuna.Trial", name: str, dimension: Dimension) -> Value:
    if isinstance(dimension, Choice):
        chosen = trial.suggest_categorical(name, list(dimension.values))
        assert chosen is not None  # no choice is None
        return chosen
    if dimension.is_whole:
        return trial.suggest_int(name, int(dimension.low), int(dimension.high), log=dimension.log)
    return trial.suggest_float(name, dimension.low, dimension.high, log=dimension.log)


def _settled(trial: "optuna.Trial", result: Result) -> float:
    """The score of a trial that is done; otherwise what makes optuna end it."""
    import optuna

    if result.state == "interrupted":
        raise _InterruptedError
    if result.state == "done" and result.score is not None:
        return result.score
    if result.state == "refused":
        trial.set_user_attr(_REFUSED, result.why)
    raise optuna.TrialPruned
