"""``dragoman runs``: look at runs that were made."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Look at training runs: list them, compare them, write their report.")


@app.command("list")
def list_all(
    folder: Annotated[Path, typer.Argument(help="A folder that holds models.")] = Path(),
) -> None:
    """List the runs below a folder: how far each came, and how good it is."""
    from dragoman.jobs.runs.show import list_runs

    list_runs(folder)


@app.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Model directories, two or more.")],
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with all curves too.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is already there.")] = False,
) -> None:
    """Compare runs: what differs in their recipes, and what came of it."""
    from dragoman.jobs.runs.show import compare_runs

    compare_runs(runs, html=html, force=force)


@app.command()
def report(
    run: Annotated[Path, typer.Argument(help="A model's directory.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The page to write. Default: training/report.html in it.")
    ] = None,
) -> None:
    """Write the report of a run anew: curves, translations over time, recipe, text, machine."""
    from dragoman.jobs.runs.show import report_run

    report_run(run, output=output)
