"""A comparison as one HTML file that needs nothing else: no script, no font, no picture, no network.

Every text comes from a corpus or a model, so every text is escaped, and the page's own content
security policy forbids whatever might slip through. Knows nothing of how the numbers came about.
"""

from collections.abc import Iterable
from html import escape
from string import Template

from dragoman.base.version import __version__
from dragoman.evaluation.comparison import Comparison
from dragoman.evaluation.page_style import STYLE
from dragoman.evaluation.report import Report
from dragoman.evaluation.wording import difference_cells, footnotes, heading, report_cells, visible, with_interval

_COLOURS = 6

_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="dragoman $version">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header><h1>$title</h1><p class="soft">$heading</p></header>
<main>
$body
</main>
</body>
</html>
""")


def render_page(comparison: Comparison) -> str:
    """The whole page."""
    names = [report.system for report in comparison.reports]
    sections = [_scores(comparison), _differences(comparison), _by_length(comparison), _differing(comparison)]
    sections += [_worst(comparison, report, is_open=len(names) == 1) for report in comparison.reports]
    sections.append(_notes(comparison))
    return _PAGE.substitute(
        version=escape(__version__),
        title=f"Evaluation of {_text(' and '.join(names) if len(names) < 3 else f'{len(names)} systems')}",
        heading=_text(heading(comparison)),
        style=STYLE,
        body="\n".join(section for section in sections if section),
    )


def _text(text: str) -> str:
    """Any text, made harmless."""
    return escape(visible(text))


def _table(columns: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{_text(column)}</th>' for column in columns)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _row(first: str, cells: Iterable[str], *, class_of_last: str = "") -> str:
    *middle, last = [_text(cell) for cell in cells]
    end = f'<td class="{class_of_last}">{last}</td>' if class_of_last else f"<td>{last}</td>"
    return f'<tr><th scope="row">{_text(first)}</th>{"".join(f"<td>{cell}</td>" for cell in middle)}{end}</tr>'


def _scores(comparison: Comparison) -> str:
    first = comparison.reports[0]
    columns = ["system", *(score.label for score in first.scores.values()), *report_cells(first)]
    rows = (
        _row(
            report.system,
            [
                *(with_interval(estimates[place]) for estimates in comparison.estimates.values()),
                *report_cells(report).values(),
            ],
        )
        for place, report in enumerate(comparison.reports)
    )
    return f"<h2>Scores</h2>{_table(columns, rows)}"


def _differences(comparison: Comparison) -> str:
    if len(comparison.reports) == 1:
        return ""
    rows = []
    for place in range(1, len(comparison.reports)):
        for baseline, *others in comparison.estimates.values():
            estimate = others[place - 1]
            cells = difference_cells(estimate, baseline)
            meaning = cells[-1] if cells[-1] in ("better", "worse") else "soft"
            rows.append(_row(estimate.system, [estimate.score.label, *cells], class_of_last=meaning))
    table = _table(["system", "metric", "difference", "p", "verdict"], rows)
    return f"<h2>Against {_text(comparison.reports[0].system)}</h2>{table}"


def _by_length(comparison: Comparison) -> str:
    """Bars for the first metric: a group for each length, a bar for each system."""
    first = comparison.reports[0]
    name, score = next(iter(first.scores.items()))
    longest = max(bucket.scores[name].value for report in comparison.reports for bucket in report.buckets) or 1.0
    groups = []
    for place, bucket in enumerate(first.buckets):
        values = [report.buckets[place].scores[name].value for report in comparison.reports]
        bars = "".join(_bar(value, system, share=value / longest) for system, value in enumerate(values))
        segments = "1 segment" if bucket.segments == 1 else f"{bucket.segments:,} segments"
        label = f"<div>{_text(bucket.label)}<br><small>{segments}</small></div>"
        groups.append(f'<div class="bucket">{label}<div class="bars">{bars}</div></div>')
    less = "" if score.higher_is_better else " (less is better)"
    title = f"{_text(score.label)}{less} by length of the source, in {_text(first.length_unit)}"
    return f"<h2>{title}</h2>{_key(comparison)}{''.join(groups)}"


def _bar(value: float, system: int, *, share: float) -> str:
    # the bar keeps to four fifths, so that the number beside it stays on the screen
    return (
        f'<div class="bar"><span class="c{system % _COLOURS}" style="width:{80 * share:.1f}%"></span>{value:.1f}</div>'
    )


def _key(comparison: Comparison) -> str:
    if len(comparison.reports) == 1:
        return ""
    items = (
        f'<li><i class="c{place % _COLOURS}"></i>{_text(report.system)}</li>'
        for place, report in enumerate(comparison.reports)
    )
    return f'<ul class="key">{"".join(items)}</ul>'


def _differing(comparison: Comparison) -> str:
    blocks = [
        _sentence(
            comparison,
            (each.line, each.source, each.reference),
            [(f"{one.system}, chrF {one.chrf:.1f}", one.hypothesis) for one in each.versions],
        )
        for each in comparison.differing
    ]
    return f"<h2>Where the systems differ most</h2>{''.join(blocks)}" if blocks else ""


def _worst(comparison: Comparison, report: Report, *, is_open: bool) -> str:
    blocks = [
        _sentence(
            comparison,
            (each.line, each.source, each.reference),
            [(f"{report.system}, chrF {each.chrf:.1f}", each.hypothesis)],
        )
        for each in report.worst
    ]
    if is_open:
        return f"<h2>Worst sentences</h2>{''.join(blocks)}"
    return f"<details><summary>Worst sentences of {_text(report.system)}</summary>{''.join(blocks)}</details>"


def _sentence(comparison: Comparison, pair: tuple[int, str, str], versions: Iterable[tuple[str, str]]) -> str:
    """One sentence: source, reference, and what came of it."""
    line, source, reference = pair
    source_language, target_language = comparison.languages
    items = [
        _item(f"line {line:,}", source, source_language),
        _item("reference", reference, target_language, kind="reference"),
        *(_item(label, text, target_language) for label, text in versions),
    ]
    return f'<div class="sentence"><dl>{"".join(items)}</dl></div>'


def _item(label: str, text: str, language: str, *, kind: str = "") -> str:
    shown = _text(text) if text.strip() else '<span class="soft">(empty)</span>'
    attributes = f' class="{kind}"' if kind else ""
    return f'<dt>{_text(label)}</dt><dd{attributes} lang="{_text(language)}" dir="auto">{shown}</dd>'


def _notes(comparison: Comparison) -> str:
    items = "".join(f"<li>{_text(note)}</li>" for note in footnotes(comparison))
    return f'<h2>How this was counted</h2><ul class="notes">{items}</ul>'
