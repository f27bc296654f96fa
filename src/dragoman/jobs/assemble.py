"""Section → object: hands each section of a recipe to the room it belongs to. It trains nothing itself."""

from collections.abc import Iterable
from pathlib import Path

import torch

from dragoman.base.errors import ConfigError
from dragoman.base.randomness import key
from dragoman.batching.batch import Example
from dragoman.batching.loader import Prepare
from dragoman.compute.compilation import compile_layers
from dragoman.compute.precision import choose_precision
from dragoman.compute.ranks import ALONE, Ranks
from dragoman.compute.sharding import share
from dragoman.corpora.records import Record
from dragoman.jobs.recipe import Recipe, make_recipe
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives import OBJECTIVES
from dragoman.objectives.autocast import Autocast
from dragoman.objectives.protocol import Objective
from dragoman.tasks.translation import TranslationTask, known_tags, mark
from dragoman.tokenizers import TOKENIZERS
from dragoman.training.averaging import MovingAverage, put
from dragoman.training.loop import Loop
from dragoman.training.optimizers import make_optimizer
from dragoman.training.schedules import make_schedule
from dragoman.translator.bundle import Bundle, build_model, load_bundle


def make_task(recipe: Recipe, records: Iterable[Record]) -> TranslationTask:
    """Learn the tokenizers from ``records`` (gone through once or twice) and make the task.

    Tags become symbols of a tokenizer that has symbols; any other sees them in the text.
    """
    tokenizer = TOKENIZERS.load(recipe.tokenizer.kind)  # type: ignore[attr-defined]
    tags = known_tags(recipe.values())
    own_symbols = getattr(recipe.tokenizer, "user_symbols", None)

    def text(record: Record) -> str:
        return f"{mark(record.tag)} {record.source}" if record.tag and own_symbols is None else record.source

    config = recipe.tokenizer
    if tags and own_symbols is not None:
        config = config.model_copy(update={"user_symbols": tuple(dict.fromkeys((*own_symbols, *map(mark, tags))))})
    if recipe.task.joint_vocabulary:
        both = (side for record in records for side in (text(record), record.target))
        source = target = tokenizer.train(both, config)
    else:
        source = tokenizer.train((text(record) for record in records), config)
        target = tokenizer.train((record.target for record in records), recipe.tokenizer)
    return TranslationTask(recipe.task.source, recipe.task.target, source, target, tags)


def inherit(recipe: Recipe) -> tuple[Recipe, Bundle | None]:
    """The recipe with the tokenizer and shape of the model it starts from, and that model; or as it is, and None.

    What the recipe's section ``model`` itself says, such as another dropout, counts; but the weights must fit.

    Raises:
        ConfigError: the model is of other languages or of another shape.
        DragomanError: it cannot be loaded.
    """
    if recipe.training.start_from is None:
        return recipe, None
    bundle = load_bundle(Path(recipe.training.start_from))
    task, wanted = bundle.task, recipe.task
    if (task.source_language, task.target_language) != (wanted.source, wanted.target):
        raise ConfigError(
            f"{recipe.training.start_from} translates {task.source_language} → {task.target_language}, "
            f"but the recipe asks for {wanted.source} → {wanted.target}",
            hint="start from a model of the same languages in the same direction",
        )
    values = recipe.given()
    for section in ("tokenizer", "model"):
        values[section] = {key: value for key, value in bundle.recipe[section].items() if value is not None}
    values["model"] |= recipe.model.model_dump(exclude_unset=True, exclude={"kind"})
    values["task"]["joint_vocabulary"] = task.source_tokenizer is task.target_tokenizer
    values["task"]["tags"] = list(dict.fromkeys((*task.tags, *wanted.tags)))
    return make_recipe(values, place=recipe.training.start_from), bundle


def make_model(recipe: Recipe, task: TranslationTask, device: torch.device, start: Bundle | None = None) -> Seq2Seq:
    """A model with first weights drawn from the seed, or with those of the model it starts from."""
    torch.manual_seed(key(recipe.training.seed, "weights"))
    model = build_model(
        recipe.model.model_dump(),
        source_vocabulary=len(task.source_tokenizer),
        target_vocabulary=len(task.target_tokenizer),
    ).to(device)
    if start is not None:
        weights = dict(start.model.named_parameters())
        shapes = {name: parameter.shape for name, parameter in model.named_parameters()}
        if shapes != {name: weight.shape for name, weight in weights.items()}:
            raise ConfigError(
                f"the model in {recipe.training.start_from} has another shape than the recipe's section [model]",
                hint="leave the sizes out of [model]: they are taken from the model it starts from",
            )
        put(model, weights)
    return model


def make_objective(recipe: Recipe) -> Objective:
    """What training minimises."""
    options = recipe.objective.model_dump()
    objective: Objective = OBJECTIVES.load(options.pop("kind"))(**options)
    return objective


def make_prepare(recipe: Recipe, task: TranslationTask, objective: Objective) -> Prepare:
    """What happens to each example in every epoch: perhaps words cut anew, then what the objective wants."""
    chance, max_length = recipe.task.subword_sampling, recipe.batching.max_length
    if not chance:
        return objective.prepare

    def prepare(example: Example, key: int) -> Example:
        return objective.prepare(task.resample(example, chance=chance, key=key, max_length=max_length), key)

    return prepare


def make_loop(recipe: Recipe, model: Seq2Seq, objective: Objective, ranks: Ranks = ALONE) -> Loop:
    """The loop with its optimizer, schedule and moving average, over a model that ``ranks`` share."""
    sharing = share(model, ranks, recipe.compute)  # first, for it may put other parameters in place of the model's
    decay = recipe.training.moving_average
    schedule = make_schedule(
        recipe.schedule, max_steps=recipe.training.max_steps, width=model.target_embedding.embedding_dim
    )
    device = next(model.parameters()).device
    compile_layers(model.repeated_layers(), recipe.compute.compile, device=device, steps=recipe.training.max_steps)
    products = choose_precision(recipe.compute.precision, device)
    loop = Loop(
        model,
        objective if products == torch.float32 else Autocast(objective, products),
        make_optimizer(recipe.optimizer, model),
        schedule,
        clip_norm=recipe.optimizer.clip_norm,
        seed=recipe.training.seed,
        average=MovingAverage(model, decay=decay) if decay else None,
    )
    loop.sharing = sharing
    return loop
