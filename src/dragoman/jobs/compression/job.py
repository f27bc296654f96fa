"""The verb compress: tries ways to make a model smaller, measures each, and keeps the best that stays in the limits.

    makers → bundles → measured beside the model → a table → the chosen one, with its history

What was made and what was measured is written down at once: a job that was killed goes on with the same command, and
with other limits it only chooses again. It does not know how anything is made smaller.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dragoman.base.errors import (
    ConfigError,
    DamagedFileError,
    DragomanError,
    FileAccessError,
    LimitError,
    TrainingError,
)
from dragoman.base.files import atomic_directory, atomic_file, checksum, explained, read_json, write_json
from dragoman.base.locks import locked
from dragoman.base.log import say, warn
from dragoman.corpora.sources import open_corpus
from dragoman.jobs.compression.amounts import show_size
from dragoman.jobs.compression.candidates import Candidate, Offer, Workshop
from dragoman.jobs.compression.choosing import Limits, Preference, choose, nearest, pareto
from dragoman.jobs.compression.makers import FORM_MAKERS, MODEL_MAKERS
from dragoman.jobs.compression.measuring import Measure, Row
from dragoman.jobs.compression.report import draw, markdown
from dragoman.jobs.synthesis.job_file import LOCK, JobFile, refuse_what_is_there
from dragoman.translator.manifest import MANIFEST, copy_bundle, read_manifest

ORIGINAL = "model"
_RESULTS = "results.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Everything that was asked for.

    Attributes:
        model: directory of the bundle.
        output: directory of the chosen bundle; nothing is written there when nothing fits.
        dev: location of the pairs to measure on.
        limits: what may not be passed.
        prefer: what is best among those that fit.
        data: locations of pairs; without them nothing is trained.
        settings: ``section.key=value`` for every training.
        recover_steps: updates of training after a model was cut.
        limit: measure on so many pairs.
        rounds: of timing.
        threads: of the processor.
        folder: of everything that is tried; None for one beside the output.
        device: for training.
    """

    model: Path
    output: Path
    dev: str
    limits: Limits = field(default_factory=Limits)
    prefer: Preference = "speed"
    data: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    recover_steps: int = 1000
    limit: int | None = None
    rounds: int = 5
    threads: int = 1
    folder: Path | None = None
    device: str = "auto"

    @property
    def place(self) -> Path:
        """The directory of everything that is tried."""
        return self.folder or self.output.with_name(f"{self.output.name}-candidates")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it.

    Attributes:
        chosen: the candidate that was written to the output.
        rows: everything that was measured.
        table: in Markdown.
    """

    chosen: Row
    rows: tuple[Row, ...]
    table: str


def compress(request: Request, *, show: Any = print) -> Result:
    """Try, measure, choose, write.

    Args:
        request: what was asked for.
        show: is given the table, also when nothing fits.

    Raises:
        LimitError: nothing keeps within the limits; nothing was written to the output.
        DragomanError: see :mod:`dragoman.base.errors`; the job can be gone on with when the cause is gone.
    """
    manifest = _check(request)
    place = request.place
    refuse_what_is_there(place)
    with locked(place / LOCK, purpose=f"is at work in {place}", hint="wait for it, or choose another --folder"):
        job = _Job(request, manifest)
        rows = job.measured()
        original = next(row for row in rows if row.name == job.original.name)
        chosen = choose(rows, original, request.limits, request.prefer)
        table = markdown(rows, original, request.limits, chosen, job.left_out)
        _keep(place, rows, original, request.limits, chosen, table)
        show(table)
        if chosen is None:
            raise _nothing_fits(rows, original, request)
        _write(chosen, original, request)
    return Result(chosen, tuple(rows), table)


class _Job:
    """Makes and measures; remembers both."""

    def __init__(self, request: Request, manifest: dict[str, Any]) -> None:
        self._request = request
        self._place = request.place
        self._file = JobFile(self._place, _made_of(request, manifest))
        self.left_out: dict[str, str] = {}
        own_beam = int(manifest["recipe"]["decoding"]["beam"])
        self._beams = tuple(dict.fromkeys((own_beam, min(2, own_beam), 1)))
        self.original = Candidate(f"{ORIGINAL}/as-is/beam-{self._beams[0]}", request.model, self._beams[0], ())
        self._shop = Workshop(
            model=request.model,
            manifest=manifest,
            folder=self._place,
            data=request.data,
            dev=request.dev,
            settings=request.settings,
            recover_steps=request.recover_steps,
            threads=request.threads,
            device=request.device,
        )
        self._measure = Measure(
            self.original, request.dev, limit=request.limit, rounds=request.rounds, threads=request.threads
        )

    def measured(self) -> list[Row]:
        """Every candidate that can be made, measured now or before."""
        known = self._known()
        rows: list[Row] = []
        for candidate in self._candidates():
            row = known.get(candidate.name)
            if row is None:
                try:
                    row = self._measure(candidate)
                except (ConfigError, DamagedFileError) as error:
                    self._leave_out(candidate.name, error)
                    continue
                known[row.name] = row
                write_json(self._place / _RESULTS, {name: one.values() for name, one in known.items()})
            say(
                f"{row.name}: {show_size(row.size)}, {row.words_per_second:,.0f} words/s "
                f"({row.speed_up:.2f} × the model), BLEU {row.bleu:.2f}, chrF {row.chrf:.2f}"
            )
            rows.append(row)
        return rows

    def _candidates(self) -> Iterator[Candidate]:
        for name, path, steps in self._models():
            forms = [("as-is", path, steps)]
            offers = (offer for maker in FORM_MAKERS for offer in maker(path))
            forms += [
                (offer.name, made, (*steps, *offer.steps))
                for offer in offers
                if (made := self._made(offer, f"{name}-{offer.name}")) is not None
            ]
            for form, place, done in forms:
                for beam in self._beams:
                    searched = done if beam == self._beams[0] else (*done, f"decoding(beam={beam})")
                    yield Candidate(f"{name}/{form}/beam-{beam}", place, beam, searched)

    def _models(self) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
        yield ORIGINAL, self._request.model, ()
        for maker in MODEL_MAKERS:
            for offer in maker(self._shop):
                if (path := self._made(offer, offer.name)) is not None:
                    yield offer.name, path, offer.steps

    def _made(self, offer: Offer, name: str) -> Path | None:
        """The directory of what is offered, made now or before; None when it cannot be made."""
        path = self._place / "models" / name
        if self._file.is_done(name):
            return path
        say(f"making {name}…")
        try:
            if not offer.goes_on:
                with explained("clear", path):
                    shutil.rmtree(path, ignore_errors=True)
            with explained("create", path.parent):
                path.parent.mkdir(parents=True, exist_ok=True)
            offer.make(path)
        except (FileAccessError, TrainingError):  # a full disk, a stopped training: not the offer's fault
            raise
        except DragomanError as error:
            self._leave_out(name, error)
            return None
        self._file.note_done(name)
        return path

    def _leave_out(self, name: str, error: DragomanError) -> None:
        self.left_out[name] = error.message
        warn(f"{name} is left out: {error.message}")

    def _known(self) -> dict[str, Row]:
        path = self._place / _RESULTS
        if not path.exists():
            return {}
        try:
            return {name: Row.of(values) for name, values in read_json(path).items()}
        except (AttributeError, KeyError, TypeError) as error:
            raise DamagedFileError(
                f"{path} does not hold results", hint="delete it: they are measured again"
            ) from error


def _check(request: Request) -> dict[str, Any]:
    """Complain of what cannot be done, before any work; the model's manifest."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ConfigError("this job runs in one process", hint="start it without torchrun")
    manifest = read_manifest(request.model)
    if "text" in manifest["languages"]:
        raise ConfigError(
            f"{request.model} only knows text, and translates nothing", hint="give a model that was trained on pairs"
        )
    with explained("look into", request.output):
        if request.output.exists() and not (request.output.is_dir() and not any(request.output.iterdir())):
            raise ConfigError(f"{request.output} is already there", hint="choose another --output, or remove it")
    return manifest


def _made_of(request: Request, manifest: dict[str, Any]) -> dict[str, Any]:
    """All that decides what is measured; other limits only choose otherwise."""
    languages = {"source": manifest["languages"]["source"], "target": manifest["languages"]["target"]}
    corpora = {name: open_corpus(name, **languages).checksums() for name in (request.dev, *request.data)}
    return {
        "model": checksum(request.model / MANIFEST),
        "dev": list(corpora[request.dev].values()),
        "data": [value for name in request.data for value in corpora[name].values()] or None,
        "settings": list(request.settings),
        "recover_steps": request.recover_steps if request.data else 0,
        "limit": request.limit or 0,
        "threads": request.threads,
    }


def _keep(place: Path, rows: list[Row], original: Row, limits: Limits, chosen: Row | None, table: str) -> None:
    """Write the table as JSON and Markdown, and the picture."""
    front = pareto(rows)
    values = [{**row.values(), "pareto": row.name in front, "chosen": row == chosen} for row in rows]
    write_json(place / "table.json", values)
    with atomic_file(place / "table.md") as partial:
        partial.write_text(table, encoding="utf-8")
    draw(rows, original, limits, chosen, place / "pareto.png")
    say(f"written: {place}/table.json, table.md, pareto.png")


def _nothing_fits(rows: list[Row], original: Row, request: Request) -> LimitError:
    row = nearest(rows, original, request.limits)
    missed = " and ".join(told for _, told in request.limits.excess(row, original))
    more = "" if request.data else ", or give --data so that students can be trained"
    return LimitError(
        f"none of {len(rows)} candidates keeps within the limits; nearest came {row.name}: {missed}",
        hint=f"allow more{more}; what was measured is in {request.place}, and the same command only chooses again",
    )


def _write(chosen: Row, original: Row, request: Request) -> None:
    """Put the chosen bundle into the output, with what it was made by and what was measured."""
    manifest = read_manifest(Path(chosen.path))
    measured = {
        "corpus": request.dev,
        "bytes": chosen.size,
        "speed_up": chosen.speed_up,
        "bleu": {"value": chosen.bleu, "signature": chosen.signatures["bleu"], "of_the_model": original.bleu},
        "chrf": {"value": chosen.chrf, "signature": chosen.signatures["chrf"], "of_the_model": original.chrf},
    }
    recipe = {**manifest["recipe"], "decoding": {**manifest["recipe"]["decoding"], "beam": chosen.beam}}
    history = [*manifest["history"], *(step for step in chosen.steps if step not in manifest["history"])]
    scores = {**manifest["scores"], "compression": measured}
    with atomic_directory(request.output) as partial:
        copy_bundle(Path(chosen.path), partial, changes={"recipe": recipe, "history": history, "scores": scores})
    say(f"chosen: {chosen.name}, in {request.output}")
