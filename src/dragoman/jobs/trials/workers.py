"""Several processes at one study. They meet only in its database; each could as well be started by hand.

A worker has a session of its own, so that Ctrl-C reaches it once and by way of its parent, and ends when its parent
is gone.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from types import FrameType

from dragoman.base.errors import DragomanError, TrainingError
from dragoman.base.log import say, warn
from dragoman.jobs.recipe import Recipe, make_recipe


def run(work: Callable[[Callable[[], bool]], object], count: int) -> None:
    """Let ``count`` processes work until they have nothing left to do.

    Args:
        work: what each does, given how to ask whether its parent is gone; it can be pickled.
        count: how many.

    Raises:
        TrainingError: all of them failed.
        KeyboardInterrupt: they were told to stop, and did.
    """
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_at, args=(work, os.getpid()), name=f"worker {number}") for number in range(1, count + 1)
    ]
    for process in processes:
        process.start()
    if _wait(processes):
        raise KeyboardInterrupt
    failed = [process for process in processes if process.exitcode]
    for process in failed:
        warn(f"{process.name} ended with code {process.exitcode}; what it had begun is gone on with by others")
    if len(failed) == count:
        raise TrainingError("every worker failed; their messages stand above", hint="try it with --workers 1")


def _wait(processes: Sequence[BaseProcess]) -> bool:
    """Wait for all; hand Ctrl-C on to them. Whether it came."""
    came: list[int] = []

    def hand_on(number: int, frame: FrameType | None) -> None:
        came.append(number)
        for process in processes:
            if process.is_alive() and process.pid is not None:
                os.kill(process.pid, number)

    before = {number: signal.signal(number, hand_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for process in processes:
            process.join()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return bool(came)


def _at(work: Callable[[Callable[[], bool]], object], parent: int) -> None:
    """Do ``work``; a message and an exit code for an error, as at the door."""
    os.setsid()
    try:
        work(lambda: os.getppid() != parent)
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    except DragomanError as error:
        say(f"error: {error}")
        raise SystemExit(error.exit_code) from None


def share_threads(recipe: Recipe, workers: int) -> Recipe:
    """The recipe with this machine's cores shared out, unless it says itself how many threads it wants."""
    if workers == 1 or recipe.compute.threads is not None:
        return recipe
    values = recipe.given()
    values["compute"]["threads"] = max(1, len(os.sched_getaffinity(0)) // workers)
    return make_recipe(values, place="the recipe of a trial")
