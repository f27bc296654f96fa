"""The ways to spell what was typed, for an engine that can only be told how a translation begins, piece by piece.

What was typed may end inside a word, so a sentence brings a table of all the ways to spell it on
(:attr:`~dragoman.decoding.hypothesis.Sentence.spelling`). The likeliest ways through the table are looked for with a
beam of their own, and each becomes a sentence that begins with it. Knows ids only, no library.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.decoding.bounds import closing
from dragoman.decoding.hypothesis import Sentence

Foresee = Callable[[Sequence[Sentence]], NDArray[Any]]
"""For each sentence the log-probability of every id after its prefix."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A beginning, how likely it is, and the place in the table that it has come to."""

    sentence: Sentence
    place: int = 0
    log_probability: float = 0.0

    @property
    def is_open(self) -> bool:
        return self.place < len(self.sentence.spelling)

    def onwards(self, log_probs: NDArray[Any]) -> list["_Way"]:
        """The ways with one id more; none that finishes what must not be said, unless there is no other."""
        said = self.sentence.prefix
        forbidden = closing(self.sentence, said)
        leads = self.sentence.spelling[self.place]
        leads = {index: place for index, place in leads.items() if index not in forbidden} or leads
        return [
            _Way(replace(self.sentence, prefix=(*said, index)), place, self.log_probability + float(log_probs[index]))
            for index, place in leads.items()
        ]


def spelt_out(sentence: Sentence, foresee: Foresee, *, beam: int) -> list[Sentence]:
    """The sentences to decode in place of ``sentence``: one for each of the likeliest ways to spell its beginning.

    Args:
        sentence: with a spelling.
        foresee: what the model thinks of the next id.
        beam: ways kept.
    """
    ways = [_Way(sentence)]
    while going := [way for way in ways if way.is_open]:
        spelt = [way for way in ways if not way.is_open]
        foreseen = foresee([way.sentence for way in going])
        longer = [one for way, log_probs in zip(going, foreseen, strict=True) for one in way.onwards(log_probs)]
        ways = sorted((*spelt, *longer), key=lambda way: -way.log_probability)[:beam]
    return [replace(way.sentence, spelling=()) for way in ways]


def log_softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Of the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    found: NDArray[Any] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found
