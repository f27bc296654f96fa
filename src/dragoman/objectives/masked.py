"""Masked language modelling: the encoder tells hidden words from those around them. The decoder learns nothing.

Of each text some ids are hidden, and foreseen through the output projection that the decoder uses too. Knows neither
the loop nor the text; it takes the target of an example for the text.

Papers: Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers" (single pieces); Joshi et al. 2020,
"SpanBERT" (whole words, in spans of geometric length).
"""

from typing import ClassVar, Literal

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.randomness import generator
from dragoman.base.symbols import PAD
from dragoman.batching.batch import Batch
from dragoman.batching.example import Example
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives.cross_entropy import output_loss
from dragoman.objectives.hiding import Pieces, disguise, draw_places, units
from dragoman.objectives.protocol import Loss


class MaskedConfig(Section):
    """Masked language modelling of the encoder, from text alone."""

    reads_text: ClassVar[bool] = True
    kind: Literal["masked"] = "masked"
    share: float = Field(default=0.15, gt=0, lt=1)
    """Share of the ids that are hidden and foreseen."""
    whole_words: bool = False
    """Hide whole words, not single pieces (of scripts without spaces, up to eight pieces side by side)."""
    mean_span: float = Field(default=1.0, ge=1, le=10)
    """Pieces or words that are hidden side by side on average, drawn from a geometric distribution and at most 10; 1
    hides each by itself as BERT does, about 3.8 with whole words as SpanBERT does."""
    others: float = Field(default=0.1, ge=0, le=0.5)
    """Share of the hidden ids that show any other piece, and again of those that show themselves; the rest shows
    UNK."""
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Share of each hidden id's probability that is spread evenly over the whole vocabulary."""


class Masked:
    """Hide some ids, and tell them from the rest.

    Args:
        pieces: the vocabulary.
        share: of the ids that are hidden.
        whole_words: hide words, not pieces.
        mean_span: pieces or words hidden side by side.
        others: share of the hidden ids that show another piece, and of those that show themselves.
        label_smoothing: share of the probability spread over the whole vocabulary.
    """

    config_type: ClassVar[type[MaskedConfig]] = MaskedConfig

    def __init__(
        self,
        *,
        pieces: Pieces,
        share: float = 0.15,
        whole_words: bool = False,
        mean_span: float = 1.0,
        others: float = 0.1,
        label_smoothing: float = 0.0,
    ) -> None:
        self._pieces = pieces
        self._share, self._whole_words = share, whole_words
        self._mean_span, self._others = mean_span, others
        self._label_smoothing = label_smoothing

    def prepare(self, example: Example, key: int) -> Example:
        """The text with ids hidden, and as its target the hidden ids alone, PAD at all other places."""
        ids, random = example.target, generator(key, "masked")
        found = units(ids, self._pieces, whole_words=self._whole_words)
        hidden = draw_places(ids, found, share=self._share, mean_span=self._mean_span, random=random)
        if not hidden:  # of no word at all: then its end is foreseen, for every text has something to say
            return Example(ids, [PAD] * (len(ids) - 1) + ids[-1:])
        target = [index if place in hidden else PAD for place, index in enumerate(ids)]
        return Example(disguise(ids, hidden, self._pieces, others=self._others, random=random), target)

    def __call__(self, model: Seq2Seq, batch: Batch) -> Loss:
        """The loss over the hidden ids."""
        features = model(batch.source, batch.source_mask, None)
        return output_loss(model, features, batch, smoothing=self._label_smoothing)
