"""A run before it goes: new from a recipe and its text, or where its newest sound checkpoint is.

    recipe → text → tokenizers → examples → model, loop and loader → run

It does not know what happens between the steps.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from dragoman.base.errors import ConfigError, DamagedFileError, DataError
from dragoman.base.log import say, warn
from dragoman.batching.loader import Loader, Position
from dragoman.compute.placement import set_up
from dragoman.compute.ranks import ALONE, Ranks
from dragoman.jobs import assemble, mixing
from dragoman.jobs.pretraining.inheritance import inherit, inherited_task, take_over
from dragoman.jobs.recipe import Recipe
from dragoman.jobs.run import preparation
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.facts import gather
from dragoman.jobs.run.guard import Guard
from dragoman.jobs.run.interruption import Interruption
from dragoman.jobs.run.observers import Audience
from dragoman.jobs.run.validation import Validator
from dragoman.tasks.protocol import Task
from dragoman.tasks.translation import TranslationTask, known_tags
from dragoman.training import checkpoints
from dragoman.training.loop import Loop
from dragoman.training.patience import Patience
from dragoman.translator.bundle import Bundle
from dragoman.translator.manifest import load_task, save_task

_PLAN = ("max_tokens", "max_length", "accumulate")
_FIXED_SECTIONS = ("corpus", "cleaning", "task", "tokenizer", "model")
_FIXED_KEYS = ("seed", "start_from", "init_from", "keep_zeros")
"""What a run is made of, and cannot change when it is resumed: whole sections, and keys of the section training."""


@dataclass
class Run:
    """Everything that changes while a run goes on."""

    directory: RunDirectory
    recipe: Recipe
    checksums: dict[str, str]
    task: Task
    loop: Loop
    loader: Loader
    validator: Validator
    patience: Patience
    guard: Guard
    ranks: Ranks = ALONE
    interruption: Interruption = field(default_factory=Interruption)
    is_interrupted: bool = False
    audience: Audience = field(default_factory=Audience)
    position: Position = field(default_factory=Position)
    seconds: float = 0.0
    saved_step: int = -1
    validated_step: int = -1


def begin(
    ranks: Ranks, directory: RunDirectory, recipe: Recipe, start: Bundle | None, *, force: bool, held: ExitStack
) -> Run:
    """A run before its first step.

    Args:
        ranks: the processes of the run.
        directory: where it will be kept.
        recipe: everything it is made of.
        start: the model to start from, if any.
        force: replace a model that is there.
        held: keeps the directory locked when this returns.
    """
    prepared = None
    if ranks.is_first:
        with preparation.gathered(recipe, directory.bundle) as material:
            preparation.tell(recipe, material)
            held.enter_context(directory.alone())
            directory.refuse_what_is_there(force=force)  # another process may have been quicker
            prepared = _prepare(directory, recipe, material, start)
    return _make_run(ranks, directory, recipe, _shared(ranks, directory, recipe, prepared), start)


def reopen(ranks: Ranks, directory: RunDirectory, recipe: Recipe, checksums: Mapping[str, str]) -> Run:
    """The run in ``directory`` where its newest sound checkpoint is."""
    now = preparation.checksums(recipe)
    changed = [name for name, value in checksums.items() if now.get(name) != value]
    if changed:
        raise DamagedFileError(
            f"what the run learns from has changed since it began: {', '.join(changed)}",
            hint="put the old files back, or start a new run",
        )
    checkpoint = ranks.broadcast(_newest(directory) if ranks.is_first else None)
    if checkpoint is None:
        say("no checkpoint yet: starting from the beginning")
    start = inherit(recipe)[1] if checkpoint is None else None
    prepared = (
        _prepare_again(directory, recipe, checksums, start, is_new=checkpoint is None) if ranks.is_first else None
    )
    run = _make_run(ranks, directory, recipe, _shared(ranks, directory, recipe, prepared), start)
    if checkpoint is not None:
        _restore(run, checkpoint)
        say(f"going on after step {checkpoint.step:,}")
    directory.keep(recipe, checksums)
    directory.forget_after(run.loop.step, is_validated=run.validated_step == run.loop.step)
    return run


def refuse_changes(own: Recipe, wanted: Recipe) -> None:
    """Complain of changes that would make another run of this one."""
    before, after = own.values(), wanted.values()
    changed = [
        f"{section}.{key}"
        for section in _FIXED_SECTIONS
        for key in sorted({*before[section], *after[section]})
        if before[section].get(key) != after[section].get(key)
    ]
    changed += [f"training.{key}" for key in _FIXED_KEYS if before["training"].get(key) != after["training"].get(key)]
    if changed:
        raise ConfigError(
            f"{', '.join(changed)} cannot change while a run is under way",
            hint="start a new run with another --output; a resumed run can change how long and how it trains",
        )


def _newest(directory: RunDirectory) -> checkpoints.Checkpoint | None:
    """The newest sound checkpoint, damaged ones told; None when the run had not come to one yet."""
    checkpoint, damaged = checkpoints.newest(directory.checkpoints)
    for error in damaged:
        warn(error.message)
    if checkpoint is None and damaged:
        raise DamagedFileError(
            f"no checkpoint in {directory.checkpoints} is sound", hint="use another copy, or start a new run"
        )
    return checkpoint


def _restore(run: Run, checkpoint: checkpoints.Checkpoint) -> None:
    checkpoints.restore(checkpoint, run.loop)
    run.position = Position(**checkpoint.run["position"])
    if checkpoint.run["plan"] != plan(run.recipe):
        run.position = replace(run.position, window=0, batch=0)
        say(f"  batches are put together in another way now: pass {run.position.epoch + 1} over the text begins anew")
    run.guard.restore(checkpoint.run["guard"])
    run.validated_step = checkpoint.step if checkpoint.run["is_validated"] else -1
    run.seconds = checkpoint.run["seconds"]
    run.patience.best = [(score, step) for score, step in checkpoint.run["best"]]
    run.patience.since_best = checkpoint.run["since_best"]
    run.saved_step = checkpoint.step


def plan(recipe: Recipe) -> dict[str, int]:
    """What decides which examples share a batch, and so what a position in the data means."""
    return {name: getattr(recipe.batching, name) for name in _PLAN}


def _prepare(
    directory: RunDirectory, recipe: Recipe, material: preparation.Material, start: Bundle | None
) -> preparation.Prepared:
    """Of a new run: learn a vocabulary from the text or take that of a model to start from, make examples."""
    directory.create(recipe, material.checksums)
    if start is None:
        say("learning the vocabulary…")
        task = assemble.make_task(recipe, material)
    else:
        say(f"starting from {recipe.training.start_from or recipe.training.init_from}, with its vocabulary")
        task = inherited_task(recipe, start)
        if recipe.training.start_from is not None:
            directory.note_history((*start.history, f"train(max_steps={recipe.training.max_steps})"))
    if isinstance(task, TranslationTask):
        task = replace(task, tags=known_tags(recipe.values()))
        task.require_tags()
    save_task(task, directory.tokenizers)
    return preparation.prepare(recipe, material, task, directory)


def _prepare_again(
    directory: RunDirectory, recipe: Recipe, checksums: Mapping[str, str], start: Bundle | None, *, is_new: bool
) -> preparation.Prepared:
    """Of a resumed run: what was prepared before, or made again when it is not there or not sound."""
    prepared = preparation.reopen(recipe, checksums, directory)
    if prepared is not None:
        return prepared
    with preparation.gathered(recipe, directory.bundle) as material:
        if is_new:
            preparation.tell(recipe, material)
            return _prepare(directory, recipe, material, start)
        task = load_task(directory.tokenizers, recipe.values())
        return preparation.prepare(recipe, material, task, directory)


def _shared(
    ranks: Ranks, directory: RunDirectory, recipe: Recipe, prepared: preparation.Prepared | None
) -> preparation.Prepared:
    """What the first process prepared; the others wait for it, however long it takes, and open it."""
    checksums = ranks.broadcast(prepared.checksums if prepared is not None else {})
    prepared = prepared or preparation.reopen(recipe, checksums, directory)
    if prepared is None:
        raise DataError(
            f"process {ranks.rank} does not find in {directory.examples} what process 0 has prepared",
            hint="give every machine of the run the same output directory",
        )
    return prepared


def _make_run(
    ranks: Ranks,
    directory: RunDirectory,
    recipe: Recipe,
    prepared: preparation.Prepared,
    start: Bundle | None = None,
) -> Run:
    device = set_up(recipe.compute, gpu=ranks.local_rank if ranks.world > 1 else None)
    task = prepared.task
    objective = assemble.make_objective(recipe, task, device)
    model = assemble.make_model(recipe, task, device, start)
    if start is not None and recipe.training.init_from is not None:
        directory.note_start(take_over(model, start, place=recipe.training.init_from).values())
    loop = assemble.make_loop(recipe, model, objective, ranks)
    loader = Loader(
        prepared.store,
        max_tokens=recipe.batching.max_tokens,
        accumulate=recipe.batching.accumulate,
        seed=recipe.training.seed,
        prepare=assemble.make_prepare(recipe, task, objective),
        share=(ranks.rank, ranks.world),
        corpus_shares=mixing.corpus_shares(recipe, prepared.store),
    )
    loader.curriculum = mixing.make_curriculum(recipe, prepared.store)
    parameters = sum(parameter.numel() for parameter in loop.model.parameters())
    say(
        f"model: {recipe.model.kind}, {parameters:,} parameters; "  # type: ignore[attr-defined]
        f"vocabulary {len(task.target_tokenizer):,}; {prepared.store.target_ids:,} target ids, "
        f"{loader.updates_per_epoch():,} steps per epoch"
    )
    directory.note(gather(prepared, loop.model))
    patience = Patience(
        higher_is_better=recipe.training.metric != "loss",
        patience=recipe.training.patience,
        keep_best=recipe.training.keep_best,
    )
    validator = Validator(
        task,
        prepared.validation[: recipe.training.validation_limit],
        max_tokens=recipe.batching.max_tokens,
        objective=objective if recipe.is_of_text else None,
        ranks=ranks,
    )
    guard = Guard(directory, recipe)
    return Run(directory, recipe, prepared.checksums, task, loop, loader, validator, patience, guard, ranks)
