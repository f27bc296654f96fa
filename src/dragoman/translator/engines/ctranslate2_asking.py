"""How to search, in CTranslate2's words, and its answer in ours; what it cannot do, with the reason. Knows ids only."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dragoman.base.errors import ConfigError
from dragoman.base.symbols import EOS
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis, Sentence
from dragoman.decoding.penalties import make_penalty

_NO_PENALTY = 1e-9
"""Divides by a power of the length that is 1 in float32. With 0 a search would stop at the first good hypothesis."""
_UNDERSTOOD = frozenset(
    (
        *("method", "beam", "n_best", "length_penalty", "length_penalty_alpha", "no_repeated_ngram"),
        *("max_length_ratio", "max_length_offset", "temperature", "top_k", "top_p", "seed"),
        *("diversity_strength", "candidates", "minimum_bayes_risk", "alignments", "max_sentences"),
    )
)
"""Fields of :class:`DecodingConfig` that are followed, are others' work, or mean nothing without one refused."""
_REASONS = {
    "coverage_penalty": "it tells the attention of one layer, and coverage is that of all",
    "repetition_penalty": "its own multiplies what comes before the softmax, ours log-probabilities",
    "max_repeats": "it knows only no_repeated_ngram",
    "stop": "it stops when as many hypotheses have ended as the beam is wide",
    "diverse_groups": "it has one beam",
}
OTHERWISE = "--engine torch can (with the model that was exported, where this one holds no weights for torch)"
"""What else to do."""
_IMPOSSIBLE = -1e6
"""CTranslate2's mark for what it did not follow: a beam has more places than there are ways to go on."""


def check(config: DecodingConfig) -> None:
    """Refuse what CTranslate2 cannot do.

    Raises:
        ConfigError: with the reason.
    """
    if config.method == "sampling":
        raise ConfigError(
            "CTranslate2 cannot draw a translation by its seed alone: its draws depend on all it drew before",
            hint=OTHERWISE,
        )
    usual = DecodingConfig()
    for name in set(DecodingConfig.model_fields) - _UNDERSTOOD:
        if getattr(config, name) != getattr(usual, name):
            reason = f": {_REASONS[name]}" if name in _REASONS else ""
            raise ConfigError(
                f"CTranslate2 cannot decode with {name} = {getattr(config, name)!r}{reason}", hint=OTHERWISE
            )


class Asking:
    """A :class:`DecodingConfig` in CTranslate2's words, and its answer in ours.

    Args:
        config: how to search.
        every: ask for all hypotheses of the beam, however few are wanted.
    """

    def __init__(self, config: DecodingConfig, *, every: bool = False) -> None:
        self._every = every
        self.count = min(config.n_best, config.beam)
        """Hypotheses wanted."""
        self._penalty = make_penalty(config.length_penalty, config.length_penalty_alpha)
        self._alpha = config.length_penalty_alpha if config.length_penalty == "average" else 0.0
        ranks_otherwise = config.length_penalty == "gnmt"
        if not self._alpha and (self.count > 1 or ranks_otherwise):
            self._alpha = _NO_PENALTY
        self.options: dict[str, Any] = {
            "beam_size": config.beam,
            "num_hypotheses": config.beam if every or ranks_otherwise else self.count,
            "length_penalty": self._alpha,
            "no_repeat_ngram_size": config.no_repeated_ngram,
            "disable_unk": True,
            "min_decoding_length": 1,
            "max_input_length": 0,
            "return_scores": True,
            "return_end_token": True,  # it then counts as part of the length, as it does for us
            "return_attention": config.alignments,
        }

    def hypotheses(self, result: Any, all_ids: list[list[int]], sentence: Sentence) -> list[Hypothesis]:
        """Those of one sentence, not ranked."""
        found = []
        words = range(len(sentence.ids) - 1)
        for place, (ids, score) in enumerate(zip(all_ids, result.scores, strict=True)):
            if place and score < _IMPOSSIBLE:
                continue
            total = score * len(ids) ** self._alpha
            ended = ids[-1:] == [EOS] or not words  # to a source of EOS alone CTranslate2 says nothing, not even that
            said = ids[:-1] if ids[-1:] == [EOS] else ids
            alignment = None
            if result.attention:
                alignment = [max(words, key=looked.__getitem__, default=0) for looked in result.attention[place]]
            found.append(Hypothesis(said, score, total, ended, alignment and alignment[: len(said)]))
        return found

    def ranked(self, hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
        """As many as are wanted, best first."""
        scored = [
            replace(one, score=self._penalty(one.log_probability, len(one.ids) + one.ended)) for one in hypotheses
        ]
        return sorted(scored, key=lambda one: (self._every and not one.ended, -one.score))[: self.count]
