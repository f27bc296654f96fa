"""How much a trained Transformer would miss each attention head, feed-forward unit and layer. Cuts nothing.

From data: a gate of value 1 stands behind every head and every unit, and the gradient of a sentence's loss by the gate
tells how fast the loss would change if the part were turned down. Its absolute value, summed over sentences, is the
importance (Michel, Levy and Neubig 2019, "Are Sixteen Heads Really Better than One?", section 4.1; for units it is
gradient × activation, Molchanov et al. 2017). Without data: how large the weights are that lead into a unit and out
of it (Han et al. 2015; for whole units Li et al. 2017, "Pruning Filters for Efficient ConvNets").

Layers are not judged by a gradient: a layer is few steps away from being left out altogether, so it is left out, and
the loss is measured.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dragoman.batching.batch import Batch
from dragoman.models.attention import MultiHeadAttention
from dragoman.models.layers import FeedForward
from dragoman.models.protocol import Seq2Seq
from dragoman.models.transformer import Transformer

LossOf = Callable[[Seq2Seq, Batch], Tensor]
"""The summed loss of a batch, differentiable: an objective's ``total``."""
_Part = MultiHeadAttention | FeedForward


@dataclass(frozen=True, slots=True)
class Importance:
    """Of every part of a Transformer, by the name of its module.

    Attributes:
        heads: ``encoder.0.attention`` → one number for each head.
        units: ``encoder.0.feed_forward`` → one number for each inner unit.
    """

    heads: Mapping[str, Float[Tensor, " H"]]
    units: Mapping[str, Float[Tensor, " F"]]


def measure_importance(model: Transformer, batches: Iterable[Batch], loss: LossOf) -> Importance:
    """Importance by the gradient of ``loss`` on ``batches``, sentence by sentence.

    Args:
        model: stays as it is.
        batches: text such as the pruned model will meet; some hundred sentences are enough.
        loss: of one batch.
    """
    parts = _parts(model)
    sums = {name: torch.zeros(_count(part)) for name, part in parts.items()}
    was_training = model.training
    model.eval()
    try:
        with _gates(parts) as gates, torch.enable_grad():
            for batch in batches:
                gates.clear()
                total = loss(model, batch.to(next(model.parameters()).device))
                gradients = torch.autograd.grad(total, [gates[name] for name in parts])
                for name, gradient in zip(parts, gradients, strict=True):
                    sums[name] += gradient.abs().sum((0, 1)).float().cpu()  # (B, 1, H) → (H)
    finally:
        model.train(was_training)
    return _importance(sums, model)


@torch.no_grad()
def magnitude_importance(model: Transformer) -> Importance:
    """Importance by the size of the weights alone: norm of what leads in times norm of what leads out."""
    sizes: dict[str, Tensor] = {}
    for name, part in _parts(model).items():
        count = _count(part)
        # (k·count·K, D) → (k, count, K, D) and (D, count·K) → (D, count, K)
        into = part.input.weight.view(-1, count, part.output.in_features // count, part.input.in_features)
        out = part.output.weight.view(part.output.out_features, count, -1)
        sizes[name] = (into.square().sum((0, 2, 3)).sqrt() * out.square().sum((0, 2)).sqrt()).cpu()
    return _importance(sizes, model)


@torch.no_grad()
def least_missed(
    model: Transformer, batches: Sequence[Batch], loss: LossOf, *, encoder: int, decoder: int
) -> tuple[list[int], list[int]]:
    """Which layers of encoder and decoder to keep: the one whose absence costs least goes, until enough are gone.

    Args:
        model: stays as it is.
        batches: text to measure the loss on.
        loss: of one batch.
        encoder: layers to keep there.
        decoder: layers to keep there.
    """
    stacks = {"encoder": list(range(len(model.encoder))), "decoder": list(range(len(model.decoder)))}
    wanted = {"encoder": encoder, "decoder": decoder}
    was_training = model.training
    model.eval()
    gone: list[nn.Module] = []
    try:
        while open_stacks := [stack for stack in stacks if len(stacks[stack]) > wanted[stack]]:
            costs = {}
            for name, place in [(stack, layer) for stack in open_stacks for layer in stacks[stack]]:
                with _without([*gone, model.get_submodule(f"{name}.{place}")]):
                    costs[name, place] = sum(float(loss(model, batch)) for batch in batches)
            name, place = min(costs, key=lambda one: costs[one])
            stacks[name].remove(place)
            gone.append(model.get_submodule(f"{name}.{place}"))
    finally:
        model.train(was_training)
    return stacks["encoder"], stacks["decoder"]


def attentions(model: Transformer) -> dict[str, MultiHeadAttention]:
    """Every attention of the model by its name."""
    return {name: part for name, part in model.named_modules() if isinstance(part, MultiHeadAttention)}


def feed_forwards(model: Transformer) -> dict[str, FeedForward]:
    """Every feed-forward network of the model by its name."""
    return {name: part for name, part in model.named_modules() if isinstance(part, FeedForward)}


def _parts(model: Transformer) -> dict[str, _Part]:
    """Whatever is made of heads or of units."""
    return {**attentions(model), **feed_forwards(model)}


def _count(part: _Part) -> int:
    """Its heads, or its units."""
    return part.heads if isinstance(part, MultiHeadAttention) else part.output.in_features


def _importance(values: Mapping[str, Tensor], model: Transformer) -> Importance:
    return Importance(
        {name: values[name] for name in attentions(model)}, {name: values[name] for name in feed_forwards(model)}
    )


@contextmanager
def _gates(parts: Mapping[str, _Part]) -> Iterator[dict[str, Tensor]]:
    """Inside the block every forward pass puts gates of value 1, sentence by sentence, behind the heads and units."""
    gates: dict[str, Tensor] = {}

    def gate(name: str, count: int) -> Callable[[nn.Module, tuple[Any, ...]], tuple[Any, ...]]:
        def put(module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
            mixed: Tensor = inputs[0]
            gates[name] = mixed.new_ones(len(mixed), 1, count, requires_grad=True)
            return (mixed * gates[name].repeat_interleave(mixed.size(2) // count, 2),)

        return put

    handles = [part.output.register_forward_pre_hook(gate(name, _count(part))) for name, part in parts.items()]
    try:
        yield gates
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _without(layers: Iterable[nn.Module]) -> Iterator[None]:
    """Inside the block the layers give back what they are given."""
    handles = [layer.register_forward_hook(lambda module, inputs, output: inputs[0]) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
