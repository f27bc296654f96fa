"""Have we seen this before? Sets of 64-bit digests in flat memory. Knows texts only by their digests.

A Python set of five million integers takes about 450 MB. :class:`DigestSet` keeps the bare 8 bytes of each
in an open-addressing table that is at most two thirds full: 12 to 24 bytes each. Two different texts share
a digest with probability n² / 2⁶⁵, less than one in a million for five million texts.

:class:`DistinctCounter` only counts and may estimate: adaptive sampling (Wegman; Flajolet 1990, "On adaptive
sampling", Computing 34) keeps the digests that end in ``k`` zero bits and doubles the count for each bit.
"""

from array import array
from hashlib import blake2b

_FIRST_CAPACITY_BITS = 12
_DIGEST_BITS = 64


def digest(*texts: str) -> int:
    """A 64-bit digest of ``texts``, equal on every machine; the borders between them count."""
    whole = "".join([f"{len(text)}:{text}" for text in texts])
    return int.from_bytes(blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class DigestSet:
    """A set of 64-bit digests that only grows."""

    def __init__(self) -> None:
        self._bits = _FIRST_CAPACITY_BITS
        self._table = _empty_table(self._bits)
        self._used = 0
        self._limit = (1 << self._bits) * 2 // 3

    def __len__(self) -> int:
        return self._used

    def add(self, value: int) -> bool:
        """Put ``value`` in; True when it was not there before."""
        value = value or 1  # 0 marks an empty slot
        table = self._table
        mask = len(table) - 1
        slot = value >> (_DIGEST_BITS - self._bits)
        while held := table[slot]:
            if held == value:
                return False
            slot = (slot + 1) & mask
        table[slot] = value
        self._used += 1
        if self._used > self._limit:
            self._grow()
        return True

    def _grow(self) -> None:
        """Double the table. The slot is the digest's upper bits, so old and new are walked in the same order."""
        old = self._table
        self._bits += 1
        self._limit = (1 << self._bits) * 2 // 3
        table = _empty_table(self._bits)
        mask = len(table) - 1
        shift = _DIGEST_BITS - self._bits
        for value in old:
            if value:
                slot = value >> shift
                while table[slot]:
                    slot = (slot + 1) & mask
                table[slot] = value
        self._table = table


def _empty_table(bits: int) -> "array[int]":
    return array("Q", bytes(8 << bits))


class DistinctCounter:
    """How many different digests there were: exact up to ``limit``, an estimate beyond.

    Args:
        limit: digests kept; the standard error of the estimate is about 1.2 / √limit.
    """

    def __init__(self, limit: int = 200_000) -> None:
        self._limit = limit
        self._kept: set[int] = set()
        self._mask = 0

    def add(self, value: int) -> None:
        """Count ``value``."""
        if value & self._mask:
            return
        self._kept.add(value)
        while len(self._kept) > self._limit:
            self._mask = self._mask * 2 + 1
            self._kept = {kept for kept in self._kept if not kept & self._mask}

    @property
    def count(self) -> int:
        """The number of different digests so far."""
        return len(self._kept) * (self._mask + 1)

    @property
    def is_exact(self) -> bool:
        """Whether the number is exact."""
        return self._mask == 0
