"""What becomes of a run that cannot go on: nothing that was good is lost, and the user reads how to go on.

It watches for divergence, remembers the last checkpoint from before one, and turns errors under way into ones that
name the command to go on with. It decides nothing about when to save.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from dragoman.base.errors import DivergenceError, FileAccessError, OutOfMemoryError
from dragoman.base.log import say
from dragoman.jobs.recipe import Recipe
from dragoman.jobs.run.directory import RunDirectory
from dragoman.training import checkpoints
from dragoman.training.divergence import Divergence
from dragoman.training.loop import Step

_LOWER = 3.0  # how much lower a learning rate to suggest


class Guard:
    """Guards one run.

    Args:
        directory: of the run.
        recipe: of the run.

    Attributes:
        sound_step: of the last checkpoint taken while the loss was near its best; it is to be kept. None before one.
    """

    def __init__(self, directory: RunDirectory, recipe: Recipe) -> None:
        self.sound_step: int | None = None
        self._directory = directory
        self._recipe = recipe
        self._watch = Divergence()
        self._unread: list[Step] = []

    def note(self, step: Step, *, look: bool) -> None:
        """Take in an update.

        Args:
            step: the update.
            look: read now what was measured; without it later, together with others.

        Raises:
            DivergenceError: training has diverged.
        """
        self._unread.append(step)
        if look:
            self._look()
        if look and self._watch.verdict:
            raise DivergenceError(
                f"training has diverged at step {step.number:,} (learning rate {step.learning_rate:.2g}): "
                f"{self._watch.verdict}"
            )

    def _look(self) -> None:
        for step in self._unread:
            if not step.skipped:
                self._watch.note(step.negative_log_likelihood, step.gradient_norm)
        self._unread.clear()

    def state(self, step: int) -> dict[str, Any]:
        """Plain JSON values for the checkpoint of ``step``: the one to go back to, if this moment is sound."""
        self._look()
        if self._watch.is_sound:
            self.sound_step = step
        return {"divergence": self._watch.state(), "sound_step": self.sound_step}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on as :meth:`state` wrote down."""
        self._watch = Divergence.of(state["divergence"])
        self.sound_step = state["sound_step"]

    @contextmanager
    def explaining(self, save: Callable[[], None] | None) -> Iterator[None]:
        """Give errors inside the block the command to go on with.

        Args:
            save: writes a checkpoint of the state as it is; None where one process alone cannot.
        """
        try:
            yield
        except OutOfMemoryError as error:
            with suppress(MemoryError, RuntimeError):  # then the checkpoint before has to do
                if save is not None:
                    save()
            raise OutOfMemoryError(
                f"{error.message} (batching.max_tokens = {self._recipe.batching.max_tokens:,})",
                rows=error.rows,
                hint=f"go on {self._newest()} with smaller batches: {self._command(self._smaller(error.rows))}",
            ) from error
        except DivergenceError as error:
            raise DivergenceError(error.message, hint=self._withdraw()) from error
        except FileAccessError as error:
            hint = f"{error.hint or 'mend it'}; then go on {self._newest()}: {self._command({})}"
            raise FileAccessError(error.message, hint=hint) from error

    def _withdraw(self) -> str:
        """Take away what was saved of a diverged model; the hint."""
        kept = self.sound_step or 0
        if self._directory.writes:
            checkpoints.forget_after(self._directory.checkpoints, kept)
        peak = float(f"{self._recipe.schedule.peak / _LOWER:.1g}")
        place = f"after step {kept:,}, the last before it," if kept else "from the beginning"
        if self._directory.has_bundle():
            say(f"the best model so far is untouched in {self._directory.bundle}")
        return f"go on {place} with a lower learning rate: {self._command({'schedule.peak': peak})}"

    def _smaller(self, rows: int) -> dict[str, object]:
        """Settings under which a batch takes half the memory and an update stays as large."""
        batching = self._recipe.batching
        tokens = max(1, batching.max_tokens // 2)
        if rows == 1:  # one long sentence: no smaller batch helps
            return {"batching.max_tokens": tokens, "batching.max_length": max(2, batching.max_length // 2)}
        return {"batching.max_tokens": tokens, "batching.accumulate": 2 * batching.accumulate}

    def _newest(self) -> str:
        checkpoint, _ = checkpoints.newest(self._directory.checkpoints)
        return f"after step {checkpoint.step:,}" if checkpoint else "from the beginning"

    def _command(self, settings: Mapping[str, object]) -> str:
        words = "".join(f" --set {name}={value}" for name, value in settings.items())
        return f"dragoman train --resume {self._directory.bundle}{words}"
