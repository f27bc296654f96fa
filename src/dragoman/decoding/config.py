"""How to decode, in plain values that every engine reads. Knows neither models nor text."""

import math
from typing import Literal

from pydantic import Field, model_validator

from dragoman.base.config import Section


class DecodingConfig(Section):
    """How hypotheses are searched for, or drawn."""

    method: Literal["beam", "sampling"] = "beam"
    """The likeliest hypotheses (beam search), or hypotheses drawn by the model's own probabilities (sampling)."""
    beam: int = Field(default=5, ge=1)
    """Beginnings kept at each step; 1 is greedy search."""
    n_best: int = Field(default=1, ge=1)
    """Hypotheses returned for each source; of a beam search at most the beam."""
    length_penalty: Literal["none", "average", "gnmt"] = "average"
    """How a hypothesis's length enters its score."""
    length_penalty_alpha: float = Field(default=1.0, ge=0)
    """Strength of the length penalty."""
    max_length_ratio: float = Field(default=3.0, gt=0)
    """Longest target as a multiple of the source, in ids…"""
    max_length_offset: int = Field(default=20, ge=0)
    """…plus this many ids."""
    max_sentences: int = Field(default=1, ge=1)
    """Sentences of a text that are translated together. A model that was trained on pairs of single sentences leaves
    out half of two; give more only where the training pairs held as many."""
    stop: Literal["full", "exact"] = "full"
    """When a source is done: as many hypotheses have ended as the beam is wide (full), or nothing unfinished can still
    beat the n best that ended (exact)."""
    diverse_groups: int = Field(default=1, ge=1)
    """Beam search: parts of the beam that look for different hypotheses (Vijayakumar et al. 2018); 1 is one beam."""
    diversity_strength: float = Field(default=0.5, ge=0)
    """Diverse groups: what an id costs, in nats, for each time an earlier group says it at the same step."""
    coverage_penalty: float = Field(default=0.0, ge=0)
    """Beam search: how much a hypothesis loses for source ids that it looked at too little (Wu et al. 2016, β)."""
    repetition_penalty: float = Field(default=1.0, ge=1)
    """The log-probability of an id already said is multiplied by this (after Keskar et al. 2019); 1 changes nothing."""
    no_repeated_ngram: int = Field(default=0, ge=0)
    """Never say so many ids in a row twice; 0 allows it."""
    max_repeats: int = Field(default=0, ge=0)
    """A phrase of up to 16 ids is said at most so many times without a break: no loops. 0 allows any number."""
    minimum_bayes_risk: Literal["none", "chrf", "bleu"] = "none"
    """Of all ``candidates`` take the one most like the others, by this metric (Eikema & Aziz 2022); none: the
    likeliest."""
    candidates: int = Field(default=16, ge=2)
    """Minimum Bayes risk: hypotheses compared, of a beam so wide or drawn (``method``)."""
    alignments: bool = False
    """Say of every target id which source id the model looked at most."""
    temperature: float = Field(default=1.0, gt=0)
    """Sampling: log-probabilities are divided by this; below 1 the likely becomes likelier, above 1 less so."""
    top_k: int = Field(default=0, ge=0)
    """Sampling: draw each id among the so many likeliest ones; 0 draws among all."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    """Sampling: draw each id among the fewest likeliest ones that have this probability together; 1 takes all."""
    seed: int = Field(default=1, ge=0)
    """Sampling: another seed, other draws. The same seed and source, the same draws, whatever else is in the batch."""

    @model_validator(mode="after")
    def _check_groups(self) -> "DecodingConfig":
        if self.method == "beam" and self.beam % self.diverse_groups:
            raise ValueError(f"diverse_groups ({self.diverse_groups}) must divide beam ({self.beam})")
        return self

    @property
    def rows(self) -> int:
        """Rows of a batch that each source takes."""
        return self.beam if self.method == "beam" else self.n_best

    def longest_target(self, source_length: int, max_length: int | None) -> int:
        """The longest target of a source of so many ids, EOS included, for a model that takes up to ``max_length``."""
        limit = math.ceil(source_length * self.max_length_ratio) + self.max_length_offset
        return min(limit, max_length or limit)
