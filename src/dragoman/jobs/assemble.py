"""Section → object: hands each section of a recipe to the room it belongs to. It trains nothing itself."""

from collections.abc import Collection, Iterable
from pathlib import Path

import torch

from dragoman.base.errors import ConfigError
from dragoman.base.randomness import key
from dragoman.batching.example import Example
from dragoman.batching.loader import Prepare
from dragoman.compute.compilation import compile_layers
from dragoman.compute.precision import choose_precision
from dragoman.compute.ranks import ALONE, Ranks
from dragoman.compute.sharding import share
from dragoman.corpora.records import Record
from dragoman.jobs.distillation.teacher import load_teacher
from dragoman.jobs.recipe import Recipe
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives import OBJECTIVES
from dragoman.objectives.autocast import Autocast
from dragoman.objectives.hiding import Pieces
from dragoman.objectives.protocol import Objective
from dragoman.surgery.sparsity import keep_zeros
from dragoman.surgery.transplant import untrained_by_encoding
from dragoman.tasks.protocol import Task
from dragoman.tasks.text import TextConfig, TextTask
from dragoman.tasks.translation import TranslationTask, known_tags, mark
from dragoman.tokenizers import TOKENIZERS
from dragoman.training.averaging import MovingAverage, put
from dragoman.training.loop import Loop
from dragoman.training.optimizers import make_optimizer
from dragoman.training.schedules import make_schedule
from dragoman.translator.bundle import Bundle, build_model


def make_task(recipe: Recipe, records: Iterable[Record]) -> Task:
    """Learn the tokenizers from ``records`` (gone through once or twice) and make the task.

    Tags become symbols of a tokenizer that has symbols; any other sees them in the text.
    """
    tokenizer = TOKENIZERS.load(recipe.tokenizer.kind)  # type: ignore[attr-defined]
    if isinstance(recipe.task, TextConfig):
        return TextTask(recipe.task.languages, tokenizer.train((one.target for one in records), recipe.tokenizer))
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


def make_model(recipe: Recipe, task: Task, device: torch.device, start: Bundle | None = None) -> Seq2Seq:
    """A model with first weights drawn from the seed, or with those of the model that training.start_from names."""
    torch.manual_seed(key(recipe.training.seed, "weights"))
    model = build_model(
        recipe.model.model_dump(),
        source_vocabulary=len(task.source_tokenizer),
        target_vocabulary=len(task.target_tokenizer),
    ).to(device)
    if start is not None and recipe.training.start_from is not None:
        weights = dict(start.model.named_parameters())
        shapes = {name: parameter.shape for name, parameter in model.named_parameters()}
        if shapes != {name: weight.shape for name, weight in weights.items()}:
            raise ConfigError(
                f"the model in {recipe.training.start_from} has another shape than the recipe's section [model]",
                hint="leave the sizes out of [model]: they are taken from the model it starts from",
            )
        put(model, weights)
    return model


def make_objective(recipe: Recipe, task: Task, device: torch.device) -> Objective:
    """What training minimises."""
    options = recipe.objective.model_dump()
    if "teacher" in options:
        options["teacher"] = load_teacher(Path(options["teacher"]), task).to(device)
    if recipe.is_of_text:
        tokenizer = task.target_tokenizer
        options["pieces"] = Pieces.of(tokenizer.pieces(range(len(tokenizer))))
    objective: Objective = OBJECTIVES.load(options.pop("kind"))(**options)
    return objective


def make_prepare(recipe: Recipe, task: Task, objective: Objective) -> Prepare:
    """What happens to each example in every epoch: perhaps words cut anew, then what the objective wants."""
    chance, max_length = recipe.task.subword_sampling, recipe.batching.max_length
    if not chance:
        return objective.prepare

    def prepare(example: Example, key: int) -> Example:
        return objective.prepare(task.resample(example, chance=chance, key=key, max_length=max_length), key)

    return prepare


def _freeze(model: Seq2Seq, names: Collection[str]) -> None:
    """Ask for no gradient of the parameters ``names``: processes that share a model wait for each one asked for."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name not in names)


def make_loop(recipe: Recipe, model: Seq2Seq, objective: Objective, ranks: Ranks = ALONE) -> Loop:
    """The loop with its optimizer, schedule and moving average, over a model that ``ranks`` share."""
    if recipe.objective.kind == "masked":  # type: ignore[attr-defined]
        _freeze(model, untrained_by_encoding(model))
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
    if recipe.training.keep_zeros:
        keep_zeros(loop.optimizer)
    return loop
