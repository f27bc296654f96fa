"""Greedy and beam search over arrays: the search of :mod:`dragoman.decoding.search` without torch. Knows no runtime.

What a step says of the next ids comes as the best few of each row, taken where the numbers are made: of a row's V ids
no more than twice the beam can matter, and so many more as are forbidden to it. Every source is searched by itself,
so nothing it finds depends on the batch it is in.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dragoman.base.symbols import BOS, EOS, PAD, UNK
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis
from dragoman.decoding.penalties import make_penalty

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]


class Stepper(Protocol):
    """A model that has read its sources and goes on by a step at a time."""

    vocabulary: int
    """How many ids there are to say."""

    def step(self, ids: Integers, rows: Integers, *, barred: Sequence[int], count: int) -> tuple[Floats, Integers]:
        """The log-probabilities of each row's ``count`` best next ids, best first, and these ids.

        Args:
            ids: each row's newest id.
            rows: of the step before, which row each goes on from.
            barred: ids that must not be among the best.
            count: how many.
        """
        ...


@dataclass(slots=True)
class _Source:
    """One source of a batch while it is being searched."""

    index: int
    limit: int
    finished: list[Hypothesis] = field(default_factory=list)


class ArraySearch:
    """Searches for the likeliest hypotheses.

    Args:
        config: how wide, how long, what not to say.
        max_length: of the model, or None.
    """

    def __init__(self, config: DecodingConfig, max_length: int | None) -> None:
        self._config = config
        self._max_length = max_length
        self._penalty = make_penalty(config.length_penalty, config.length_penalty_alpha)

    def __call__(self, stepper: Stepper, lengths: Sequence[int]) -> list[list[Hypothesis]]:
        """For each source its best hypotheses, best first.

        Args:
            stepper: at its start, with one row for each source.
            lengths: of the sources in ids.
        """
        beam = self._config.beam
        active = [
            _Source(index, self._config.longest_target(length, self._max_length))
            for index, length in enumerate(lengths)
        ]
        results: list[list[Hypothesis]] = [[] for _ in active]
        rows = np.arange(len(active)).repeat(beam)
        newest = np.full(len(rows), BOS)
        scores = np.full((len(active), beam), -np.inf)
        scores[:, 0] = 0.0  # all beams of a source begin alike: let the first speak for them
        prefix = np.empty((len(rows), 0), dtype=np.int64)
        while active:
            totals, parents, ids = self._candidates(stepper, newest, rows, prefix, scores)
            self._finish(active, totals, ids, prefix[parents])
            scores, columns = self._survivors(totals, ids)
            rows, newest = (np.take_along_axis(part, columns, 1).ravel() for part in (parents, ids))
            prefix = np.concatenate((prefix[rows], newest[:, None]), axis=1)
            going = [place for place, one in enumerate(active) if not self._is_done(one, prefix.shape[1])]
            if len(going) == len(active):
                continue
            for place in set(range(len(active))) - set(going):
                results[active[place].index] = self._ranked(active[place], scores[place], prefix[place * beam :])
            kept = (np.array(going, dtype=np.int64)[:, None] * beam + np.arange(beam)).ravel()
            active = [active[place] for place in going]
            rows, newest, prefix, scores = rows[kept], newest[kept], prefix[kept], scores[going]
        return results

    def _candidates(
        self, stepper: Stepper, newest: Integers, rows: Integers, prefix: Integers, scores: NDArray[Any]
    ) -> tuple[NDArray[Any], Integers, Integers]:
        """For each source the totals, rows and ids of its ``2 · beam`` best continuations."""
        beam = self._config.beam
        closing = [repeated(said, self._config.no_repeated_ngram) for said in prefix.tolist()]
        barred = (PAD, UNK, BOS) if prefix.shape[1] else (PAD, UNK, BOS, EOS)  # never empty
        count = min(2 * beam + max(map(len, closing)), stepper.vocabulary)
        best, ids = stepper.step(newest, rows, barred=barred, count=count)
        best = best.astype(np.float64)
        for row, forbidden in enumerate(closing):
            if forbidden:
                best[row, np.isin(ids[row], list(forbidden))] = -np.inf
        totals = (scores.reshape(-1, 1) + best).reshape(len(scores), -1)  # (B·W, C) → (B, W·C)
        order = np.argsort(-totals, axis=1, kind="stable")[:, : 2 * beam]
        parents = order // count + np.arange(len(scores))[:, None] * beam
        return (
            np.take_along_axis(totals, order, 1),
            parents,
            np.take_along_axis(ids.reshape(len(scores), -1), order, 1),
        )

    def _finish(self, active: list[_Source], totals: NDArray[Any], ids: Integers, said: Integers) -> None:
        """Collect the hypotheses that said EOS among the best ``beam`` candidates."""
        beam = self._config.beam
        for place, column in np.argwhere((ids[:, :beam] == EOS) & np.isfinite(totals[:, :beam])):
            total = float(totals[place, column])
            score = self._penalty(total, said.shape[2] + 1)
            active[place].finished.append(Hypothesis(said[place, column].tolist(), score, total))

    def _survivors(self, totals: NDArray[Any], ids: Integers) -> tuple[NDArray[Any], Integers]:
        """Scores and columns of the best ``beam`` candidates that go on."""
        going = np.where(ids == EOS, -np.inf, totals)
        columns = np.argsort(-going, axis=1, kind="stable")[:, : self._config.beam]
        return np.take_along_axis(going, columns, 1), columns

    def _is_done(self, source: _Source, length: int) -> bool:
        return len(source.finished) >= self._config.beam or length >= source.limit

    def _ranked(self, source: _Source, scores: NDArray[Any], prefix: Integers) -> list[Hypothesis]:
        """The best hypotheses; those still going count only where too few have ended."""
        wanted = min(self._config.n_best, self._config.beam)
        ranked = sorted(source.finished, key=lambda hypothesis: -hypothesis.score)[:wanted]
        for total, said in zip(scores.tolist(), prefix.tolist(), strict=False):
            if len(ranked) < wanted and math.isfinite(total):
                ranked.append(Hypothesis(said, self._penalty(total, len(said)), total, ended=False))
        return ranked


def repeated(said: Sequence[int], size: int) -> set[int]:
    """The ids that would close an n-gram of ``size`` ids already said (none for a size of 0)."""
    lead = size - 1
    tail = said[len(said) - lead :]
    return {said[at + lead] for at in range(len(said) - lead) if said[at : at + lead] == tail} if size else set()
