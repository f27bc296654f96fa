"""Histograms as SVG inside a page: kept below, dropped on top, in the page's own colours. Knows no corpus."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dragoman.evaluation.page_frame import safe
from dragoman.jobs.cleaning.observations import Histogram, Observations
from dragoman.jobs.cleaning.scoring import Scores
from dragoman.jobs.cleaning.wording import said

_WIDTH, _HEIGHT, _BELOW, _ABOVE = 620, 220, 26, 8
_SCORE_BARS = 40
_LENGTH_STEP = 5
_MOST_LANGUAGES = 5


@dataclass(frozen=True, slots=True)
class Bars:
    """What is drawn.

    Attributes:
        labels: below each bar; "" for none.
        kept: heights of the lower part.
        dropped: heights of the upper part.
        line: heights of a line above the bars, or nothing.
        cut: where a threshold stands, in bars from the left.
    """

    labels: Sequence[str]
    kept: Sequence[float]
    dropped: Sequence[float]
    line: Sequence[float] = ()
    cut: float | None = None


def length_bars(histogram: Histogram) -> Bars:
    """Bars five words wide."""
    kept, dropped = (_grouped(counts, _LENGTH_STEP) for counts in (histogram.kept, histogram.dropped))
    last = max([*kept, *dropped], default=0)
    steps = range(int(last) + 1)
    labels = [f"{step * _LENGTH_STEP}" if step % 4 == 0 else "" for step in steps]
    return Bars(labels, [kept[step] for step in steps], [dropped[step] for step in steps])


def _grouped(counts: Counter[float], width: int) -> Counter[int]:
    result: Counter[int] = Counter()
    for value, count in counts.items():
        result[int(value // width)] += count
    return result


def ratio_bars(histogram: Histogram) -> Bars:
    """Bars an eighth of a doubling wide, from an eighth to eight times."""
    steps = range(-24, 25)
    labels = [_times(2.0 ** (step / 8)) if step % 8 == 0 else "" for step in steps]
    return Bars(labels, [histogram.kept[step] for step in steps], [histogram.dropped[step] for step in steps])


def _times(ratio: float) -> str:
    return f"{ratio:g}" if ratio >= 1 else f"1/{1 / ratio:g}"


def score_bars(scores: Scores) -> Bars:
    """Bars over the range of the margins, without the last thousandth at each end."""
    pairs, strangers = scores.margins.pairs, scores.margins.strangers
    low, high = np.quantile(np.concatenate([pairs, strangers]), [0.001, 0.999])
    edges = np.linspace(low, high if high > low else low + 1, _SCORE_BARS + 1)
    inside = np.clip(pairs, edges[0], edges[-1])
    kept = np.histogram(inside[pairs >= scores.threshold], edges)[0]
    dropped = np.histogram(inside[pairs < scores.threshold], edges)[0]
    line = np.histogram(np.clip(strangers, edges[0], edges[-1]), edges)[0]
    labels = [f"{edge:.1f}" if place % 8 == 0 else "" for place, edge in enumerate(edges[:-1])]
    cut = (scores.threshold - edges[0]) / (edges[1] - edges[0])
    shown = float(cut) if math.isfinite(cut) and 0 <= cut <= _SCORE_BARS else None
    return Bars(labels, kept.tolist(), dropped.tolist(), line.tolist(), shown)


def draw_histogram(bars: Bars) -> str:
    """An SVG of ``bars``."""
    totals = [kept + dropped for kept, dropped in zip(bars.kept, bars.dropped, strict=True)]
    most = max([*totals, *bars.line], default=0) or 1
    wide = _WIDTH / max(1, len(totals))
    floor = _HEIGHT - _BELOW
    scale = (floor - _ABOVE) / most
    parts = []
    for place, label in enumerate(bars.labels):
        left, kept, dropped = place * wide, bars.kept[place] * scale, bars.dropped[place] * scale
        told = f"{int(bars.kept[place]):,} + {int(bars.dropped[place]):,}"
        parts.append(_block(0, left, floor - kept, wide, kept, told))
        parts.append(_block(1, left, floor - kept - dropped, wide, dropped, told))
        if label:
            anchor = "start" if place == 0 else "middle"
            parts.append(
                f'<text x="{left + (0 if place == 0 else wide / 2):.1f}" y="{_HEIGHT - 6}" '
                f'text-anchor="{anchor}">{safe(label)}</text>'
            )
    if bars.line:
        points = " ".join(
            f"{(place + 0.5) * wide:.1f},{floor - value * scale:.1f}" for place, value in enumerate(bars.line)
        )
        parts.append(f'<polyline class="null" points="{points}"/>')
    if bars.cut is not None:
        across = bars.cut * wide
        parts.append(f'<line class="cut" x1="{across:.1f}" x2="{across:.1f}" y1="0" y2="{floor}"/>')
    parts.append(f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{floor}" y2="{floor}"/>')
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">{"".join(parts)}</svg>'


def _block(colour: int, left: float, top: float, wide: float, high: float, told: str) -> str:
    if not high:
        return ""
    return (
        f'<rect class="f{colour}" x="{left + 0.5:.1f}" y="{top:.1f}" width="{max(0.5, wide - 1):.1f}" '
        f'height="{high:.1f}"><title>{told}</title></rect>'
    )


def languages_chart(observations: Observations) -> str:
    """For each side its commonest languages, with bars."""
    rows = []
    for side, wanted, counts in zip(
        ("source", "target"), (observations.source, observations.target), observations.languages, strict=True
    ):
        total = counts.total() or 1
        rows.append(f"<span><b>{said(side)}</b> {safe(wanted)}</span><span></span><span></span>")
        shown = counts.most_common(_MOST_LANGUAGES)
        rest = total - sum(count for _, count in shown)
        for language, count in [*shown, *([("…", rest)] if rest > 0 and counts else [])]:
            colour = 0 if language.split("-")[0] == wanted.split("-")[0] else 5 if language in "?…" else 1
            name = said("unsure") if language == "?" else safe(language)
            rows.append(
                f'<span>{name}</span><i class="c{colour}" style="width:{100 * count / total:.1f}%"></i>'
                f"<span>{count / total:.1%}</span>"
            )
    return f'<div class="reasons">{"".join(rows)}</div>'
