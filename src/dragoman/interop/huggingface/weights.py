"""One Transformer, two sets of names: parameters of this package ↔ those of Marian and Pegasus in ``transformers``.

Both add sinusoids to the embeddings, but here sines and cosines take turns along the width, and there all sines stand
before all cosines. Nothing in a Transformer minds in which order the width runs, as long as it is the same everywhere:
so every matrix and vector is reordered where it touches the stream, and the two compute the same, exactly but for the
order of sums. It knows neither files nor ``transformers``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from dragoman.models.transformer import TransformerConfig

OUTPUT_BIAS = "output.bias"
FINAL_BIAS = "final_logits_bias"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parameter stands on both sides.

    Attributes:
        here: its name in this package.
        there: its name there; or several, whose rows stand below each other here.
        along_width: the axis that runs along the stream, if any.
    """

    here: str
    there: tuple[str, ...]
    along_width: int | None


def places(config: TransformerConfig) -> Iterator[Place]:
    """Every parameter but embeddings, output and their bias."""
    yield from _stack("encoder", config.encoder_layers, final_norm=config.norm_order == "pre")
    yield from _stack("decoder", config.decoder_layers, final_norm=config.norm_order == "pre")


def _stack(name: str, layers: int, *, final_norm: bool) -> Iterator[Place]:
    attentions = {"attention": "self_attn"}
    if name == "decoder":
        attentions["source_attention"] = "encoder_attn"
    for number in range(layers):
        here, there = f"{name}.{number}", f"model.{name}.layers.{number}"
        for ours, theirs in attentions.items():
            inputs = [f"{there}.{theirs}.{part}_proj" for part in ("q", "k", "v")]
            yield Place(f"{here}.{ours}.input.weight", tuple(f"{part}.weight" for part in inputs), 1)
            yield Place(f"{here}.{ours}.input.bias", tuple(f"{part}.bias" for part in inputs), None)
            yield from _linear(f"{here}.{ours}.output", f"{there}.{theirs}.out_proj", reads_stream=False)
            yield from _norm(f"{here}.around_{ours}.norm", f"{there}.{theirs}_layer_norm")
        yield from _linear(f"{here}.feed_forward.input", f"{there}.fc1", reads_stream=True)
        yield from _linear(f"{here}.feed_forward.output", f"{there}.fc2", reads_stream=False)
        yield from _norm(f"{here}.around_feed_forward.norm", f"{there}.final_layer_norm")
    if final_norm:
        yield from _norm(f"{name}_norm", f"model.{name}.layer_norm")


def _linear(here: str, there: str, *, reads_stream: bool) -> Iterator[Place]:
    """A map from the stream (its columns run along the width) or onto it (its rows and bias do)."""
    yield Place(f"{here}.weight", (f"{there}.weight",), 1 if reads_stream else 0)
    yield Place(f"{here}.bias", (f"{there}.bias",), None if reads_stream else 0)


def _norm(here: str, there: str) -> Iterator[Place]:
    yield Place(f"{here}.weight", (f"{there}.weight",), 0)
    yield Place(f"{here}.bias", (f"{there}.bias",), 0)


def halves(width: int) -> Int[Tensor, " D"]:
    """Place in this package's width of each place there: first the even ones (sines), then the odd ones (cosines)."""
    return torch.cat((torch.arange(0, width, 2), torch.arange(1, width, 2)))


def layers_there(config: TransformerConfig, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The parameters of :func:`places` under their names there."""
    order = halves(config.width)
    found: dict[str, Tensor] = {}
    for place in places(config):
        weight = weights[place.here]
        if place.along_width is not None:
            weight = weight.index_select(place.along_width, order)
        found |= zip(place.there, weight.chunk(len(place.there)), strict=True)
    return found


def layers_here(config: TransformerConfig, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The parameters of :func:`places` under their names here.

    Raises:
        KeyError: one is not there.
    """
    order = halves(config.width).argsort()
    found: dict[str, Tensor] = {}
    for place in places(config):
        weight = torch.cat([weights[name] for name in place.there])
        found[place.here] = weight if place.along_width is None else weight.index_select(place.along_width, order)
    return found


def embeddings_there(config: TransformerConfig, weights: Mapping[str, Tensor], rows: int = 0) -> dict[str, Tensor]:
    """Embeddings, output and its bias under every name that they have there.

    Args:
        config: of the model.
        weights: all of the model's, tied ones once.
        rows: make each matrix at least so long, for an architecture with one size of vocabulary; no piece is ever said
            that has one of the rows so added.
    """
    order = halves(config.width)
    source = weights["source_embedding.weight"]
    target = source if config.tie_embeddings == "all" else weights["target_embedding.weight"]
    output = target if config.tie_embeddings != "none" else weights["output.weight"]
    bias = weights.get(OUTPUT_BIAS, output.new_zeros(len(output)))
    never = bias.new_full((max(0, rows - len(bias)),), _NEVER)
    encoder, decoder, head = (
        torch.cat((matrix, matrix.new_zeros(max(0, rows - len(matrix)), config.width)))[:, order]
        for matrix in (source, target, output)
    )
    return {
        "model.encoder.embed_tokens.weight": encoder,
        "model.decoder.embed_tokens.weight": decoder,
        "model.shared.weight": encoder,
        "lm_head.weight": head,
        FINAL_BIAS: torch.cat((bias, never))[None],
    }


_NEVER = -1e9
