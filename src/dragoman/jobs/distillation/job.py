"""The verb distill: a teacher and text become a smaller model, a student, that translates nearly as well.

    sources of the data → the teacher translates them → the student learns from that, and from the references

This is sequence-level distillation (Kim & Rush 2016): self-training of another model. What was translated before the
job was killed is not translated again, and the student's training goes on where it was; the same command does it.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError
from dragoman.base.files import checksum, explained
from dragoman.base.locks import locked
from dragoman.base.log import say
from dragoman.jobs.distillation.options import Request
from dragoman.jobs.distillation.sources import Data, nearest_to
from dragoman.jobs.distillation.student import student_recipe
from dragoman.jobs.recipe import Recipe
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.finishing import Outcome
from dragoman.jobs.synthesis import options as synthesis
from dragoman.jobs.synthesis.generating import generate
from dragoman.jobs.synthesis.job_file import LOCK, NAME, JobFile
from dragoman.jobs.synthesis.text import Text
from dragoman.jobs.train import resume, train
from dragoman.translator.manifest import MANIFEST, read_manifest

FOLDER = "distillation"
"""In the student's directory: what the job needs. It may be deleted when the student is there."""
_TRAINED = "the student"


@dataclass(frozen=True, slots=True)
class Result:
    """What a job came to.

    Attributes:
        student: directory of the bundle.
        corpus: stem of what the teacher made.
        finished: False when it was stopped and can be gone on with.
    """

    student: Path
    corpus: Path
    finished: bool


def distill(request: Request) -> Result:
    """Do the whole job that was asked for, or go on with it.

    Raises:
        ConfigError: what was asked for does not go together, or is not what the job there began with.
        DragomanError: see :mod:`dragoman.base.errors`; the job can be gone on with when the cause is gone.
    """
    languages = _check(request)
    folder = request.output / FOLDER
    with locked(folder / LOCK, purpose=f"is at work in {folder}", hint="wait for it, or choose another --output"):
        return _run(request, Data(request.data, languages), folder)


def _run(request: Request, data: Data, folder: Path) -> Result:
    source, target = data.languages
    job = JobFile(folder, _made_of(request, data))
    folder = request.workspace or folder
    with explained("create", folder):
        folder.mkdir(parents=True, exist_ok=True)
    sources = folder / f"source.{source}"
    lines = data.write_sources(sources)
    _check_recipe(student_recipe(request, sources=lines, synthetic=None), data.languages)
    text = Text((sources, *request.texts), request.generation.max_lines)
    asked = synthesis.Request(
        output=folder, texts=(), generation=request.generation, device=request.device, threads=request.threads
    )
    choose = nearest_to(data.references(), language=target) if request.nearest else None
    corpus = generate(asked, text, request.teacher, folder / "corpus", arrow="forward", choose=choose)
    if job.is_done(_TRAINED):
        say(f"{request.output} is finished already")
        return Result(request.output, corpus, finished=True)
    outcome = _train(request, student_recipe(request, sources=lines, synthetic=corpus))
    if outcome.finished:
        job.note_done(_TRAINED)
    else:
        say("or, which is the same, with the command that began it")
    return Result(request.output, corpus, finished=outcome.finished)


def _train(request: Request, recipe: Recipe) -> Outcome:
    if RunDirectory(request.output).has_run():
        return resume(request.output)
    shape = recipe.values()["model"]
    layers = f"{shape['encoder_layers']}+{shape['decoder_layers']} layers, " if "encoder_layers" in shape else ""
    say(f"the student: {shape['kind']}, {layers}width {shape['width']}")
    return train(recipe, request.output, force=True)


def _check(request: Request) -> tuple[str, str]:
    """Complain of what does not go together, before any work; the teacher's languages."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ConfigError("this job runs in one process", hint="start it without torchrun")
    if not request.data:
        raise ConfigError("there is nothing to learn from", hint="give pairs with --data; text alone comes with --text")
    languages = read_manifest(request.teacher)["languages"]
    if "text" in languages:
        raise ConfigError(
            f"the teacher {request.teacher} only knows text, and translates nothing",
            hint="give a model that was trained on pairs",
        )
    if request.vocabulary is not None and request.word_level is not None:
        raise ConfigError(
            "--vocabulary and --word-level do not go together: a teacher can only say what it thinks of its own pieces",
            hint="leave one of them out",
        )
    if request.nearest and request.generation.method != "beam":
        raise ConfigError("--nearest chooses among the hypotheses of a beam", hint="leave out --method")
    _refuse_what_is_there(request.output)
    return languages["source"], languages["target"]


def _check_recipe(recipe: Recipe, languages: tuple[str, str]) -> None:
    found = recipe.translation.source, recipe.translation.target
    if found != languages:
        raise ConfigError(
            f"the student is to translate {' → '.join(found)}, but the teacher translates {' → '.join(languages)}",
            hint="leave task.source and task.target out of the recipe",
        )
    if recipe.corpus.validation is None:
        raise ConfigError(
            "there is no text to choose the best student on", hint="give real pairs that are not in --data, with --dev"
        )


def _refuse_what_is_there(output: Path) -> None:
    with explained("look into", output):
        if not output.exists() or (output / FOLDER / NAME).exists():
            return
        is_free = output.is_dir() and all(one.name == FOLDER for one in output.iterdir())
    if not is_free:
        raise ConfigError(f"{output} is there, and is not such a job", hint="choose an --output of its own")


def _made_of(request: Request, data: Data) -> dict[str, Any]:
    """All that decides what comes out, as plain values."""
    return {
        "teacher": checksum(request.teacher / MANIFEST),
        "data": data.checksums(),
        "text": list(Text(request.texts).checksums().values()),
        "generation": request.generation.model_dump(mode="json"),
        "nearest": request.nearest,
        "only_teacher": request.only_teacher,
        "word_level": {"weight": request.word_level, "temperature": request.temperature},
        "vocabulary": request.vocabulary or 0,
        "recipe": "" if request.recipe is None else checksum(request.recipe),
        "settings": list(request.settings),
    }
