"""The training loop: a generator of steps. It knows neither files, validation nor the screen.

    for step in loop.steps(updates):
        …                                 # the caller logs, validates, saves and stops

One step: draw the dropout of this step from its key, sum the gradients of the update's
batches, divide by its target ids, clip, check that all is finite, move.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dragoman.base.errors import TrainingError
from dragoman.base.randomness import key
from dragoman.batching.batch import Batch
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives.protocol import Objective
from dragoman.training.averaging import MovingAverage
from dragoman.training.schedules import Schedule

_MAX_SKIPPED = 10


@dataclass(frozen=True, slots=True)
class Step:
    """One update.

    Attributes:
        number: counts from 1.
        loss: the objective per target id.
        negative_log_likelihood: plain cross-entropy per target id, in nats.
        tokens: target ids in the update, padding not counted.
        learning_rate: of this update.
        gradient_norm: before clipping.
        seconds: wall time of the update.
        skipped: True when loss or gradient was not finite and the weights were left as they were.
    """

    number: int
    loss: float
    negative_log_likelihood: float
    tokens: int
    learning_rate: float
    gradient_norm: float
    seconds: float
    skipped: bool


class Loop:
    """Moves a model by gradients.

    Args:
        model: in place, on its device.
        objective: what to minimise.
        optimizer: over the model's parameters.
        schedule: learning rate by step.
        clip_norm: largest norm of the gradient; 0 for no limit.
        seed: of the run; decides each step's dropout.
        average: moving average to keep beside the model, or None.
    """

    def __init__(
        self,
        model: Seq2Seq,
        objective: Objective,
        optimizer: torch.optim.Optimizer,
        schedule: Schedule,
        *,
        clip_norm: float = 0.0,
        seed: int,
        average: MovingAverage | None = None,
    ) -> None:
        self.model = model
        self.optimizer = optimizer
        self.average = average
        self.step = 0
        self._objective = objective
        self._schedule = schedule
        self._clip_norm = clip_norm or float("inf")
        self._seed = seed
        self._skipped = 0

    def steps(self, updates: Iterable[Sequence[Batch]]) -> Iterator[Step]:
        """Make one update after another.

        Raises:
            TrainingError: loss or gradient was not finite for many steps on end.
        """
        for batches in updates:
            self.model.train()
            yield self._update(batches)

    def _update(self, batches: Sequence[Batch]) -> Step:
        begun = time.perf_counter()
        self.step += 1
        torch.manual_seed(key(self._seed, "dropout", self.step))
        rate = self._schedule(self.step)
        tokens = sum(batch.target_tokens for batch in batches)
        loss = likelihood = 0.0
        for batch in batches:
            part = self._objective(self.model, batch)
            (part.total / tokens).backward()  # type: ignore[no-untyped-call]
            loss += part.total.item() / tokens
            likelihood += part.negative_log_likelihood.item() / tokens
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self._clip_norm)
        skipped = not self._is_finite(loss, norm)
        if not skipped:
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            self.optimizer.step()
            if self.average is not None:
                self.average.update(self.step)
        self.optimizer.zero_grad(set_to_none=True)
        seconds = time.perf_counter() - begun
        return Step(self.step, loss, likelihood, tokens, rate, float(norm), seconds, skipped)

    def _is_finite(self, loss: float, norm: Tensor) -> bool:
        if torch.isfinite(norm) and loss - loss == 0.0:
            self._skipped = 0
            return True
        self._skipped += 1
        if self._skipped >= _MAX_SKIPPED:
            raise TrainingError(
                f"loss or gradient was not finite for {_MAX_SKIPPED} updates on end (step {self.step}, loss {loss})",
                hint="lower schedule.peak or raise schedule.warmup_steps; the last checkpoint is still good",
            )
        return False
