"""The verbs back-translate and self-train: one job from text in one language to a model that has learnt from it.

    (train a teacher) → translate the text → mix with the real corpus → train → again, if there are more rounds

Each stage has its place in the output directory and is done once. A job that was killed goes on with the same command.

Papers: Sennrich, Haddow & Birch 2016 (back-translation); Edunov et al. 2018 (how to decode); Caswell, Chelba &
Grangier 2019 (tags); Hoang, Koehn, Haffari & Cohn 2018, "Iterative Back-Translation for Neural Machine Translation".
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError
from dragoman.base.files import checksum
from dragoman.base.locks import locked
from dragoman.base.log import say
from dragoman.jobs.recipe import Recipe
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.synthesis.generating import generate, languages_of
from dragoman.jobs.synthesis.job_file import LOCK, JobFile, refuse_what_is_there
from dragoman.jobs.synthesis.options import TAGS, Arrow, Request
from dragoman.jobs.synthesis.recipes import mixed, turned
from dragoman.jobs.synthesis.text import Text
from dragoman.jobs.train import resume, train
from dragoman.translator.manifest import MANIFEST


@dataclass(frozen=True, slots=True)
class Result:
    """What a job came to.

    Attributes:
        corpus: stem of the newest synthetic corpus; None when the job was stopped before it was there.
        model: the newest model; None when none has been trained.
        finished: False when it was stopped and can be gone on with.
    """

    corpus: Path | None = None
    model: Path | None = None
    finished: bool = True


class _Stopped(Exception):  # noqa: N818 (it is not an error)
    """A training was interrupted; what it could save is saved."""


def synthesize(request: Request) -> Result:
    """Do the whole job that was asked for, or go on with it.

    Raises:
        ConfigError: what was asked for does not go together, or is not what the job in ``output`` began with.
        DragomanError: see :mod:`dragoman.base.errors`; the job can be gone on with when the cause is gone.
    """
    _check(request)
    refuse_what_is_there(request.output)
    with locked(
        request.output / LOCK,
        purpose=f"is at work in {request.output}",
        hint="wait for it, stop it, or choose another --output",
    ):
        return _Job(request).run()


class _Job:
    """The stages, each with its place."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._text = Text(request.texts, request.generation.max_lines)
        self._other = Text(request.other_texts, request.generation.max_lines)
        self._file = JobFile(request.output, _made_of(request, self._text, self._other))

    def run(self) -> Result:
        """Every stage that is not done yet."""
        request = self._request
        corpus = model = None
        try:
            for number in range(1, request.rounds + 1):
                place = request.output / f"round-{number}"
                if request.rounds > 1:
                    say(f"round {number} of {request.rounds}")
                teacher = self._teacher(number, place, model)
                corpus = generate(request, self._text, teacher, place / "corpus", arrow=request.arrow)
                if request.generate_only:
                    break
                recipe = mixed(_recipe(request), corpus, request.mixing, tag=TAGS[request.arrow])
                model = self._trained(recipe, place / "model", f"round {number}: the model")
        except _Stopped:
            say("go on with the same command")
            return Result(corpus, model, finished=False)
        return Result(corpus, model)

    def _teacher(self, number: int, place: Path, newest: Path | None) -> Path:
        """The model that makes the synthetic side in this round."""
        request = self._request
        if number == 1 and request.teacher is not None:
            return request.teacher
        if request.arrow == "forward" and newest is not None:
            return newest
        recipe = _recipe(request)
        if request.arrow == "back":
            recipe = turned(recipe, request.output / "turned", settings=request.teacher_settings)
        if newest is not None:  # the model of the last round makes more text for the teacher of this one
            corpus = generate(request, self._other, newest, place / "teacher-corpus", arrow="back")
            recipe = mixed(recipe, corpus, request.mixing, tag=TAGS["back"])
        return self._trained(recipe, place / "teacher", f"round {number}: the teacher")

    def _trained(self, recipe: Recipe, place: Path, stage: str) -> Path:
        """The model in ``place``, trained to its end."""
        if self._file.is_done(stage):
            return place
        say(f"{stage} ({recipe.translation.source} → {recipe.translation.target})")
        outcome = resume(place) if RunDirectory(place).has_run() else train(recipe, place, force=True)
        if not outcome.finished:
            raise _Stopped
        self._file.note_done(stage)
        return place


def _check(request: Request) -> None:
    """Complain of what does not go together, before any work."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ConfigError("this job runs in one process", hint="start it without torchrun")
    arrow, recipe = request.arrow, request.recipe
    if not request.texts:
        raise ConfigError("there is no text to translate", hint="give it with --text FILE")
    request.mixing.shares()
    if recipe is None:
        if not request.generate_only or request.teacher is None:
            raise ConfigError(
                "training needs a recipe",
                hint="give RECIPE.toml; only --generate-only with a given model does without",
            )
        languages_of(request.teacher, wanted=None, arrow=arrow)
        return
    if recipe.corpus.validation is None and not request.generate_only:
        raise ConfigError(
            "the recipe names no corpus.validation: it would be held out of real and synthetic text alike",
            hint="set real text aside once, with: dragoman corpus split",
        )
    if request.teacher is not None:
        languages_of(request.teacher, wanted=_teacher_languages(recipe, arrow), arrow=arrow)
    if request.rounds > 1 and arrow == "back" and not request.other_texts:
        raise ConfigError(
            f"{request.rounds} rounds would make the same corpus again: the reverse model learns nothing new",
            hint=f"give text in the other language ({recipe.task.source}) with --source-text",
        )


def _teacher_languages(recipe: Recipe, arrow: Arrow) -> tuple[str, str]:
    languages = recipe.translation.source, recipe.translation.target
    return languages[::-1] if arrow == "back" else languages


def _recipe(request: Request) -> Recipe:
    assert isinstance(request.recipe, Recipe)  # _check has seen to it
    return request.recipe


def _made_of(request: Request, text: Text, other: Text) -> dict[str, Any]:
    """All that decides what comes out, as plain values; None for what this command does not say."""
    return {
        "arrow": request.arrow,
        "text": list(text.checksums().values()),
        "other_text": list(other.checksums().values()) or None,
        "model": None if request.teacher is None else checksum(request.teacher / MANIFEST),
        "generation": request.generation.model_dump(mode="json"),
        "recipe": None if request.recipe is None else request.recipe.given(),
        "teacher_settings": None if request.recipe is None else list(request.teacher_settings),
        "mixing": None if request.recipe is None else request.mixing.model_dump(mode="json"),
    }
