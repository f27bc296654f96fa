"""The files of a training run, beside the bundle it makes.

::

    model/                  the bundle, from the first validation on
    model/training/         recipe.toml  run.json  metrics.jsonl  facts.json  curve.png  report.html
                            taken-over.json (with training.init_from)
                            checkpoints/  tokenizers/  examples/  lock

Only the bundle is needed to translate; ``training/`` can be deleted when the run is over.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError, DamagedFileError, FileAccessError
from dragoman.base.files import atomic_file, clear_leftovers, explained, flush, read_json, write_json
from dragoman.base.locks import locked
from dragoman.base.log import warn
from dragoman.jobs.recipe import Recipe, make_recipe
from dragoman.translator.manifest import MANIFEST


class RunDirectory:
    """Where a run keeps its things.

    Args:
        bundle: the ``--output`` directory.
        writes: False in every process of a run but the first: what would be written is not.
    """

    def __init__(self, bundle: Path, *, writes: bool = True) -> None:
        self.bundle = bundle
        self.writes = writes
        self.path = bundle / "training"
        self.checkpoints = self.path / "checkpoints"
        self.tokenizers = self.path / "tokenizers"
        self.examples = self.path / "examples"
        self.metrics = self.path / "metrics.jsonl"
        self.curve = self.path / "curve.png"
        self.report = self.path / "report.html"
        self._recipe = self.path / "recipe.toml"
        self._run = self.path / "run.json"
        self._facts = self.path / "facts.json"
        self._start = self.path / "taken-over.json"
        self._history = self.path / "history.json"
        self._lock = self.path / "lock"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Inside the block no other process trains here; what a killed one left half-written is cleared away.

        Raises:
            FileAccessError: another process trains here.
        """
        if not self.writes:
            yield
            return
        with locked(
            self._lock,
            purpose=f"is training into {self.bundle}",
            hint="wait for it, stop it, or choose another --output",
        ):
            clear_leftovers(self.bundle)
            yield

    def refuse_what_is_there(self, *, force: bool) -> None:
        """Complain when a new run cannot begin here; changes nothing.

        Raises:
            ConfigError: there is a model or a run already and ``force`` is not set, or the directory is a file.
            FileAccessError: it may not be looked into.
        """
        if not self.writes:
            return
        with explained("look into", self.bundle):
            if self.bundle.exists() and not self.bundle.is_dir():
                raise ConfigError(f"--output {self.bundle} is a file", hint="give a directory that does not exist yet")
            is_taken = self._run.exists() or any(self.checkpoints.glob("*")) or self.has_bundle()
        if is_taken and not force:
            raise ConfigError(
                f"{self.bundle} already holds a model or a run",
                hint=f"go on with it: dragoman train --resume {self.bundle}; replace it: add --force; "
                "or choose another --output",
            )

    def create(self, recipe: Recipe, checksums: Mapping[str, str]) -> None:
        """Make the directories of a new run, in place of an old one, and write its recipe.

        The bundle of an old run stays until the new run has one.
        """
        if not self.writes:
            return
        with explained("create", self.path):
            self._run.unlink(missing_ok=True)  # first: a run that is half cleared away must not be resumed
            for old in self.path.glob("*"):
                if old.is_dir():
                    shutil.rmtree(old)
                elif old != self._lock:
                    old.unlink()
            self.checkpoints.mkdir(parents=True)
        self.keep(recipe, checksums)

    def keep(self, recipe: Recipe, checksums: Mapping[str, str]) -> None:
        """Write down what the run is made of."""
        if not self.writes:
            return
        with atomic_file(self._recipe) as partial:
            partial.write_text(recipe.to_toml(), encoding="utf-8")
        write_json(self._run, {"recipe": recipe.given(), "checksums": dict(checksums)})

    def reopen(self) -> tuple[Recipe, dict[str, str]]:
        """The recipe and the data's checksums of the run that is there.

        Raises:
            FileAccessError: there is no run to resume.
        """
        if not self._run.is_file():
            raise FileAccessError(
                f"there is no training run in {self.bundle}", hint="start one: dragoman train CORPUS --output …"
            )
        run = read_json(self._run)
        try:
            return make_recipe(run["recipe"], place=str(self._run)), dict(run["checksums"])
        except (KeyError, TypeError, AttributeError) as error:
            raise DamagedFileError(f"{self._run} does not describe a run", hint="use another copy") from error

    def note(self, facts: Mapping[str, Any]) -> None:
        """Write down what is to be known beside the recipe."""
        if self.writes:
            write_json(self._facts, dict(facts))

    def note_start(self, taken: Mapping[str, Any]) -> None:
        """Write down what was taken over from another model."""
        if self.writes:
            write_json(self._start, dict(taken))

    def note_history(self, history: Sequence[str]) -> None:
        """Write down what was done to the model before this run, and that it ran: for the bundle's manifest."""
        if self.writes:
            write_json(self._history, list(history))

    def history(self) -> tuple[str, ...]:
        """What was noted; nothing for a run that began with a new model."""
        return tuple(read_json(self._history)) if self._history.exists() else ()

    def facts(self) -> dict[str, Any]:
        """What was noted; nothing for a run of an earlier day."""
        return dict(read_json(self._facts)) if self._facts.exists() else {}

    def log(self, entry: Mapping[str, Any]) -> None:
        """Append a line to ``metrics.jsonl``."""
        if not self.writes:
            return
        with explained("write", self.metrics), self.metrics.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dict(entry)) + "\n")

    def entries(self) -> list[dict[str, Any]]:
        """Every line of ``metrics.jsonl`` that can be read; a half-written or damaged one is left out."""
        return [entry for entry in map(_entry, self._lines()) if entry is not None]

    def _lines(self) -> list[bytes]:
        if not self.metrics.exists():
            return []
        with explained("read", self.metrics):
            return self.metrics.read_bytes().splitlines()

    def has_run(self) -> bool:
        """Whether there is a run to resume, finished or not."""
        return self._run.is_file()

    def has_bundle(self) -> bool:
        """Whether there is a model already, of this run or of one before."""
        return (self.bundle / MANIFEST).is_file()

    def secure_log(self) -> None:
        """Force ``metrics.jsonl`` to disk, before a checkpoint that must not know more than it says."""
        with explained("write", self.metrics):
            if self.writes and self.metrics.exists():
                flush(self.metrics)

    def forget_after(self, step: int, *, is_validated: bool = True) -> None:
        """Cut ``metrics.jsonl`` back to what was known at ``step``, for a resumed run to go on from; tell of damage.

        Args:
            step: of the checkpoint.
            is_validated: whether the checkpoint knows of a validation of that very step.
        """
        if not self.writes:
            return
        lines = self._lines()
        damaged = [number for number, line in enumerate(lines[:-1], 1) if _entry(line) is None]
        if damaged:  # the last line may be half-written: that is how a killed run ends
            warn(f"{self.metrics}, line {', '.join(map(str, damaged))}: damaged; left out")
        kept = [
            entry
            for entry in self.entries()
            if entry["step"] < step or (entry["step"] == step and (is_validated or entry["kind"] != "validation"))
        ]
        with atomic_file(self.metrics) as partial:
            partial.write_text("".join(json.dumps(entry) + "\n" for entry in kept), encoding="utf-8")


def _entry(line: bytes) -> dict[str, Any] | None:
    """One line of ``metrics.jsonl``, or None when it is not one."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and {"kind", "step"} <= entry.keys() else None
