"""What the command line may ask of training: a recipe, a bare corpus, or a run to resume."""

from collections.abc import Sequence
from pathlib import Path

from dragoman.base.config import apply_settings
from dragoman.base.errors import ConfigError
from dragoman.base.log import hush, process_number, say
from dragoman.jobs import automatic
from dragoman.jobs.recipe import Recipe, make_recipe, read_recipe
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.finishing import Outcome
from dragoman.jobs.train import resume as resume_run
from dragoman.jobs.train import train


def start(
    what: str | None,
    *,
    output: Path | None,
    source: str | None,
    target: str | None,
    settings: Sequence[str],
    resume: Path | None,
    force: bool,
) -> Outcome:
    """Train as asked, and say what to do with the result.

    Raises:
        ConfigError: the arguments do not go together.
    """
    if process_number():
        hush()
    if resume is not None:
        _refuse(
            "--resume takes everything from the run itself; change it with --set",
            what=what,
            output=output,
            source=source,
            target=target,
        )
        outcome = resume_run(resume, recipe=_changed(resume, settings))
    else:
        if what is None or output is None:
            raise ConfigError(
                "training needs a recipe or a corpus, and --output",
                hint="dragoman train memory.tmx --source en --target de --output model/",
            )
        outcome = train(_recipe(what, source, target, settings), output, force=force)
    recipe, _ = RunDirectory(outcome.bundle).reopen()
    tell_what_is_next(recipe, outcome)
    return outcome


def tell_what_is_next(recipe: Recipe, outcome: Outcome) -> None:
    """Of a finished run: where the model is, and what to do with it."""
    if not outcome.finished:
        return
    if recipe.is_of_text:
        say(f"the pre-trained model is in {outcome.bundle}; teach it to translate:")
        say(f"dragoman train CORPUS --source … --target … --init-from {outcome.bundle} --output model/")
    else:
        say(f"the model is in {outcome.bundle}; try: echo 'Hello!' | dragoman translate {outcome.bundle}")


def _recipe(what: str, source: str | None, target: str | None, settings: Sequence[str]) -> Recipe:
    """The recipe in the file ``what``, or one made for the corpus ``what``."""
    if what.endswith(".toml"):
        _refuse("the recipe names the languages; use --set task.source=…", source=source, target=target)
        return read_recipe(Path(what), settings)
    if source is None or target is None:
        raise ConfigError(
            "training without a recipe needs --source and --target",
            hint=f"dragoman train {what} --source en --target de --output model/",
        )
    return automatic.choose(what, source=source, target=target, settings=settings)


def _changed(resume: Path, settings: Sequence[str]) -> Recipe | None:
    """The run's own recipe with ``settings`` laid over it, or None when there are none."""
    if not settings:
        return None
    recipe, _ = RunDirectory(resume).reopen()
    return make_recipe(apply_settings(recipe.given(), settings), place="--set")


def _refuse(why: str, **arguments: object) -> None:
    given = [name for name, value in arguments.items() if value is not None]
    if given:
        raise ConfigError(f"{', '.join(given)} cannot be given here", hint=why)
