"""The charts of runs: which lines are drawn for one run, and which for several, as figures of a page."""

from collections.abc import Callable, Iterable, Sequence

from dragoman.evaluation.page_frame import safe
from dragoman.jobs.runs.curves import Point, Series, draw
from dragoman.jobs.runs.record import Entry, RunRecord, is_number
from dragoman.jobs.runs.wording import said


def points(entries: Iterable[Entry], key: str) -> list[Point]:
    """The (step, value) of every entry that has a finite ``key``."""
    return [(entry["step"], entry[key]) for entry in entries if is_number(entry.get(key))]


def smooth(raw: Sequence[Point]) -> list[Point]:
    """Each value's mean with its neighbours, a fortieth of the curve to either side."""
    reach = len(raw) // 40
    values = [value for _, value in raw]
    near = [values[max(0, place - reach) : place + reach + 1] for place in range(len(raw))]
    return [(step, sum(some) / len(some)) for (step, _), some in zip(raw, near, strict=True)]


def charts_of_one(run: RunRecord) -> str:
    """Loss, scores, learning rate, gradient norm, speed and memory of one run."""
    train, valid = run.steps, run.validations
    losses = [
        Series(label="training, step by step", points=points(train, "negative_log_likelihood"), colour=0, faint=True),
        Series(label="training", points=smooth(points(train, "negative_log_likelihood")), colour=0),
        Series(label="validation", points=points(valid, "loss"), colour=1, dots=True),
    ]
    scores = [
        Series(label="BLEU", points=points(valid, "bleu"), colour=0, dots=True),
        Series(label="chrF2", points=points(valid, "chrf"), colour=2, dots=True),
    ]
    memory = [
        Series(label="process", points=points(train, "memory_mib"), colour=3),
        Series(label="GPU", points=points(train, "gpu_memory_mib"), colour=5),
    ]

    def single(key: str, colour: int) -> list[Series]:
        return [Series(label=key, points=points(train, key), colour=colour)]

    figures = [
        _figure("Loss", losses),
        _figure("Scores on the validation text", scores, from_zero=True),
        _figure("Learning rate", single("learning_rate", 4), from_zero=True),
        _figure("Gradient norm", single("gradient_norm", 3), logarithmic=True),
        _figure("Target ids per second", single("tokens_per_second", 2), from_zero=True),
        _figure("Memory (MiB)", memory, from_zero=True),
    ]
    return _gallery(figures)


def charts_of_several(runs: Sequence[RunRecord]) -> str:
    """The same quantities, a line for each run."""

    def overlaid(entries: Callable[[RunRecord], Sequence[Entry]], key: str, *, dots: bool = False) -> list[Series]:
        curves = [points(entries(run), key) for run in runs]
        return [
            Series(label=run.name, points=curve if dots else smooth(curve), colour=place, dots=dots)
            for place, (run, curve) in enumerate(zip(runs, curves, strict=True))
        ]

    def train(run: RunRecord) -> Sequence[Entry]:
        return run.steps

    def valid(run: RunRecord) -> Sequence[Entry]:
        return run.validations

    figures = [
        _figure("Validation loss", overlaid(valid, "loss", dots=True)),
        _figure("BLEU", overlaid(valid, "bleu", dots=True), from_zero=True),
        _figure("chrF2", overlaid(valid, "chrf", dots=True), from_zero=True),
        _figure("Training loss", overlaid(train, "negative_log_likelihood")),
        _figure("Learning rate", overlaid(train, "learning_rate"), from_zero=True),
        _figure("Gradient norm", overlaid(train, "gradient_norm"), logarithmic=True),
        _figure("Target ids per second", overlaid(train, "tokens_per_second"), from_zero=True),
        _figure("Memory (MiB)", overlaid(train, "memory_mib"), from_zero=True),
    ]
    return _gallery(figures)


def _gallery(figures: Sequence[str]) -> str:
    drawn = "".join(figures)
    return f'<h2>{said("Curves")}</h2><div class="charts">{drawn}</div>' if drawn else ""


def _figure(title: str, series: Sequence[Series], *, logarithmic: bool = False, from_zero: bool = False) -> str:
    """A chart with its title and, of several lines, their key; nothing where there is nothing to draw."""
    kept = [one for one in series if one.points]
    picture = draw(kept, logarithmic=logarithmic, from_zero=from_zero)
    if not picture:
        return ""
    named = [one for one in kept if not one.faint]
    items = "".join(f'<li><i class="c{one.colour % 6}"></i>{_named(one.label)}</li>' for one in named)
    key = f'<ul class="key">{items}</ul>' if len(named) > 1 else ""
    return f"<figure><figcaption>{said(title)}{key}</figcaption>{picture}</figure>"


def _named(label: str) -> str:
    return said(label) if label in ("training", "validation", "process", "GPU") else safe(label)
