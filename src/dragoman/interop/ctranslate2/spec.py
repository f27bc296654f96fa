"""A Transformer as CTranslate2 describes one: the same numbers under its own names. Knows no files and no options.

CTranslate2 (Klein et al. 2020, "Efficient and High-Quality Neural Machine Translation with OpenNMT") runs a fixed
family of networks. Whatever our Transformer can be lies inside it, save that positions are always given as a table:
its own sinusoids are others. Its vocabulary is a list of strings without twins, ours is a list of ids; so a piece that
reads like an earlier one gets its id appended, and ids go through unchanged. Alignments are told by one layer: the
last, all of its heads together, which agrees most with the mean of all layers that we align by.
"""

from collections.abc import Sequence

import torch
from ctranslate2.specs import attention_spec, common_spec, transformer_spec
from torch import Tensor, nn

from dragoman.base.symbols import BOS, EOS, UNK
from dragoman.models.attention import MultiHeadAttention
from dragoman.models.layers import FeedForward, Residual
from dragoman.models.positions import AddedPositions
from dragoman.models.transformer import DecoderLayer, EncoderLayer, Transformer

_ACTIVATIONS = {
    "relu": common_spec.Activation.RELU,
    "gelu": common_spec.Activation.GELU,
    "silu": common_spec.Activation.SWISH,
    "swiglu": common_spec.Activation.SWISH,
}


def make_spec(
    model: Transformer, *, source_pieces: Sequence[str], target_pieces: Sequence[str]
) -> transformer_spec.TransformerSpec:
    """Describe ``model`` with its weights.

    Args:
        model: on any device; its weights are copied.
        source_pieces: the piece of every source id.
        target_pieces: the piece of every target id.
    """
    spec = _empty(model)
    source, target = without_twins(source_pieces), without_twins(target_pieces)
    spec.register_source_vocabulary(source)
    spec.register_target_vocabulary(target)
    spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = target[UNK], target[BOS], target[EOS]
    spec.config.decoder_start_token = target[BOS]
    spec.config.add_source_bos = spec.config.add_source_eos = False  # our sources bring their EOS along
    spec.config.layer_norm_epsilon = _epsilon(model)
    _embed(spec.encoder.embeddings[0], model.source_embedding, spec.encoder, model.source_positions)
    _embed(spec.decoder.embeddings, model.target_embedding, spec.decoder, model.target_positions)
    _linear(spec.decoder.projection, model.output.weight, model.output.bias)
    if model.config.norm_order == "pre":
        _norm(spec.encoder.layer_norm, model.encoder_norm)
        _norm(spec.decoder.layer_norm, model.decoder_norm)
    for described, layer in zip(spec.encoder.layer, model.encoder, strict=True):
        assert isinstance(layer, EncoderLayer)
        _encoder_layer(described, layer)
    for described, layer in zip(spec.decoder.layer, model.decoder, strict=True):
        assert isinstance(layer, DecoderLayer)
        _decoder_layer(described, layer)
    return spec


def without_twins(pieces: Sequence[str]) -> list[str]:
    """``pieces``, each with its id appended as often as it takes to differ from all before it."""
    seen: dict[str, None] = {}
    for index, piece in enumerate(pieces):
        while piece in seen:
            piece = f"{piece}#{index}"
        seen[piece] = None
    return list(seen)


def _empty(model: Transformer) -> transformer_spec.TransformerSpec:
    """A description of the right shape, its weights not yet there."""
    config = model.config
    shape = {
        "num_heads": config.heads,
        "pre_norm": config.norm_order == "pre",
        "activation": _ACTIVATIONS[config.activation],
        "ffn_glu": config.activation == "swiglu",
        "rms_norm": config.norm == "rms",
        "head_dim": config.width_per_head,
    }
    if config.positions == "rotary":
        shape |= {"rotary_dim": config.width_per_head, "rotary_interleave": False}
    return transformer_spec.TransformerSpec(
        transformer_spec.TransformerEncoderSpec(config.encoder_layers, **shape),
        transformer_spec.TransformerDecoderSpec(
            config.decoder_layers, alignment_layer=-1, alignment_heads=config.heads, **shape
        ),
    )


def _epsilon(model: Transformer) -> float:
    """What every norm of the model adds to the variance."""
    norms = (module for module in model.modules() if isinstance(module, nn.LayerNorm | nn.RMSNorm))
    return float(next(norms).eps or torch.finfo(torch.float32).eps)


def _embed(
    described: common_spec.EmbeddingsSpec,
    embedding: nn.Embedding,
    around: transformer_spec.TransformerEncoderSpec | transformer_spec.TransformerDecoderSpec,
    positions: AddedPositions | None,
) -> None:
    described.weight = _plain(embedding.weight)
    if positions is not None:
        around.position_encodings.encodings = _plain(positions.table)


def _encoder_layer(described: transformer_spec.TransformerEncoderLayerSpec, layer: EncoderLayer) -> None:
    _self_attention(described.self_attention, layer.attention, layer.around_attention)
    _feed_forward(described.ffn, layer.feed_forward, layer.around_feed_forward)


def _decoder_layer(described: transformer_spec.TransformerDecoderLayerSpec, layer: DecoderLayer) -> None:
    _self_attention(described.self_attention, layer.attention, layer.around_attention)
    across = layer.source_attention
    queries = across.output.in_features  # of the rows below each other: queries, keys, values
    _norm(described.attention.layer_norm, layer.around_source_attention.norm)
    _linear(described.attention.linear[0], across.input.weight[:queries], across.input.bias[:queries])
    _linear(described.attention.linear[1], across.input.weight[queries:], across.input.bias[queries:])
    _linear(described.attention.linear[2], across.output.weight, across.output.bias)
    _feed_forward(described.ffn, layer.feed_forward, layer.around_feed_forward)


def _self_attention(
    described: attention_spec.MultiHeadAttentionSpec, attention: MultiHeadAttention, around: Residual
) -> None:
    _norm(described.layer_norm, around.norm)
    _linear(described.linear[0], attention.input.weight, attention.input.bias)
    _linear(described.linear[1], attention.output.weight, attention.output.bias)


def _feed_forward(described: transformer_spec.FeedForwardSpec, network: FeedForward, around: Residual) -> None:
    _norm(described.layer_norm, around.norm)
    inner = network.output.in_features
    _linear(described.linear_0, network.input.weight[:inner], network.input.bias[:inner])
    if network.gated:  # the gate comes first
        _linear(described.linear_0_noact, network.input.weight[inner:], network.input.bias[inner:])
    _linear(described.linear_1, network.output.weight, network.output.bias)


def _norm(described: common_spec.LayerNormSpec, norm: nn.Module) -> None:
    assert isinstance(norm, nn.LayerNorm | nn.RMSNorm)
    described.gamma = _plain(norm.weight)
    if isinstance(norm, nn.LayerNorm):
        described.beta = _plain(norm.bias)


def _linear(described: common_spec.LinearSpec, weight: Tensor, bias: Tensor | None) -> None:
    described.weight = _plain(weight)
    if bias is not None:
        described.bias = _plain(bias)


def _plain(weight: Tensor) -> Tensor:
    return weight.detach().float().cpu().clone(memory_format=torch.contiguous_format)  # quantising works in place
