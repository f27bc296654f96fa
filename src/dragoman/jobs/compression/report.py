"""What was found, to be read: a table in Markdown, and a picture of size, speed and quality."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dragoman.base.files import atomic_file
from dragoman.jobs.compression.amounts import show_size
from dragoman.jobs.compression.choosing import Limits, pareto
from dragoman.jobs.compression.measuring import Row

_FRONT, _BEATEN, _CHOSEN = "#1f5f8b", "#9db4c8", "#b5442c"


def markdown(
    rows: Sequence[Row], original: Row, limits: Limits, chosen: Row | None, left_out: Mapping[str, str]
) -> str:
    """The table, best BLEU first; what no other candidate beats is marked with a star."""
    front = pareto(rows)
    lines = [
        "| candidate | beam | size | words/s | × the model | BLEU | chrF | limits |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for row in sorted(rows, key=lambda row: (-row.bleu, row.size)):
        star = " *" if row.name in front else ""
        verdict = "chosen" if row == chosen else "too much" if limits.excess(row, original) else "kept"
        lines.append(
            f"| {row.name}{star} | {row.beam} | {show_size(row.size)} | {row.words_per_second:,.0f} "
            f"| {row.speed_up:.2f} | {row.bleu:.2f} | {row.chrf:.2f} | {verdict} |"
        )
    told = [f"{name} was left out: {reason}" for name, reason in left_out.items()]
    return "\n".join([*lines, "", "\\* no other is as small, as quick and as good.", *told]) + "\n"


def draw(rows: Sequence[Row], original: Row, limits: Limits, chosen: Row | None, path: Path) -> None:
    """Speed against BLEU as PNG; the area of a point is its size, hollow ones pass a limit, numbers lead to names."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import ScalarFormatter

    front = pareto(rows)
    figure = Figure(figsize=(11, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes, names = figure.subplots(1, 2, width_ratios=(3, 1.4))
    largest = max(row.size for row in rows)
    ordered = sorted(rows, key=lambda row: (-row.bleu, row.size))
    for number, row in enumerate(ordered, 1):
        colour = _CHOSEN if row == chosen else _FRONT if row.name in front else _BEATEN
        face = "none" if limits.excess(row, original) else colour
        area = 30 + 500 * row.size / largest
        axes.scatter(row.speed_up, row.bleu, s=area, edgecolors=colour, facecolors=face, alpha=0.8, zorder=2)
        axes.annotate(str(number), (row.speed_up, row.bleu), (0, 14), textcoords="offset points", ha="center")
        said = f"{number}  {row.name}, {show_size(row.size)}"
        names.text(0, 1 - number / (len(rows) + 1), said, color=colour, fontsize=8, va="center")
    names.axis("off")
    if limits.bleu_loss is not None:
        axes.axhline(original.bleu - limits.bleu_loss, color=_CHOSEN, linewidth=1, linestyle=":")
    axes.set_xscale("log")
    for which in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
        which(ScalarFormatter())
    axes.set(xlabel="times as quick as the model", ylabel="BLEU on the development set")
    axes.set_title("Area: size. Dark: none is as small, as quick and as good. Red: chosen. Hollow: passes a limit.")
    axes.title.set_fontsize(9)
    axes.margins(0.12)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    with atomic_file(path) as partial:
        figure.savefig(partial, format="png", dpi=130)
