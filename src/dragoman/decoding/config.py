"""How to decode, in plain values that every engine reads. Knows neither models nor text."""

from typing import Literal

from pydantic import Field

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
    no_repeated_ngram: int = Field(default=0, ge=0)
    """Never say so many ids in a row twice; 0 allows it."""
    temperature: float = Field(default=1.0, gt=0)
    """Sampling: log-probabilities are divided by this; below 1 the likely becomes likelier, above 1 less so."""
    top_k: int = Field(default=0, ge=0)
    """Sampling: draw each id among the so many likeliest ones; 0 draws among all."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    """Sampling: draw each id among the fewest likeliest ones that have this probability together; 1 takes all."""
    seed: int = Field(default=1, ge=0)
    """Sampling: another seed, other draws. The same seed and source, the same draws, whatever else is in the batch."""

    @property
    def rows(self) -> int:
        """Rows of a batch that each source takes."""
        return self.beam if self.method == "beam" else self.n_best
