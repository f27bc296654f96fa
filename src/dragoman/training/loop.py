"""The training loop: a generator of steps. It knows neither files, validation nor the screen.

    for step in loop.steps(updates):
        …                                 # the caller logs, validates, saves and stops

One step: draw the dropout of this step from its key, sum the gradients of the update's
batches, divide by its target ids, clip, check that all is finite, move.
"""

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from dragoman.base.errors import DivergenceError, OutOfMemoryError
from dragoman.base.randomness import key
from dragoman.batching.batch import Batch
from dragoman.compute.sharding import Alone
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives.protocol import Objective
from dragoman.training import memory
from dragoman.training.averaging import MovingAverage, put
from dragoman.training.schedules import Schedule

_MAX_SKIPPED = 10
_LOOK_EVERY = 20


@dataclass(frozen=True)
class Step:
    """One update.

    What was measured stays where it was computed until someone asks: a GPU works behind the program's back,
    and reading a number makes the program wait for it. So read now and then, not after every step.

    Attributes:
        number: counts from 1.
        tokens: target ids in the update, padding not counted.
        learning_rate: of this update.
        seconds: wall time of the update, the wait for its batches included; on a GPU the time to hand it over.
        measured: loss, likelihood and gradient norm, on the device.
    """

    number: int
    tokens: int
    learning_rate: float
    seconds: float
    measured: Float[Tensor, "3"]

    @property
    def loss(self) -> float:
        """The objective per target id."""
        return self._read[0]

    @property
    def negative_log_likelihood(self) -> float:
        """Plain cross-entropy per target id, in nats."""
        return self._read[1]

    @property
    def gradient_norm(self) -> float:
        """Before clipping."""
        return self._read[2]

    @property
    def skipped(self) -> bool:
        """True when loss or gradient was not finite and the weights were left as they were."""
        return not all(map(math.isfinite, self._read))

    @cached_property
    def _read(self) -> list[float]:
        return self.measured.tolist()

    def values(self) -> dict[str, float]:
        """Everything by name, read from the device."""
        return {
            "number": self.number,
            "loss": self.loss,
            "negative_log_likelihood": self.negative_log_likelihood,
            "tokens": self.tokens,
            "learning_rate": self.learning_rate,
            "gradient_norm": self.gradient_norm,
            "seconds": self.seconds,
            "skipped": self.skipped,
        }


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

    Attributes:
        look_every: updates between looks at whether the last ones were finite. 1 on a processor. More on a GPU,
            where looking means waiting: there the device itself leaves out an update that is not finite.
        sharing: how several processes share the model; to be replaced where there are several.
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
        self.sharing: Alone[Seq2Seq] = Alone(model)
        self.step = 0
        self._objective = objective
        self._schedule = schedule
        self._clip_norm = clip_norm or float("inf")
        self._seed = seed
        device = next(model.parameters()).device
        self._exact = torch.float32 if device.type == "mps" else torch.float64  # of the sums that are told
        self._skipped_on_end = torch.zeros((), dtype=torch.long, device=device)
        is_guarded = device.type == "cuda" and bool(optimizer.defaults.get("fused"))
        self.look_every = _LOOK_EVERY if is_guarded else 1

    def steps(self, updates: Iterable[Sequence[Batch]]) -> Iterator[Step]:
        """Make one update after another.

        Raises:
            OutOfMemoryError: a batch did not fit; all is as it was before its update.
            DivergenceError: loss or gradient was not finite for many steps on end.
        """
        begun = time.perf_counter()
        for batches in updates:
            self.model.train()
            try:
                step = self._update(batches, begun)
            except OutOfMemoryError:
                self.step -= 1
                self.optimizer.zero_grad(set_to_none=True)
                raise
            yield step
            begun = time.perf_counter()

    @contextmanager
    def serving(self) -> Iterator[Seq2Seq]:
        """A whole model with the weights to validate and to ship: the moving average's when there is one.

        Where each process has parts only, all must ask for it together.
        """
        plain = self.sharing.plain
        if plain is self.model:
            with self.average.in_place() if self.average is not None else nullcontext():
                yield self.model
            return
        try:
            plain.to(next(self.model.parameters()).device)
            put(plain, self.average.weights if self.average is not None else dict(self.model.named_parameters()))
            yield plain
        finally:
            plain.cpu()

    def _update(self, batches: Sequence[Batch], begun: float) -> Step:
        self.step += 1
        ranks = self.sharing.ranks
        torch.manual_seed(key(self._seed, "dropout", self.step, *([ranks.rank] if ranks.rank else [])))
        rate = self._schedule(self.step)
        tokens = ranks.count(sum(batch.target_tokens for batch in batches))
        parts = [
            self._gradients(batch, tokens, is_last=number == len(batches))
            for number, batch in enumerate(batches, start=1)
        ]
        loss, likelihood = ranks.sum(torch.stack([torch.stack(values).sum() for values in zip(*parts, strict=True)]))
        norm = self.sharing.clip(self._clip_norm)
        measured = torch.stack((loss, likelihood, norm.to(self._exact)))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self._move(measured.isfinite().all())
        self.optimizer.zero_grad(set_to_none=True)
        return Step(self.step, tokens, rate, time.perf_counter() - begun, measured)

    def _gradients(self, batch: Batch, tokens: int, *, is_last: bool) -> tuple[Tensor, Tensor]:
        """Add the gradients of ``batch``, one of an update of ``tokens``; its share of loss and likelihood."""
        with (
            memory.explained(batch, vocabulary=self.model.output.out_features),
            self.sharing.batch(is_last=is_last),
        ):
            part = self._objective(self.sharing.model, batch)
            (part.total / (tokens / self.sharing.ranks.world)).backward()  # type: ignore[no-untyped-call]
        return part.total.detach().to(self._exact) / tokens, part.negative_log_likelihood.to(self._exact) / tokens

    def _move(self, finite: Tensor) -> None:
        """Update the weights, unless loss or gradient was not finite."""
        self._skipped_on_end = (self._skipped_on_end + 1) * ~finite
        if self.look_every == 1:
            if finite:
                self.optimizer.step()
                if self.average is not None:
                    self.average.update(self.step)
        else:
            self.optimizer.found_inf = (~finite).float()  # type: ignore[attr-defined]  # read by fused optimizers
            self.optimizer.step()
            if self.average is not None:
                self.average.update(self.step, moved=finite)
        if self.step % self.look_every == 0 and int(self._skipped_on_end) >= _MAX_SKIPPED:
            raise DivergenceError(
                f"loss or gradient was not finite for {int(self._skipped_on_end)} updates on end (step {self.step})",
                hint="lower schedule.peak or raise schedule.warmup_steps; the last checkpoint is still good",
            )
