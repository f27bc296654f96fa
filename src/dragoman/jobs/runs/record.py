"""What a run left behind, read back as plain values; what an old or a killed run does not have is simply not there."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.base.errors import DamagedFileError, FileAccessError
from dragoman.base.files import explained, read_json
from dragoman.jobs.run.directory import RunDirectory
from dragoman.translator.manifest import MANIFEST

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run.

    Attributes:
        name: of its directory.
        recipe: section → key → value, as it was written down.
        checksums: file → SHA-256 of the text.
        facts: what :mod:`dragoman.jobs.run.facts` noted; empty for runs older than that.
        steps: the lines of ``metrics.jsonl`` for steps.
        validations: those for validations.
        scores: "validation" and "test" → what the manifest says of them.
        checkpoints: steps whose checkpoints are kept.
    """

    name: str
    recipe: Mapping[str, Mapping[str, Any]]
    checksums: Mapping[str, str]
    facts: Mapping[str, Any]
    steps: Sequence[Entry]
    validations: Sequence[Entry]
    scores: Mapping[str, Any]
    checkpoints: Sequence[int]

    @property
    def metric(self) -> str:
        """What decides which validation is best: bleu, chrf or loss."""
        return str(self.recipe.get("training", {}).get("metric", "bleu"))

    @property
    def best(self) -> Entry | None:
        """The best validation, None before the first."""
        sign = 1 if self.metric == "loss" else -1
        known = [entry for entry in self.validations if is_number(entry.get(self.metric))]
        return min(known, key=lambda entry: sign * entry[self.metric], default=None)

    @property
    def last_step(self) -> int:
        """How far the run has come, as far as its lines tell."""
        return max((entry["step"] for entry in (*self.steps[-1:], *self.validations[-1:])), default=0)

    @property
    def seconds(self) -> float:
        """Wall time until the last line."""
        return max((entry.get("seconds", 0.0) for entry in (*self.steps[-1:], *self.validations[-1:])), default=0.0)

    @property
    def tokens_per_second(self) -> float | None:
        """The median over the steps: of target ids, without padding and without validations."""
        rates = [entry["tokens_per_second"] for entry in self.steps if is_number(entry.get("tokens_per_second"))]
        return statistics.median(rates) if rates else None

    @property
    def is_finished(self) -> bool:
        """Whether its weights have been chosen."""
        return isinstance(self.scores.get("validation", {}).get("decoding"), Mapping)

    def peak(self, key: str) -> float | None:
        """The highest ``key`` of any step."""
        return max((entry[key] for entry in self.steps if is_number(entry.get(key))), default=None)

    def final(self, part: str, metric: str) -> float | None:
        """The score of the chosen weights on "validation" or "test"; None for a run that is not finished."""
        score = self.scores.get(part, {}).get(metric, {}) if self.is_finished else {}
        value = score.get("value") if isinstance(score, Mapping) else None
        return value if is_number(value) else None


def is_number(value: Any) -> bool:
    """Whether ``value`` can be drawn: a finite number."""
    return isinstance(value, (int, float)) and math.isfinite(value)


def read_run(path: Path) -> RunRecord:
    """The run in ``path``, a model's directory or the ``training`` inside it.

    Raises:
        FileAccessError: there is no run.
        DamagedFileError: what is there does not describe one.
    """
    directory = _locate(path)
    written = read_json(directory.path / "run.json")
    recipe = written.get("recipe") if isinstance(written, dict) else None
    if not isinstance(recipe, dict) or not all(isinstance(section, dict) for section in recipe.values()):
        raise DamagedFileError(f"{directory.path / 'run.json'} does not describe a run", hint="use another copy")
    entries = [entry for entry in directory.entries() if isinstance(entry, dict) and is_number(entry.get("step"))]
    validations = [entry for entry in entries if entry.get("kind") == "validation"]
    manifest = directory.bundle / MANIFEST
    scores = read_json(manifest).get("scores", {}) if validations and manifest.exists() else {}
    return RunRecord(
        name=directory.bundle.resolve().name,
        recipe={
            name: {key: value for key, value in section.items() if value is not None}
            for name, section in recipe.items()
        },
        checksums=written.get("checksums", {}),
        facts=directory.facts(),
        steps=[entry for entry in entries if entry.get("kind") == "step"],
        validations=validations,
        scores=scores,
        checkpoints=sorted(int(one.name[5:]) for one in directory.checkpoints.glob("step-" + "[0-9]" * 8)),
    )


def _locate(path: Path) -> RunDirectory:
    for bundle in (path, path.parent) if path.name == "training" else (path,):
        if (bundle / "training" / "run.json").is_file():
            return RunDirectory(bundle)
    raise FileAccessError(
        f"{path} holds no training run (no training/run.json in it)",
        hint="give a directory that dragoman train made, or see what there is: dragoman runs list .",
    )


def find_runs(folder: Path) -> list[Path]:
    """The directories below ``folder`` (itself too) that hold a run, by name.

    Raises:
        FileAccessError: it is no directory, or no run is in it.
    """
    with explained("look into", folder):
        if not folder.is_dir():
            raise FileAccessError(f"{folder} is no directory", hint="give the folder that holds your models")
        found = sorted(path.parent.parent for path in folder.rglob("training/run.json"))
    if not found:
        raise FileAccessError(f"no training run below {folder}", hint="give the folder that holds your models")
    return found
