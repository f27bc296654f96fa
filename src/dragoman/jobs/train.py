"""The verb train: from a recipe to a bundle, resumable at any moment.

    material → tokenizers → examples → for step in loop.steps(…): log, validate, save, stop → bundle

The loop knows nothing of what is done between its steps; all of that is here.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dragoman.base.log import say, warn
from dragoman.batching.loader import Position
from dragoman.batching.prefetch import ahead
from dragoman.compute.memory import peak_memory_mib
from dragoman.compute.ranks import joined
from dragoman.decoding.config import DecodingConfig
from dragoman.jobs.pretraining.inheritance import inherit
from dragoman.jobs.recipe import Recipe
from dragoman.jobs.run import opening
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.finishing import Outcome, finish, plain
from dragoman.jobs.run.interruption import Interruption
from dragoman.jobs.run.journal import Journal
from dragoman.jobs.run.observers import Audience, Observer
from dragoman.jobs.run.opening import Run
from dragoman.jobs.run.screen import Screen
from dragoman.jobs.run.tracking import tracked
from dragoman.jobs.run.validation import Validation
from dragoman.training import checkpoints
from dragoman.training.loop import Step
from dragoman.translator.bundle import Bundle, save_bundle

_LOG_EVERY = 20
_ECHO_SECONDS = 5.0


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
        recipe, start = inherit(recipe)
        with ExitStack() as held:
            return _go(opening.begin(ranks, directory, recipe, start, force=force, held=held), observers)


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
    opening.refuse_changes(own, recipe)
    with joined(recipe.compute) as ranks:
        directory = RunDirectory(output, writes=ranks.is_first)
        with directory.alone():
            return _go(opening.reopen(ranks, directory, recipe, checksums), observers)


def _go(run: Run, observers: Sequence[Observer]) -> Outcome:
    """Let the run be watched, train, finish."""
    if not run.ranks.is_first:
        return _train(run)
    with tracked(run.recipe, run.directory, last_step=run.loop.step) as trackers:
        run.audience = Audience([Journal(run.directory), *trackers, *observers])
        outcome = _train(run)
        run.audience.finished(outcome)
    return outcome


def _train(run: Run) -> Outcome:
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


def _steps(run: Run) -> Iterator[Step]:
    """The loop's steps; keeps the run's position and clock."""
    device = next(run.loop.model.parameters()).device
    positions: list[Position] = []

    def updates() -> Iterator[list[Any]]:
        for batches, position in ahead(run.loader.updates(run.position), run.recipe.batching.prefetch):
            positions.append(position)
            yield [batch.feed(device, limit=run.loop.model.max_length) for batch in batches]

    begun = time.perf_counter() - run.seconds
    for step in run.loop.steps(updates()):
        run.position = positions.pop()
        run.seconds = time.perf_counter() - begun
        yield step


def _stop_reason(run: Run) -> str | None:
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


def _validate(run: Run) -> Validation:
    """Validate the weights to be shipped; note the score; a new best becomes the bundle."""
    greedy = DecodingConfig(**{**run.recipe.decoding.model_dump(), "method": "beam", "beam": 1, "n_best": 1})
    with run.loop.serving() as model:
        validation = run.validator(model, greedy)
        is_best = run.patience.note(validation.value(run.recipe.training.metric), run.loop.step)
        if is_best and run.ranks.is_first:
            scores = {"validation": {"weights": f"step {run.loop.step}", "decoding": "greedy", **plain(validation)}}
            values, history = run.recipe.values(), run.directory.history()
            bundle = Bundle(run.task, model, values, run.checksums, scores, history)
            save_bundle(bundle, run.directory.bundle)
    entry = {"kind": "validation", "step": run.loop.step, "seconds": round(run.seconds, 2), "best": is_best}
    entry |= {"loss": validation.loss, "perplexity": validation.perplexity, "accuracy": validation.accuracy}
    entry |= {name: score.value for name, score in validation.scores.items()}
    run.validated_step = run.loop.step
    run.audience.validation(entry, run.validator.samples(validation, run.recipe.tracking.samples))
    return validation


def _save(run: Run, *, again: bool = False) -> None:
    """Write a checkpoint; keep it, the one before (should this one be damaged), and the best and the last sound one.

    Args:
        run: what to save.
        again: even if this step is saved already.
    """
    if run.saved_step == run.loop.step and not again:
        return
    state = {
        "position": asdict(run.position),
        "plan": opening.plan(run.recipe),
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
