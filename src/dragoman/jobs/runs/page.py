"""Runs as one HTML file that needs nothing else: a report of one, or several laid over each other."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dragoman.base.files import atomic_file
from dragoman.evaluation.page_frame import frame, safe, table
from dragoman.evaluation.wording import MISSING
from dragoman.jobs.runs.charts import charts_of_one, charts_of_several
from dragoman.jobs.runs.comparison import cautions, differences, results
from dragoman.jobs.runs.page_style import RUN_STYLE
from dragoman.jobs.runs.record import RunRecord, read_run
from dragoman.jobs.runs.samples import changing_translations
from dragoman.jobs.runs.wording import STYLE, SWITCH, said


def write_report(run: Path, file: Path) -> None:
    """Write the report of the run in the directory ``run`` to ``file``."""
    page = render_run(read_run(run))
    with atomic_file(file) as partial:
        partial.write_text(page, encoding="utf-8")


def render_run(run: RunRecord) -> str:
    """The report of one run."""
    sections = [_glance(run), charts_of_one(run), changing_translations(run), _text(run), _model(run), _machine(run)]
    sections += [_checkpoints(run), _recipe(run)]
    task = run.recipe.get("task", {})
    state = said("finished" if run.is_finished else "not finished")
    heading = f"{safe(str(task.get('source', '?')))} → {safe(str(task.get('target', '?')))} · {state}"
    return _framed(run.name, heading, sections)


def render_comparison(runs: Sequence[RunRecord]) -> str:
    """Several runs on one page; the names must differ."""
    names = [run.name for run in runs]
    warned = "".join(f'<p class="caution">⚠ {safe(one)}</p>' for one in cautions(runs))
    outcome = table(["", *names], (_row(said(name), cells) for name, cells in results(runs).items()))
    differing = differences(runs)
    settings = table(["", *names], (_row(safe(key), cells) for key, cells in differing.items()))
    same = f'<p class="soft">{said("The recipes are the same.")}</p>'
    sections = [
        warned,
        f"<h2>{said('Results')}</h2>{outcome}",
        charts_of_several(runs),
        f"<h2>{said('What differs in the recipes')}</h2>{settings if differing else same}",
    ]
    return _framed(" · ".join(names), "", sections)


def _framed(title: str, heading: str, sections: Iterable[str]) -> str:
    body = "\n".join(section for section in sections if section)
    return frame(title, heading=heading, body=body, above=SWITCH, style=STYLE + RUN_STYLE)


def _row(first: str, cells: Iterable[str]) -> str:
    texts = (said(cell) if cell in ("finished", "not finished") else safe(cell) for cell in cells)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{text}</td>" for text in texts)}</tr>'


def _glance(run: RunRecord) -> str:
    items = "".join(
        f"<div><dt>{said(name)}</dt><dd>{safe(cells[0])}</dd></div>"
        for name, cells in results([run]).items()
        if name != "state" and cells[0] != MISSING
    )
    return f'<dl class="cards">{items}</dl>'


def _facts(title: str, facts: Mapping[str, Any]) -> str:
    """A list of facts; nothing when there are none."""
    items = "".join(
        f"<div><dt>{said(name.replace('_', ' '))}</dt><dd>{safe(_written(value))}</dd></div>"
        for name, value in facts.items()
    )
    return f'<h2>{said(title)}</h2><dl class="facts">{items}</dl>' if items else ""


def _written(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _text(run: RunRecord) -> str:
    counts = dict(run.facts.get("corpus", {}))
    left_out = counts.pop("left_out", {})
    counts |= {f"left out: {reason}": count for reason, count in left_out.items()}
    return _facts("Text", counts | {name: f"{value[:16]}…" for name, value in run.checksums.items()})


def _model(run: RunRecord) -> str:
    return _facts("Model", {"kind": run.recipe.get("model", {}).get("kind", MISSING)} | run.facts.get("model", {}))


def _machine(run: RunRecord) -> str:
    version = {name: run.facts[name] for name in ("dragoman", "since") if name in run.facts}
    return _facts("Machine", run.facts.get("machine", {}) | version)


def _checkpoints(run: RunRecord) -> str:
    kept = ", ".join(f"{step:,}" for step in run.checkpoints)
    chosen = run.scores.get("validation", {}).get("weights") if run.is_finished else None
    told = f" → {safe(str(chosen))}" if chosen else ""
    return f"<h2>{said('Checkpoints kept')}</h2><p>{kept}{told}</p>" if kept else ""


def _recipe(run: RunRecord) -> str:
    import tomli_w

    recipe = tomli_w.dumps({name: dict(section) for name, section in run.recipe.items()})
    lines = "\n".join(safe(line) for line in recipe.splitlines())
    return f"<details><summary>{said('Recipe')}</summary><pre>{lines}</pre></details>"
