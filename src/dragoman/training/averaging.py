"""Averages of weights: an exponential moving one kept while training, and the plain mean of checkpoints.

Averaging the last weights of a run lowers their noise (Polyak & Juditsky 1992; Vaswani et al. 2017, section 6.1).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from dragoman.base.errors import ConfigError
from dragoman.compute.sharding import placed_like


class MovingAverage:
    """An exponential moving average of a model's parameters.

    Args:
        model: whose parameters to follow.
        decay: share of the old average kept at each update; early on less is kept, so that the
            first weights are soon forgotten.
    """

    def __init__(self, model: nn.Module, *, decay: float) -> None:
        self.decay = decay
        self._model = model
        self.weights = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}

    @torch.no_grad()
    def update(self, step: int, *, moved: Tensor | None = None) -> None:
        """Move towards the model's weights after update ``step`` (from 1).

        Args:
            step: the number of the update.
            moved: a truth value on the device: False where the update was left out; None when it was not.
        """
        decay = min(self.decay, (1 + step) / (10 + step))
        current = dict(self._model.named_parameters())
        own = list(self.weights.values())
        followed: list[Tensor] = [current[name] for name in self.weights]
        if moved is None:
            torch._foreach_lerp_(own, followed, 1 - decay)
            return
        ways: list[Tensor] = list(torch._foreach_sub(followed, own))
        torch._foreach_mul_(ways, moved * (1 - decay))
        torch._foreach_add_(own, ways)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The model carries the averaged weights inside the block, its own again after it."""
        own = {name: parameter.detach().clone() for name, parameter in self._model.named_parameters()}
        put(self._model, self.weights)
        try:
            yield
        finally:
            put(self._model, own)


@torch.no_grad()
def put(model: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Copy ``weights`` into the parameters of the same names.

    Raises:
        ConfigError: they are of a model of another shape.
    """
    parameters = dict(model.named_parameters())
    for name in {**parameters, **weights}:
        have, want = (tuple(group[name].shape) if name in group else None for group in (weights, parameters))
        if have != want:
            raise ConfigError(
                f"these weights are of another model: {name} has shape {have}, wanted {want}",
                hint="use the recipe they were trained with",
            )
    for name, parameter in parameters.items():
        parameter.copy_(placed_like(weights[name], parameter))


def mean(many: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The plain mean of several sets of weights, summed in double precision."""
    return {
        name: (sum(weights[name].double() for weights in many) / len(many)).to(many[0][name].dtype)  # type: ignore[union-attr]
        for name in many[0]
    }
