"""Greedy and beam search over any model of the protocol (greedy is a beam of one). Knows no text.

Its sister, which draws hypotheses instead of looking for the best ones, is :mod:`dragoman.decoding.sampling`.

Every source keeps the ``beam`` most likely beginnings. Each step lengthens all of them at
once; those that say EOS are finished. A source is done when it has ``beam`` finished
hypotheses or reaches its own longest length; its rows then leave the batch. Nothing a source does
depends on the others, so its result does not depend on the batch it is in.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dragoman.base.symbols import BOS, EOS, PAD, UNK
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis
from dragoman.decoding.penalties import Penalty, make_penalty
from dragoman.decoding.processors import Forbid, MinimumLength, NoRepeatedNgram, Processor
from dragoman.models.protocol import DecoderState, Seq2Seq


@dataclass(slots=True)
class _Source:
    """One source of a batch while it is being searched."""

    index: int
    limit: int
    finished: list[Hypothesis]


def usual_wishes(config: DecodingConfig) -> list[Processor]:
    """What holds for every hypothesis: no padding, unknown piece or BOS, never empty; and what ``config`` forbids."""
    wishes: list[Processor] = [Forbid([PAD, UNK, BOS]), MinimumLength(1)]
    if config.no_repeated_ngram:
        wishes.append(NoRepeatedNgram(config.no_repeated_ngram))
    return wishes


def next_ids(
    model: Seq2Seq,
    newest: Int[Tensor, " N"],
    prefix: Int[Tensor, "N T"],
    state: DecoderState,
    wishes: Sequence[Processor],
) -> tuple[Float[Tensor, "N V"], DecoderState]:
    """Log-probabilities of every row's next id after all ``wishes``, and the new state."""
    logits, state = model.step(newest, state)
    log_probs = logits.float().log_softmax(1)
    for process in wishes:
        log_probs = process(prefix, log_probs)
    return log_probs, state


class Search:
    """Searches for the likeliest hypotheses with one model.

    Args:
        model: any architecture.
        config: how wide, how long, what not to say.
        processors: further wishes, applied last.
    """

    def __init__(self, model: Seq2Seq, config: DecodingConfig, *, processors: Sequence[Processor] = ()) -> None:
        self._model = model
        self._config = config
        self._penalty: Penalty = make_penalty(config.length_penalty, config.length_penalty_alpha)
        self._processors = [*usual_wishes(config), *processors]

    @torch.inference_mode()
    def __call__(self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"]) -> list[list[Hypothesis]]:
        """For each source its best hypotheses, best first."""
        self._model.eval()
        beam = self._config.beam
        lengths = source_mask.sum(1).tolist()
        active = [
            _Source(index, self._config.longest_target(length, self._model.max_length), [])
            for index, length in enumerate(lengths)
        ]
        results: list[list[Hypothesis]] = [[] for _ in active]
        rows = torch.arange(len(active), device=source.device).repeat_interleave(beam)
        state = self._model.start(source, source_mask).reorder(rows)
        scores = torch.full((len(active), beam), -math.inf, device=source.device)
        scores[:, 0] = 0.0  # all beams of a source begin alike: let the first speak for them
        prefix = torch.empty((len(rows), 0), dtype=torch.long, device=source.device)
        newest = torch.full((len(rows),), BOS, dtype=torch.long, device=source.device)
        while active:
            log_probs, state = next_ids(self._model, newest, prefix, state, self._processors)
            totals = (scores.view(-1, 1) + log_probs).view(len(active), -1)  # (B·W, V) → (B, W·V)
            top = totals.topk(min(2 * beam, totals.size(1)), dim=1)
            parents = top.indices // log_probs.size(1)
            ids = top.indices % log_probs.size(1)
            self._finish(active, top.values, parents, ids, prefix)
            scores, columns = self._survivors(top.values, ids)
            offset = torch.arange(len(active), device=source.device)[:, None] * beam
            rows = (parents.gather(1, columns) + offset).flatten()
            newest = ids.gather(1, columns).flatten()
            prefix = torch.cat((prefix[rows], newest[:, None]), dim=1)
            going = [place for place, one in enumerate(active) if not self._is_done(one, prefix.size(1))]
            if len(going) < len(active):
                for place in set(range(len(active))) - set(going):
                    results[active[place].index] = self._ranked(active[place], scores[place], prefix, place)
                kept = torch.tensor(going, dtype=torch.long, device=source.device)
                keep = (kept[:, None] * beam + torch.arange(beam, device=source.device)).flatten()
                active = [active[place] for place in going]
                rows, newest, prefix, scores = rows[keep], newest[keep], prefix[keep], scores[kept]
            if beam > 1 or len(rows) < len(log_probs):
                state = state.reorder(rows)
        return results

    def _finish(
        self, active: list[_Source], totals: Tensor, parents: Tensor, ids: Tensor, prefix: Int[Tensor, "N T"]
    ) -> None:
        """Collect the hypotheses that said EOS among the best ``beam`` candidates."""
        beam = self._config.beam
        ended = (ids[:, :beam] == EOS) & torch.isfinite(totals[:, :beam])
        for place, column in ended.nonzero().tolist():
            total = float(totals[place, column])
            said = prefix[place * beam + int(parents[place, column])].tolist()
            score = self._penalty(total, len(said) + 1)
            active[place].finished.append(Hypothesis(said, score, total))

    def _survivors(self, totals: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Scores and columns of the best ``beam`` candidates that go on."""
        going = totals.masked_fill(ids == EOS, -math.inf)
        top = going.topk(self._config.beam, dim=1)
        return top.values, top.indices

    def _is_done(self, source: _Source, length: int) -> bool:
        return len(source.finished) >= self._config.beam or length >= source.limit

    def _ranked(self, source: _Source, scores: Tensor, prefix: Int[Tensor, "N T"], place: int) -> list[Hypothesis]:
        """The best hypotheses; those still going count only where too few have ended."""
        wanted = min(self._config.n_best, self._config.beam)
        ranked = sorted(source.finished, key=lambda hypothesis: -hypothesis.score)[:wanted]
        for column, total in enumerate(scores.tolist()):
            if len(ranked) < wanted and math.isfinite(total):
                said = prefix[place * self._config.beam + column].tolist()
                ranked.append(Hypothesis(said, self._penalty(total, len(said)), total, ended=False))
        return ranked
