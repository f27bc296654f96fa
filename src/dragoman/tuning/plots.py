"""Pictures of a study, as PNG: every trial as a line through its values, and how much each name matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.base.files import atomic_file
from dragoman.tuning.space import Choice, Dimension, Range, Space
from dragoman.tuning.study import TrialRecord
from dragoman.tuning.table import written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

_INK, _SOFT, _LINE, _ACCENT, _FIRST = "#1c2430", "#5b6675", "#cfd6de", "#1f5f8b", "#b5442c"
_POINTS = 60
_DPI = 150


@dataclass(frozen=True, slots=True)
class Marks:
    """What a picture of trials is to bring out.

    Attributes:
        score: the name of the score.
        higher_is_better: whether the score is to be large.
        best: the place of the best trial.
    """

    score: str
    higher_is_better: bool
    best: int | None


def draw_parallel(path: Path, records: Sequence[TrialRecord], space: Space, marks: Marks) -> None:
    """Draw each trial as a line through its values to its score; the best in front, the first one dashed.

    Trials that were ended early are thin and grey; their score is the last they had.
    """
    shown = [record for record in records if record.score is not None]
    figure = _figure(max(7.0, 1.75 * (len(space) + 1) + 1.2), 4.6)
    axes = figure.subplots()
    last = len(space)
    scores = _score_axis([record.score for record in shown if record.score is not None])
    dimensions: list[Dimension] = [*space.values(), scores]
    axes.set(xlim=(-0.25, last + 0.3), ylim=(-0.06, 1.06))
    axes.axis("off")
    for position, (name, dimension) in enumerate(zip([*space, marks.score], dimensions, strict=True)):
        _axis(axes, position, name, dimension, is_score=position == last)
    order = sorted(shown, key=lambda record: (record.place == marks.best, record.place == 0, record.state == "done"))
    for record in order:
        _trial(axes, record, [*(record.values.get(name) for name in space), record.score], dimensions, marks)
    _key(axes, marks, shown)
    _save(figure, path)


def draw_importances(path: Path, importances: Mapping[str, float]) -> None:
    """Draw the share of each name as a bar, the largest on top; removes the picture when nothing is known."""
    if not importances:
        path.unlink(missing_ok=True)
        return
    names = list(importances)[::-1]
    figure = _figure(7.0, 1.3 + 0.42 * len(names))
    axes = figure.subplots()
    values = [importances[name] for name in names]
    colours = [_ACCENT if value == max(values) else "#9db4c8" for value in values]
    bars = axes.barh(names, values, height=0.62, color=colours)
    axes.bar_label(bars, [f"{value:.0%}" for value in values], padding=5, color=_INK, fontsize=9)
    axes.set(xlim=(0, max(values) * 1.14 or 1), xticks=[])
    axes.spines[["top", "right", "bottom", "left"]].set_visible(False)
    axes.tick_params(length=0, colors=_INK, labelsize=9.5)
    figure.suptitle("What decides between good and other trials", x=0.02, ha="left", color=_INK, fontsize=11)
    _save(figure, path)


def height(dimension: Dimension, value: Any) -> float | None:
    """Where ``value`` stands between the ends of ``dimension``, from 0 to 1; None outside."""
    if not dimension.contains(value):
        return None
    if isinstance(dimension, Choice):
        return dimension.values.index(value) / (len(dimension.values) - 1)
    import math

    low, high, at = (math.log(one) if dimension.log else one for one in (dimension.low, dimension.high, value))
    return (at - low) / (high - low)


def _score_axis(scores: Sequence[float]) -> Range:
    low, high = min(scores), max(scores)
    room = (high - low) * 0.02 or abs(high) * 0.05 or 1.0
    return Range(low - room, high + room)


def _axis(axes: "Axes", position: int, name: str, dimension: Dimension, *, is_score: bool) -> None:
    """One upright axis with its name and its ticks."""
    axes.plot([position, position], [0, 1], color=_INK if is_score else _LINE, linewidth=1.2, zorder=1)
    section, _, keys = name.rpartition(".")
    axes.text(position, 1.13, section, ha="center", va="bottom", color=_SOFT, fontsize=8)
    label = keys.replace("+", " +\n").replace("_", " ")
    axes.text(position, 1.115, label, ha="center", va="top", color=_INK, fontsize=9.5, linespacing=1.0, weight="bold")
    for value in _ticks(dimension):
        at = height(dimension, value)
        if at is not None:
            axes.plot([position - 0.015, position], [at, at], color=_SOFT, linewidth=0.8, zorder=1)
            box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
            axes.text(
                position - 0.03,
                at,
                written(value),
                ha="right",
                va="center",
                color=_SOFT,
                fontsize=8,
                bbox=box,
                zorder=7,
            )


def _ticks(dimension: Dimension) -> list[Any]:
    """A few values to write beside an axis."""
    if isinstance(dimension, Choice):
        return list(dimension.values)
    if dimension.is_whole and dimension.high - dimension.low <= 8:
        return list(range(int(dimension.low), int(dimension.high) + 1))
    from matplotlib.ticker import LogLocator, MaxNLocator

    if dimension.log:
        ticks = LogLocator(subs=(1, 2, 5)).tick_values(dimension.low, dimension.high)
    else:
        ticks = MaxNLocator(5).tick_values(dimension.low, dimension.high)
    return [float(one) for one in ticks if dimension.low <= one <= dimension.high]


def _trial(
    axes: "Axes", record: TrialRecord, values: Sequence[Any], dimensions: Sequence[Dimension], marks: Marks
) -> None:
    heights = [height(dimension, value) for dimension, value in zip(dimensions, values, strict=True)]
    style: dict[str, Any] = {"color": "#b9c2cc", "linewidth": 0.9, "alpha": 0.8, "zorder": 2}
    if record.state == "done":
        good = heights[-1] or 0.0
        colour = _colours()(good if marks.higher_is_better else 1 - good)
        style = {"color": colour, "linewidth": 1.4, "alpha": 0.9, "zorder": 3}
    if record.place == 0:
        style = {"color": _FIRST, "linewidth": 1.8, "linestyle": (0, (4, 2)), "zorder": 5}
    if record.place == marks.best:
        style |= {"color": _FIRST if record.place == 0 else _ACCENT, "linewidth": 3.0, "alpha": 1.0, "zorder": 6}
    for left in range(len(heights) - 1):
        start, end = heights[left], heights[left + 1]
        if start is not None and end is not None:  # a value outside the space leaves a gap
            xs, ys = _bend(left, start, end)
            axes.plot(xs, ys, solid_capstyle="round", **style)


def _bend(left: int, start: float, end: float) -> tuple[list[float], list[float]]:
    """A smooth way from one axis to the next, flat at both, so that lines crossing an axis can be followed."""
    parts = [point / _POINTS for point in range(_POINTS + 1)]
    return [left + part for part in parts], [start + (end - start) * (3 - 2 * part) * part**2 for part in parts]


def _colours() -> "Colormap":
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("scores", ["#dbe4ec", "#a9c4d8", "#6fa0c2", "#3f7fab"])


def _key(axes: "Axes", marks: Marks, shown: Sequence[TrialRecord]) -> None:
    from matplotlib.lines import Line2D

    lines = []
    if marks.best is not None and marks.best != 0:
        lines.append(Line2D([], [], color=_ACCENT, linewidth=3, label=f"best: trial {marks.best}"))
    lines.append(Line2D([], [], color=_FIRST, linewidth=1.8, linestyle=(0, (4, 2)), label="the recipe as it is"))
    lines.append(Line2D([], [], color="#6fa0c2", linewidth=1.4, label="other trials, the darker the better"))
    if any(record.state == "pruned" for record in shown):
        lines.append(Line2D([], [], color="#b9c2cc", linewidth=0.9, label="ended early"))
    axes.legend(
        handles=lines, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=len(lines), frameon=False, fontsize=9,
        labelcolor=_INK,
    )  # fmt: skip


def _figure(width: float, height_inches: float) -> "Figure":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height_inches), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: "Figure", path: Path) -> None:
    with atomic_file(path) as partial:
        figure.savefig(partial, format="png", dpi=_DPI)
