"""The aligner: learnt from pairs of word sequences, it links words, scores pairs and knows what words mean.

Upper and lower case are one to it. It does not know where words come from: :mod:`dragoman.text.words` cuts them.
"""

import heapq
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dragoman.alignment.grid import Floats, Grid, Ids, diagonal_prior, lay_out, row_sums
from dragoman.alignment.learning import blocks_of, learn_direction
from dragoman.alignment.symmetrization import Link, Symmetrization, symmetrize
from dragoman.alignment.table import FLOOR, Table
from dragoman.base.errors import DamagedFileError, EmptyCorpusError
from dragoman.base.files import atomic_file, explained
from dragoman.base.randomness import key

Words = Sequence[str]
Pair = tuple[Words, Words]

MOST_PAIRS = 100_000
_LONGEST = 80
_LEAST_KEPT = 1e-4
_SAME_WORD = 0.1
"""p of a word never seen that stands on both sides as it is: a name, a number, an address."""
_PAIRS_AT_ONCE = 512
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words become, in both directions; words in lower case."""

    ids: dict[str, int]
    words: list[str]
    forward: Table
    backward: Table

    def translations(self, word: str) -> dict[str, float]:
        """The target words that source ``word`` becomes, p(target | source), likeliest first."""
        return self._row(self.forward, word)

    def origins(self, word: str) -> dict[str, float]:
        """The source words that target ``word`` comes from, p(source | target), likeliest first."""
        return self._row(self.backward, word)

    def probability(self, source: str, target: str) -> float:
        """p(target | source); 0 when it was never learnt."""
        return self.translations(source).get(target.casefold(), 0.0)

    def _row(self, table: Table, word: str) -> dict[str, float]:
        number = self.ids.get(word.casefold())
        if number is None:
            return {}
        others, probabilities = table.row(number)
        order = np.argsort(-probabilities, kind="stable")
        return {self.words[others[place]]: float(probabilities[place]) for place in order}


class Aligner:
    """Links the words of sentence pairs.

    Args:
        words: every known word in lower case; a word's place plus one is its id.
        forward: p(target | source).
        backward: p(source | target).
    """

    def __init__(self, words: Sequence[str], forward: Table, backward: Table) -> None:
        self._words = ["", *words]
        self._ids = {word: number for number, word in enumerate(self._words) if number}
        self._forward = forward
        self._backward = backward

    @property
    def lexicon(self) -> Lexicon:
        """What words become, in both directions."""
        return Lexicon(self._ids, self._words, self._forward, self._backward)

    def links(
        self, source: Words, target: Words, *, symmetrization: Symmetrization = "grow-diag-final-and"
    ) -> list[Link]:
        """The linked places of ``source`` and ``target``, in order."""
        return next(self.align([(source, target)], symmetrization=symmetrization))

    def align(
        self, pairs: Iterable[Pair], *, symmetrization: Symmetrization = "grow-diag-final-and"
    ) -> Iterator[list[Link]]:
        """The links of many pairs, in their order; quicker than one by one."""
        for part in self._in_parts(pairs):
            forward = _best(part, self._forward)
            backward = _best([(target, source) for source, target in part], self._backward)
            for there, back in zip(forward, backward, strict=True):
                yield symmetrize(there, {(source, target) for target, source in back}, symmetrization)

    def score(self, source: Words, target: Words) -> float:
        """How well two texts go together: the mean log-probability of a word, of both directions.

        Lengths do not matter much; about -2 to -5 is usual of translations in a known domain, and ln(10⁻⁶) = -13.8
        the least. Two empty texts go together, an empty one and a full one do not.
        """
        return next(self.scores([(source, target)]))

    def scores(self, pairs: Iterable[Pair]) -> Iterator[float]:
        """The scores of many pairs, in their order; quicker than one by one."""
        for part in self._in_parts(pairs):
            there = _mean_log(part, self._forward)
            back = _mean_log([(target, source) for source, target in part], self._backward)
            yield from ((there + back) / 2).tolist()

    def save(self, path: Path) -> None:
        """Write everything into one file."""
        with atomic_file(path) as partial, partial.open("wb") as file:
            np.savez_compressed(
                file,
                version=np.array(_VERSION),
                words=np.frombuffer("\n".join(self._words[1:]).encode(), dtype=np.uint8),
                tensions=np.array([self._forward.tension, self._backward.tension]),
                forward=self._forward.keys,
                forward_probabilities=self._forward.probabilities,
                backward=self._backward.keys,
                backward_probabilities=self._backward.probabilities,
            )

    @classmethod
    def load(cls, path: Path) -> "Aligner":
        """The aligner that was saved at ``path``.

        Raises:
            FileAccessError: no such file.
            DamagedFileError: it is not a whole aligner.
        """
        try:
            with explained("read", path), path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                words = held["words"].tobytes().decode().split("\n")
                tables = [
                    Table(len(words) + 1, held[name], held[f"{name}_probabilities"], float(tension))
                    for name, tension in zip(("forward", "backward"), held["tensions"], strict=True)
                ]
        except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise DamagedFileError(f"{path} is not an aligner: {error}", hint="learn it anew") from error
        return cls(words, *tables)

    def _in_parts(self, pairs: Iterable[Pair]) -> Iterator[list[tuple[Ids, Ids]]]:
        """``pairs`` as ids, some at a time; words never seen get ids past the known ones, the same on both sides."""
        part: list[tuple[Ids, Ids]] = []
        unknown: dict[str, int] = {}
        for source, target in pairs:
            part.append((self._numbered(source, unknown), self._numbered(target, unknown)))
            if len(part) == _PAIRS_AT_ONCE:
                yield part
                part, unknown = [], {}
        if part:
            yield part

    def _numbered(self, words: Words, unknown: dict[str, int]) -> Ids:
        first = len(self._words)
        folded = [word.casefold() for word in words]
        known = self._ids
        return np.array([known.get(w) or unknown.setdefault(w, first + len(unknown)) for w in folded], dtype=np.int32)


def learn(pairs: Iterable[Pair], *, iterations: int = 5, most_pairs: int = MOST_PAIRS, seed: int = 1) -> Aligner:
    """An aligner learnt from ``pairs`` of word sequences.

    Args:
        pairs: gone through once; pairs with an empty side, or with more than 80 words on one, are passed over.
        iterations: rounds of expectation maximisation.
        most_pairs: of more pairs, so many are drawn, those to which the seed and their number give the lowest
            draws; that bounds memory (about 4 KB for a pair of 25 words).
        seed: another seed, another draw.

    Raises:
        EmptyCorpusError: no pair to learn from.
    """
    ids: dict[str, int] = {}
    kept: list[tuple[int, int, tuple[Ids, Ids]]] = []
    usable = (pair for pair in pairs if 0 < len(pair[0]) <= _LONGEST and 0 < len(pair[1]) <= _LONGEST)
    for number, (source, target) in enumerate(usable):
        draw = -key(seed, "alignment", number)
        if len(kept) < most_pairs:
            heapq.heappush(kept, (draw, number, (_interned(source, ids), _interned(target, ids))))
        elif draw > kept[0][0]:
            heapq.heapreplace(kept, (draw, number, (_interned(source, ids), _interned(target, ids))))
    if not kept:
        raise EmptyCorpusError("no pair of words to align", hint="give pairs with words on both sides")
    chosen = [pair for _, _, pair in sorted(kept, key=lambda one: one[1])]
    size = len(ids) + 1
    forward = learn_direction(chosen, size=size, iterations=iterations)
    turned = [(target, source) for source, target in chosen]
    backward = learn_direction(turned, size=size, iterations=iterations)
    return Aligner(list(ids), forward.pruned(_LEAST_KEPT), backward.pruned(_LEAST_KEPT))


def _interned(words: Words, ids: dict[str, int]) -> Ids:
    return np.array([ids.setdefault(word.casefold(), len(ids) + 1) for word in words], dtype=np.int32)


def _joint(grid: Grid, table: Table) -> Floats:
    """The probability of each cell: that this word is the origin, and that it becomes what stands there."""
    probabilities = table.look_up(grid.sources, grid.targets)
    probabilities[(grid.sources == grid.targets) & (grid.sources >= table.size)] = _SAME_WORD
    prior = diagonal_prior(grid.distances, grid.starts, grid.widths, table.tension)
    result: Floats = prior * probabilities
    return result


def _best(pairs: Sequence[tuple[Ids, Ids]], table: Table) -> Iterator[set[Link]]:
    """For each pair its target words with their likeliest source words; none where that is the empty word."""
    for part in blocks_of(pairs):
        grid = lay_out(part)
        joint = _joint(grid, table)
        highest = np.repeat(np.maximum.reduceat(joint, grid.starts), grid.widths) if len(joint) else joint
        winners = np.flatnonzero(joint == highest)
        best = winners[np.searchsorted(winners, grid.starts)] - grid.starts  # of equals the first
        ends = np.cumsum(grid.rows).tolist()
        for first, last in zip([0, *ends], ends, strict=False):
            yield {(int(column) - 1, place) for place, column in enumerate(best[first:last]) if column}


def _mean_log(pairs: Sequence[tuple[Ids, Ids]], table: Table) -> Floats:
    """For each pair the mean log-probability of its target words."""
    means = []
    for part in blocks_of(pairs):
        grid = lay_out(part)
        logs = np.log(np.maximum(row_sums(_joint(grid, table), grid.starts), FLOOR))
        pair_of_row = np.repeat(np.arange(len(part)), grid.rows)
        sums = np.bincount(pair_of_row, logs, minlength=len(part))
        alone = np.array([0.0 if not len(source) else np.log(FLOOR) for source, _ in part])
        means.append(np.where(grid.rows > 0, sums / np.maximum(grid.rows, 1), alone))
    return np.concatenate(means)
