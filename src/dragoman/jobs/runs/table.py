"""Runs as tables on the terminal. Knows nothing of how the numbers came about."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dragoman.evaluation.wording import visible
from dragoman.jobs.runs.comparison import differences, results
from dragoman.jobs.runs.record import RunRecord

_WIDTH_OF_A_FILE = 160
_LISTED = ("state", "steps", "wall time", "best validation", "test BLEU", "test chrF2")


def print_list(runs: Sequence[RunRecord], paths: Sequence[str], file: TextIO) -> None:
    """A line for each run: where it is, how far it came, how good it is."""
    columns = {name: cells for name, cells in results(runs).items() if name in _LISTED}
    table = _table("", ["run", *columns])
    for place, path in enumerate(paths):
        table.add_row(Text(visible(path)), *(cells[place] for cells in columns.values()))
    _console(file).print(table)


def print_comparison(runs: Sequence[RunRecord], file: TextIO) -> None:
    """What differs in the recipes and what came of it, a column for each run."""
    console = _console(file)
    names = [run.name for run in runs]
    differing = differences(runs)
    if differing:
        console.print(_filled("What differs in the recipes", ["key", *names], differing))
    else:
        console.print("The recipes are the same.")
    console.print()
    console.print(_filled("Results", ["", *names], results(runs)))


def _console(file: TextIO) -> Console:
    console = Console(file=file, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_FILE
    return console


def _filled(title: str, columns: Iterable[str], rows: Mapping[str, Sequence[str]]) -> Table:
    table = _table(title, columns)
    for name, cells in rows.items():
        table.add_row(Text(visible(name)), *(Text(visible(cell)) for cell in cells))
    return table


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(Text(visible(column)), justify="right" if place else "left", overflow="fold")
    return table
