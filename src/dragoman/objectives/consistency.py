"""Consistency training: say the same twice, although units or words are dropped. For small data.

A batch goes through the model twice, with other dropout each time, and the two predictions of every
target id are pulled together. It keeps a model from leaning on single units or words, and is worth
more than any other known regulariser where parallel text is scarce.

- R-Drop (Liang et al. 2021, "R-Drop: Regularized Dropout for Neural Networks"): both passes see the same
  words and learn the reference; the divergence counts in both directions.
- SimCut (Gao et al. 2022, "Bi-SimCut: A Simple Strategy for Boosting Neural Machine Translation"): the second pass
  has some words of source and target cut out, and only has to agree with the first.

Knows neither the loop nor how the model drops units. As in :mod:`dragoman.objectives.cross_entropy`,
the logits are made and forgotten in slices of rows, gradient and all.
"""

from collections.abc import Sequence
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
from dragoman.objectives.cutting import cut_words
from dragoman.objectives.protocol import Loss

_SLICE_BYTES = 4 << 20  # of one pass's logits


class RDropConfig(Section):
    """R-Drop: two passes with other dropout learn the reference and each other's prediction."""

    kind: Literal["r_drop"] = "r_drop"
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    """Share of each target's probability that is spread evenly over the whole vocabulary."""
    weight: float = Field(default=5.0, ge=0)
    """Of the agreement (alpha in the paper, which takes 5 for translation)."""


class SimCutConfig(Section):
    """SimCut: a second pass that does not see some words must agree with the first."""

    kind: Literal["simcut"] = "simcut"
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    """Share of each target's probability that is spread evenly over the whole vocabulary."""
    weight: float = Field(default=3.0, ge=0)
    """Of the agreement (alpha in the paper, which takes 3 for small corpora)."""
    cutoff: float = Field(default=0.05, ge=0, lt=1)
    """Chance of a source or target id to be cut from what the second pass sees."""


@dataclass(frozen=True, slots=True)
class _Weights:
    """What each part of the loss counts.

    Attributes:
        smoothing: share of each target's probability that is spread over the whole vocabulary.
        second: cross-entropy of the second pass; the first has the rest of 1.
        forward: KL(first ‖ second).
        backward: KL(second ‖ first).
    """

    smoothing: float
    second: float
    forward: float
    backward: float


class _Consistency:
    """Two passes in one batch of twice the rows; the losses of both."""

    def __init__(self, weights: _Weights, *, cutoff: float = 0.0) -> None:
        self.cutoff = cutoff
        self._weights = weights

    def prepare(self, example: Example, key: int) -> Example:
        """The example itself: what is cut is drawn for the whole batch."""
        return example

    def __call__(self, model: Seq2Seq, batch: Batch) -> Loss:
        """The loss over the batch's real target ids; without gradients, plain cross-entropy of one pass."""
        if not torch.is_grad_enabled():
            return CrossEntropy(label_smoothing=self._weights.smoothing)(model, batch)
        features = model(
            torch.cat((batch.source, cut_words(batch.source, self.cutoff))),
            torch.cat((batch.source_mask, batch.source_mask)),
            torch.cat((batch.target_input, cut_words(batch.target_input, self.cutoff))),
        )
        rows = real_rows(batch)
        first, second = (half.flatten(0, 1).index_select(0, rows) for half in features.chunk(2))
        output = model.output
        with own_products(features):  # in full precision: a difference of two softmaxes is small
            total, likelihood = _SlicedConsistency.apply(  # type: ignore[no-untyped-call]
                first.to(output.weight.dtype),
                second.to(output.weight.dtype),
                output.weight,
                output.bias,
                batch.target_output.flatten()[rows],
                self._weights,
            )
        return Loss(total, batch.target_tokens, likelihood, torch.zeros_like(likelihood))


class RDrop(_Consistency):
    """Both passes learn the reference, and each other.

    Half the paper's equation 4, so that the loss is of the size of a cross-entropy.

    Args:
        label_smoothing: share of the probability spread over the whole vocabulary.
        weight: of the agreement, alpha in the paper.
    """

    config_type: ClassVar[type[RDropConfig]] = RDropConfig

    def __init__(self, *, label_smoothing: float = 0.1, weight: float = 5.0) -> None:
        super().__init__(_Weights(label_smoothing, 0.5, weight / 4, weight / 4))


class SimCut(_Consistency):
    """One pass learns the reference; the other, with words cut out, must agree with it (section 3.2 of the paper).

    Args:
        label_smoothing: share of the probability spread over the whole vocabulary.
        weight: of the agreement, alpha in the paper.
        cutoff: chance of an id to be cut; UNK stands in its place.
    """

    config_type: ClassVar[type[SimCutConfig]] = SimCutConfig

    def __init__(self, *, label_smoothing: float = 0.1, weight: float = 3.0, cutoff: float = 0.05) -> None:
        super().__init__(_Weights(label_smoothing, 0.0, weight, 0.0), cutoff=cutoff)


class _SlicedConsistency(torch.autograd.Function):
    """Output projection, both cross-entropies and both divergences, slice by slice.

    With p and q the softmaxes of the two passes, d = log p - log q and y the smoothed target, the
    gradients by the first logits are: p - y of its cross-entropy, p (d - KL) of KL(p ‖ q), p - q of
    KL(q ‖ p); by the second logits the same with p and q changed about.
    """

    @staticmethod
    def forward(
        ctx: Any,
        first: Float[Tensor, "N D"],
        second: Float[Tensor, "N D"],
        weight: Float[Tensor, "V D"],
        bias: Float[Tensor, " V"] | None,
        targets: Int[Tensor, " N"],
        weights: _Weights,
    ) -> tuple[Tensor, Tensor]:
        rows = max(1, _SLICE_BYTES // (weight.size(0) * weight.element_size()))
        gradients = [torch.empty_like(first), torch.empty_like(second), torch.zeros_like(weight)]
        bias_gradient = None if bias is None else torch.zeros_like(bias)
        total, likelihood = first.new_zeros(()), first.new_zeros(())
        for start in range(0, len(first), rows):
            end = start + rows
            parts = (first[start:end], second[start:end])
            logs = [torch.nn.functional.linear(part, weight, bias).log_softmax(1) for part in parts]
            loss, by_logits = _losses(logs[0], logs[1], targets[start:end, None], weights)
            total += loss
            likelihood -= logs[0].gather(1, targets[start:end, None]).sum()
            for part, gradient, by_features in zip(parts, by_logits, gradients, strict=False):
                torch.mm(gradient, weight, out=by_features[start:end])
                gradients[2].addmm_(gradient.T, part)
                if bias_gradient is not None:
                    bias_gradient += gradient.sum(0)
        ctx.gradients = (*gradients, bias_gradient)
        ctx.mark_non_differentiable(likelihood)
        return total, likelihood

    @staticmethod
    def backward(ctx: Any, *scales: Tensor) -> tuple[Tensor | None, ...]:
        scaled = [None if gradient is None else gradient.mul_(scales[0]) for gradient in ctx.gradients]
        del ctx.gradients
        return (*scaled, None, None)


def _losses(
    first: Float[Tensor, "N V"], second: Float[Tensor, "N V"], targets: Int[Tensor, "N 1"], weights: _Weights
) -> tuple[Tensor, Sequence[Tensor]]:
    """The loss of one slice of log-probabilities, and its gradients by both passes' logits."""
    p, q = first.exp(), second.exp()
    difference = first - second
    forward = (p * difference).sum(1, keepdim=True)
    loss = weights.forward * forward.sum()
    # KL(p ‖ q) and, where it counts, KL(q ‖ p)
    by_first = difference.sub(forward).mul_(p).mul_(weights.forward)
    by_second = (q - p).mul_(weights.forward)
    if weights.backward:
        backward = (q * difference).sum(1, keepdim=True)  # minus KL(q ‖ p)
        loss = loss - weights.backward * backward.sum()
        by_first.add_(p - q, alpha=weights.backward)
        by_second.add_((backward - difference).mul_(q), alpha=weights.backward)
    shares = ((first, p, by_first, 1.0 - weights.second), (second, q, by_second, weights.second))
    for logs, probabilities, gradient, share in shares:
        if share:
            picked = logs.gather(1, targets)
            smoothing = weights.smoothing
            loss = loss - share * ((1 - smoothing) * picked.sum() + smoothing * logs.mean(1).sum())
            gradient.add_(probabilities, alpha=share).sub_(share * smoothing / logs.size(1))
            gradient.scatter_add_(1, targets, picked.new_full((), share * (smoothing - 1.0)).expand_as(picked))
    return loss, (by_first, by_second)
