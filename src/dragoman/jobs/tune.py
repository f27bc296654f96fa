"""The verb tune: search for the values of a recipe's fields with which it learns best.

    recipe + space → study (SQLite or a server) → short trials, one worker or several → best.toml, a table, pictures

How values are proposed and trials judged is the business of :mod:`dragoman.tuning`, which knows no recipe.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from dragoman.base.config import read_toml
from dragoman.base.errors import ConfigError, DamagedFileError, FileAccessError
from dragoman.base.files import explained, read_json, write_json
from dragoman.base.log import say
from dragoman.jobs.recipe import Recipe, make_recipe, read_recipe
from dragoman.jobs.run import preparation
from dragoman.jobs.trials import summary, workers
from dragoman.jobs.trials.fields import check_space, default_space, first_values
from dragoman.jobs.trials.trial import Budget, TrialRun
from dragoman.tuning.space import Dimension, parse_variation, read_space, write_space
from dragoman.tuning.storage import open_storage, require_optuna, shown, sqlite_url
from dragoman.tuning.study import Study, StudyConfig, TrialRecord, open_study

_SETTINGS = "tune.json"
_DATABASE = "study.db"
PRUNERS = ("median", "hyperband", "none")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for.

    Attributes:
        trials: how many there shall be in the study.
        steps: updates of a trial; the recipe's own number when neither steps nor minutes are given.
        minutes: wall time of a trial.
        budget_minutes: wall time of this call; a trial under way is kept for the next.
        workers: processes.
        pruner: what ends hopeless trials: median, hyperband, none.
        seed: of what is tried.
        storage: URL of a database server; a file in the output directory when None.
        name: of the study in the database; that of the output directory when None.
    """

    trials: int = 20
    steps: int | None = None
    minutes: float | None = None
    budget_minutes: float | None = None
    workers: int = 1
    pruner: Literal["median", "hyperband", "none"] = "median"
    seed: int = 1
    storage: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        for name in ("trials", "steps", "minutes", "budget_minutes", "workers"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ConfigError(f"--{name.replace('_', '-')} {value} is not above 0", hint="give at least 1")
        if self.pruner not in PRUNERS:
            raise ConfigError(f"unknown pruner {self.pruner!r}", hint=f"known: {', '.join(PRUNERS)}")


@dataclass(frozen=True, slots=True)
class Search:
    """A search that can begin, and go on: all of it is written to ``tune.json``."""

    recipe: Recipe
    space: dict[str, Dimension]
    wish: Wish
    output: Path

    @property
    def budget(self) -> Budget:
        """Of one trial."""
        if self.wish.steps is None and self.wish.minutes is None:
            return Budget(steps=self.recipe.training.max_steps)
        return Budget(self.wish.steps, self.wish.minutes)

    @property
    def url(self) -> str:
        """Of the database."""
        return self.wish.storage or sqlite_url(self.output / _DATABASE)

    @property
    def name(self) -> str:
        """Of the study in the database."""
        return self.wish.name or self.output.absolute().name

    def open(self, checksums: dict[str, str] | None = None) -> Study:
        """The study, made when it is not there."""
        higher_is_better = self.recipe.training.metric != "loss"
        trial_recipe, last = self.budget.lay_over(self.recipe), self.budget.last
        texts = checksums if checksums is not None else preparation.checksums(trial_recipe)
        config = StudyConfig(
            name=self.name,
            higher_is_better=higher_is_better,
            first=first_values(self.space, self.recipe),
            pruner=self.wish.pruner,
            judge_from=max(1, last // 4),
            last=last,
            seed=self.wish.seed,
            identity={
                "space": "; ".join(f"{name}={dimension}" for name, dimension in self.space.items()),
                "recipe": summary.flat(trial_recipe.given(), leave_out=("compute",)),
                "text": "; ".join(f"{Path(name).name} {value[:12]}" for name, value in sorted(texts.items())),
            },
        )
        return open_study(open_storage(self.url), self.space, config)

    def keep(self) -> None:
        """Write it down for ``--resume``."""
        settings = {"recipe": self.recipe.given(), "space": write_space(self.space), "wish": asdict(self.wish)}
        write_json(self.output / _SETTINGS, settings)


def start(
    recipe: Path, output: Path, wish: Wish, *, variations: Sequence[str], space: Path | None, settings: Sequence[str]
) -> bool:
    """Begin a study, or join one that is under way; whether it is complete.

    Args:
        recipe: what to improve.
        output: directory for everything the search makes.
        wish: how long, how often, where.
        variations: ``section.key=low..high``; they come before the same names in ``space``.
        space: a TOML file of section, key and range.
        settings: ``section.key=value`` laid over the recipe.
    """
    require_optuna()  # before the work, not after it
    base = read_recipe(recipe, settings)
    given = read_space(read_toml(space), place=str(space)) if space else {}
    given |= dict(parse_variation(variation) for variation in variations)
    if not given and space is None:
        given = default_space(base)
    return _go(Search(base, check_space(given, base), wish, output))


def resume(output: Path, **changes: Any) -> bool:
    """Go on with the study in ``output``; whether it is complete.

    Args:
        output: of the study.
        changes: to its wish (trials, budget_minutes, workers); None changes nothing.
    """
    require_optuna()
    search = load(output)
    given = {name: value for name, value in changes.items() if value is not None}
    wish = replace(search.wish, **{"budget_minutes": None, **given})
    return _go(replace(search, wish=wish))


def load(output: Path) -> Search:
    """The search kept in ``output``.

    Raises:
        FileAccessError: there is none.
        DamagedFileError: it cannot be understood.
    """
    path = output / _SETTINGS
    if not path.is_file():
        raise FileAccessError(
            f"there is no study in {output}", hint=f"begin one: dragoman tune recipe.toml --output {output}"
        )
    kept = read_json(path)
    try:
        recipe = make_recipe(kept["recipe"], place=str(path))
        space = check_space(read_space(kept["space"], place=str(path)), recipe)
        return Search(recipe, space, Wish(**kept["wish"]), output)
    except (KeyError, TypeError) as error:
        raise DamagedFileError(f"{path} does not describe a study", hint="use another copy") from error


def _go(search: Search) -> bool:
    """Search, alone or with others; write down what was found, also when it is stopped."""
    with explained("create", search.output):
        search.output.mkdir(parents=True, exist_ok=True)
    study = search.open()
    search.keep()
    _tell(search, study)
    over = deadline(search.wish.budget_minutes)
    is_complete = False
    try:
        if search.wish.workers > 1:
            workers.run(partial(work_beside, search.output, search.wish.budget_minutes), search.wish.workers)
            is_complete = all(record.state not in ("running", "waiting") for record in study.records())
            is_complete = is_complete and len(study.records()) >= search.wish.trials
        else:
            is_complete = work(search, study, over)
    except KeyboardInterrupt:
        say("stopped")
    finally:
        summary.write(search.output, search.recipe, search.space, study)
    if not is_complete:
        say(f"everything is kept; go on with: dragoman tune --resume {search.output}")
    return is_complete


def work(search: Search, study: Study, is_over: Callable[[], bool]) -> bool:
    """Make trials in this process until there are enough; whether there are."""
    run = TrialRun(
        workers.share_threads(search.budget.lay_over(search.recipe), search.wish.workers),
        search.output / "trials",
        search.budget,
        is_over=is_over,
    )

    def ended(record: TrialRecord) -> None:
        summary.tell(record, study)
        summary.write_best(search.output, search.recipe, study)

    return study.search(run, trials=search.wish.trials, is_over=is_over, ended=ended)


def work_beside(output: Path, minutes: float | None, is_alone: Callable[[], bool]) -> None:
    """Make trials of the study in ``output`` as one worker of several.

    Args:
        output: of the study.
        minutes: wall time; None for as long as it takes.
        is_alone: whether the process that began it is gone.
    """
    search = load(output)
    time_is_up = deadline(minutes)
    work(search, search.open(), lambda: time_is_up() or is_alone())


def deadline(minutes: float | None) -> Callable[[], bool]:
    """Whether so many minutes are over, from now."""
    end = None if minutes is None else time.monotonic() + 60 * minutes
    return lambda: end is not None and time.monotonic() >= end


def _tell(search: Search, study: Study) -> None:
    made = sum(record.state not in ("running", "waiting") for record in study.records())
    where = shown(search.url) if search.wish.storage else str(search.output / _DATABASE)
    say(f"study {search.name!r} in {where}: {made} of {search.wish.trials} trials made")
    for name, dimension in search.space.items():
        say(f"  {name:<36} {dimension}")
    budget, metric = search.budget, search.recipe.training.metric
    parts = [f"{budget.steps:,} steps" if budget.steps else "", f"{budget.minutes:g} minutes" if budget.minutes else ""]
    say(f"each trial: {' or '.join(part for part in parts if part)}; judged by {metric} on the validation text")
