"""Splitting into train, validation and test without leaks: pairs that share a text stay on one side.

Two pairs belong together when their sources or their targets are equal in letters and digits, and groups
grow by this rule: if A shares a source with B and B a target with C, all three are one group. A group never
stands on two sides, so nothing of the test was seen in training. A random split of lines leaks: in a
translation memory or in Tatoeba, one text often has several translations.

The draw belongs to the texts, not to their order: the same pairs in another order are split the same way.
It does not know files; it works on a numbered sequence of records and gives each number its part.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragoman.base.errors import ConfigError, EmptyCorpusError
from dragoman.base.randomness import key
from dragoman.corpora.duplicates import digest
from dragoman.corpora.records import Record
from dragoman.text.normalize import comparison_key

PARTS = ("train", "validation", "test")
"""The three sides; a plan's part ``i`` is ``PARTS[i]``."""
LEFT_OUT = len(PARTS)
"""The part of pairs that no side may have: further members of a held-out group."""

Size = int | float
"""A number of pairs (1 or more, an int), or a share of the corpus (a float below 1)."""
Digests = NDArray[np.uint64]
Numbers = NDArray[np.int64]

_LARGEST_HELD_OUT_GROUP = 20


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """Which record goes where.

    Attributes:
        parts: for each record, in order, the index into ``PARTS``, or ``LEFT_OUT``.
        groups: number of groups.
        largest_group: pairs in the largest group.
    """

    parts: NDArray[np.uint8]
    groups: int
    largest_group: int

    @property
    def counts(self) -> dict[str, int]:
        """Pairs of each part, and ``"left out"``."""
        sizes = np.bincount(self.parts, minlength=LEFT_OUT + 1)
        return {name: int(size) for name, size in zip((*PARTS, "left out"), sizes, strict=True)}


def plan_split(
    records: Iterable[Record], *, validation: Size, test: Size, seed: int = 1, one_per_group: bool = True
) -> SplitPlan:
    """Decide for every record whether it is for training, validation or test.

    Groups of more than twenty pairs always train: they are the small talk of a corpus ("OK.", "Yes."), and
    holding one out would cost training a lot to gain a single pair.

    Args:
        records: gone through once; 16 bytes of each are kept, and about 60 while grouping.
        validation: size of the validation part; 0 for none.
        test: size of the test part; 0 for none.
        seed: another seed, another draw.
        one_per_group: hold out one pair of a group and leave the others out, so that held-out pairs have no
            near copies of each other; False holds out whole groups.

    Raises:
        EmptyCorpusError: not enough groups for these sizes.
        ConfigError: a size that is neither a count nor a share.
    """
    sources, targets = digests_of(records)
    sizes = [_count(size, len(sources), name) for name, size in (("validation", validation), ("test", test))]
    groups = group(sources, targets)
    members = np.bincount(groups)
    parts = np.zeros(len(sources), dtype=np.uint8)
    draws = draws_of(sources, targets, seed)
    order = np.lexsort((draws, groups))  # by group, and within a group by draw
    starts = np.flatnonzero(np.r_[True, np.diff(groups[order]) != 0]) if len(order) else order
    first_of_group = order[starts]
    eligible = np.flatnonzero(members <= _LARGEST_HELD_OUT_GROUP)
    queue = eligible[np.argsort(draws[first_of_group[eligible]], kind="stable")]
    plan = SplitPlan(parts, len(members), int(members.max(initial=0)))
    taken = 0
    for part, size in enumerate(sizes, 1):
        weights = np.ones(len(queue) - taken, dtype=np.int64) if one_per_group else members[queue[taken:]]
        needed = int(np.searchsorted(np.cumsum(weights), size)) + 1 if size else 0
        chosen = queue[taken : taken + needed]
        taken += needed
        if taken > len(queue) or taken >= len(members):
            raise _too_small(len(sources), plan.groups, len(queue), sizes)
        _assign(parts, part, chosen, groups, first_of_group if one_per_group else None)
    if not len(parts):
        raise _too_small(0, 0, 0, sizes)
    return plan


def _assign(
    parts: NDArray[np.uint8], part: int, chosen: Numbers, groups: Numbers, first_of_group: Numbers | None
) -> None:
    """Give the groups ``chosen`` to ``part``: whole, or their first pair only, the others left out."""
    is_chosen = np.zeros(int(groups.max(initial=-1)) + 1, dtype=bool)
    is_chosen[chosen] = True
    parts[is_chosen[groups]] = part if first_of_group is None else LEFT_OUT
    if first_of_group is not None:
        parts[first_of_group[chosen]] = part


def split(
    records: Iterable[Record], *, validation: Size, test: Size = 0, seed: int = 1, one_per_group: bool = True
) -> dict[str, list[Record]]:
    """The records of each part as lists, for corpora that fit in memory; see :func:`plan_split`."""
    held = list(records)
    plan = plan_split(held, validation=validation, test=test, seed=seed, one_per_group=one_per_group)
    result: dict[str, list[Record]] = {name: [] for name in PARTS}
    for record, part in zip(held, plan.parts, strict=True):
        if part != LEFT_OUT:
            result[PARTS[part]].append(record)
    return result


def digests_of(records: Iterable[Record]) -> tuple[Digests, Digests]:
    """The digests of all sources and all targets, as compared: letters and digits only; 16 bytes of each record."""
    sources, targets = array("Q"), array("Q")
    for record in records:
        sources.append(digest(comparison_key(record.source)))
        targets.append(digest(comparison_key(record.target)))
    return np.asarray(sources, dtype=np.uint64), np.asarray(targets, dtype=np.uint64)


def group(sources: Digests, targets: Digests) -> Numbers:
    """The group number of each pair, counted from 0 in order of first appearance.

    Connected components by label propagation: each pair takes the smallest label among those it shares a
    source or a target with, then labels jump to their own label's label, until nothing changes. The jumps
    make it a few rounds even for long chains.
    """
    count = len(sources)
    labels = np.arange(count, dtype=np.int64)
    if not count:
        return labels
    keys = [np.unique(side, return_inverse=True)[1] for side in (sources, targets)]
    while True:
        before = labels.copy()
        for of_key in keys:
            smallest = np.full(int(of_key.max()) + 1, count, dtype=np.int64)
            np.minimum.at(smallest, of_key, labels)
            # The pair a label names joins too, so that whole groups meet and not only their borders.
            np.minimum.at(labels, labels.copy(), smallest[of_key])
            labels = np.minimum(labels, smallest[of_key])
        while not np.array_equal(jumped := labels[labels], labels):
            labels = jumped
        if np.array_equal(labels, before):
            return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def draws_of(sources: Digests, targets: Digests, seed: int) -> Digests:
    """A random 64-bit number for each pair, by its texts and the seed (the finalizer of SplitMix64)."""
    mixed = (sources ^ (targets << np.uint64(1))) + np.uint64(key("split", seed))
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _count(size: Size, total: int, name: str) -> int:
    if isinstance(size, float) and 0 < size < 1:
        return round(size * total)
    if size < 0 or size != int(size):
        raise ConfigError(
            f"a {name} size of {size} is neither a number of pairs nor a share of the corpus",
            hint="use a whole number such as 1000, or a share such as 0.05",
        )
    return int(size)


def _too_small(pairs: int, groups: int, eligible: int, sizes: list[int]) -> EmptyCorpusError:
    return EmptyCorpusError(
        f"too small to split: {pairs:,} pairs in {groups:,} groups that share no text, of which {eligible:,} may be "
        f"held out; asked for {sizes[0]:,} validation and {sizes[1]:,} test pairs with something left to train on",
        hint="hold out fewer pairs, or give a larger corpus",
    )
