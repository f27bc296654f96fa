"""Pictures of a run: loss and scores by step, as PNG."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dragoman.base.files import atomic_file


def draw_curve(entries: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the loss (training and validation) and the validation scores of a ``metrics.jsonl``."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    steps = [entry for entry in entries if entry["kind"] == "step"]
    validations = [entry for entry in entries if entry["kind"] == "validation"]
    figure = Figure(figsize=(10, 4), layout="constrained")
    FigureCanvasAgg(figure)
    losses, scores = figure.subplots(1, 2)
    training = [entry["negative_log_likelihood"] for entry in steps]
    losses.plot([entry["step"] for entry in steps], training, color="#9db4c8", linewidth=1, label="training")
    at = [entry["step"] for entry in validations]
    losses.plot(at, [entry["loss"] for entry in validations], "o-", color="#b5442c", markersize=3, label="validation")
    losses.set(xlabel="step", ylabel="cross-entropy per id (nats)", title="Loss")
    for name, label, colour in (("bleu", "BLEU", "#1f5f8b"), ("chrf", "chrF", "#3f8f5f")):
        values = [entry[name] for entry in validations if name in entry]
        if len(values) < len(validations):
            continue  # text alone is not translated
        scores.plot(at, values, "o-", color=colour, markersize=3, label=label)
        if values:
            best = max(range(len(values)), key=values.__getitem__)
            scores.annotate(f"{values[best]:.1f}", (at[best], values[best]), (0, 5), textcoords="offset points")
    scores.set(xlabel="step", ylabel="score on the validation text (greedy)", title="Scores", ylim=(0, None))
    for axes in (losses, scores):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(frameon=False)
    with atomic_file(path) as partial:
        figure.savefig(partial, format="png", dpi=130)
