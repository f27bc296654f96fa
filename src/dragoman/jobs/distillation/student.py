"""The recipe of a student: chosen from the teacher's and the amount of text, with what was asked for laid over it.

A deep encoder and a shallow decoder translate as well as two equal stacks and several times quicker: the encoder reads
a sentence at once, the decoder runs again for every word (Kasai et al. 2021, "Deep Encoder, Shallow Decoder"). So one
decoder layer is left, and the encoder gets half as many layers more as the decoder had: 4+4 becomes 6+1, 6+6 9+1. It
is searched greedily: from a teacher's translations, which are more regular than people's, a student learns to find
with a beam of 1 what takes its teacher 5 (Kim & Rush 2016, section 5).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dragoman.base.config import apply_settings, read_toml
from dragoman.base.errors import ConfigError
from dragoman.jobs import automatic
from dragoman.jobs.distillation.options import Request
from dragoman.jobs.recipe import Recipe, make_recipe
from dragoman.translator.manifest import read_manifest

_KEPT_SECTIONS = ("cleaning", "task", "tokenizer", "batching", "optimizer")
"""Of the teacher's recipe, as they are."""
_CORPORA = 2
"""The references and the teacher's translations."""


def student_recipe(request: Request, *, sources: int, synthetic: Path | None) -> Recipe:
    """The whole recipe.

    Args:
        request: what was asked for.
        sources: how many texts the teacher translates.
        synthetic: stem of what it makes; None leaves the corpus unnamed, for a look at the rest.

    Raises:
        ConfigError: the teacher only knows text, or what was asked for does not go together.
    """
    teacher = _without_none(read_manifest(request.teacher)["recipe"])
    pairs = sources * (1 if request.only_teacher else _CORPORA)
    values = {name: dict(teacher[name]) for name in _KEPT_SECTIONS if name in teacher}
    values |= _training(request, pairs)
    values["model"] = student_shape(teacher["model"], sources)
    values["decoding"] = {**teacher["decoding"], "method": "beam", "beam": 1, "n_best": 1}
    values["corpus"]["clean"] = teacher["corpus"]["clean"]
    if request.vocabulary is not None:
        values["tokenizer"]["vocabulary_size"] = request.vocabulary
    place = "the student's recipe"
    if request.recipe is not None:
        place = str(request.recipe)
        _lay_over(values, read_toml(request.recipe))
    real = [] if request.only_teacher else list(request.data)
    values["corpus"]["train"] = [*real, str(synthetic)] if synthetic else real or ["-"]
    return make_recipe(apply_settings(values, request.settings), place=place)


def student_shape(teacher: Mapping[str, Any], sources: int) -> dict[str, Any]:
    """The section ``model`` of a student of a teacher with the section ``teacher``.

    Of a teacher that is no Transformer the student is one nonetheless, of the size that suits the amount of text.
    """
    if teacher["kind"] != "transformer":
        shape = automatic.size_for(sources).shape()
        return shape | _deep_and_shallow(shape) | {"dropout": shape["dropout"] / 2}
    return dict(teacher) | _deep_and_shallow(teacher) | {"dropout": teacher["dropout"] / 2}


def _deep_and_shallow(shape: Mapping[str, Any]) -> dict[str, Any]:
    return {"encoder_layers": shape["encoder_layers"] + shape["decoder_layers"] // 2, "decoder_layers": 1}


def _training(request: Request, pairs: int) -> dict[str, dict[str, Any]]:
    """How to train: a quarter of the passes over the text that a model from nothing takes, at half its rate."""
    size = automatic.size_for(pairs)
    max_tokens = automatic.max_tokens_for(pairs)
    steps = max(500, size.epochs // 4 * round(pairs * _IDS_PER_PAIR / max_tokens))
    training: dict[str, Any] = {
        "max_steps": steps,
        "validate_every": max(50, min(1000, steps // 20)),
        "moving_average": 0.998 if steps > 1500 else 0.99,
    }
    if request.vocabulary is None:
        training["init_from"] = str(request.teacher)
    corpus = {"validation": request.validation, "test": request.test}
    objective: dict[str, Any] = {"kind": "cross_entropy"}
    if request.word_level is not None:
        objective = {
            "kind": "distillation",
            "teacher": str(request.teacher),
            "weight": request.word_level,
            "temperature": request.temperature,
        }
    return {
        "corpus": {name: place for name, place in corpus.items() if place is not None},
        "objective": objective,
        "batching": {"max_tokens": max_tokens},
        "schedule": {"kind": "cosine", "peak": size.peak / 2, "warmup_steps": max(50, steps // 15)},
        "training": training,
    }


_IDS_PER_PAIR = 16.0
"""About, on the longer side."""


def _lay_over(values: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Put the sections of a file over ``values``; one of another kind takes the place of the whole section."""
    for name, section in given.items():
        own = values.get(name, {})
        is_other = isinstance(section, dict) and section.get("kind", own.get("kind")) != own.get("kind")
        values[name] = section if is_other or not isinstance(section, dict) else {**own, **section}
    corpus = given.get("corpus", {})
    if isinstance(corpus, dict) and "train" in corpus:
        raise ConfigError(
            "the student's recipe names corpus.train, but what it learns from is given with the command",
            hint="take it out of the recipe, and give it with --data",
        )


def _without_none(recipe: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {key: value for key, value in section.items() if value is not None} for name, section in recipe.items()
    }
