"""Which beginnings of a beam go on, and which have ended: one step's choice. Knows neither models nor text.

Every row's few best next ids are found first, then the best of all rows of a source. So the whole vocabulary is looked
at once, row by row, and on a processor in blocks: the few best ids lie in the blocks with the few greatest maxima, and
a maximum is found at the speed of the memory, while a partial sort is not.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from dragoman.base.symbols import EOS
from dragoman.decoding.hypothesis import Hypothesis

_BLOCK = 64


@dataclass(slots=True)
class Beam:
    """The beam of one source, or one of its groups, while it is searched.

    Attributes:
        source: its place in the batch.
        group: its place among the source's groups.
        limit: the longest target, EOS included.
        finished: what has ended.
    """

    source: int
    group: int
    limit: int
    finished: list[Hypothesis]


@dataclass(frozen=True, slots=True)
class Choice:
    """Candidates of every beam, best first, as sum, row within the beam and id; and which of them go on."""

    totals: Float[Tensor, "B C"]
    parents: Int[Tensor, "B C"]
    ids: Int[Tensor, "B C"]
    going: Int[Tensor, "B W"]


@runtime_checkable
class Choosing(Protocol):
    """How the next step's beginnings are chosen."""

    def __call__(
        self,
        beams: Sequence[Beam],
        scores: Float[Tensor, "B W"],
        log_probs: Float[Tensor, "N V"],
        prefix: Int[Tensor, "N T"],
    ) -> Choice:
        """The choice of every beam, whose rows follow each other; ``scores`` are the sums so far."""
        ...


def best_few(values: Float[Tensor, "N V"], count: int) -> tuple[Float[Tensor, "N C"], Int[Tensor, "N C"]]:
    """The ``count`` greatest of each row, greatest first, and where they are."""
    size = values.size(1)
    if values.device.type != "cpu" or size < 8 * _BLOCK * count or size < 16 * _BLOCK:
        found = values.topk(min(count, size), dim=1)
        return found.values, found.indices
    rest = -size % _BLOCK
    blocks = (F.pad(values, (0, rest), value=-math.inf) if rest else values).view(len(values), -1, _BLOCK)
    chosen = blocks.amax(2).topk(count, dim=1).indices
    inside = blocks.gather(1, chosen[:, :, None].expand(-1, -1, _BLOCK)).flatten(1)  # (N, C, 64) → (N, C·64)
    found = inside.topk(count, dim=1)
    places = chosen.gather(1, found.indices // _BLOCK) * _BLOCK + found.indices % _BLOCK
    return found.values, places


def choose_likeliest(
    beams: Sequence[Beam], scores: Float[Tensor, "B W"], log_probs: Float[Tensor, "N V"], prefix: Int[Tensor, "N T"]
) -> Choice:
    """The candidates with the greatest sums."""
    return likeliest(scores, log_probs)


def likeliest(scores: Float[Tensor, "B W"], log_probs: Float[Tensor, "N V"]) -> Choice:
    """The candidates with the greatest sums; of those that are not EOS as many go on as the beam is wide."""
    totals, parents, ids = candidates(scores, log_probs)
    going = totals.masked_fill(ids == EOS, -math.inf).topk(scores.size(1), dim=1).indices
    return Choice(totals, parents, ids, going)


def candidates(
    scores: Float[Tensor, "B W"], log_probs: Float[Tensor, "N V"]
) -> tuple[Float[Tensor, "B C"], Int[Tensor, "B C"], Int[Tensor, "B C"]]:
    """Twice as many as the beam is wide, best first: their sums, rows within the beam and ids."""
    width = scores.size(1)
    values, ids = best_few(log_probs, 2 * width)
    each = values.size(1)
    totals = (scores.view(-1, 1) + values).view(len(scores), -1)  # (B·W, C) → (B, W·C)
    top = totals.topk(min(2 * width, totals.size(1)), dim=1)
    return top.values, top.indices // each, ids.view(len(scores), -1).gather(1, top.indices)
