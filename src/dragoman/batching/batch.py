"""The nouns of batching: an example (ids) and a batch (tensors). It does not know what the ids mean."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from dragoman.base.symbols import BOS, PAD


@dataclass(frozen=True, slots=True)
class Example:
    """One training or translation example.

    Attributes:
        source: ids of the source, EOS at the end.
        target: ids of the target, EOS at the end; empty when there is only a source.
    """

    source: list[int]
    target: list[int]


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

    def to(self, device: torch.device | str) -> "Batch":
        """The same batch on another device."""
        return Batch(
            source=self.source.to(device),
            source_mask=self.source_mask.to(device),
            target_input=self.target_input.to(device),
            target_output=self.target_output.to(device),
            target_tokens=self.target_tokens,
        )

    def silenced(self) -> "Batch":
        """The same batch with nothing to say: no target id counts, so that it teaches nothing."""
        return replace(self, target_output=torch.full_like(self.target_output, PAD), target_tokens=0)


def pad(rows: Sequence[Sequence[int]]) -> Int[Tensor, "B N"]:
    """Rows of ids as one tensor, PAD at the right."""
    width = max((len(row) for row in rows), default=0)
    return torch.tensor([[*row, *[PAD] * (width - len(row))] for row in rows], dtype=torch.long).reshape(
        len(rows), width
    )


def collate(examples: Sequence[Example]) -> Batch:
    """One batch of ``examples``, in their order."""
    source = pad([example.source for example in examples])
    return Batch(
        source=source,
        source_mask=source != PAD,
        target_input=pad([[BOS, *example.target][: len(example.target)] for example in examples]),
        target_output=pad([example.target for example in examples]),
        target_tokens=sum(len(example.target) for example in examples),
    )
