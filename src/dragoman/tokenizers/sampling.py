"""Other ways to cut the same words: subword regularisation, drawn from a key. Knows pieces and scores only.

A model that sees a word cut in several ways learns what its parts mean, which helps most where
text is scarce. A unigram vocabulary draws among all segmentations of a word, by their probability
(Kudo 2018, "Subword Regularization", with l = ∞); a BPE vocabulary leaves out merges at random
(Provilkov et al. 2020, "BPE-Dropout"). Both give the word back whole: the pieces always spell the same text.

SentencePiece can sample too, but from a generator of its own that nothing can set back, so no run
could be resumed exactly.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

_ALPHA = 0.2
"""Power of a segmentation's probability: 1 draws by the model's own, 0 any as likely as any other; 0.2 is Kudo's."""
_LONGEST_WORD = 64
"""Characters; a longer one (a line without spaces) is cut anew in parts of this length."""
_CACHED_WORDS = 50_000


@dataclass(frozen=True, slots=True)
class Piece:
    """An ordinary piece of the vocabulary.

    Attributes:
        id: its id.
        score: its log-probability (unigram), or minus its rank among the merges (BPE).
    """

    id: int
    score: float


_Arcs = tuple[list[tuple[int, int]], list[float]]
"""Pieces that end at one place of a word, as (start, id), and how likely each is, given that a cut is there."""


class UnigramSampler:
    """Draws segmentations of a word by their probability to the power of 0.2.

    Args:
        pieces: the ordinary pieces by their text.
    """

    def __init__(self, pieces: Mapping[str, Piece]) -> None:
        self._pieces = pieces
        self._longest = max(map(len, pieces), default=0)
        self._lattice = lru_cache(_CACHED_WORDS)(self._build)

    def cut(self, word: str, chance: float, random: Random) -> list[int] | None:
        """The ids of another segmentation, with ``chance``; else None, and None for a word that cannot be cut."""
        if random.random() >= chance:
            return None
        ids: list[int] = []
        for start in range(0, len(word), _LONGEST_WORD):
            part = self._walk(word[start : start + _LONGEST_WORD], random)
            if part is None:
                return None
            ids += part
        return ids

    def _walk(self, word: str, random: Random) -> list[int] | None:
        """Backward sampling: from the end of the word to its beginning (Scott 2002)."""
        lattice = self._lattice(word)
        if lattice is None:
            return None
        ids: list[int] = []
        end = len(word)
        while end:
            arcs, shares = lattice[end]
            end, index = random.choices(arcs, shares)[0]
            ids.append(index)
        return ids[::-1]

    def _build(self, word: str) -> list[_Arcs] | None:
        """Forward filtering: for each place in the word the pieces that end there; None when no pieces spell it."""
        mass = [0.0] + [-math.inf] * len(word)  # log of the weight of all segmentations up to here
        lattice: list[_Arcs] = [([], [])]
        for end in range(1, len(word) + 1):
            arcs = [
                (start, piece.id, mass[start] + _ALPHA * piece.score)
                for start in range(max(0, end - self._longest), end)
                if mass[start] > -math.inf and (piece := self._pieces.get(word[start:end])) is not None
            ]
            if arcs:
                top = max(weight for _, _, weight in arcs)
                mass[end] = top + math.log(sum(math.exp(weight - top) for _, _, weight in arcs))
            ends_there = [(start, index) for start, index, _ in arcs]
            lattice.append((ends_there, [math.exp(weight - mass[end]) for _, _, weight in arcs]))
        return lattice if mass[-1] > -math.inf else None


class BPESampler:
    """Merges a word's characters again, leaving out each merge with some chance at each turn.

    Args:
        pieces: the ordinary pieces by their text.
    """

    def __init__(self, pieces: Mapping[str, Piece]) -> None:
        self._pieces = pieces

    def cut(self, word: str, chance: float, random: Random) -> list[int] | None:
        """The ids after a walk of merges with dropout; None for a word with a character that has no piece."""
        parts = list(word)
        while True:
            best, place = -math.inf, -1
            for start in range(len(parts) - 1):
                merged = self._pieces.get(parts[start] + parts[start + 1])
                if merged is not None and merged.score > best and random.random() >= chance:
                    best, place = merged.score, start
            if place < 0:
                break
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
        found = [self._pieces.get(part) for part in parts]
        return None if None in found else [piece.id for piece in found if piece is not None]


def make_sampler(pieces: Mapping[str, Piece]) -> UnigramSampler | BPESampler:
    """The sampler that suits the scores: BPE's are whole numbers, the ranks of its merges."""
    is_bpe = all(piece.score == int(piece.score) for piece in pieces.values())
    return BPESampler(pieces) if is_bpe else UnigramSampler(pieces)


def words(pieces: Sequence[str], opening: str) -> list[tuple[int, int]]:
    """Where each word starts and ends among its ``pieces``: a word starts at a piece that begins with ``opening``."""
    starts = [place for place, piece in enumerate(pieces) if place == 0 or piece.startswith(opening)]
    return list(itertools.pairwise([*starts, len(pieces)]))
