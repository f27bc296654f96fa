"""What a run takes over from an earlier model: all of it (``start_from``), or what fits (``init_from``).

The recipe is filled up with the earlier model's tokenizer and shape before anything else is made; its weights are put
in later, and of those that do not fit each layer is told.
"""

from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError
from dragoman.base.log import say, warn
from dragoman.jobs.recipe import Recipe, make_recipe
from dragoman.models.protocol import Seq2Seq
from dragoman.surgery.transplant import Transplant, transplant, untrained_by_encoding
from dragoman.tasks.protocol import Task
from dragoman.tasks.text import TextConfig, TextTask
from dragoman.tasks.translation import TranslationConfig, TranslationTask
from dragoman.translator.bundle import Bundle, load_bundle


def inherit(recipe: Recipe) -> tuple[Recipe, Bundle | None]:
    """The recipe with the tokenizer and shape of the model it begins with, and that model; or as it is, and None.

    What the recipe's section ``model`` itself says, such as another dropout, counts; with ``start_from`` the weights
    must fit nonetheless.

    Raises:
        ConfigError: the model is of other languages or of another shape.
        DragomanError: it cannot be loaded.
    """
    if recipe.training.init_from is not None:
        bundle = load_bundle(Path(recipe.training.init_from))
        _tell_of_new_languages(recipe, bundle)
        return _filled_up(recipe, bundle, place=recipe.training.init_from), bundle
    if recipe.training.start_from is None:
        return recipe, None
    bundle = load_bundle(Path(recipe.training.start_from))
    _refuse_another_task(recipe, bundle)
    return _filled_up(recipe, bundle, place=recipe.training.start_from), bundle


def inherited_task(recipe: Recipe, start: Bundle) -> Task:
    """The recipe's task with the tokenizers of the model it begins with."""
    if isinstance(recipe.task, TextConfig):
        return TextTask(recipe.task.languages, start.task.source_tokenizer)
    task, own = start.task, recipe.task
    return TranslationTask(own.source, own.target, task.source_tokenizer, task.target_tokenizer, own.tags)


def take_over(model: Seq2Seq, start: Bundle, *, place: str) -> Transplant:
    """Put into ``model`` what fits of the weights of ``start``, and say layer by layer what that is.

    Args:
        model: with its first weights.
        start: the model to begin with; of one trained by masked words alone, its encoder.
        place: where it comes from.
    """
    is_encoder_only = start.recipe["objective"]["kind"] == "masked"
    untrained = untrained_by_encoding(start.model) if is_encoder_only else set()
    taken = transplant(model, start.model, untrained=untrained)
    say(f"taken over from {place}: {taken.taken:,} of {taken.weights:,} weights")
    for line in taken.table():
        say(f"  {line}")
    if taken.left_behind:
        say(f"  left behind: {', '.join(taken.left_behind)}")
    if not taken.taken:
        warn(f"nothing of {place} fits this model: it begins from nothing")
    return taken


def _filled_up(recipe: Recipe, bundle: Bundle, *, place: str) -> Recipe:
    """``recipe`` with what it does not say of the model, and with the tokenizer, taken from ``bundle``."""
    joint = bundle.task.source_tokenizer is bundle.task.target_tokenizer
    values = recipe.given()
    values["tokenizer"] = _without_none(bundle.recipe["tokenizer"])
    asked = recipe.model.model_dump(exclude_unset=True)
    if asked.get("kind", bundle.recipe["model"]["kind"]) == bundle.recipe["model"]["kind"]:
        values["model"] = _without_none(bundle.recipe["model"]) | asked
    if isinstance(recipe.task, TranslationConfig):
        values["task"]["joint_vocabulary"] = joint
        known = bundle.task.tags if isinstance(bundle.task, TranslationTask) else ()
        values["task"]["tags"] = list(dict.fromkeys((*known, *recipe.task.tags)))
    elif not joint:
        raise ConfigError(
            f"{place} has a vocabulary for each side, but text alone needs one for all",
            hint="begin with a model that was trained with task.joint_vocabulary = true",
        )
    return make_recipe(values, place=place)


def _without_none(section: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if value is not None}


def _refuse_another_task(recipe: Recipe, bundle: Bundle) -> None:
    place, task = recipe.training.start_from, bundle.task
    if isinstance(task, TextTask) != recipe.is_of_text:
        has, wanted = ("text alone", "translate") if isinstance(task, TextTask) else ("pairs", "learn from text alone")
        raise ConfigError(
            f"{place} has learnt from {has}, but the recipe is to {wanted}",
            hint="take over what fits of it instead: --init-from, or training.init_from in the recipe",
        )
    if task.languages != recipe.task.languages:
        arrow = " and " if recipe.is_of_text else " → "
        raise ConfigError(
            f"{place} {'knows' if recipe.is_of_text else 'translates'} {arrow.join(task.languages)}, "
            f"but the recipe asks for {arrow.join(recipe.task.languages)}",
            hint="start from a model of the same languages in the same direction",
        )


def _tell_of_new_languages(recipe: Recipe, bundle: Bundle) -> None:
    new = [language for language in recipe.task.languages if language not in bundle.task.languages]
    if new:
        warn(
            f"{recipe.training.init_from} knows {' and '.join(bundle.task.languages)}, but has never seen "
            f"{' and '.join(new)}: its vocabulary may not suit"
        )
