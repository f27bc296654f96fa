"""Denoising: the whole model gives a text back from a damaged one. Knows neither the loop nor the text.

Text infilling takes spans of words out and leaves one mask for each, so the model must also tell how much is missing;
sentence permutation puts the sentences of a line into another order. The sentences of an example's source each end
with EOS; its target is the text.

Paper: Lewis et al. 2020, "BART: Denoising Sequence-to-Sequence Pre-training"; for several languages Liu et al. 2020,
"Multilingual Denoising Pre-training for Neural Machine Translation".
"""

import itertools
from collections.abc import Sequence
from random import Random
from typing import ClassVar, Literal

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.randomness import generator
from dragoman.base.symbols import EOS
from dragoman.batching.batch import Batch
from dragoman.batching.example import Example
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives.cross_entropy import output_loss
from dragoman.objectives.hiding import Pieces, infill, units
from dragoman.objectives.protocol import Loss


class DenoisingConfig(Section):
    """Denoising of the whole model (BART), from text alone."""

    reads_text: ClassVar[bool] = True
    kind: Literal["denoising"] = "denoising"
    share: float = Field(default=0.3, ge=0, lt=1)
    """Share of the ids (or words) that are taken out."""
    mean_span: float = Field(default=3.0, gt=0, le=20)
    """Mean of the Poisson distribution that the lengths of the gaps come from."""
    whole_words: bool = False
    """Take out whole words, not single pieces (of scripts without spaces, up to eight pieces side by side)."""
    permute_sentences: bool = True
    """Put the sentences of each line into another order; a line of one sentence stays."""
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    """Share of each id's probability that is spread evenly over the whole vocabulary."""


class Denoising:
    """Damage a text, and give it back.

    Args:
        pieces: the vocabulary.
        share: of the ids that are taken out.
        mean_span: how many are taken out together.
        whole_words: take out words, not pieces.
        permute_sentences: also change the order of the sentences.
        label_smoothing: share of the probability spread over the whole vocabulary.
    """

    config_type: ClassVar[type[DenoisingConfig]] = DenoisingConfig

    def __init__(
        self,
        *,
        pieces: Pieces,
        share: float = 0.3,
        mean_span: float = 3.0,
        whole_words: bool = False,
        permute_sentences: bool = True,
        label_smoothing: float = 0.1,
    ) -> None:
        self._pieces = pieces
        self._share, self._mean_span = share, mean_span
        self._whole_words, self._permute = whole_words, permute_sentences
        self._label_smoothing = label_smoothing

    def prepare(self, example: Example, key: int) -> Example:
        """The damaged text, and the text."""
        random = generator(key, "denoising")
        ids = _permuted(example.source, random) if self._permute else example.target[:-1]
        found = units(ids, self._pieces, whole_words=self._whole_words)
        kept = infill(ids, found, share=self._share, mean_span=self._mean_span, random=random)
        return Example([*kept, EOS], example.target)

    def __call__(self, model: Seq2Seq, batch: Batch) -> Loss:
        """The loss over the whole text."""
        features = model(batch.source, batch.source_mask, batch.target_input)
        return output_loss(model, features, batch, smoothing=self._label_smoothing)


def _permuted(ids: Sequence[int], random: Random) -> list[int]:
    """The ids of the sentences, each of which ends with EOS, in another order and without it."""
    sentences = [list(part) for is_end, part in itertools.groupby(ids, lambda index: index == EOS) if not is_end]
    random.shuffle(sentences)
    return [index for sentence in sentences for index in sentence]
