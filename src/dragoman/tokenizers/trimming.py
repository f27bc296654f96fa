"""Which pieces of a vocabulary a text uses, and a SentencePiece model of those pieces alone. Knows no tensors.

Text that was looked at is cut as before: a unigram model takes the best of all ways to cut, and what was best stays so
when others are gone; a BPE model needs the pieces on the way to those it ends with, so these stay too. Special pieces,
bytes, the user's symbols and single characters always stay, so every other text survives too, in smaller pieces. Where
a vocabulary is a plain table (words, characters), what other text would need is unknown afterwards.

Only the list of pieces is changed in the model's file. It is a message of Protocol Buffers: each field is a number
that says which field it is and how long, and then its bytes; the pieces are field 1.
"""

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol, runtime_checkable

from dragoman.tokenizers.protocol import Tokenizer

_PIECES = (1 << 3) | 2
"""Field 1, a string of bytes whose length is told."""


@runtime_checkable
class Trimming(Protocol):
    """A tokenizer that can do with fewer pieces."""

    def needed(self, used: Collection[int]) -> list[int]:
        """The ids that have to stay when text uses ``used``, in their order: those, and whatever cannot go."""
        ...

    def trimmed(self, kept: Collection[int]) -> Tokenizer:
        """A tokenizer of the pieces ``kept`` alone; ids are counted anew in the old order."""
        ...


def used_ids(tokenizer: Tokenizer, texts: Iterable[str]) -> set[int]:
    """Every id that ``texts`` are cut into."""
    found: set[int] = set()
    for text in texts:
        found.update(tokenizer.encode(text))
    return found


def on_the_way(piece: str, scores: Mapping[str, float]) -> Iterator[str]:
    """Every piece that BPE makes on its way from the characters to ``piece``, itself included.

    Nothing around the piece matters: had one of its characters been joined with a neighbour, it would not be here.

    Args:
        piece: of the vocabulary.
        scores: of every piece that may be joined; higher comes first.
    """
    parts = list(piece)
    yield from parts
    while len(parts) > 1:
        pairs = [first + second for first, second in itertools.pairwise(parts)]
        best = max(range(len(pairs)), key=lambda place: (scores.get(pairs[place], -math.inf), -place))
        if pairs[best] not in scores:
            return
        parts[best : best + 2] = [pairs[best]]
        yield parts[best]


def without_pieces(model: bytes, kept: Collection[int]) -> bytes:
    """A serialised SentencePiece model with the pieces of the ids ``kept`` only."""
    number, parts = 0, []
    for field, start, end in _fields(model):
        if field == _PIECES:
            number += 1
            if number - 1 not in kept:
                continue
        parts.append(model[start:end])
    return b"".join(parts)


def _fields(message: bytes) -> Iterator[tuple[int, int, int]]:
    """(tag, start, end) of each field of a message that holds messages only, as a SentencePiece model does."""
    start = 0
    while start < len(message):
        tag, place = _number(message, start)
        if tag & 7 != 2:
            raise ValueError(f"field {tag >> 3} of the model is of another kind than a message")
        length, place = _number(message, place)
        yield tag, start, place + length
        start = place + length


def _number(message: bytes, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and the place after it."""
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if not byte & 0x80:
            return value, place
