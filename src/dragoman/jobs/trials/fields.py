"""Between a space's names and a recipe's fields: which may be varied, with what values, and by default.

A name is ``section.key``; ``section.key+key`` gives one value to several keys, such as the layers of both sides.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from dragoman.base.catalog import Catalog, nearest
from dragoman.base.config import Section
from dragoman.base.errors import ConfigError
from dragoman.jobs.recipe import Recipe, section_types
from dragoman.tuning.space import Choice, Dimension, Range, make_choice, make_range

_TUNABLE = ("task", "tokenizer", "model", "objective", "batching", "optimizer", "schedule", "training")
_FIXED = {
    "task.source": "it says what is learnt",
    "task.target": "it says what is learnt",
    "training.seed": "all trials share it, so that they differ in nothing else",
    "training.start_from": "the other settings depend on it",
    "training.max_steps": "it is the trial's budget; use --steps",
    "training.max_minutes": "it is the trial's budget; use --minutes",
    "training.validate_every": "trials are compared at their validations",
    "training.validation_limit": "trials are compared on the same text",
    "training.metric": "trials are compared by it",
    "training.keep_best": "a trial keeps its best weights only",
    "training.patience": "a trial's budget ends it; use --steps",
}
_SECTIONS = {
    "corpus": "trials are compared on the same text",
    "cleaning": "trials are compared on the same text",
    "decoding": "it counts after training; vary it with dragoman evaluate",
    "compute": "it changes how fast a trial is, not how good",
}
_MOST_DROPOUT = 0.5
_MOST_SMOOTHING = 0.2
_PEAK_FACTOR = 4
_VOCABULARIES = (1000, 2000, 4000, 8000)


def check_space(space: Mapping[str, Dimension], recipe: Recipe) -> dict[str, Dimension]:
    """The space with whole numbers and fractions as the recipe's fields have them.

    Raises:
        ConfigError: a name is no field, one that cannot be varied, or one that cannot have such a value.
    """
    if not space:
        raise ConfigError("there is nothing to vary", hint="dragoman tune … --vary schedule.peak=5e-4..5e-3:log")
    checked = {name: _check(name, dimension, recipe) for name, dimension in space.items()}
    places = [place for name in checked for place in _places(name)]
    if twice := next((place for place in places if places.count(place) > 1), None):
        raise ConfigError(f"{twice[0]}.{twice[1]} is varied twice", hint="leave one of them out")
    resized = [name for name in checked if name.startswith(("tokenizer.", "task."))]
    if recipe.training.metric == "loss" and resized:
        raise ConfigError(
            f"{resized[0]} cannot be varied by the loss: losses per id of different vocabularies cannot be compared",
            hint="compare by a score: --set training.metric=chrf",
        )
    return checked


def first_values(space: Mapping[str, Dimension], recipe: Recipe) -> dict[str, Any]:
    """The recipe's own value for each name; of several keys with different values, none."""
    values = recipe.values()
    found: dict[str, Any] = {}
    for name in space:
        own = [values[section].get(key) for section, key in _places(name)]
        found[name] = own[0] if all(one == own[0] for one in own) else None
    return found


def lay_over(values: dict[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's ``values`` with the ``chosen`` ones in their fields; the input is not changed."""
    result = {section: dict(keys) for section, keys in values.items()}
    for name, value in chosen.items():
        for section, key in _places(name):
            result.setdefault(section, {})[key] = value
    return result


def default_space(recipe: Recipe) -> dict[str, Dimension]:
    """What is worth varying around this recipe, and how far.

    First what matters most and costs nothing: learning rate, dropout and label smoothing; then what fits the model to
    the amount of text: vocabulary, width, layers; then the size of a batch.
    """
    model, peak = recipe.model.model_dump(), recipe.schedule.peak
    space: dict[str, Dimension] = {
        "schedule.peak": Range(_rounded(peak / _PEAK_FACTOR), _rounded(peak * _PEAK_FACTOR), log=True)
    }
    if "dropout" in model:
        space["model.dropout"] = Range(0.0, _MOST_DROPOUT)
    if "label_smoothing" in recipe.objective.model_dump():
        space["objective.label_smoothing"] = Range(0.0, _MOST_SMOOTHING)
    tokenizer = recipe.tokenizer.model_dump()
    if "vocabulary_size" in tokenizer and recipe.training.metric != "loss" and recipe.training.start_from is None:
        own = tokenizer["vocabulary_size"]
        space["tokenizer.vocabulary_size"] = Choice(
            tuple(own * part // 4 for part in (1, 2, 4, 8)) if own is not None and own >= 1000 else _VOCABULARIES
        )
    if recipe.training.start_from is None:
        space |= _shapes(model)
    tokens = recipe.batching.max_tokens
    return {**space, "batching.max_tokens": Choice((tokens // 2, tokens, tokens * 2))}


def _shapes(model: Mapping[str, Any]) -> dict[str, Dimension]:
    """Narrower and wider, flatter and deeper models than ``model``."""
    space: dict[str, Dimension] = {}
    if "width" in model:
        step = model.get("heads", 1)
        widths = dict.fromkeys(max(step, model["width"] * part // 4 // step * step) for part in (2, 4, 6))
        if len(widths) > 1:
            space["model.width"] = Choice(tuple(widths))
    if "encoder_layers" in model and model["encoder_layers"] == model.get("decoder_layers"):
        layers = model["encoder_layers"]
        space["model.encoder_layers+decoder_layers"] = Range(max(1, layers - 2), layers + 2)
    elif "layers" in model:
        space["model.layers"] = Range(max(1, model["layers"] - 1), model["layers"] + 1)
    return space


def _places(name: str) -> list[tuple[str, str]]:
    section, _, keys = name.partition(".")
    return [(section, key.strip()) for key in keys.split("+")]


def _check(name: str, dimension: Dimension, recipe: Recipe) -> Dimension:
    for section, key in _places(name):
        dimension = _check_field(f"{section}.{key}", dimension, _section(name, section, recipe), key)
    return dimension


def _section(name: str, section: str, recipe: Recipe) -> type[Section]:
    """The class of a section that may be varied."""
    if section in _SECTIONS:
        raise ConfigError(f"{name} cannot be varied: {_SECTIONS[section]}", hint=f"tunable: {', '.join(_TUNABLE)}")
    if section not in section_types():
        guess = nearest(section, _TUNABLE)
        raise ConfigError(
            f"{name}: a recipe has no section [{section}]",
            hint=f"did you mean [{guess}]?" if guess else f"tunable: {', '.join(_TUNABLE)}",
        )
    return type(getattr(recipe, section))


def _check_field(name: str, dimension: Dimension, section: type[Section], key: str) -> Dimension:
    fields = section.model_fields
    if key not in fields:
        guess = nearest(key, fields)
        raise ConfigError(
            f"{name}: [{name.partition('.')[0]}] has no such key",
            hint=f"did you mean {guess!r}?" if guess else f"known: {', '.join(fields)}",
        )
    if name in _FIXED:
        raise ConfigError(f"{name} cannot be varied: {_FIXED[name]}", hint="leave it out of the space")
    if key == "kind" and isinstance(section_types()[name.partition(".")[0]], Catalog):
        raise ConfigError(
            f"{name} cannot be varied: each kind has keys of its own", hint="make a recipe and a study for each kind"
        )
    field = fields[key]
    dimension = _typed(name, dimension, _kinds(field.annotation))
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[field.annotation, field])  # type: ignore[arg-type]
    for value in (dimension.low, dimension.high) if isinstance(dimension, Range) else dimension.values:
        try:
            adapter.validate_python(value, strict=not isinstance(value, str))
        except ValidationError as error:
            reason = error.errors()[0]["msg"].lower()
            raise ConfigError(
                f"{name} cannot be {value!r}: {reason}", hint="docs/reference/recipe.md says what each key may be"
            ) from error
    return dimension


def _kinds(annotation: Any) -> set[type]:
    """The plain types that a field may have."""
    if get_origin(annotation) is Literal:
        return {type(value) for value in get_args(annotation)}
    inner = get_args(annotation)
    return {kind for one in inner for kind in _kinds(one)} if inner else {annotation}


def _typed(name: str, dimension: Dimension, kinds: set[type]) -> Dimension:
    """The dimension in the field's own kind of number."""
    if isinstance(dimension, Choice):
        if float in kinds:
            values = [float(one) if type(one) is int else one for one in dimension.values]
            return make_choice(name, values)
        return dimension
    if float in kinds:
        return make_range(name, float(dimension.low), float(dimension.high), log=dimension.log)
    if int not in kinds:
        raise ConfigError(f"{name} is not a number: it has no range", hint=f"write the choices: {name}=a,b")
    if not dimension.is_whole:
        raise ConfigError(f"{name} is a whole number, not from {dimension.low} to {dimension.high}", hint="drop the .")
    return dimension


def _rounded(number: float) -> float:
    return float(f"{number:.3g}")
