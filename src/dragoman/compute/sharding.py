"""How the processes of a run share one model: each has a copy (DDP), or each has a part of every matrix (FSDP).

An update is the same whoever shares it: every process takes some rows of every batch, gradients are summed over
all, and all make the same step. Copies (Li et al. 2020) are quickest while the model fits. Parts (Zhao et al.
2023; ``fully_shard``) need only a share of the memory for weights, gradients and optimizer, and fetch each
layer's weights when it is its turn.

Knows nothing of batches or of what a model computes; only that :class:`torch.nn.ModuleList` children of a model
are its layers, and that a model's other weights may be used outside of its ``forward``.
"""

import copy
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, cast

import torch
from torch import Tensor, nn

from dragoman.compute.placement import ComputeConfig
from dragoman.compute.ranks import ALONE, Ranks

Model = TypeVar("Model", bound=nn.Module)


class Alone(Generic[Model]):
    """A model that nobody shares, and the joint that the other two fill in.

    Args:
        model: in place, on its device.
        ranks: this process and the others.

    Attributes:
        model: what to call while training; looks like the model itself.
        plain: the model to use outside of training: the same one, or a copy where the model's weights are in parts.
    """

    def __init__(self, model: Model, ranks: Ranks = ALONE) -> None:
        self.model = self.plain = model
        self.ranks = ranks

    @contextmanager
    def batch(self, *, is_last: bool) -> Iterator[None]:
        """Around forward and backward of one batch of an update; gradients are exchanged with the last."""
        yield

    def clip(self, limit: float) -> Tensor:
        """Shorten the whole gradient to ``limit``; its norm before."""
        return whole(torch.nn.utils.clip_grad_norm_(self.model.parameters(), limit))


class Copies(Alone[Model]):
    """Every process has all weights (DistributedDataParallel); gradients travel while backward still runs."""

    def __init__(self, model: Model, ranks: Ranks) -> None:
        super().__init__(model, ranks)
        device = next(model.parameters()).device
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # newer releases have another name for broadcast_buffers
            self._copies = nn.parallel.DistributedDataParallel(
                model, device_ids=[device] if device.type == "cuda" else None, broadcast_buffers=False
            )
        self.model = cast(Model, _Called(model, self._copies))

    @contextmanager
    def batch(self, *, is_last: bool) -> Iterator[None]:
        """Gradients stay here until the last batch."""
        self._copies.require_backward_grad_sync = is_last  # what no_sync() sets, which cannot be left so conveniently
        try:
            yield
        finally:
            self._copies.require_backward_grad_sync = True


class Parts(Alone[Model]):
    """Every process has a part of each weight (FSDP2); the model's parameters become distributed tensors."""

    def __init__(self, model: Model, ranks: Ranks) -> None:
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import fully_shard

        super().__init__(model, ranks)
        self.plain = copy.deepcopy(model).cpu()
        mesh = init_device_mesh(next(model.parameters()).device.type, (ranks.world,))
        for children in model.children():
            for layer in children if isinstance(children, nn.ModuleList) else ():
                fully_shard(layer, mesh=mesh)
        # The rest, embeddings and output among it, stays whole after forward: the objective uses it there.
        self._root: Any = fully_shard(model, mesh=mesh, reshard_after_forward=False)

    @contextmanager
    def batch(self, *, is_last: bool) -> Iterator[None]:
        """Weights outside of layers are whole inside; gradients stay here until the last batch."""
        self._root.set_requires_gradient_sync(is_last)
        self._root.unshard()
        yield


class _Called:
    """A model that is called through its wrapper and looked at itself."""

    def __init__(self, model: nn.Module, wrapper: nn.Module) -> None:
        self._model, self._wrapper = model, wrapper

    def __call__(self, *inputs: Any) -> Any:
        return self._wrapper(*inputs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


def share(model: Model, ranks: Ranks, config: ComputeConfig) -> Alone[Model]:
    """The model shared as the recipe says; by default copies, where there is more than one process."""
    if ranks.world == 1:
        return Alone(model)
    ranks.wait()  # the others may still be reading the corpus, and what follows has a limit of time
    return Parts(model, ranks) if config.sharding == "fsdp" else Copies(model, ranks)


def whole(tensor: Tensor) -> Tensor:
    """A distributed tensor put together, which every process must ask for; any other as it is."""
    return cast(Any, tensor).full_tensor() if hasattr(tensor, "full_tensor") else tensor


def placed_like(tensor: Tensor, like: Tensor) -> Tensor:
    """A tensor on the device of ``like``, and in parts or whole as ``like`` is; every process must ask for it."""
    if not hasattr(like, "full_tensor"):
        return whole(tensor).to(like.device)
    if hasattr(tensor, "full_tensor"):
        return tensor
    from torch.distributed.tensor import distribute_tensor

    mesh, placements = cast(Any, like).device_mesh, cast(Any, like).placements
    return distribute_tensor(tensor.detach().to(like.device), mesh, placements, src_data_rank=None)
