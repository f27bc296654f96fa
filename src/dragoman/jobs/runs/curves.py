"""Curves as SVG inside a page: lines, a grid, round numbers at the axes; the page's own colours, light and dark.

Long series are thinned to what the eye can tell apart; values that are not finite are left out.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dragoman.evaluation.page_frame import safe

Point = tuple[float, float]

_WIDTH, _HEIGHT = 620, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 12, 30
_MOST_POINTS = 400
_MOST_DOTS = 60
_TICKS = 5
_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a chart.

    Attributes:
        label: what it is, any text; told when the pointer rests on it.
        points: (step, value), by step.
        colour: number of one of the page's six colours.
        faint: whether it stands behind the others.
        dots: whether its points are marked, each with its value.
    """

    label: str
    points: Sequence[Point]
    colour: int = 0
    faint: bool = False
    dots: bool = False


def draw(series: Sequence[Series], *, logarithmic: bool = False, from_zero: bool = False) -> str:
    """An SVG of ``series``, or nothing when no point can be drawn.

    Args:
        series: drawn in this order, the later above.
        logarithmic: whether the upright axis is; values that are not above zero are left out.
        from_zero: whether the upright axis begins there.
    """
    kept = [(one, _drawable(one.points, logarithmic=logarithmic)) for one in series]
    points = [point for _, some in kept for point in some]
    if not points:
        return ""
    last = max(step for step, _ in points) or 1.0
    ticks = _powers(points) if logarithmic else _round_ticks(points, from_zero=from_zero)
    shape = math.log10 if logarithmic else float
    low, high = shape(ticks[0]), shape(ticks[-1])

    def place(point: Point) -> Point:
        across = _LEFT + point[0] / last * (_WIDTH - _LEFT - _RIGHT)
        return across, _HEIGHT - _BOTTOM - (shape(point[1]) - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    lines = "".join(_line(one, some, place) for one, some in kept if some)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{safe(", ".join(one.label for one in series))}">'
        f"{_grid(ticks, last, place)}{lines}</svg>"
    )


def _drawable(points: Sequence[Point], *, logarithmic: bool) -> list[Point]:
    sound = [point for point in points if math.isfinite(point[1]) and (point[1] > 0 or not logarithmic)]
    stride = max(1, math.ceil(len(sound) / _MOST_POINTS))
    return [*sound[:-1:stride], *sound[-1:]]


def _round_ticks(points: Sequence[Point], *, from_zero: bool) -> list[float]:
    """Round numbers from below the lowest value to above the highest."""
    low = 0.0 if from_zero else min(value for _, value in points)
    high = max(value for _, value in points)
    stride = _round_up((high - low) / _TICKS or abs(high) / _TICKS or 1.0)
    first = math.floor(low / stride)
    last = max(first + 1, math.ceil(high / stride - 1e-9))
    return [number * stride for number in range(first, last + 1)]


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * (1 - 1e-9))


def _powers(points: Sequence[Point]) -> list[float]:
    """Powers of ten around all values; halves of them where there would be too few."""
    low = math.floor(math.log10(min(value for _, value in points)))
    high = max(low + 1, math.ceil(math.log10(max(value for _, value in points))))
    if high - low <= 2:
        steps = [step * 10.0**power for power in range(low, high) for step in (1, 2, 5)] + [10.0**high]
        return _tight(steps, points)
    return [10.0**power for power in range(low, high + 1)]


def _tight(ticks: Sequence[float], points: Sequence[Point]) -> list[float]:
    """``ticks`` without those that no value needs."""
    low, high = min(value for _, value in points), max(value for _, value in points)
    first = max(place for place, tick in enumerate(ticks) if tick <= low * (1 + 1e-9))
    last = min(place for place, tick in enumerate(ticks) if tick >= high * (1 - 1e-9))
    return list(ticks[first : max(last, first + 1) + 1])


def _grid(ticks: Sequence[float], last: float, place: Callable[[Point], Point]) -> str:
    marks = []
    for tick in ticks:
        _, height = place((0, tick))
        marks.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{height:.1f}" y2="{height:.1f}"/>')
        marks.append(f'<text x="{_LEFT - 8}" y="{height + 4:.1f}" text-anchor="end">{short(tick)}</text>')
    for step in _round_ticks([(0, last)], from_zero=True):
        if step <= last:
            across, _ = place((step, ticks[0]))
            marks.append(f'<text x="{across:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{short(step)}</text>')
    return f'<g class="grid">{"".join(marks)}</g>'


def _line(one: Series, points: Sequence[Point], place: Callable[[Point], Point]) -> str:
    path = " ".join(f"{across:.1f},{height:.1f}" for across, height in map(place, points))
    kind = f"l{one.colour % 6}{' faint' if one.faint else ''}"
    drawn = f'<polyline class="{kind}" points="{path}"><title>{safe(one.label)}</title></polyline>'
    if not one.dots or len(points) > _MOST_DOTS:
        return drawn
    return drawn + "".join(_dot(one, point, place(point)) for point in points)


def _dot(one: Series, point: Point, at: Point) -> str:
    told = f"{one.label}: {point[1]:.4g} ({point[0]:,.0f})"
    circle = f'<circle class="f{one.colour % 6}" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="3">'
    return f"{circle}<title>{safe(told)}</title></circle>"


def short(value: float) -> str:
    """A number as an axis writes it: 2.5k, 0.001, 12."""
    for size, prefix in _PREFIXES:
        if abs(value) >= size:
            return f"{value / size:.4g}{prefix}"
    return f"{value:.3g}"
