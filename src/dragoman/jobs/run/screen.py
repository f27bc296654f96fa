"""What a training run shows: a progress bar with speed and time left, a line for each validation."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from dragoman.base.log import console, progress, say
from dragoman.jobs.run.validation import Validation
from dragoman.training.loop import Step

_SMOOTHING = 0.95
_QUIET_EVERY = 100


class Screen:
    """The display of one run.

    Args:
        total: the last step.
        done: steps made before.
    """

    def __init__(self, total: int, done: int) -> None:
        self._stack = ExitStack()
        self._total, self._done = total, done
        self._loss = self._speed = 0.0
        self._shown = 0

    def __enter__(self) -> Self:
        self._display = self._stack.enter_context(progress("{task.fields[state]}"))
        self._bar = self._display.add_task("training", total=self._total, completed=self._done, state="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def show(self, step: Step) -> None:
        """Move the bar; without a terminal, write a line now and then."""
        if step.skipped:
            return
        share = min(_SMOOTHING, self._shown / (self._shown + 1))
        self._loss = share * self._loss + (1 - share) * step.negative_log_likelihood
        self._speed = share * self._speed + (1 - share) * step.tokens / step.seconds
        self._shown += 1
        state = f"loss {self._loss:.3f} · {self._speed:,.0f} tokens/s"
        self._display.update(self._bar, completed=step.number, state=state)
        if not console().is_terminal and step.number % _QUIET_EVERY == 0:
            say(f"step {step.number:,} of {self._total:,}: {state}")

    def tell(self, step: int, validation: Validation, *, is_best: bool) -> None:
        """A line for a validation."""
        scores = "  ".join(f"{score.label} {score.value:5.2f}" for score in validation.scores.values())
        mark = "  best so far" if is_best else ""
        say(f"step {step:>7,}  loss {validation.loss:.3f}  {scores}  ({validation.seconds:.0f} s){mark}")
