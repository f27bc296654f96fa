"""The joint between the loop and its purpose."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor

from dragoman.batching.batch import Batch
from dragoman.batching.example import Example
from dragoman.models.protocol import Seq2Seq


@dataclass(frozen=True, slots=True)
class Loss:
    """What a batch costs.

    Attributes:
        total: the summed loss over all target ids, to be divided by the ids of the whole update; differentiable.
        tokens: how many target ids it sums over.
        negative_log_likelihood: the summed plain cross-entropy in nats, without smoothing; detached.
        correct: how many target ids had the highest probability of all; counted only when no gradient is wanted.
    """

    total: Tensor
    tokens: int
    negative_log_likelihood: Tensor
    correct: Tensor


@runtime_checkable
class Objective(Protocol):
    """What training minimises."""

    def prepare(self, example: Example, key: int) -> Example:
        """The example as this objective wants it; any randomness comes from ``key`` alone."""
        ...

    def __call__(self, model: Seq2Seq, batch: Batch) -> Loss:
        """The loss of ``model`` on ``batch``."""
        ...
