"""Phrases that must be said: a beam whose places are dealt out by how much of them has been said.

Hypotheses that have said as many of the wished ids stand in one bank. At each step every beginning is also lengthened
by the next id of each phrase that it has not said yet, and the beam's places are dealt out bank by bank, the fullest
first, so that beginnings which hold more of the phrases never crowd out, nor are crowded out by, those that hold less.
EOS may come only after all phrases. Knows ids only; of a beam as wide as all ids of the phrases no bank goes empty.

Post & Vilar 2018, "Fast Lexically Constrained Decoding with Dynamic Beam Allocation for Neural Machine Translation".
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dragoman.base.symbols import EOS
from dragoman.decoding.choosing import Beam, Choice, candidates
from dragoman.decoding.hypothesis import Phrase, Sentence

Candidate = tuple[float, int, int]
"""Sum, row within the beam, id."""


def begun(said: Sequence[int], phrase: Phrase) -> int:
    """How many ids of ``phrase`` have been said: all, or those at the end of ``said`` that it begins with."""
    if any(tuple(said[at : at + len(phrase)]) == phrase for at in range(len(said) - len(phrase) + 1)):
        return len(phrase)
    lengths = range(min(len(phrase) - 1, len(said)), 0, -1)
    return next((length for length in lengths if tuple(said[len(said) - length :]) == phrase[:length]), 0)


def bank(said: Sequence[int], phrases: Sequence[Phrase]) -> int:
    """Ids of the phrases that have been said, of those under way only the longest."""
    counts = [(begun(said, phrase), len(phrase)) for phrase in phrases]
    return sum(count for count, whole in counts if count == whole) + max(
        (count for count, whole in counts if count < whole), default=0
    )


def unsaid(said: Sequence[int], phrases: Sequence[Phrase]) -> list[Phrase]:
    """The phrases that are not wholly in ``said``."""
    return [phrase for phrase in phrases if begun(said, phrase) < len(phrase)]


class ChooseIncluding:
    """Choices that lead to every phrase.

    Args:
        sentences: of the batch; the beam is the wider, the more places every bank has.
    """

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._phrases = [sentence.include for sentence in sentences]

    def __call__(
        self,
        beams: Sequence[Beam],
        scores: Float[Tensor, "B W"],
        log_probs: Float[Tensor, "N V"],
        prefix: Int[Tensor, "N T"],
    ) -> Choice:
        """The likeliest candidates, and of these and the wished ones those that go on."""
        width = scores.size(1)
        said = prefix.tolist()
        missing = [unsaid(ids, self._phrases[beams[row // width].source]) for row, ids in enumerate(said)]
        log_probs[[row for row, wanted in enumerate(missing) if wanted], EOS] = -math.inf
        totals, parents, ids = candidates(scores, log_probs)
        rows, wished = self._wished(said, missing, log_probs)
        chances = log_probs[rows, wished].tolist()
        further: list[list[Candidate]] = [[] for _ in beams]
        sums = scores.flatten().tolist()
        for row, id_, chance in zip(rows, wished, chances, strict=True):
            further[row // width].append((sums[row] + chance, row % width, id_))
        usual = zip(totals.tolist(), parents.tolist(), ids.tolist(), strict=True)
        likeliest = [list(zip(*one, strict=True)) for one in usual]
        dealt = [
            self._deal(beam, [*first, *more], said[place * width : (place + 1) * width])
            for place, (beam, first, more) in enumerate(zip(beams, likeliest, further, strict=True))
        ]
        count = totals.size(1)
        added = [torch.tensor([[one[part] for one in chosen] for chosen in dealt]) for part in range(3)]
        going = torch.arange(count, count + width, device=scores.device).expand(len(beams), -1)
        joined = [torch.cat((old, new.to(old)), dim=1) for old, new in zip((totals, parents, ids), added, strict=True)]
        return Choice(joined[0], joined[1], joined[2], going)

    def _wished(
        self, said: list[list[int]], missing: list[list[Phrase]], log_probs: Float[Tensor, "N V"]
    ) -> tuple[list[int], list[int]]:
        """Row and id of each way to begin or to go on with a phrase, and of each row's likeliest id."""
        best = log_probs.argmax(1).tolist()
        pairs = dict.fromkeys(enumerate(best))
        for row, phrases in enumerate(missing):
            pairs |= {(row, id_): None for phrase in phrases for id_ in (phrase[0], phrase[begun(said[row], phrase)])}
        return [row for row, _ in pairs], [id_ for _, id_ in pairs]

    def _deal(self, beam: Beam, offered: list[Candidate], said: list[list[int]]) -> list[Candidate]:
        """One candidate of each bank in turn, the fullest bank first, until the beam is full."""
        phrases = self._phrases[beam.source]
        banks: dict[int, list[Candidate]] = {}
        possible = {one[1:]: one for one in offered if one[2] != EOS and math.isfinite(one[0])}
        for one in sorted(possible.values(), key=lambda candidate: -candidate[0]):
            banks.setdefault(bank([*said[one[1]], one[2]], phrases), []).append(one)
        dealt: list[Candidate] = []
        rounds = max(map(len, banks.values()), default=0)
        for turn in range(rounds):
            dealt += [banks[full][turn] for full in sorted(banks, reverse=True) if turn < len(banks[full])]
        dealt = dealt[: len(said)]
        return dealt + [(-math.inf, 0, EOS + 1)] * (len(said) - len(dealt))
