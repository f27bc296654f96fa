"""Section → object: hands each section of a recipe to the room it belongs to. It trains nothing itself."""

from collections.abc import Iterable

import torch

from dragoman.base.randomness import key
from dragoman.corpora.records import Record
from dragoman.jobs.recipe import Recipe
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives import OBJECTIVES
from dragoman.objectives.protocol import Objective
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers import TOKENIZERS
from dragoman.training.averaging import MovingAverage
from dragoman.training.loop import Loop
from dragoman.training.optimizers import make_optimizer
from dragoman.training.schedules import make_schedule
from dragoman.translator.bundle import build_model


def make_task(recipe: Recipe, records: Iterable[Record]) -> TranslationTask:
    """Learn the tokenizers from ``records`` (gone through once or twice) and make the task."""
    tokenizer = TOKENIZERS.load(recipe.tokenizer.kind)  # type: ignore[attr-defined]
    if recipe.task.joint_vocabulary:
        both = (text for record in records for text in (record.source, record.target))
        source = target = tokenizer.train(both, recipe.tokenizer)
    else:
        source = tokenizer.train((record.source for record in records), recipe.tokenizer)
        target = tokenizer.train((record.target for record in records), recipe.tokenizer)
    return TranslationTask(recipe.task.source, recipe.task.target, source, target)


def make_model(recipe: Recipe, task: TranslationTask, device: torch.device) -> Seq2Seq:
    """A model with first weights drawn from the seed."""
    torch.manual_seed(key(recipe.training.seed, "weights"))
    return build_model(
        recipe.model.model_dump(),
        source_vocabulary=len(task.source_tokenizer),
        target_vocabulary=len(task.target_tokenizer),
    ).to(device)


def make_objective(recipe: Recipe) -> Objective:
    """What training minimises."""
    options = recipe.objective.model_dump()
    objective: Objective = OBJECTIVES.load(options.pop("kind"))(**options)
    return objective


def make_loop(recipe: Recipe, model: Seq2Seq, objective: Objective) -> Loop:
    """The loop with its optimizer, schedule and moving average."""
    decay = recipe.training.moving_average
    schedule = make_schedule(
        recipe.schedule, max_steps=recipe.training.max_steps, width=model.target_embedding.embedding_dim
    )
    return Loop(
        model,
        objective,
        make_optimizer(recipe.optimizer, model),
        schedule,
        clip_norm=recipe.optimizer.clip_norm,
        seed=recipe.training.seed,
        average=MovingAverage(model, decay=decay) if decay else None,
    )
