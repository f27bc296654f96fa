"""The verb train: from a recipe to a bundle, resumable at any moment.

    material → tokenizers → examples → for step in loop.steps(…): log, validate, save, stop → bundle

The loop knows nothing of what is done between its steps; all of that is here.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError, DamagedFileError, DataError
from dragoman.base.log import say, warn
from dragoman.batching.loader import Loader, Position
from dragoman.compute.memory import peak_memory_mib
from dragoman.compute.placement import set_up
from dragoman.compute.ranks import ALONE, Ranks, joined
from dragoman.decoding.search import DecodingConfig
from dragoman.jobs import assemble
from dragoman.jobs.recipe import Recipe
from dragoman.jobs.run import preparation
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.facts import gather
from dragoman.jobs.run.finishing import Outcome, finish, plain
from dragoman.jobs.run.guard import Guard
from dragoman.jobs.run.interruption import Interruption
from dragoman.jobs.run.journal import Journal
from dragoman.jobs.run.observers import Audience, Observer
from dragoman.jobs.run.screen import Screen
from dragoman.jobs.run.tracking import tracked
from dragoman.jobs.run.validation import Validation, Validator
from dragoman.tasks.translation import TranslationTask
from dragoman.training import checkpoints
from dragoman.training.loop import Loop, Step
from dragoman.training.patience import Patience
from dragoman.translator.bundle import Bundle, load_task, save_bundle, save_task

_LOG_EVERY = 20
_ECHO_SECONDS = 5.0
_PLAN = ("max_tokens", "max_length", "accumulate")
_FIXED_SECTIONS = ("corpus", "cleaning", "task", "tokenizer", "model")
_FIXED_KEYS = ("seed", "start_from")
"""What a run is made of, and cannot change when it is resumed: whole sections, and keys of the section training."""


@dataclass
class _Run:
    """Everything that changes while a run goes on."""

    directory: RunDirectory
    recipe: Recipe
    checksums: dict[str, str]
    task: TranslationTask
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


def train(recipe: Recipe, output: Path, *, force: bool = False, observers: Sequence[Observer] = ()) -> Outcome:
    """Train a new model.

    Args:
        recipe: everything the run is made of.
        output: directory of the bundle to make.
        force: replace a model that is there.
        observers: told of what happens, after the run's own; they may ask the run to end.

    Raises:
        DragomanError: see :mod:`dragoman.base.errors`; what can be saved has been saved.
    """
    with joined(recipe.compute) as ranks:
        directory = RunDirectory(output, writes=ranks.is_first)
        directory.refuse_what_is_there(force=force)  # before the work, not after it
        recipe, start = assemble.inherit(recipe)
        material = preparation.load_material(recipe)
        preparation.tell(material)
        with directory.alone():
            directory.refuse_what_is_there(force=force)  # another process may have been quicker
            directory.create(recipe, material.checksums)
            return _go(_begin(ranks, directory, recipe, material, start), observers)


def resume(output: Path, *, recipe: Recipe | None = None, observers: Sequence[Observer] = ()) -> Outcome:
    """Go on with the run in ``output`` exactly where its newest sound checkpoint is.

    Args:
        output: directory of the bundle the run makes.
        recipe: in place of the run's own, for example with more steps.
        observers: as for :func:`train`.

    Raises:
        DamagedFileError: the training text is not what the run began with, or no checkpoint is sound.
        ConfigError: ``recipe`` changes what a run cannot change under way.
    """
    own, checksums = RunDirectory(output).reopen()
    recipe = recipe or own
    _refuse_changes(own, recipe)
    with joined(recipe.compute) as ranks:
        directory = RunDirectory(output, writes=ranks.is_first)
        with directory.alone():
            return _go(_reopen(ranks, directory, recipe, checksums), observers)


def _reopen(ranks: Ranks, directory: RunDirectory, recipe: Recipe, checksums: Mapping[str, str]) -> _Run:
    """The run in ``directory`` where its newest sound checkpoint is."""
    material = preparation.load_material(recipe)
    changed = [name for name, value in checksums.items() if material.checksums.get(name) != value]
    if changed:
        raise DamagedFileError(
            f"the text has changed since the run began: {', '.join(changed)}",
            hint="put the old text back, or start a new run",
        )
    checkpoint = ranks.broadcast(_newest(directory) if ranks.is_first else None)
    if checkpoint is None:
        say("no checkpoint yet: starting from the beginning")
        run = _begin(ranks, directory, recipe, material, assemble.inherit(recipe)[1])
    else:
        run = _make_run(ranks, directory, recipe, material, load_task(directory.tokenizers, recipe.values()))
        _restore(run, checkpoint)
        say(f"going on after step {checkpoint.step:,}")
    directory.keep(recipe, checksums)
    directory.forget_after(run.loop.step, is_validated=run.validated_step == run.loop.step)
    return run


def _refuse_changes(own: Recipe, wanted: Recipe) -> None:
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


def _restore(run: _Run, checkpoint: checkpoints.Checkpoint) -> None:
    checkpoints.restore(checkpoint, run.loop)
    run.position = Position(**checkpoint.run["position"])
    if checkpoint.run["plan"] != _plan(run.recipe):
        run.position = Position(epoch=run.position.epoch)
        say(f"  batches are put together in another way now: pass {run.position.epoch + 1} over the text begins anew")
    run.guard.restore(checkpoint.run["guard"])
    run.validated_step = checkpoint.step if checkpoint.run["is_validated"] else -1
    run.seconds = checkpoint.run["seconds"]
    run.patience.best = [(score, step) for score, step in checkpoint.run["best"]]
    run.patience.since_best = checkpoint.run["since_best"]
    run.saved_step = checkpoint.step


def _plan(recipe: Recipe) -> dict[str, int]:
    """What decides which examples share a batch, and so what a position in the data means."""
    return {name: getattr(recipe.batching, name) for name in _PLAN}


def _begin(
    ranks: Ranks, directory: RunDirectory, recipe: Recipe, material: preparation.Material, start: Bundle | None
) -> _Run:
    """A run before its first step: a vocabulary learnt from the text, or all that a model to start from has."""
    if start is not None:
        say(f"starting from {recipe.training.start_from}: its vocabulary, shape and weights")
        task = start.task
    elif ranks.is_first:
        say("learning the vocabulary…")
        task = assemble.make_task(recipe, material.train)
    if ranks.is_first:
        save_task(task, directory.tokenizers)
    ranks.wait()  # while the first one learns it
    if not ranks.is_first:
        task = load_task(directory.tokenizers, recipe.values())
    return _make_run(ranks, directory, recipe, material, task, start)


def _make_run(
    ranks: Ranks,
    directory: RunDirectory,
    recipe: Recipe,
    material: preparation.Material,
    task: TranslationTask,
    start: Bundle | None = None,
) -> _Run:
    device = set_up(recipe.compute, gpu=ranks.local_rank if ranks.world > 1 else None)
    _refuse_different_text(ranks, material)
    examples, longer = preparation.make_examples(
        task, material.train, max_length=recipe.batching.max_length, both_ways=recipe.task.bidirectional
    )
    if longer:
        say(f"  left out: {longer:,} × longer than {recipe.batching.max_length} ids (batching.max_length)")
    objective = assemble.make_objective(recipe)
    loop = assemble.make_loop(recipe, assemble.make_model(recipe, task, device, start), objective, ranks)
    loader = Loader(
        examples,
        max_tokens=recipe.batching.max_tokens,
        accumulate=recipe.batching.accumulate,
        seed=recipe.training.seed,
        prepare=assemble.make_prepare(recipe, task, objective),
        share=(ranks.rank, ranks.world),
    )
    parameters = sum(parameter.numel() for parameter in loop.model.parameters())
    ids = sum(len(example.target) for example in examples)
    say(
        f"model: {recipe.model.kind}, {parameters:,} parameters; "  # type: ignore[attr-defined]
        f"vocabulary {len(task.target_tokenizer):,}; {ids:,} target ids, {loader.updates_per_epoch():,} steps per epoch"
    )
    directory.note(gather(material, task, loop.model, target_ids=ids))
    patience = Patience(
        higher_is_better=recipe.training.metric != "loss",
        patience=recipe.training.patience,
        keep_best=recipe.training.keep_best,
    )
    validator = Validator(task, material.validation, max_tokens=recipe.batching.max_tokens, ranks=ranks)
    guard = Guard(directory, recipe)
    return _Run(directory, recipe, material.checksums, task, loop, loader, validator, patience, guard, ranks)


def _refuse_different_text(ranks: Ranks, material: preparation.Material) -> None:
    """Complain when another process has read other text: all must make the same batches."""
    for rank, checksums in enumerate(ranks.gather(material.checksums)):
        if checksums != material.checksums:
            raise DataError(
                f"process {rank} and process {ranks.rank} have read different text",
                hint="give every machine of the run the same files",
            )


def _go(run: _Run, observers: Sequence[Observer]) -> Outcome:
    """Let the run be watched, train, finish."""
    if not run.ranks.is_first:
        return _train(run)
    with tracked(run.recipe, run.directory, last_step=run.loop.step) as trackers:
        run.audience = Audience([Journal(run.directory), *trackers, *observers])
        outcome = _train(run)
        run.audience.finished(outcome)
    return outcome


def _train(run: _Run) -> Outcome:
    """Train until something says stop, then choose the weights."""
    training = run.recipe.training
    several = run.ranks.world > 1
    with (
        run.guard.explaining(None if several else lambda: _save(run)),
        Interruption(echo_seconds=_ECHO_SECONDS if several else 0.0) as run.interruption,
        Screen(training.max_steps, run.loop.step) as screen,
    ):
        reason = _stop_reason(run)
        steps, unread = _steps(run), list[Step]()
        while reason is None and not run.is_interrupted:
            step = next(steps)
            unread.append(step)
            if step.number % run.loop.look_every == 0 or step.number == 1:
                _tell(unread, screen)
            if step.number % _LOG_EVERY == 0 or step.number == 1:
                run.audience.step({"kind": "step", **_step_entry(step), "seconds": round(run.seconds, 2)})
            run.guard.note(step, look=step.number % run.loop.look_every == 0)
            reason = _stop_reason(run)
            if reason or run.is_interrupted:
                _tell(unread, screen)
            if step.number % training.validate_every == 0 or (reason and not run.is_interrupted):
                screen.tell(run.loop.step, _validate(run), is_best=run.patience.since_best == 0)
                reason = reason or _stop_reason(run)
            if step.number % training.validate_every == 0 or reason or run.is_interrupted:
                _save(run)
    if run.is_interrupted:
        say(f"stopped after step {run.loop.step:,}; everything is saved")
        say(f"go on with: dragoman train --resume {run.directory.bundle}")
        return Outcome(run.directory.bundle, finished=False)
    if run.validated_step != run.loop.step:  # the run was interrupted right at its last step
        _validate(run)
        _save(run, again=True)
    say(f"training is over: {reason}")
    with run.loop.serving() as model:
        return finish(run.directory, run.recipe, run.task, model, run.validator, run.patience, run.checksums)


def _tell(unread: list[Step], screen: Screen) -> None:
    """Show the steps not shown yet, which waits until the device has made them."""
    for step in unread:
        screen.show(step)
        if step.skipped:
            warn(f"step {step.number}: loss or gradient was not finite; the update was left out")
    unread.clear()


def _steps(run: _Run) -> Iterator[Step]:
    """The loop's steps; keeps the run's position and clock."""
    device = next(run.loop.model.parameters()).device
    positions: list[Position] = []

    def updates() -> Iterator[list[Any]]:
        for batches, position in run.loader.updates(run.position):
            positions.append(position)
            yield [batch.feed(device, limit=run.loop.model.max_length) for batch in batches]

    begun = time.perf_counter() - run.seconds
    for step in run.loop.steps(updates()):
        run.position = positions.pop()
        run.seconds = time.perf_counter() - begun
        yield step


def _stop_reason(run: _Run) -> str | None:
    """Why training should end now, or None: the same in every process, whichever has heard of it first."""
    clock, is_wished, is_interrupted = run.ranks.largest(
        (run.seconds, run.audience.reason is not None, run.interruption.requested)
    )
    run.seconds, run.is_interrupted = clock, bool(is_interrupted)
    training = run.recipe.training
    if run.loop.step >= training.max_steps:
        return f"step {run.loop.step:,} is the last (training.max_steps)"
    if training.max_minutes is not None and run.seconds >= training.max_minutes * 60:
        return f"{training.max_minutes:g} minutes are over (training.max_minutes)"
    if run.patience.exhausted:
        return f"no better {training.metric} for {training.patience} validations (training.patience)"
    return run.ranks.broadcast(run.audience.reason) if is_wished else None


def _validate(run: _Run) -> Validation:
    """Validate the weights to be shipped; note the score; a new best becomes the bundle."""
    greedy = DecodingConfig(**{**run.recipe.decoding.model_dump(), "beam": 1, "n_best": 1})
    with run.loop.serving() as model:
        validation = run.validator(model, greedy)
        is_best = run.patience.note(validation.value(run.recipe.training.metric), run.loop.step)
        if is_best and run.ranks.is_first:
            scores = {"validation": {"weights": f"step {run.loop.step}", "decoding": "greedy", **plain(validation)}}
            bundle = Bundle(run.task, model, run.recipe.values(), run.checksums, scores)
            save_bundle(bundle, run.directory.bundle)
    entry = {"kind": "validation", "step": run.loop.step, "seconds": round(run.seconds, 2), "best": is_best}
    entry |= {"loss": validation.loss, "perplexity": validation.perplexity, "accuracy": validation.accuracy}
    entry |= {name: score.value for name, score in validation.scores.items()}
    run.validated_step = run.loop.step
    run.audience.validation(entry, run.validator.samples(validation, run.recipe.tracking.samples))
    return validation


def _save(run: _Run, *, again: bool = False) -> None:
    """Write a checkpoint; keep it, the one before (should this one be damaged), and the best and the last sound one.

    Args:
        run: what to save.
        again: even if this step is saved already.
    """
    if run.saved_step == run.loop.step and not again:
        return
    state = {
        "position": asdict(run.position),
        "plan": _plan(run.recipe),
        "is_validated": run.validated_step == run.loop.step,
        "guard": run.guard.state(run.loop.step),
        "seconds": run.seconds,
        "best": run.patience.best,
        "since_best": run.patience.since_best,
    }
    run.directory.secure_log()
    checkpoints.save(run.directory.checkpoints, run.loop, state)
    if run.ranks.is_first:
        kept = {run.saved_step, run.loop.step, run.guard.sound_step or 0, *run.patience.best_steps}
        checkpoints.prune(run.directory.checkpoints, kept)
    run.ranks.wait()
    run.saved_step = run.loop.step


def _step_entry(step: Step) -> dict[str, Any]:
    entry: dict[str, Any] = step.values()
    entry["step"] = entry.pop("number")
    entry["tokens_per_second"] = round(step.tokens / entry.pop("seconds"), 1)
    return entry | peak_memory_mib()
