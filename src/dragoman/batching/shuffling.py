"""Permutations by key of any number of things, any part of which can be asked for alone. Knows numbers only.

A shuffled list of twenty million indices takes 160 MB and has to be drawn whole before its first entry is known.
A block cipher needs neither: with one key it is a permutation of all numbers of so many bits, and each number is
enciphered on its own. Numbers that come out too large are enciphered again until they fit (cycle walking; Black
and Rogaway 2002, "Ciphers with Arbitrary Finite Domains"). The cipher is a Feistel network of eight rounds whose
round function is the finalizer of SplitMix64 (Steele, Lea and Flood 2014): quick, and random enough to shuffle;
it keeps no secret. It does not depend on the version of any library's generator.
"""

import numpy as np
from numpy.typing import NDArray

from dragoman.base.randomness import key as make_key

Integers = NDArray[np.int64]
Words = NDArray[np.uint64]

_ROUNDS = 8
_FEWEST_BITS = 4
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(values: Words) -> Words:
    """Each number scrambled into 64 random-looking bits, one for one."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def draws(count: int, key: int) -> Words:
    """``count`` random numbers that ``key`` decides; sorting by them shuffles."""
    return mix(np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN + np.uint64(key))


def permuted(places: Integers, size: int, key: int, *, turns: Integers | None = None) -> Integers:
    """What stands at ``places`` in a permutation of the numbers below ``size``.

    Args:
        places: numbers below ``size``.
        size: how many things are shuffled.
        key: decides the permutation.
        turns: for each place, which of many permutations under this key is meant; the same for all when None.
    """
    bits = max(_FEWEST_BITS, (size - 1).bit_length())
    keys = [np.uint64(make_key(key, "round", number)) for number in range(_ROUNDS)]
    turned = np.zeros(1, dtype=np.uint64) if turns is None else mix(turns.astype(np.uint64) * _GOLDEN)
    result = _encipher(places.astype(np.uint64), bits, keys, turned)
    while len(outside := np.flatnonzero(result >= size)):
        result[outside] = _encipher(result[outside], bits, keys, turned if turns is None else turned[outside])
    return result.astype(np.int64)


def _encipher(values: Words, bits: int, keys: list[np.uint64], turned: Words) -> Words:
    """A permutation of all numbers of ``bits`` bits: halves take turns in being scrambled by the other."""
    low = np.uint64(bits // 2)
    low_mask, high_mask = np.uint64((1 << bits // 2) - 1), np.uint64((1 << (bits - bits // 2)) - 1)
    left, right = values >> low, values & low_mask
    for number, round_key in enumerate(keys):
        if number % 2:
            right = right ^ (mix(left + (turned ^ round_key)) & low_mask)
        else:
            left = left ^ (mix(right + (turned ^ round_key)) & high_mask)
    return (left << low) | right
