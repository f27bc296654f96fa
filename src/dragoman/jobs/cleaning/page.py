"""A cleaning as one HTML file that needs nothing else: what went and why, distributions, examples."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from dragoman.corpora.cleaning import CleaningReport
from dragoman.corpora.records import Record
from dragoman.corpora.sources import Corpus
from dragoman.evaluation.page_frame import frame, safe
from dragoman.jobs.cleaning.histograms import (
    draw_histogram,
    languages_chart,
    length_bars,
    ratio_bars,
    score_bars,
)
from dragoman.jobs.cleaning.observations import Observations
from dragoman.jobs.cleaning.wording import said
from dragoman.jobs.runs.wording import STYLE, SWITCH

_LONGEST_SHOWN = 400
_PAGE_STYLE = """
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .7rem; margin: 1rem 0 0; }
.cards div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .55rem .8rem; }
.cards dt { color: var(--soft); font-size: .82rem; } .cards dd { margin: 0; font-weight: 600; font-size: 1.25rem;
  font-variant-numeric: tabular-nums; } .cards small { font-weight: 400; font-size: .85rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: .9rem;
  align-items: start; }
.charts figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .7rem .8rem .4rem; }
.charts figcaption { font-weight: 600; font-size: .92rem; margin-bottom: .3rem; }
.charts .key { margin: .1rem 0 0; font-weight: 400; font-size: .8rem; gap: .2rem .8rem; color: var(--soft); }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--soft); font-size: 13px; }
.axis { stroke: var(--line); } .f0 { fill: var(--s0); } .f1 { fill: var(--s1); }
.null { fill: none; stroke: var(--s5); stroke-width: 2; } .cut { stroke: var(--bad); stroke-dasharray: 4 3; }
.reasons { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr max-content; gap: .35rem .9rem;
  align-items: center; margin: 0; }
.reasons > span:nth-child(3n) { text-align: right; font-variant-numeric: tabular-nums; font-size: .9rem; }
.reasons i { display: block; height: .8rem; min-width: 2px; border-radius: .2rem; }
.line-key { background: none !important; border-top: 2px solid var(--s5); border-radius: 0 !important;
  height: 0 !important; vertical-align: .25rem; }
"""


def render(corpus: Corpus, report: CleaningReport, observations: Observations) -> str:
    """The whole page."""
    sections = [_glance(report), _reasons(report), _charts(observations), *_examples(corpus, report, observations)]
    sections += [_repairs(corpus, report), _notes(observations)]
    return frame(
        Path(corpus.name).name,
        heading=f"{said('Cleaning of')} {safe(corpus.name)} · {safe(corpus.source)} → {safe(corpus.target)}",
        body="\n".join(section for section in sections if section),
        above=SWITCH,
        style=STYLE + _PAGE_STYLE,
    )


def _glance(report: CleaningReport) -> str:
    dropped = report.read - report.kept
    cards = [("pairs read", report.read, ""), ("kept", report.kept, _share(report.kept, report.read))]
    cards += [("dropped", dropped, _share(dropped, report.read))]
    items = "".join(
        f"<div><dt>{said(name)}</dt><dd>{count:,} <small>{share}</small></dd></div>" for name, count, share in cards
    )
    return f'<dl class="cards">{items}</dl>'


def _share(part: int, whole: int) -> str:
    return f"{part / (whole or 1):.1%}"


def _reasons(report: CleaningReport) -> str:
    if not report.dropped:
        return f"<h2>{said('Why pairs were dropped')}</h2><p>{said('Nothing was dropped.')}</p>"
    return f"<h2>{said('Why pairs were dropped')}</h2>{_counted(report.dropped.most_common(), report.read, 1)}"


def _counted(counts: Sequence[tuple[str, int]], whole: int, colour: int) -> str:
    """Names with bars and numbers, the longest bar for the most."""
    most = max(count for _, count in counts)
    rows = "".join(
        f'<span>{said(name)}</span><i class="c{colour}" style="width:{100 * count / most:.1f}%"></i>'
        f'<span>{count:,} <span class="soft">{_share(count, whole)}</span></span>'
        for name, count in counts
    )
    return f'<div class="reasons">{rows}</div>'


def _charts(observations: Observations) -> str:
    figures = [
        _figure("Longer side, in words", draw_histogram(length_bars(observations.lengths)), _key()),
        _figure(
            "Target letters for each source letter, weighted", draw_histogram(ratio_bars(observations.ratios)), _key()
        ),
    ]
    if observations.scores is not None:
        bars = score_bars(observations.scores)
        figures.append(_figure("How well the two texts go together", draw_histogram(bars), _key(strangers=True)))
    figures.append(_figure("Languages", languages_chart(observations), ""))
    return f'<h2>{said("Distributions")}</h2><div class="charts">{"".join(figures)}</div>'


def _figure(title: str, drawn: str, below: str) -> str:
    return f"<figure><figcaption>{said(title)}{below}</figcaption>{drawn}</figure>"


def _key(*, strangers: bool = False) -> str:
    items = f'<li><i class="c0"></i>{said("kept")}</li><li><i class="c1"></i>{said("dropped")}</li>'
    if strangers:
        items += f'<li><i class="line-key"></i>{said("strangers")}</li>'
    return f'<ul class="key">{items}</ul>'


def _examples(corpus: Corpus, report: CleaningReport, observations: Observations) -> Iterable[str]:
    if report.dropped:
        yield f"<h2>{said('Examples')}</h2>"
    for place, (reason, count) in enumerate(report.dropped.most_common()):
        blocks = "".join(
            _sentence(corpus, f"{record.line:,}", [("source", record.source), ("target", record.target)])
            for record in observations.examples(reason)
        )
        opened = " open" if place < 2 else ""
        yield f"<details{opened}><summary>{said(reason)} · {count:,}</summary>{blocks}</details>"


def _sentence(corpus: Corpus, line: str, texts: Iterable[tuple[str, str]]) -> str:
    items = [f'<dt>{said("line")} {line}</dt><dd class="soft"></dd>']
    for label, text in texts:
        language = corpus.target if label == "target" else corpus.source
        cut = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
        shown = safe(cut) if cut.strip() else "∅"
        items.append(f'<dt>{said(label)}</dt><dd lang="{safe(language)}" dir="auto">{shown}</dd>')
    return f'<div class="sentence"><dl>{"".join(items)}</dl></div>'


def _repairs(corpus: Corpus, report: CleaningReport) -> str:
    if not report.repaired:
        return ""
    blocks = []
    for repair, pairs in report.repaired_examples.items():
        shown = "".join(
            _sentence(corpus, f"{old.line:,}", [("before", _changed(old, new)[0]), ("after", _changed(old, new)[1])])
            for old, new in pairs
        )
        blocks.append(f"<details><summary>{said(repair)} · {report.repaired[repair]:,}</summary>{shown}</details>")
    counted = _counted(report.repaired.most_common(), report.read, 0)
    return f"<h2>{said('What was repaired')}</h2>{counted}{''.join(blocks)}"


def _changed(old: Record, new: Record) -> tuple[str, str]:
    """The side that changed, before and after."""
    return (old.source, new.source) if old.source != new.source else (old.target, new.target)


def _notes(observations: Observations) -> str:
    notes = ["Histograms count every pair, as it was kept or as it was read."]
    notes.append("Languages were identified on an even sample; below a probability of 0.5 they are unsure.")
    notes.append("Examples are drawn by line number, the same at every run.")
    if observations.scores is not None:
        notes.append("Strangers are texts of this corpus paired wrongly: what is below the threshold looks like them.")
    items = "".join(f"<li>{said(note)}</li>" for note in notes)
    return f'<h2>{said("How this was counted")}</h2><ul class="notes">{items}</ul>'
