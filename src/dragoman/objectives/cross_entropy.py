"""Cross-entropy with label smoothing under teacher forcing (Szegedy et al. 2016, section 7; Vaswani et al. 2017).

The logits (target ids × vocabulary) are the largest tensor of training and are needed only
to be summed. So they are made, used and forgotten in slices of rows, and each slice's
gradient is computed at once, while it is still in the processor's cache.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor

from dragoman.base.config import Section
from dragoman.base.symbols import PAD
from dragoman.batching.batch import Batch
from dragoman.batching.example import Example
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives.cutting import cut_words
from dragoman.objectives.protocol import Loss

_SLICE_BYTES = 8 << 20  # of logits: enough rows for a quick product, few enough to stay in the cache
_SLICE_BYTES_ON_A_GPU = 512 << 20  # enough rows to fill its multipliers; small beside its memory


class CrossEntropyConfig(Section):
    """Cross-entropy with label smoothing."""

    kind: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    """Share of each target's probability that is spread evenly over the whole vocabulary."""
    word_dropout: float = Field(default=0.0, ge=0, lt=1)
    """Chance of a source or target id to be hidden from the model (UNK stands in its place) while it learns."""


class CrossEntropy:
    """Teach each target id given the true ids before it.

    Args:
        label_smoothing: share of the probability spread over the whole vocabulary.
        word_dropout: chance of an id to be hidden from the model while it learns.
    """

    config_type: ClassVar[type[CrossEntropyConfig]] = CrossEntropyConfig

    def __init__(self, *, label_smoothing: float = 0.1, word_dropout: float = 0.0) -> None:
        self.label_smoothing = label_smoothing
        self.word_dropout = word_dropout

    def prepare(self, example: Example, key: int) -> Example:
        """The example itself: nothing is random here."""
        return example

    def __call__(self, model: Seq2Seq, batch: Batch) -> Loss:
        """The loss over the batch's real target ids."""
        wanted = torch.is_grad_enabled()  # asked here, for autograd switches it off inside a function
        hidden = self.word_dropout if wanted else 0.0
        features = model(cut_words(batch.source, hidden), batch.source_mask, cut_words(batch.target_input, hidden))
        return output_loss(model, features, batch, smoothing=self.label_smoothing)


def output_loss(model: Seq2Seq, features: Float[Tensor, "B T D"], batch: Batch, *, smoothing: float) -> Loss:
    """The cross-entropy of the batch's real target ids, foreseen from the features at their places.

    Args:
        model: its output projection turns features into logits.
        features: of every target position.
        batch: what is to be foreseen.
        smoothing: share of each target's probability spread over the whole vocabulary.
    """
    rows = real_rows(batch)
    with own_products(features) as dtype:
        total, likelihood, correct = _SlicedCrossEntropy.apply(  # type: ignore[no-untyped-call]
            features.flatten(0, 1).index_select(0, rows).to(dtype),
            model.output.weight,
            model.output.bias,
            batch.target_output.flatten()[rows],
            smoothing,
            torch.is_grad_enabled(),
        )
    return Loss(total, batch.target_tokens, likelihood, correct)


@contextmanager
def own_products(features: Tensor) -> Iterator[torch.dtype]:
    """Autocast switched off inside the block, which makes its products in this type: what autocast would have."""
    kind = features.device.type
    dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else features.dtype
    with torch.autocast(kind, enabled=False):
        yield dtype


def real_rows(batch: Batch) -> Int[Tensor, " N"]:
    """Places of the target ids that are not PAD, in order. To count them on a GPU would mean to wait for it."""
    padding = (batch.target_output == PAD).flatten().to(torch.uint8)
    return padding.argsort(stable=True)[: batch.target_tokens]


class _SlicedCrossEntropy(torch.autograd.Function):
    """Output projection, log-softmax and smoothed cross-entropy in one, slice by slice.

    With p the softmax of a row and q its smoothed target, the gradient of the loss by the
    logits is p - q, so forward can compute every gradient and backward only has to scale them.
    What is the same for the whole vocabulary (the evenly spread part of q, the mean of the
    logits) is worked out on sums of rows instead, which spares passes over the logits.
    Products are made in the type of the features, softmax and sums in that of the weight.
    """

    @staticmethod
    def forward(
        ctx: Any,
        features: Float[Tensor, "N D"],
        weight: Float[Tensor, "V D"],
        bias: Float[Tensor, " V"] | None,
        targets: Int[Tensor, " N"],
        smoothing: float,
        gradients_wanted: bool,
    ) -> tuple[Tensor, Tensor, Tensor]:
        training = gradients_wanted and any(ctx.needs_input_grad)
        factor = weight.to(features.dtype)
        gradients = _Gradients(features, weight, factor, bias, smoothing) if training else None
        likelihood, normalisers, correct = (weight.new_zeros(()) for _ in range(3))
        for rows in _slices(len(features), weight):
            part, wanted = features[rows], targets[rows, None]
            logits = part @ factor.T if bias is None else torch.addmm(bias.to(part.dtype), part, factor.T)
            logits = logits.to(weight.dtype)
            highest, said = logits.amax(1), logits.gather(1, wanted).sum()
            if gradients is None:
                correct += (logits.argmax(1, keepdim=True) == wanted).sum()
            probabilities = torch.softmax(logits, 1, out=logits)  # in place: one pass while it is in the cache
            normaliser = (highest - probabilities.amax(1).log()).sum()
            likelihood += normaliser - said
            normalisers += normaliser
            if gradients is not None:
                gradients.add(rows, probabilities, wanted)
        if gradients is not None:
            ctx.gradients = gradients.finished()
        means = torch.dot(features.sum(0, dtype=weight.dtype), weight.mean(0))
        spread = normalisers - (means if bias is None else means + len(features) * bias.mean())
        total = (1.0 - smoothing) * likelihood + smoothing * spread
        ctx.mark_non_differentiable(likelihood, correct)
        return total, likelihood, correct

    @staticmethod
    def backward(ctx: Any, *scales: Tensor) -> tuple[Tensor | None, ...]:
        scaled = [None if gradient is None else gradient.mul_(scales[0]) for gradient in ctx.gradients]
        del ctx.gradients
        return (*scaled, None, None, None)


class _Gradients:
    """Sums up, slice by slice, the gradients of the loss by features, weight and bias.

    ``factor`` is the weight in the type of the products.
    """

    def __init__(self, features: Tensor, weight: Tensor, factor: Tensor, bias: Tensor | None, smoothing: float) -> None:
        self._features, self._weight, self._factor, self._smoothing = features, weight, factor, smoothing
        self._by_features = torch.empty_like(features)
        self._by_weight = torch.zeros_like(weight)
        self._by_bias = None if bias is None else torch.zeros_like(bias)

    def add(self, rows: slice, probabilities: Float[Tensor, "N V"], wanted: Int[Tensor, "N 1"]) -> None:
        """Take in one slice; its probabilities are overwritten."""
        gradient = probabilities.scatter_add_(
            1, wanted, probabilities.new_full((), self._smoothing - 1.0).expand_as(wanted)
        )
        if self._by_bias is not None:
            self._by_bias += gradient.sum(0)
        gradient = gradient.to(self._factor.dtype)
        torch.mm(gradient, self._factor, out=self._by_features[rows])
        if gradient.dtype == self._by_weight.dtype:
            self._by_weight.addmm_(gradient.T, self._features[rows])
        else:
            self._by_weight += gradient.T @ self._features[rows]

    def finished(self) -> tuple[Tensor, Tensor, Tensor | None]:
        """The gradients, after taking off what smoothing spreads evenly over the vocabulary."""
        even = self._smoothing / len(self._weight)
        self._by_features.sub_(self._weight.sum(0).to(self._factor.dtype), alpha=even)
        self._by_weight.sub_(self._features.sum(0, dtype=self._weight.dtype), alpha=even)
        if self._by_bias is not None:
            self._by_bias.sub_(even * len(self._features))
        return self._by_features, self._by_weight, self._by_bias


def _slices(rows: int, weight: Float[Tensor, "V D"]) -> list[slice]:
    """The rows cut so that the logits of a slice fit the bytes that suit the device."""
    slice_bytes = _SLICE_BYTES if weight.device.type == "cpu" else _SLICE_BYTES_ON_A_GPU
    length = max(1, slice_bytes // (len(weight) * weight.element_size()))
    return [slice(start, start + length) for start in range(0, rows, length)]
