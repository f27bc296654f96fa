"""MASS: a fragment of a text is hidden from the encoder, and the decoder says it. Knows neither the loop nor the text.

The encoder must understand what is left, and the decoder, which is given no more of the text than the fragment's own
earlier words, must look there. The fragment keeps its places in the sentence. It takes the target of an example for
the text.

Paper: Song et al. 2019, "MASS: Masked Sequence to Sequence Pre-training for Language Generation".
"""

from typing import ClassVar, Literal

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.randomness import generator
from dragoman.base.symbols import PAD, UNK
from dragoman.batching.batch import Batch
from dragoman.batching.example import Example
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives.cross_entropy import output_loss
from dragoman.objectives.hiding import Pieces, disguise
from dragoman.objectives.protocol import Loss


class MassConfig(Section):
    """MASS: the decoder says a hidden fragment, from text alone."""

    reads_text: ClassVar[bool] = True
    kind: Literal["mass"] = "mass"
    share: float = Field(default=0.5, gt=0, le=1)
    """Share of the ids that the fragment takes."""
    others: float = Field(default=0.1, ge=0, le=0.5)
    """Share of the fragment's ids that show the encoder any other piece, and again of those that show themselves."""
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    """Share of each id's probability that is spread evenly over the whole vocabulary."""


class Mass:
    """Hide a fragment, and say it.

    Args:
        pieces: the vocabulary.
        share: of the ids that the fragment takes.
        others: share of its ids that show another piece, and of those that show themselves.
        label_smoothing: share of the probability spread over the whole vocabulary.
    """

    config_type: ClassVar[type[MassConfig]] = MassConfig

    def __init__(
        self, *, pieces: Pieces, share: float = 0.5, others: float = 0.1, label_smoothing: float = 0.1
    ) -> None:
        self._pieces = pieces
        self._share, self._others = share, others
        self._label_smoothing = label_smoothing

    def prepare(self, example: Example, key: int) -> Example:
        """The text without the fragment, and the fragment, PAD in the places before it."""
        ids, random = example.target, generator(key, "mass")
        count = len(ids) - 1  # EOS is no part of it
        length = min(count, max(1, round(self._share * count)))
        start = random.randrange(count - length + 1)
        if not length:  # of no word at all: then its end is said
            return Example(ids, ids)
        seen = disguise(ids, set(range(start, start + length)), self._pieces, others=self._others, random=random)
        return Example(seen, [PAD] * start + ids[start : start + length])

    def __call__(self, model: Seq2Seq, batch: Batch) -> Loss:
        """The loss over the fragments; the decoder is not shown what stands before them."""
        before = batch.target_input.masked_fill(batch.target_input == PAD, UNK)
        features = model(batch.source, batch.source_mask, before)
        return output_loss(model, features, batch, smoothing=self._label_smoothing)
