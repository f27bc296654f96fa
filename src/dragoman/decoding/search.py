"""Greedy and beam search over any model of the protocol (greedy is a beam of one). Knows no text.

Its sister, which draws hypotheses instead of looking for the best ones, is :mod:`dragoman.decoding.sampling`.

Every source keeps the ``beam`` most likely beginnings. Each step lengthens all of them at
once; those that say EOS are finished. A source is done when it has ``beam`` finished
hypotheses, or nothing unfinished can beat them, or it reaches its own longest length; its rows then leave the
batch. Nothing a source does depends on the others, so its result does not depend on the batch it is in.

Which beginnings go on is another's choice: the likeliest (:mod:`dragoman.decoding.choosing`), diverse groups
(:mod:`dragoman.decoding.diversity`), or those that lead to wished phrases (:mod:`dragoman.decoding.inclusion`).
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dragoman.base.symbols import BOS, EOS, PAD, UNK
from dragoman.decoding.bounds import longest_hypothesis
from dragoman.decoding.choosing import Beam, Choice, Choosing, choose_likeliest
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.diversity import ChooseDiversely
from dragoman.decoding.hypothesis import Hypothesis, Sentence
from dragoman.decoding.inclusion import ChooseIncluding
from dragoman.decoding.penalties import Penalty, make_penalty
from dragoman.decoding.processors import (
    Forbid,
    MinimumLength,
    NoLoops,
    NoRepeatedNgram,
    Processor,
    RepetitionPenalty,
)
from dragoman.decoding.rows import Rows
from dragoman.decoding.wishes import SentenceWishes
from dragoman.models.protocol import DecoderState, Seq2Seq


def usual_wishes(config: DecodingConfig) -> list[Processor]:
    """What holds for every hypothesis: no padding, unknown piece or BOS, never empty; and what ``config`` forbids."""
    wishes: list[Processor] = []
    if config.repetition_penalty > 1:
        wishes.append(RepetitionPenalty(config.repetition_penalty))
    wishes += [Forbid([PAD, UNK, BOS]), MinimumLength(1)]
    if config.no_repeated_ngram:
        wishes.append(NoRepeatedNgram(config.no_repeated_ngram))
    if config.max_repeats:
        wishes.append(NoLoops(config.max_repeats))
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
        self._width = config.beam // config.diverse_groups
        self._wanted = min(config.n_best, self._width)
        self._penalty: Penalty = make_penalty(config.length_penalty, config.length_penalty_alpha)
        self._processors = [*usual_wishes(config), *processors]
        self._looks = config.alignments or config.coverage_penalty > 0

    @torch.inference_mode()
    def __call__(
        self,
        source: Int[Tensor, "B S"],
        source_mask: Bool[Tensor, "B S"],
        sentences: Sequence[Sentence] | None = None,
    ) -> list[list[Hypothesis]]:
        """For each source its best hypotheses, best first.

        Args:
            source: ids, EOS at the end.
            source_mask: True where they are real.
            sentences: with the wishes of each source; None for none.
        """
        self._model.eval()
        device, width = source.device, self._width
        sentences = sentences or [Sentence(())] * len(source)
        choose = self._choosing(sentences)
        wishes = SentenceWishes(sentences)
        words = source_mask & (source != EOS)
        beams = self._beams(source_mask, sentences)
        results: list[list[Hypothesis]] = [[] for _ in sentences]
        owners = torch.tensor([beam.source for beam in beams], device=device).repeat_interleave(width)
        state = self._model.start(source, source_mask)
        state = (self._model.watched(state) if self._looks else state).reorder(owners)
        scores = torch.full((len(beams), width), -math.inf, device=device)
        scores[:, 0] = 0.0  # all rows of a beam begin alike: let the first speak for them
        rows = Rows(torch.empty((len(owners), 0), dtype=torch.long, device=device))
        newest = torch.full((len(owners),), BOS, dtype=torch.long, device=device)
        first_rows = torch.arange(len(beams), device=device)[:, None] * width
        while beams:
            log_probs, state = next_ids(self._model, newest, rows.prefix, state, self._processors)
            if wishes.any:
                sources = [beam.source for beam in beams for _ in range(width)]
                log_probs = wishes(rows.prefix, log_probs, sources)
            if self._looks:
                rows = rows.look(state.attention, words[owners])  # type: ignore[attr-defined]
            choice = choose(beams, scores, log_probs, rows.prefix)
            self._finish(beams, choice, rows, words)
            scores = choice.totals.masked_fill(choice.ids == EOS, -math.inf).gather(1, choice.going)
            parents = (choice.parents.gather(1, choice.going) + first_rows[: len(beams)]).flatten()
            newest = choice.ids.gather(1, choice.going).flatten()
            rows = rows.pick(parents).say(newest)
            going = self._going(beams, scores, rows.prefix.size(1))
            if len(going) < len(beams):
                for place in sorted(set(range(len(beams))) - set(going)):
                    results[beams[place].source] += self._ranked(beams[place], scores[place], rows, words, place)
                kept = torch.tensor(going, dtype=torch.long, device=device)
                keep = (kept[:, None] * width + torch.arange(width, device=device)).flatten()
                beams = [beams[place] for place in going]
                parents, newest, rows, scores, owners = (
                    parents[keep],
                    newest[keep],
                    rows.pick(keep),
                    scores[kept],
                    owners[keep],
                )
            if width > 1 or len(parents) < len(log_probs):
                state = state.reorder(parents)
        return [self._best(found) for found in results]

    def _choosing(self, sentences: Sequence[Sentence]) -> Choosing:
        if any(sentence.include for sentence in sentences):
            return ChooseIncluding(sentences)
        if self._config.diverse_groups > 1:
            return ChooseDiversely(self._config.diverse_groups, self._config.diversity_strength)
        return choose_likeliest

    def _beams(self, source_mask: Bool[Tensor, "B S"], sentences: Sequence[Sentence]) -> list[Beam]:
        """Those of all sources and groups."""
        lengths = source_mask.sum(1).tolist()
        return [
            Beam(index, group, longest_hypothesis(self._config, sentence, length, self._model.max_length), [])
            for index, (length, sentence) in enumerate(zip(lengths, sentences, strict=True))
            for group in range(self._config.diverse_groups)
        ]

    def _finish(self, beams: Sequence[Beam], choice: Choice, rows: Rows, words: Bool[Tensor, "B S"]) -> None:
        """Collect the hypotheses that said EOS among the best candidates, as many as the beam is wide."""
        ids, totals = choice.ids[:, : self._width], choice.totals[:, : self._width]
        ended = (ids == EOS) & torch.isfinite(totals)
        for place, column in ended.nonzero().tolist():
            row = place * self._width + int(choice.parents[place, column])
            total = float(totals[place, column])
            beams[place].finished.append(self._hypothesis(rows, row, total, words[beams[place].source], ended=True))

    def _hypothesis(self, rows: Rows, row: int, total: float, words: Bool[Tensor, " S"], *, ended: bool) -> Hypothesis:
        said: list[int] = rows.prefix[row].tolist()
        score = self._penalty(total, len(said) + ended)
        if self._config.coverage_penalty:
            score += self._config.coverage_penalty * rows.coverage(row, words)
        alignment = rows.alignment(row, len(said)) if self._config.alignments else None
        return Hypothesis(said, score, total, ended, alignment)

    def _going(self, beams: Sequence[Beam], scores: Float[Tensor, "B W"], length: int) -> list[int]:
        """The places of the beams that are not done."""
        if not any(beam.finished for beam in beams):
            return [place for place, beam in enumerate(beams) if length < beam.limit]
        best = scores.amax(1).tolist()
        return [place for place, beam in enumerate(beams) if not self._is_done(beam, best[place], length)]

    def _is_done(self, beam: Beam, best: float, length: int) -> bool:
        """Whether ``beam``, whose best beginning has the sum ``best``, has come to its end."""
        if length >= beam.limit or (self._config.stop == "full" and len(beam.finished) >= self._width):
            return True
        if len(beam.finished) < self._wanted:
            return False
        # Sums only fall, and the longest length makes the best score of a sum: who is worse even so has lost.
        worst = sorted((one.score for one in beam.finished), reverse=True)[self._wanted - 1]
        return worst >= self._penalty(best, beam.limit)

    def _ranked(
        self, beam: Beam, scores: Float[Tensor, " W"], rows: Rows, words: Bool[Tensor, "B S"], place: int
    ) -> list[Hypothesis]:
        """The best hypotheses; those still going count only where too few have ended."""
        ranked = sorted(beam.finished, key=lambda hypothesis: -hypothesis.score)[: self._wanted]
        for column, total in enumerate(scores.tolist()):
            if len(ranked) < self._wanted and math.isfinite(total):
                row = place * self._width + column
                ranked.append(self._hypothesis(rows, row, total, words[beam.source], ended=False))
        return ranked

    def _best(self, found: Sequence[Hypothesis]) -> list[Hypothesis]:
        """The n best, of all groups together; what several groups say counts once."""
        if self._config.diverse_groups == 1:
            return list(found)
        different = {tuple(one.ids): one for one in sorted(found, key=lambda one: (one.ended, one.score))}
        ranked = sorted(different.values(), key=lambda one: (not one.ended, -one.score))
        return ranked[: self._config.n_best]
