"""Sampling: hypotheses drawn by the model's own probabilities, over any model of the protocol. Knows no text.

A beam always says the likeliest thing, so what it writes is more regular than what people write. A draw says the
unlikely as often as the model thinks people say it. For a corpus made by a model that variety is worth more than
correctness: Edunov, Ott, Auli & Grangier 2018, "Understanding Back-Translation at Scale". Temperature, top-k and top-p
(:mod:`dragoman.decoding.processors`) lie between the two.

The randomness of a source comes from the key (seed, number of the draw, its ids) and is used by inverting the
cumulative distribution: one number a step decides the id. So a source gets the same draws in any batch, save where the
last bits of two sums, which batches of another shape round otherwise, lie on either side of such a number.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dragoman.base.randomness import generator
from dragoman.base.symbols import BOS, EOS
from dragoman.decoding.bounds import longest_hypothesis
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis, Sentence
from dragoman.decoding.penalties import Penalty, make_penalty
from dragoman.decoding.processors import LikeliestFew, Nucleus, Processor
from dragoman.decoding.search import next_ids, usual_wishes
from dragoman.decoding.wishes import SentenceWishes
from dragoman.models.protocol import Seq2Seq


@dataclass(slots=True)
class _Draw:
    """One hypothesis being drawn."""

    source: int
    limit: int
    numbers: random.Random


class Sampling:
    """Draws with one model.

    Args:
        model: any architecture.
        config: how many hypotheses (``n_best``), how freely, how long, what not to say.
        processors: further wishes, applied before temperature, top-k and top-p.
    """

    def __init__(self, model: Seq2Seq, config: DecodingConfig, *, processors: Sequence[Processor] = ()) -> None:
        self._model = model
        self._config = config
        self._penalty: Penalty = make_penalty(config.length_penalty, config.length_penalty_alpha)
        self._wishes = [*usual_wishes(config), *processors]
        self._narrowing: list[Processor] = [LikeliestFew(config.top_k)] if config.top_k else []
        if config.top_p < 1:
            self._narrowing.append(Nucleus(config.top_p))

    @torch.inference_mode()
    def __call__(
        self,
        source: Int[Tensor, "B S"],
        source_mask: Bool[Tensor, "B S"],
        sentences: Sequence[Sentence] | None = None,
    ) -> list[list[Hypothesis]]:
        """For each source ``n_best`` independent draws, the best scored first.

        Args:
            source: ids, EOS at the end.
            source_mask: True where they are real.
            sentences: with the wishes of each source, but for phrases to include; None for none.
        """
        self._model.eval()
        sentences = sentences or [Sentence(())] * len(source)
        wishes = SentenceWishes(sentences)
        active = self._draws(source, source_mask, sentences)
        results: list[list[Hypothesis]] = [[] for _ in source]
        rows = torch.tensor([draw.source for draw in active], dtype=torch.long, device=source.device)
        state = self._model.start(source, source_mask)
        state = state if self._config.n_best == 1 else state.reorder(rows)
        prefix = torch.empty((len(active), 0), dtype=torch.long, device=source.device)
        newest = torch.full((len(active),), BOS, dtype=torch.long, device=source.device)
        totals = torch.zeros(len(active), device=source.device)
        while active:
            log_probs, state = next_ids(self._model, newest, prefix, state, self._wishes)
            if wishes.any:
                log_probs = wishes(prefix, log_probs, [draw.source for draw in active])
            newest = self._choose(prefix, log_probs, [draw.numbers.random() for draw in active])
            totals = totals + log_probs.gather(1, newest[:, None])[:, 0]
            prefix = torch.cat((prefix, newest[:, None]), dim=1)
            over = [draw.limit <= prefix.size(1) for draw in active]
            going = [place for place, id_ in enumerate(newest.tolist()) if id_ != EOS and not over[place]]
            if len(going) == len(active):
                continue
            for place in sorted(set(range(len(active))) - set(going)):
                results[active[place].source].append(self._hypothesis(prefix[place].tolist(), float(totals[place])))
            kept = torch.tensor(going, dtype=torch.long, device=source.device)
            active = [active[place] for place in going]
            newest, prefix, totals, state = newest[kept], prefix[kept], totals[kept], state.reorder(kept)
        return [sorted(found, key=lambda hypothesis: -hypothesis.score) for found in results]

    def _draws(
        self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"], sentences: Sequence[Sentence]
    ) -> list[_Draw]:
        """All draws of all sources, each with its own numbers."""
        return [
            _Draw(
                index,
                longest_hypothesis(self._config, sentence, int(real.sum()), self._model.max_length),
                generator("sampling", self._config.seed, number, *ids[real].tolist()),
            )
            for index, (ids, real, sentence) in enumerate(zip(source, source_mask, sentences, strict=True))
            for number in range(self._config.n_best)
        ]

    def _choose(
        self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"], numbers: Sequence[float]
    ) -> Int[Tensor, " N"]:
        """The id of each row at which the cumulative distribution passes its number in [0, 1)."""
        device = log_probs.device
        exact = torch.float32 if device.type == "mps" else torch.float64  # the only kind of device without doubles
        freed = log_probs.to(exact) / self._config.temperature
        for process in self._narrowing:
            freed = process(prefix, freed)
        cumulative = freed.softmax(1).cumsum(1)
        wanted = torch.tensor(numbers, dtype=exact, device=device) * cumulative[:, -1]
        return torch.searchsorted(cumulative, wanted[:, None], right=True)[:, 0]

    def _hypothesis(self, said: list[int], total: float) -> Hypothesis:
        ended = said[-1] == EOS
        return Hypothesis(said[:-1] if ended else said, self._penalty(total, len(said)), total, ended)
