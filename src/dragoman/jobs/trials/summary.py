"""What a search has found, on the screen and in files: best.toml, trials.tsv, pictures and a page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dragoman.base.files import atomic_file
from dragoman.base.log import say
from dragoman.jobs.recipe import Recipe, make_recipe
from dragoman.jobs.trials import page
from dragoman.jobs.trials.fields import lay_over
from dragoman.tuning import table
from dragoman.tuning.plots import Marks, draw_importances, draw_parallel
from dragoman.tuning.space import Space
from dragoman.tuning.study import Study, TrialRecord

BEST = "best.toml"


def flat(values: Mapping[str, Mapping[str, Any]], *, leave_out: Sequence[str] = ()) -> str:
    """A recipe's values as one line."""
    kept = [(section, keys) for section, keys in values.items() if section not in leave_out]
    return "; ".join(f"{section}.{key}={value}" for section, keys in kept for key, value in keys.items())


def tell(record: TrialRecord, study: Study) -> None:
    """A line for a trial that has ended."""
    best = study.best()
    values = "the recipe as it is" if record.place == 0 else table.described(record.values)
    ending = {
        "done": f"{record.score:.4g}" if record.score is not None else "",
        "pruned": f"ended early at {record.score:.4g}" if record.score is not None else "ended early",
        "refused": f"refused: {record.why}",
    }.get(record.state, record.state)
    mark = "  best so far" if best is not None and best.place == record.place else ""
    say(f"trial {record.place:>3}  {ending}{mark}  ({values}; {record.seconds:.0f} s)")


def write_best(output: Path, recipe: Recipe, study: Study) -> None:
    """Write the best recipe so far, ready for ``dragoman train``."""
    best = study.best()
    if best is None:
        return
    values = recipe.given() if best.place == 0 else lay_over(recipe.given(), best.values)
    found = make_recipe(values, place=BEST)
    first = study.records()[0]
    metric = recipe.training.metric
    origin = "the recipe as it was" if best.place == 0 else table.described(best.values)
    lines = [f"# Trial {best.place} of a search: {origin}.", f"# {metric} {best.score:.4f} on the validation text"]
    if best.place and first.score is not None:
        lines[1] += f"; the recipe as it was had {first.score:.4f} with the same budget"
    with atomic_file(output / BEST) as partial:
        partial.write_text("\n".join(lines) + ".\n\n" + found.to_toml(), encoding="utf-8")


def write(output: Path, recipe: Recipe, space: Space, study: Study) -> None:
    """Write every file, and say what was found."""
    records = study.records()
    if not any(record.score is not None for record in records):
        return
    metric = recipe.training.metric
    write_best(output, recipe, study)
    table.write_table(output / "trials.tsv", records, space)
    best = study.best()
    marks = Marks(metric, higher_is_better=metric != "loss", best=None if best is None else best.place)
    draw_parallel(output / "parallel.png", records, space, marks)
    draw_importances(output / "importance.png", study.importances())
    page.write_page(output, records, space, score=metric, best=best)
    _tell_best(output, records, best, metric)


def _tell_best(output: Path, records: Sequence[TrialRecord], best: TrialRecord | None, metric: str) -> None:
    if best is None or best.score is None:
        return
    first = records[0].score
    if best.place == 0:
        say(f"no trial beat the recipe as it is ({metric} {best.score:.4g})")
    else:
        against = f"; the recipe as it is had {first:.4g}" if first is not None else ""
        say(f"best: trial {best.place}, {metric} {best.score:.4g}{against}")
        say(f"  {table.described(best.values)}")
    say(f"train with it: dragoman train {output / BEST} --output …; what was tried: {output / 'index.html'}")
