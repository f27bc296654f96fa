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

_NUCLEUS = 128
"""The share is looked for among so many ids before all are sorted."""


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
        if prefix.size(1) < self._size:
            return log_probs
        ngrams = prefix.unfold(1, self._size, 1)  # (N, T) → (N, T - size + 1, size)
        tail = prefix[:, prefix.size(1) - self._size + 1 :]
        rows, places = (ngrams[:, :, :-1] == tail[:, None]).all(2).nonzero(as_tuple=True)
        log_probs[rows, ngrams[rows, places, -1]] = -math.inf
        return log_probs


class NoLoops:
    """Never say a phrase more than ``most`` times without a break.

    Args:
        most: how often it may be said.
        longest: ids of the longest phrase that is looked for.
    """

    def __init__(self, most: int, *, longest: int = 16) -> None:
        self._most = most
        self._longest = longest

    def __call__(self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"]) -> Float[Tensor, "N V"]:
        """Forbid each id that would finish one time too many."""
        length = prefix.size(1)
        for period in range(1, min(self._longest, (length + 1) // (self._most + 1)) + 1):
            same = self._most * period - 1  # so many ids at the end are those one period earlier, and one more would be
            start = length - same
            looping = (prefix[:, start:] == prefix[:, start - period : length - period]).all(1)
            rows = looping.nonzero()[:, 0]
            log_probs[rows, prefix[rows, length - period]] = -math.inf
        return log_probs


class RepetitionPenalty:
    """What has been said becomes less likely: its log-probability is multiplied by the penalty.

    Keskar et al. 2019, "CTRL", section 4.1, divides logits; log-probabilities are never positive, so one rule does.

    Args:
        penalty: at least 1.
    """

    def __init__(self, penalty: float) -> None:
        self._penalty = penalty

    def __call__(self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"]) -> Float[Tensor, "N V"]:
        """Make each id already said less likely."""
        return log_probs.scatter(1, prefix, log_probs.gather(1, prefix) * self._penalty)


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
        share: of the probability, above 0; the likeliest id always stays, and all that are as likely as the last.
    """

    def __init__(self, share: float) -> None:
        self._share = share

    def __call__(self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"]) -> Float[Tensor, "N V"]:
        """Take the chance of all others away."""
        shares = log_probs.softmax(1)
        likeliest = shares.topk(min(_NUCLEUS, shares.size(1)), dim=1).values
        if bool((likeliest.sum(1) < self._share).any()):
            likeliest = shares.sort(dim=1, descending=True).values
        before = likeliest.cumsum(1) - likeliest  # the probability of those likelier than each
        least = likeliest.masked_fill(before >= self._share, math.inf).amin(1, keepdim=True)
        return log_probs.masked_fill(shares < least, -math.inf)
