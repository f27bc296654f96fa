"""The joint between search and wishes: a processor changes the next ids' log-probabilities.

A processor sees only what has been said so far, so any wish (never an id, no repeated phrase,
not too short) is a function of its own, and they apply one after another.
"""

import math
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor

from dragoman.base.symbols import EOS


@runtime_checkable
class Processor(Protocol):
    """Anything that edits the next step's scores."""

    def __call__(self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"]) -> Float[Tensor, "N V"]:
        """The log-probabilities to go on with.

        Args:
            prefix: ids said so far, without BOS; every row has the same length.
            log_probs: of each row's next id; may be changed in place.
        """
        ...


class Forbid:
    """Never say these ids.

    Args:
        ids: such as padding and unknown pieces.
    """

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = list(ids)

    def __call__(self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"]) -> Float[Tensor, "N V"]:
        """Take their chance away."""
        log_probs[:, self._ids] = -math.inf
        return log_probs


class MinimumLength:
    """Say at least so many ids before EOS.

    Args:
        length: ids, EOS not counted.
    """

    def __init__(self, length: int) -> None:
        self._length = length

    def __call__(self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"]) -> Float[Tensor, "N V"]:
        """No EOS yet."""
        if prefix.size(1) < self._length:
            log_probs[:, EOS] = -math.inf
        return log_probs


class NoRepeatedNgram:
    """Never say the same ``size`` ids in a row twice (Paulus et al. 2018, section 2.5).

    Args:
        size: length of the n-gram.
    """

    def __init__(self, size: int) -> None:
        self._size = size

    def __call__(self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"]) -> Float[Tensor, "N V"]:
        """Forbid each id that would close an n-gram already said."""
        lead = self._size - 1
        for row, said in enumerate(prefix.tolist()):
            tail = said[len(said) - lead :]
            closing = [said[at + lead] for at in range(len(said) - lead) if said[at : at + lead] == tail]
            log_probs[row, closing] = -math.inf
        return log_probs


class LikeliestFew:
    """Only the ``count`` likeliest next ids can be said (top-k sampling: Fan, Lewis & Dauphin 2018, section 5.2).

    Args:
        count: at least one; ids as likely as the last of them stay too.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def __call__(self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"]) -> Float[Tensor, "N V"]:
        """Take the chance of all others away."""
        least = log_probs.topk(min(self._count, log_probs.size(1)), dim=1).values[:, -1:]
        return log_probs.masked_fill(log_probs < least, -math.inf)


class Nucleus:
    """Only the fewest likeliest ids that together have the ``share`` can be said (top-p: Holtzman et al. 2020).

    Args:
        share: of the probability, above 0; the likeliest id always stays.
    """

    def __init__(self, share: float) -> None:
        self._share = share

    def __call__(self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"]) -> Float[Tensor, "N V"]:
        """Take the chance of all others away."""
        ordered = log_probs.softmax(1).sort(dim=1, descending=True)
        before = ordered.values.cumsum(1) - ordered.values  # the probability of those likelier than each
        outside = (before >= self._share).scatter(1, ordered.indices, before >= self._share)
        return log_probs.masked_fill(outside, -math.inf)
