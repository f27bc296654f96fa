"""A study as one HTML file that needs nothing else: its pictures are inside it, and it has no script.

Every text is escaped. Knows nothing of how the numbers came about.
"""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from pathlib import Path

from dragoman.base.files import atomic_file
from dragoman.evaluation.page_frame import frame, table
from dragoman.tuning.space import Space
from dragoman.tuning.study import TrialRecord
from dragoman.tuning.table import written

_STYLE = """
:root { --accent: #1f5f8b; --first: #b5442c; }
@media (prefers-color-scheme: dark) { :root { --accent: #6ea8ea; --first: #ef8a80; } }
img { max-width: 100%; display: block; background: #fff; border: 1px solid var(--line); border-radius: .6rem;
  padding: .6rem; }
.figures { display: flex; flex-wrap: wrap; gap: .7rem; margin: 1rem 0; }
.figure { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .7rem 1.1rem; }
.figure b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
table { font-size: .92rem; } td:nth-child(2), th:nth-child(2) { text-align: left; }
tr.best td { color: var(--accent); font-weight: 700; } tr.first td { color: var(--first); }
tr.rest td { color: var(--soft); } td.why { text-align: left; white-space: normal; min-width: 14rem; }
"""


def write_page(
    output: Path, records: Sequence[TrialRecord], space: Space, *, score: str, best: TrialRecord | None
) -> None:
    """Write ``index.html`` into ``output``, with the pictures that lie there inside it."""
    states = [record.state for record in records]
    counted = ", ".join(
        f"{states.count(state)} {words}"
        for state, words in (("done", "done"), ("pruned", "ended early"), ("refused", "refused"), ("lost", "lost"))
        if state in states
    )
    parts = [_figures(records, score, best)]
    for name, title in (("parallel.png", "Every trial"), ("importance.png", "What matters")):
        parts.append(_picture(output / name, title))
    parts.append(_table(records, space, score, best))
    text = frame(
        "Search for settings",
        heading=escape(f"{len(records)} trials: {counted}; score: {score} on the validation text"),
        body="\n".join(part for part in parts if part),
        style=_STYLE,
        has_pictures=True,
    )
    with atomic_file(output / "index.html") as partial:
        partial.write_text(text, encoding="utf-8")


def _figures(records: Sequence[TrialRecord], score: str, best: TrialRecord | None) -> str:
    """The few numbers one looks for first."""
    first = records[0].score
    shown = [] if first is None else [(f"{first:.4g}", f"{score} of the recipe as it is")]
    if best is not None and best.place and best.score is not None:
        shown.append((f"{best.score:.4g}", f"{score} of the best, trial {best.place}"))
    shown.append((f"{sum(record.seconds for record in records) / 60:.1f} min", "all trials together"))
    cells = "".join(f'<div class="figure"><b>{escape(number)}</b>{escape(words)}</div>' for number, words in shown)
    return f'<div class="figures">{cells}</div>'


def _picture(path: Path, title: str) -> str:
    if not path.exists():
        return ""
    data = b64encode(path.read_bytes()).decode("ascii")
    return f'<h2>{escape(title)}</h2>\n<img alt="{escape(title)}" src="data:image/png;base64,{data}">'


def _table(records: Sequence[TrialRecord], space: Space, score: str, best: TrialRecord | None) -> str:
    names = [name.rpartition(".")[2] for name in space]
    ordered = sorted(records, key=lambda record: (record.state != "done", record.place))
    rows = (_row(record, space, best) for record in ordered)
    return "<h2>Trials</h2>\n" + table(("trial", "", score, "seconds", *names), rows)


def _row(record: TrialRecord, space: Space, best: TrialRecord | None) -> str:
    kind = "" if record.state == "done" else "rest"
    words = {"done": "", "pruned": "ended early"}.get(record.state, record.state)
    if record.place == 0:
        kind, words = "first", f"the recipe as it is {words}".strip()
    if best is not None and best.place == record.place:
        kind, words = "best", f"best {words}".strip()
    score = "–" if record.score is None else f"{record.score:.4g}"
    cells = [str(record.place), words, score, f"{record.seconds:.0f}"]
    cells += [written(record.values.get(name)) for name in space]
    why = f'<td class="why">{escape(record.why)}</td>' if record.why else ""
    return f'<tr class="{kind}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + f"{why}</tr>"
