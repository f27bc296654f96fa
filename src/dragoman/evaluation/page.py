"""A comparison as one HTML file that needs nothing else. Knows nothing of how the numbers came about."""

from collections.abc import Iterable

from dragoman.evaluation.comparison import Comparison
from dragoman.evaluation.page_frame import frame, row, safe, table
from dragoman.evaluation.report import Report
from dragoman.evaluation.wording import difference_cells, footnotes, heading, report_cells, with_interval

_COLOURS = 6


def render_page(comparison: Comparison) -> str:
    """The whole page."""
    names = [report.system for report in comparison.reports]
    sections = [_scores(comparison), _differences(comparison), _by_length(comparison), _differing(comparison)]
    sections += [_worst(comparison, report, is_open=len(names) == 1) for report in comparison.reports]
    sections.append(_notes(comparison))
    return frame(
        f"Evaluation of {' and '.join(names) if len(names) < 3 else f'{len(names)} systems'}",
        heading=safe(heading(comparison)),
        body="\n".join(section for section in sections if section),
    )


def _scores(comparison: Comparison) -> str:
    first = comparison.reports[0]
    columns = ["system", *(score.label for score in first.scores.values()), *report_cells(first)]
    rows = (
        row(
            report.system,
            [
                *(with_interval(estimates[place]) for estimates in comparison.estimates.values()),
                *report_cells(report).values(),
            ],
        )
        for place, report in enumerate(comparison.reports)
    )
    return f"<h2>Scores</h2>{table(columns, rows)}"


def _differences(comparison: Comparison) -> str:
    if len(comparison.reports) == 1:
        return ""
    rows = []
    for place in range(1, len(comparison.reports)):
        for baseline, *others in comparison.estimates.values():
            estimate = others[place - 1]
            cells = difference_cells(estimate, baseline)
            meaning = cells[-1] if cells[-1] in ("better", "worse") else "soft"
            rows.append(row(estimate.system, [estimate.score.label, *cells], class_of_last=meaning))
    differences = table(["system", "metric", "difference", "p", "verdict"], rows)
    return f"<h2>Against {safe(comparison.reports[0].system)}</h2>{differences}"


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
        label = f"<div>{safe(bucket.label)}<br><small>{segments}</small></div>"
        groups.append(f'<div class="bucket">{label}<div class="bars">{bars}</div></div>')
    less = "" if score.higher_is_better else " (less is better)"
    title = f"{safe(score.label)}{less} by length of the source, in {safe(first.length_unit)}"
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
        f'<li><i class="c{place % _COLOURS}"></i>{safe(report.system)}</li>'
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
    return f"<details><summary>Worst sentences of {safe(report.system)}</summary>{''.join(blocks)}</details>"


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
    shown = safe(text) if text.strip() else '<span class="soft">(empty)</span>'
    attributes = f' class="{kind}"' if kind else ""
    return f'<dt>{safe(label)}</dt><dd{attributes} lang="{safe(language)}" dir="auto">{shown}</dd>'


def _notes(comparison: Comparison) -> str:
    items = "".join(f"<li>{safe(note)}</li>" for note in footnotes(comparison))
    return f'<h2>How this was counted</h2><ul class="notes">{items}</ul>'
