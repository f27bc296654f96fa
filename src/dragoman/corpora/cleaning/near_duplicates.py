"""Pairs almost like an earlier one, found in one pass. Knows texts only by their digests.

*Folded*: one digest of the pair without case, punctuation, spaces and the values of its numbers, in a flat
table of at most 24 bytes a pair: exact, and it finds "Page 3 of 7." beside "page 12 of 80".

*MinHash* (Broder 1997, "On the resemblance and containment of documents"): two sets agree in the least of a random
order of their elements with the probability of their resemblance. The elements are five bytes in a row of the
folded pair. 64 such least elements in 4 bands of 16 rows; a pair that shares a whole band with an earlier one is its
near duplicate. At a resemblance of 0.95 nine in ten are found, at 0.8 one in ten, at 0.6 one in a thousand.
Only the bands' digests are kept, at most 96 bytes a pair.
"""

import re
from collections.abc import Callable, Sequence
from hashlib import blake2b

from dragoman.base.randomness import generator
from dragoman.corpora.duplicates import DigestSet, digest

_DIGITS = re.compile(r"\d+")
_UNSEEN = re.compile(r"[\W_]+")

BANDS = 4
ROWS = 16
SHINGLE_BYTES = 5
_WINDOW_BYTES = 8
_BORDER = "\t"


def fold(text: str) -> str:
    """``text`` without what near duplicates differ in: case, punctuation, spaces, the values of numbers."""
    return _UNSEEN.sub("", _DIGITS.sub("0", text.casefold()))


def make_finder(kind: str) -> Callable[[str, str], bool]:
    """A check ``(source, target) → was there a pair almost like it?`` that remembers what it is asked.

    Args:
        kind: "folded" or "minhash".
    """
    return _Folded().has_seen if kind == "folded" else _MinHash().has_seen


class _Folded:
    def __init__(self) -> None:
        self._seen = DigestSet()

    def has_seen(self, source: str, target: str) -> bool:
        return not self._seen.add(digest(fold(source), fold(target)))


class _MinHash:
    def __init__(self) -> None:
        self._signature = make_signature()
        self._bands = [DigestSet() for _ in range(BANDS)]

    def has_seen(self, source: str, target: str) -> bool:
        values = self._signature(fold(source) + _BORDER + fold(target))
        is_new = [band.add(value) for band, value in zip(self._bands, values, strict=True)]  # all of them remember
        return not all(is_new)


def make_signature() -> Callable[[str], Sequence[int]]:
    """A function from a text to the digests of its bands; the same on every machine."""
    import numpy as np

    draws = generator("near duplicates")
    factors = np.array([draws.getrandbits(64) | 1 for _ in range(BANDS * ROWS)], dtype=np.uint64)
    mask = np.uint64((1 << (8 * SHINGLE_BYTES)) - 1)
    half = np.uint64(32)

    def signature(text: str) -> list[int]:
        raw = text.encode("utf-8", "surrogatepass").ljust(SHINGLE_BYTES, b"\0") + bytes(_WINDOW_BYTES - SHINGLE_BYTES)
        windows = np.ndarray((len(raw) - _WINDOW_BYTES + 1,), dtype="<u8", buffer=raw, strides=(1,))
        # an odd factor is a permutation, but its low bits hang on the low bytes alone: the high half is what is random
        least = ((windows & mask)[:, None] * factors >> half).min(axis=0).astype("<u4").tobytes()
        size = len(least) // BANDS
        bands = (least[start : start + size] for start in range(0, len(least), size))
        return [int.from_bytes(blake2b(band, digest_size=8).digest()) for band in bands]

    return signature
