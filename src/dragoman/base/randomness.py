"""Randomness from keys, never from a running generator.

A key is made of what the draw belongs to (seed, epoch, record…), so any draw can be
made again at any time: that is what makes resuming exact.
"""

import hashlib
import random

Part = int | str


def key(*parts: Part) -> int:
    """A 63-bit key made of ``parts``: equal parts give equal keys on every machine and version."""
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def generator(*parts: Part) -> random.Random:
    """A fresh generator for the draw that ``parts`` name."""
    return random.Random(key(*parts))
