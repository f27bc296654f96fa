"""``dragoman tune``: search for a better recipe."""

from pathlib import Path
from typing import Annotated

import typer

from dragoman.base.errors import INTERRUPTED, ConfigError


def tune(
    recipe: Annotated[Path | None, typer.Argument(help="The recipe (.toml) to improve.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Directory of the study to make.")] = None,
    trials: Annotated[int | None, typer.Option(help="Trials in the study; 20 by default.")] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(help="section.key=low..high, low..high:log or a,b,c. May be repeated. Default: chosen."),
    ] = None,
    space: Annotated[Path | None, typer.Option(help="A TOML file of what to vary: the same, by section.")] = None,
    steps: Annotated[int | None, typer.Option(help="Steps of a trial. Default: the recipe's.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Wall time of a trial.")] = None,
    budget_minutes: Annotated[float | None, typer.Option(help="Wall time of this call; --resume goes on.")] = None,
    pruner: Annotated[str, typer.Option(help="What ends hopeless trials: median, hyperband, none.")] = "median",
    workers: Annotated[int | None, typer.Option(help="Processes that work on the study; 1 by default.")] = None,
    storage: Annotated[
        str | None, typer.Option(metavar="URL", help="Database of the study. Default: SQLite in --output.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name in the database. Default: that of --output.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of what is tried.")] = 1,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Change a value of the recipe: section.key=value.")
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with the study in this directory.")] = None,
) -> None:
    """Search for the settings with which a recipe learns best; Ctrl-C keeps everything, --resume goes on."""
    from dragoman.jobs import tune as job

    if resume is not None:
        given = {"recipe": recipe, "output": output, "vary": vary, "space": space, "set": settings, "steps": steps}
        if wrong := [f"--{option}" for option, value in given.items() if value]:
            raise ConfigError(
                f"{', '.join(wrong)} cannot be given with --resume",
                hint="a study goes on as it was begun; --trials, --workers and --budget-minutes may change",
            )
        is_complete = job.resume(resume, trials=trials, workers=workers, budget_minutes=budget_minutes)
    else:
        if recipe is None or output is None:
            raise ConfigError(
                "a search needs a recipe and --output", hint="dragoman tune recipe.toml --output study/ --trials 20"
            )
        wish = job.Wish(
            trials=20 if trials is None else trials,
            steps=steps,
            minutes=minutes,
            budget_minutes=budget_minutes,
            workers=1 if workers is None else workers,
            pruner=pruner,  # type: ignore[arg-type]
            seed=seed,
            storage=storage,
            name=name,
        )
        is_complete = job.start(recipe, output, wish, variations=vary or [], space=space, settings=settings or [])
    if not is_complete:
        raise typer.Exit(INTERRUPTED)
