"""Trials as text: one line for a person, a table for a program."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dragoman.base.files import atomic_file
from dragoman.tuning.space import Space
from dragoman.tuning.study import TrialRecord


def written(value: Any) -> str:
    """A value as one reads it: three or four digits, true and false as in TOML; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def described(values: Mapping[str, Any]) -> str:
    """The values as ``key value, key value``; sections are left out."""
    return ", ".join(f"{name.partition('.')[2]} {written(value)}" for name, value in values.items())


def write_table(path: Path, records: Sequence[TrialRecord], space: Space) -> None:
    """Write every trial as a line of tab-separated values, with a heading."""
    lines = ["\t".join(("trial", "state", "score", "seconds", "reports", *space, "why"))]
    for record in records:
        score = "" if record.score is None else f"{record.score:.6g}"
        values = ["" if record.values.get(name) is None else _exact(record.values[name]) for name in space]
        why = " ".join(record.why.split())
        cells = (str(record.place), record.state, score, f"{record.seconds:.1f}", str(len(record.reports)))
        lines.append("\t".join((*cells, *values, why)))
    with atomic_file(path) as partial:
        partial.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _exact(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
