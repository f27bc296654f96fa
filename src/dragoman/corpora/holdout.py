"""Holding a few pairs out of a corpus of any size, so that nothing held out is seen in training.

:mod:`dragoman.corpora.splitting` keeps whole groups together, which costs memory and is what a test set deserves.
Here only what must be is: no pair left for training shares its source or its target (in letters and digits) with a
held-out pair. 16 bytes of each pair are kept. Which pairs are held out belongs to the texts, not to their order.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dragoman.base.errors import EmptyCorpusError
from dragoman.corpora.records import Record
from dragoman.corpora.splitting import LEFT_OUT, Digests, digests_of, draws_of

TRAIN, VALIDATION = 0, 1
_MOST_SHARING = 20
_CANDIDATES = 4
_STEP = 1 << 20


def hold_out(records: Iterable[Record], size: int | None, *, seed: int) -> NDArray[np.uint8]:
    """For each record ``TRAIN``, ``VALIDATION``, or ``LEFT_OUT`` when it shares a side with a held-out pair.

    A pair that shares a side with more than twenty others always trains: it is the small talk of a corpus ("OK."),
    and holding it out would cost training a lot.

    Args:
        records: gone through once.
        size: pairs to hold out; None takes a twentieth, at least 50, at most 1,000, and of very little text no more
            than a fifth.
        seed: another seed, another draw.

    Raises:
        EmptyCorpusError: not enough pairs that may be held out.
    """
    sources, targets = digests_of(records)
    count = len(sources)
    wanted = usual_size(count) if size is None else size
    drawn = min(count, _CANDIDATES * wanted)
    while True:
        chosen = _choose(sources, targets, _lowest(sources, targets, drawn, seed), wanted)
        if len(chosen) == wanted or drawn == count:
            break
        drawn = min(count, _CANDIDATES * drawn)
    if len(chosen) < wanted or wanted >= count:
        raise EmptyCorpusError(
            f"too small to hold out {wanted:,} validation pairs: of {count:,} pairs {len(chosen):,} may be held out",
            hint="hold out fewer pairs (corpus.validation_pairs), or give a larger corpus or a validation text",
        )
    parts = np.zeros(count, dtype=np.uint8)
    held = np.sort(sources[chosen]), np.sort(targets[chosen])
    for start in range(0, count, _STEP):
        part = slice(start, start + _STEP)
        parts[part][_among(sources[part], held[0]) | _among(targets[part], held[1])] = LEFT_OUT
    parts[chosen] = VALIDATION
    return parts


def usual_size(pairs: int) -> int:
    """A twentieth, at least 50, at most 1,000; of very little text, no more than a fifth."""
    return max(1, min(1000, max(50, pairs // 20), pairs // 5))


def _lowest(sources: Digests, targets: Digests, size: int, seed: int) -> NDArray[np.int64]:
    """The numbers of the ``size`` pairs with the lowest draws, lowest first; of equal pairs the first counts first."""
    numbers = np.empty(0, dtype=np.int64)
    values = np.empty(0, dtype=np.uint64)
    for start in range(0, len(sources), _STEP):
        part = slice(start, start + _STEP)
        values = np.concatenate([values, draws_of(sources[part], targets[part], seed)])
        numbers = np.concatenate([numbers, np.arange(start, start + len(sources[part]))])
        kept = np.argsort(values, kind="stable")[:size]
        values, numbers = values[kept], numbers[kept]
    return numbers


def _choose(sources: Digests, targets: Digests, candidates: NDArray[np.int64], wanted: int) -> NDArray[np.int64]:
    """The first ``wanted`` of ``candidates`` that share a side with few pairs, and with none chosen before."""
    rare = _count(sources, sources[candidates]) + _count(targets, targets[candidates]) <= _MOST_SHARING + 2
    rare &= _is_first(sources[candidates]) & _is_first(targets[candidates])
    return candidates[rare][:wanted]


def _is_first(values: Digests) -> NDArray[np.bool_]:
    result = np.zeros(len(values), dtype=bool)
    result[np.unique(values, return_index=True)[1]] = True
    return result


def _count(values: Digests, wanted: Digests) -> NDArray[np.int64]:
    """How often each of ``wanted`` stands in ``values``."""
    distinct, back = np.unique(wanted, return_inverse=True)
    counts = np.zeros(len(distinct), dtype=np.int64)
    for start in range(0, len(values), _STEP):
        part = values[start : start + _STEP]
        part = part[_among(part, distinct)]
        counts += np.bincount(np.searchsorted(distinct, part), minlength=len(distinct))
    return counts[back]


def _among(values: Digests, ordered: Digests) -> NDArray[np.bool_]:
    """Which of ``values`` stand in ``ordered``."""
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.equal(ordered[places], values)
