"""Examples (ids) as a batch (tensors). It does not know what the ids mean."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch.nn import functional as F

from dragoman.base.symbols import BOS, PAD
from dragoman.batching.example import Example

_TENSORS = ("source", "source_mask", "target_input", "target_output")
_GPU_MULTIPLE = 8


@dataclass(frozen=True, slots=True)
class Batch:
    """Several examples as padded tensors.

    Attributes:
        source: source ids, PAD at the right.
        source_mask: True at real source ids.
        target_input: BOS followed by the target without its last id: what the decoder is given (teacher forcing).
        target_output: the target ids, PAD at the right: what it has to say.
        target_tokens: how many target ids are not PAD.
    """

    source: Int[Tensor, "B S"]
    source_mask: Bool[Tensor, "B S"]
    target_input: Int[Tensor, "B T"]
    target_output: Int[Tensor, "B T"]
    target_tokens: int

    def to(self, device: torch.device | str, *, non_blocking: bool = False) -> "Batch":
        """The same batch on another device; ``non_blocking``: without waiting, if its memory is pinned."""
        return self._each(lambda tensor: tensor.to(device, non_blocking=non_blocking))

    def feed(self, device: torch.device, *, limit: int | None = None) -> "Batch":
        """The batch as a training step on ``device`` wants it.

        A GPU is sent it while it still works on the one before. Its fused attention wants widths that are multiples
        of 8, and so do its multipliers: padding fills them up, to ``limit`` ids at most.
        """
        if device.type != "cuda":
            return self.to(device)
        return self.widen(_GPU_MULTIPLE, limit=limit)._each(Tensor.pin_memory).to(device, non_blocking=True)

    def widen(self, multiple: int, *, limit: int | None = None) -> "Batch":
        """The same batch with more padding: widths that are multiples of ``multiple``, but none beyond ``limit``."""

        def wide(tensor: Tensor) -> Tensor:
            width = tensor.size(1)
            wanted = -(-width // multiple) * multiple
            wanted = wanted if limit is None else max(width, min(wanted, limit))
            return F.pad(tensor, (0, wanted - width), value=PAD if tensor.dtype == torch.long else False)

        return self._each(wide)

    def _each(self, change: Callable[[Tensor], Tensor]) -> "Batch":
        tensors = {name: change(getattr(self, name)) for name in _TENSORS}
        return Batch(target_tokens=self.target_tokens, **tensors)

    def silenced(self) -> "Batch":
        """The same batch with nothing to say: no target id counts, so that it teaches nothing."""
        return replace(self, target_output=torch.full_like(self.target_output, PAD), target_tokens=0)


def pad(rows: Sequence[Sequence[int]]) -> Int[Tensor, "B N"]:
    """Rows of ids as one tensor, PAD at the right."""
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    padded = np.full((len(rows), int(lengths.max(initial=0))), PAD, dtype=np.int64)
    ids = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int64, count=int(lengths.sum()))
    padded[np.arange(padded.shape[1]) < lengths[:, None]] = ids
    return torch.from_numpy(padded)


def collate(examples: Sequence[Example]) -> Batch:
    """One batch of ``examples``, in their order; PAD in a target is a place where nothing is to be said."""
    source = pad([example.source for example in examples])
    return Batch(
        source=source,
        source_mask=source != PAD,
        target_input=pad([[BOS, *example.target][: len(example.target)] for example in examples]),
        target_output=pad([example.target for example in examples]),
        target_tokens=sum(len(example.target) - example.target.count(PAD) for example in examples),
    )
