"""The verbs on runs: list, compare, report. What they show is made in the modules beside this one."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dragoman.base.errors import ConfigError, DragomanError, FileAccessError
from dragoman.base.files import atomic_file
from dragoman.base.log import say, warn
from dragoman.jobs.runs.comparison import cautions
from dragoman.jobs.runs.page import render_comparison, write_report
from dragoman.jobs.runs.record import find_runs, read_run


def list_runs(folder: Path) -> None:
    """Print a line for each run below ``folder``; a damaged one is told of and left out."""
    from dragoman.jobs.runs.table import print_list

    runs = {}
    for path in find_runs(folder):
        try:
            runs[str(path)] = read_run(path)
        except DragomanError as error:
            warn(error.message)
    print_list(list(runs.values()), list(runs), sys.stdout)


def compare_runs(paths: Sequence[Path], *, html: Path | None = None, force: bool = False) -> None:
    """Print what differs between runs and what came of it; with ``html`` also as a page of curves.

    Raises:
        ConfigError: fewer than two runs.
        FileAccessError: one of them is no run, or ``html`` is there already.
    """
    from dragoman.jobs.runs.table import print_comparison

    if len(paths) < 2:
        raise ConfigError("comparing takes two runs or more", hint="dragoman runs compare first/ second/")
    if html is not None and html.exists() and not force:
        raise FileAccessError(f"{html} is already there", hint="choose another name, or add --force")
    runs = [read_run(path) for path in paths]
    if len({run.name for run in runs}) < len(runs):  # a/model and b/model
        runs = [
            replace(run, name=f"{place}: {path}") for place, (run, path) in enumerate(zip(runs, paths, strict=True), 1)
        ]
    for caution in cautions(runs):
        warn(caution)
    print_comparison(runs, sys.stdout)
    if html is not None:
        with atomic_file(html) as partial:
            partial.write_text(render_comparison(runs), encoding="utf-8")
        say(f"written: {html}")


def report_run(path: Path, *, output: Path | None = None) -> Path:
    """Write the report of a run, by default into its own directory; where it is."""
    read_run(path)  # complains of what is no run
    bundle = path.parent if path.name == "training" and not (path / "training").exists() else path
    output = output or bundle / "training" / "report.html"
    write_report(bundle, output)
    say(f"written: {output}")
    return output
