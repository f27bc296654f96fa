"""A comparison as tables on the terminal. Knows nothing of how the numbers came about."""

from collections.abc import Iterable
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dragoman.evaluation.comparison import Comparison
from dragoman.evaluation.wording import (
    difference_cells,
    footnotes,
    heading,
    number,
    report_cells,
    visible,
    with_interval,
)

_SENTENCES_SHOWN = 5
_WIDTH_OF_A_FILE = 140


def print_comparison(comparison: Comparison, file: TextIO) -> None:
    """Write ``comparison`` to ``file``: scores, differences, results by length, sentences, signatures."""
    console = Console(file=file, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_FILE  # nobody's window: do not fold columns for one
    several = len(comparison.reports) > 1
    differences = [_differences(comparison)] if several else []
    tables = [_scores(comparison), *differences, _beside_scores(comparison), _by_length(comparison)]
    console.print(Text(heading(comparison), style="bold"))
    for table in tables:
        console.print()
        console.print(table)
    console.print()
    for line in _sentences(comparison):
        console.print(line, soft_wrap=True)
    for note in footnotes(comparison):
        console.print(Text(visible(note), style="dim"), soft_wrap=True)


def _table(title: str, columns: Iterable[str]) -> Table:
    """An empty table whose first column is text and whose others are numbers."""
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(Text(visible(column)), justify="right" if place else "left", overflow="fold")
    return table


def _scores(comparison: Comparison) -> Table:
    labels = [score.label for score in comparison.reports[0].scores.values()]
    table = _table("Scores", ["system", *labels])
    for place, report in enumerate(comparison.reports):
        scores = [with_interval(estimates[place]) for estimates in comparison.estimates.values()]
        table.add_row(Text(visible(report.system)), *scores)
    return table


def _beside_scores(comparison: Comparison) -> Table:
    """A table of its own, because both together are wider than most terminals."""
    table = _table("Beside the scores", ["system", *report_cells(comparison.reports[0])])
    for report in comparison.reports:
        table.add_row(Text(visible(report.system)), *report_cells(report).values())
    return table


def _differences(comparison: Comparison) -> Table:
    table = _table(
        f"Against {visible(comparison.reports[0].system)}", ["system", "metric", "difference", "p", "verdict"]
    )
    for place in range(1, len(comparison.reports)):
        for baseline, *others in comparison.estimates.values():
            estimate = others[place - 1]
            cells = difference_cells(estimate, baseline)
            table.add_row(Text(visible(estimate.system)), estimate.score.label, *cells)
    return table


def _by_length(comparison: Comparison) -> Table:
    """One row for each length; every metric of one system, or the first metric of several."""
    first = comparison.reports[0]
    name, score = next(iter(first.scores.items()))
    several = len(comparison.reports) > 1
    columns = [report.system for report in comparison.reports] if several else [s.label for s in first.scores.values()]
    title = f"{score.label} by length of the source" if several else "By length of the source"
    table = _table(title, [first.length_unit, "segments", *columns])
    for place, bucket in enumerate(first.buckets):
        if several:
            values = [report.buckets[place].scores[name].value for report in comparison.reports]
        else:
            values = [one.value for one in bucket.scores.values()]
        table.add_row(bucket.label, f"{bucket.segments:,}", *(number(value) for value in values))
    return table


def _sentences(comparison: Comparison) -> list[Text]:
    """The sentences worth reading: the worst of one system, or where several differ most."""
    if len(comparison.reports) == 1:
        report = comparison.reports[0]
        lines = [Text("Worst sentences", style="bold")]
        for sentence in report.worst[:_SENTENCES_SHOWN]:
            lines += _block(sentence.line, sentence.source, sentence.reference)
            lines += [_labelled(f"{report.system} (chrF {sentence.chrf:.1f})", sentence.hypothesis), Text()]
        return lines
    lines = [Text("Where the systems differ most", style="bold")]
    for each in comparison.differing[:_SENTENCES_SHOWN]:
        lines += _block(each.line, each.source, each.reference)
        lines += [_labelled(f"{one.system} (chrF {one.chrf:.1f})", one.hypothesis) for one in each.versions]
        lines.append(Text())
    return lines


def _block(line: int, source: str, reference: str) -> list[Text]:
    return [_labelled(f"line {line:,}", source), _labelled("reference", reference)]


def _labelled(label: str, text: str) -> Text:
    return Text.assemble((f"  {visible(label)}: ", "cyan"), visible(text) or "(empty)")
