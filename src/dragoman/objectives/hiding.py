"""Which words of a text are hidden from a model that learns from the text alone. Knows ids only.

A hidden id becomes UNK, as in word dropout: with byte fallback no text holds it. The draws come from a generator
that the caller makes from a key.

Papers: Devlin et al. 2019, "BERT" (one piece at a time; of the hidden ones some show another piece, some themselves);
Joshi et al. 2020, "SpanBERT" (whole words in spans of geometric length); Lewis et al. 2020, "BART" (a span of Poisson
length becomes one mask; of length zero, a mask that stands for nothing).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from dragoman.base.symbols import SPECIAL_PIECES, UNK

_LONGEST_WORD = 8
"""Pieces of a word that are hidden together at most: in scripts without spaces a whole line would be one word."""
_LONGEST_SPAN = 10
"""Words of a geometric span at most (SpanBERT, section 3.1)."""

Unit = tuple[int, int]
"""First place of a piece or word, and the place after its last."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """What must be known of a vocabulary to hide words of it.

    Attributes:
        size: ids are below this.
        begins_word: for each id whether a word begins with it; None where every piece counts as a word.
    """

    size: int
    begins_word: tuple[bool, ...] | None = None

    @classmethod
    def of(cls, pieces: Sequence[str]) -> "Pieces":
        """Of the pieces in the order of their ids; a mark of SentencePiece (``▁``) tells where words begin."""
        begins = tuple(piece.startswith("▁") for piece in pieces)
        return cls(len(pieces), begins if any(begins) else None)


def is_ordinary(index: int) -> bool:
    """Whether an id may be hidden: it is none of the special ones."""
    return index >= len(SPECIAL_PIECES)


def units(ids: Sequence[int], pieces: Pieces, *, whole_words: bool) -> list[Unit]:
    """``ids`` cut into what is hidden together: single pieces, or words. A special id always stands alone."""
    starts: list[int] = []
    for place, index in enumerate(ids):
        goes_on = (
            whole_words
            and pieces.begins_word is not None
            and bool(starts)
            and is_ordinary(index)
            and is_ordinary(ids[place - 1])
            and not pieces.begins_word[index]
            and place - starts[-1] < _LONGEST_WORD
        )
        if not goes_on:
            starts.append(place)
    return list(zip(starts, [*starts, len(ids)][1:], strict=True))


def draw_places(
    ids: Sequence[int], found: Sequence[Unit], *, share: float, mean_span: float, random: Random
) -> set[int]:
    """Places of ids to hide: about ``share`` of the ordinary ones, at least one where there is any.

    Args:
        ids: a text.
        found: its units.
        share: of the ordinary ids.
        mean_span: units that are hidden side by side on average; 1 draws each by itself.
        random: for the draws.
    """
    wanted = max(1, int(share * sum(map(is_ordinary, ids)) + random.random()))
    may = [number for number, (start, _) in enumerate(found) if is_ordinary(ids[start])]
    random.shuffle(may)
    hidden: set[int] = set()
    for first in may:
        length = _geometric(mean_span, random)
        for start, end in found[first : first + length]:
            if len(hidden) >= wanted or not is_ordinary(ids[start]):
                break
            hidden.update(range(start, end))
        if len(hidden) >= wanted:
            break
    return hidden


def disguise(ids: Sequence[int], hidden: set[int], pieces: Pieces, *, others: float, random: Random) -> list[int]:
    """``ids`` as the model sees them: of the ``hidden`` places most show UNK.

    Args:
        ids: a text.
        hidden: places.
        pieces: of its vocabulary.
        others: share of the hidden places that show any other piece, and again that show themselves, so that the
            model must not believe what it sees (0.1 in Devlin et al. 2019).
        random: for the draws.
    """
    seen = list(ids)
    for place in sorted(hidden):
        drawn = random.random()
        if drawn >= 2 * others:
            seen[place] = UNK
        elif drawn >= others:
            seen[place] = random.randrange(len(SPECIAL_PIECES), pieces.size)
    return seen


def infill(ids: Sequence[int], found: Sequence[Unit], *, share: float, mean_span: float, random: Random) -> list[int]:
    """``ids`` with about ``share`` of the units taken out in spans of Poisson length, one UNK in place of each span.

    It is never longer than ``ids``: spans of length zero, which only put an UNK in, are drawn as long as there is room.
    """
    budget = min(len(found), int(share * len(found) + random.random()))
    lengths: list[int] = []
    left = budget
    while left:
        length = min(left, _poisson(mean_span, random))
        if length or len(lengths) + left < budget:
            lengths.append(length)
        left -= length
    slots = len(found) - budget + len(lengths)
    spans = dict(zip(random.sample(range(slots), len(lengths)), lengths, strict=True))
    kept: list[int] = []
    unit = 0
    for slot in range(slots):
        if slot in spans:
            kept.append(UNK)
            unit += spans[slot]
        else:
            start, end = found[unit]
            kept += ids[start:end]
            unit += 1
    return kept


def _geometric(mean: float, random: Random) -> int:
    """A length of at least 1, with this mean before it is cut at the longest."""
    if mean <= 1:
        return 1
    chance = 1 / mean
    return min(_LONGEST_SPAN, 1 + int(math.log(1 - random.random()) / math.log(1 - chance)))


def _poisson(mean: float, random: Random) -> int:
    """Knuth's way: how many uniform draws until their product is small."""
    limit, count, product = math.exp(-mean), 0, random.random()
    while product > limit:
        count += 1
        product *= random.random()
    return count
