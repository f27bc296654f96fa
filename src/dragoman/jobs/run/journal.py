"""The observer every run has: writes each entry to ``metrics.jsonl`` and draws the pictures anew."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.finishing import Outcome
from dragoman.jobs.run.plots import draw_curve
from dragoman.jobs.runs.page import write_report
from dragoman.tracking.protocol import Sample


class Journal:
    """Keeps what happens in a run.

    Args:
        directory: where the run keeps its things.
    """

    def __init__(self, directory: RunDirectory) -> None:
        self._directory = directory

    def step(self, entry: Mapping[str, Any]) -> None:
        """Append the entry."""
        self._directory.log(entry)

    def validation(self, entry: Mapping[str, Any], samples: Sequence[Sample]) -> None:
        """Append the entry with its samples; draw the curve and the report."""
        self._directory.log({**entry, "samples": [asdict(sample) for sample in samples]})
        draw_curve(self._directory.entries(), self._directory.curve)
        write_report(self._directory.bundle, self._directory.report)

    def finished(self, outcome: Outcome) -> None:
        """Draw the report with the final scores."""
        if outcome.finished:
            write_report(self._directory.bundle, self._directory.report)
