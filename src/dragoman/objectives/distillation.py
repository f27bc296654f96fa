"""Word-level distillation: a small model learns what a trained one, its teacher, thinks of every word.

The teacher reads the same source and the same words before each place, and its whole distribution over the next piece
is what the student learns, mixed with the reference. That says more than one word can: which others would have done.

    loss = (1 - weight) · cross-entropy(reference) + weight · temperature² · KL(teacher ‖ student)

in which the divergence is between the two softmaxes of logits divided by the temperature; its square keeps the size of
the gradients. Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network"; for translation Kim and
Rush 2016, "Sequence-Level Knowledge Distillation", section 3.1. Knows neither where the teacher comes from nor the
loop. As in :mod:`dragoman.objectives.cross_entropy`, logits are made and forgotten in slices of rows, gradient and all.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor

from dragoman.base.config import Section
from dragoman.batching.batch import Batch
from dragoman.batching.example import Example
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives.cross_entropy import CrossEntropy, own_products, real_rows
from dragoman.objectives.protocol import Loss

_SLICE_BYTES = 4 << 20  # of one model's logits


class DistillationConfig(Section):
    """Word-level distillation: learn a teacher's whole distribution, mixed with the reference."""

    kind: Literal["distillation"] = "distillation"
    teacher: str
    """A model with the same vocabularies as the one to be trained; it stays as it is."""
    weight: float = Field(default=0.5, ge=0, le=1)
    """Of what the teacher thinks; the rest of 1 is that of the reference."""
    temperature: float = Field(default=1.0, gt=0)
    """Both distributions are made flatter by it: above 1 the teacher's second thoughts count for more."""
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    """Of the reference's part: share of each target's probability spread evenly over the whole vocabulary."""


@dataclass(frozen=True, slots=True)
class _Mixture:
    """What the loss is made of; see :class:`DistillationConfig`."""

    weight: float
    temperature: float
    smoothing: float


class Distillation:
    """Learn from a teacher and the reference together.

    Args:
        teacher: of the same vocabularies as the model that learns, on the same device. It is put into evaluation
            mode and asks for no gradients.
        weight: of the teacher's part, from 0 to 1.
        temperature: that flattens both distributions.
        label_smoothing: of the reference's part.
    """

    config_type: ClassVar[type[DistillationConfig]] = DistillationConfig

    def __init__(
        self, *, teacher: Seq2Seq, weight: float = 0.5, temperature: float = 1.0, label_smoothing: float = 0.1
    ) -> None:
        self._teacher = teacher.eval().requires_grad_(False)
        self._mixture = _Mixture(weight, temperature, label_smoothing)

    def prepare(self, example: Example, key: int) -> Example:
        """The example itself: nothing is random here."""
        return example

    def __call__(self, model: Seq2Seq, batch: Batch) -> Loss:
        """The loss over the batch's real target ids; without gradients, plain cross-entropy."""
        if not torch.is_grad_enabled():
            return CrossEntropy(label_smoothing=self._mixture.smoothing)(model, batch)
        rows = real_rows(batch)
        with torch.no_grad():
            known = self._features(self._teacher, batch, rows)
        features = self._features(model, batch, rows)
        taught, output = self._teacher.output, model.output
        with own_products(features):  # in full precision: a difference of two softmaxes is small
            total, likelihood = _SlicedDistillation.apply(  # type: ignore[no-untyped-call]
                features.to(output.weight.dtype),
                output.weight,
                output.bias,
                _Knowledge(known.to(taught.weight.dtype), taught.weight, taught.bias),
                batch.target_output.flatten()[rows],
                self._mixture,
            )
        return Loss(total, batch.target_tokens, likelihood, torch.zeros_like(likelihood))

    @staticmethod
    def _features(model: Seq2Seq, batch: Batch, rows: Int[Tensor, " N"]) -> Float[Tensor, "N D"]:
        features: Tensor = model(batch.source, batch.source_mask, batch.target_input)
        return features.flatten(0, 1).index_select(0, rows)


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """What the teacher thinks of every place, not yet turned into logits: those are made slice by slice."""

    features: Float[Tensor, "N D"]
    weight: Float[Tensor, "V D"]
    bias: Float[Tensor, " V"] | None

    def log_probabilities(self, rows: slice, temperature: float) -> Float[Tensor, "N V"]:
        """Of the places ``rows``."""
        logits = torch.nn.functional.linear(self.features[rows], self.weight, self.bias)
        return logits.div_(temperature).log_softmax(1)


class _SlicedDistillation(torch.autograd.Function):
    """Output projection, cross-entropy and divergence from the teacher in one, slice by slice.

    With q the student's softmax, y the smoothed target, and p' and q' the softmaxes at temperature t of teacher and
    student, the gradients by the student's logits are q - y of the cross-entropy and t (q' - p') of t² KL(p' ‖ q').
    """

    @staticmethod
    def forward(
        ctx: Any,
        features: Float[Tensor, "N D"],
        weight: Float[Tensor, "V D"],
        bias: Float[Tensor, " V"] | None,
        knowledge: _Knowledge,
        targets: Int[Tensor, " N"],
        mixture: _Mixture,
    ) -> tuple[Tensor, Tensor]:
        length = max(1, _SLICE_BYTES // (weight.size(0) * weight.element_size()))
        by_features, by_weight = torch.empty_like(features), torch.zeros_like(weight)
        by_bias = None if bias is None else torch.zeros_like(bias)
        total, likelihood = features.new_zeros(()), features.new_zeros(())
        for start in range(0, len(features), length):
            rows = slice(start, start + length)
            logits = torch.nn.functional.linear(features[rows], weight, bias)
            taught = knowledge.log_probabilities(rows, mixture.temperature)
            loss, plain, gradient = _loss(logits, taught, targets[rows, None], mixture)
            total += loss
            likelihood += plain
            torch.mm(gradient, weight, out=by_features[rows])
            by_weight.addmm_(gradient.T, features[rows])
            if by_bias is not None:
                by_bias += gradient.sum(0)
        ctx.gradients = (by_features, by_weight, by_bias)
        ctx.mark_non_differentiable(likelihood)
        return total, likelihood

    @staticmethod
    def backward(ctx: Any, *scales: Tensor) -> tuple[Tensor | None, ...]:
        scaled = [None if gradient is None else gradient.mul_(scales[0]) for gradient in ctx.gradients]
        del ctx.gradients
        return (*scaled, None, None, None)


def _loss(
    logits: Float[Tensor, "N V"], taught: Float[Tensor, "N V"], targets: Int[Tensor, "N 1"], mixture: _Mixture
) -> tuple[Tensor, Tensor, Tensor]:
    """Of one slice: the loss, the plain negative log-likelihood, and the loss's gradient by the student's logits."""
    temperature, smoothing, share = mixture.temperature, mixture.smoothing, 1.0 - mixture.weight
    logs = logits.log_softmax(1)
    flat = logs if temperature == 1 else (logits / temperature).log_softmax(1)
    believed = taught.exp()
    gradient = (flat.exp() - believed).mul_(mixture.weight * temperature)
    loss = mixture.weight * temperature**2 * (believed * (taught - flat)).sum()
    picked = logs.gather(1, targets)
    likelihood = -picked.sum()
    loss = loss + share * ((1 - smoothing) * likelihood - smoothing * logs.mean(1).sum())
    gradient.add_(logs.exp(), alpha=share).sub_(share * smoothing / logs.size(1))
    gradient.scatter_add_(1, targets, picked.new_full((), share * (smoothing - 1.0)).expand_as(picked))
    return loss, likelihood, gradient
