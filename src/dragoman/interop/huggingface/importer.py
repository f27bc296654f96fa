"""A Marian (or Pegasus) model as a bundle's model and task: the same weights in our order, its ids in ours.

Ids there are anything; here 0 to 3 are PAD, UNK, BOS and EOS. So rows of embeddings and output change places. Marian
has no BOS: it starts a target with PAD. Its row is then there twice, once to fill and once to begin with, and the
second can never be said.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from dragoman.base.config import parse
from dragoman.base.errors import ConfigError, DamagedFileError
from dragoman.base.symbols import BOS, EOS, PAD, SPECIAL_PIECES, UNK
from dragoman.interop.huggingface.checkpoint import KINDS, Checkpoint
from dragoman.interop.huggingface.weights import FINAL_BIAS, OUTPUT_BIAS, halves, layers_here, places
from dragoman.models.positions import sinusoids
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers.marian import MarianTokenizer
from dragoman.tokenizers.vocabulary import Vocabulary

_ACTIVATIONS = {"relu": "relu", "gelu": "gelu", "silu": "silu", "swish": "silu"}
_UNSAYABLE = -100.0
"""Bias of a second row for a piece: e^-100 of the probability, yet harmless in a smoothed loss."""
_ELSEWHERE = (
    "model.shared.weight",
    "lm_head.weight",
    FINAL_BIAS,
    *(f"model.{side}.{part}.weight" for side in ("encoder", "decoder") for part in ("embed_tokens", "embed_positions")),
)
_DEFAULTS: dict[str, Any] = {
    "d_model": 1024,
    "encoder_layers": 12,
    "decoder_layers": 12,
    "encoder_attention_heads": 16,
    "decoder_attention_heads": 16,
    "encoder_ffn_dim": 4096,
    "decoder_ffn_dim": 4096,
    "activation_function": "gelu",
    "max_position_embeddings": 1024,
    "dropout": 0.1,
    "attention_dropout": 0.0,
    "activation_dropout": 0.0,
    "scale_embedding": False,
}
"""What transformers takes where config.json says nothing."""


@dataclass(frozen=True)
class Numbering:
    """Our ids of one side.

    Attributes:
        rows: the id there of each of ours.
        pieces: those of our ids after the special ones.
        begins_doubled: BOS has a row that is another special piece's too.
    """

    rows: Int[Tensor, " V"]
    pieces: tuple[str, ...]
    begins_doubled: bool


@dataclass(frozen=True)
class Imported:
    """A checkpoint in our terms.

    Attributes:
        task: with tokenizers of the kind ``marian``.
        model: with its weights in place.
        numberings: of source and target.
    """

    task: TranslationTask
    model: Transformer
    numberings: tuple[Numbering, Numbering]


def take_in(checkpoint: Checkpoint, source: str, target: str) -> Imported:
    """The checkpoint as a model and a task from ``source`` to ``target``.

    Raises:
        ConfigError: it has a part that the Transformer here has not.
        DamagedFileError: weights are missing, or do not fit together.
    """
    numberings = number(checkpoint)
    same = checkpoint.vocabularies[0] is checkpoint.vocabularies[1]
    vocabularies = [Vocabulary(one.pieces) for one in numberings]
    tokenizers = [MarianTokenizer(*both) for both in zip(checkpoint.segmentations, vocabularies, strict=True)]
    if same and checkpoint.segmentations[0] == checkpoint.segmentations[1]:
        tokenizers[1] = tokenizers[0]
    try:
        weights, tying = _embeddings(checkpoint, numberings)
        config = shape(checkpoint, tying=tying, output_bias=OUTPUT_BIAS in weights)
        weights |= layers_here(config, checkpoint.weights)
    except KeyError as error:
        raise DamagedFileError(f"the weights have no {error}", hint="use another copy of the model") from error
    except (IndexError, RuntimeError) as error:
        raise DamagedFileError(f"the weights do not fit config.json: {error}", hint="use another copy") from error
    _check_all_taken(config, checkpoint.weights)
    _check_positions(config, checkpoint.weights)
    sizes = {"source_vocabulary": len(vocabularies[0]), "target_vocabulary": len(vocabularies[1])}
    model = Transformer(config, **sizes)
    for name, parameter in model.named_parameters():
        if parameter.shape != weights[name].shape:
            raise DamagedFileError(
                f"the weight {name} is {list(weights[name].shape)}, but config.json and the vocabulary ask for "
                f"{list(parameter.shape)}",
                hint="use another copy of the model",
            )
        parameter.data = weights[name].contiguous()
    return Imported(TranslationTask(source, target, tokenizers[0], tokenizers[1]), model.eval(), numberings)


def shape(checkpoint: Checkpoint, *, tying: str, output_bias: bool) -> TransformerConfig:
    """The section ``model`` of the checkpoint.

    Raises:
        ConfigError: it has a part that the Transformer here has not.
    """
    config = {**_DEFAULTS, **checkpoint.config}
    for part in ("attention_heads", "ffn_dim"):
        ours, theirs = config[f"encoder_{part}"], config[f"decoder_{part}"]
        if ours != theirs:
            raise ConfigError(
                f"its encoder_{part} is {ours} and its decoder_{part} {theirs}; here both have the same",
                hint="such a model cannot be imported",
            )
    if config["activation_function"] not in _ACTIVATIONS:
        raise ConfigError(
            f"its activation_function is {config['activation_function']!r}, which there is not here",
            hint=f"known: {', '.join(_ACTIVATIONS)}",
        )
    return parse(
        TransformerConfig,
        {
            "width": config["d_model"],
            "heads": config["encoder_attention_heads"],
            "feed_forward_width": config["encoder_ffn_dim"],
            "encoder_layers": config["encoder_layers"],
            "decoder_layers": config["decoder_layers"],
            "dropout": config["dropout"],
            "attention_dropout": config["attention_dropout"],
            "activation_dropout": config["activation_dropout"],
            "activation": _ACTIVATIONS[config["activation_function"]],
            "norm_order": KINDS[checkpoint.kind],
            "max_length": config["max_position_embeddings"],
            "tie_embeddings": tying,
            "output_bias": output_bias,
        },
        place="the model's config.json",
    )


def number(checkpoint: Checkpoint) -> tuple[Numbering, Numbering]:
    """Our ids of both sides; of a joint vocabulary the same for both.

    Raises:
        DamagedFileError: a special piece is nowhere.
    """
    source, target = checkpoint.vocabularies
    config = checkpoint.config
    ends = config.get("eos_token_id", 0)
    ids = {
        PAD: config.get("pad_token_id", target.get(SPECIAL_PIECES[PAD])),
        UNK: target.get(SPECIAL_PIECES[UNK]),
        BOS: checkpoint.generation.get("decoder_start_token_id", config.get("pad_token_id")),
        EOS: ends[0] if isinstance(ends, list) else ends,
    }
    numbered = _number(target, ids)
    if source is target:
        return numbered, numbered
    own = {place: source.get(piece) for place, piece in enumerate(SPECIAL_PIECES)}
    return _number(source, {**own, BOS: own[BOS] if own[BOS] is not None else own[PAD]}), numbered


def _number(vocabulary: Mapping[str, int], special: Mapping[int, Any]) -> Numbering:
    for place, index in special.items():
        if not isinstance(index, int) or not 0 <= index < len(vocabulary):
            raise DamagedFileError(
                f"the vocabulary has no piece for {SPECIAL_PIECES[place]} (its id would be {index})",
                hint="use another copy of the model, with its own vocab.json and config.json",
            )
    first = [special[place] for place in range(len(SPECIAL_PIECES))]
    ordered = sorted((index, piece) for piece, index in vocabulary.items() if index not in first)
    rows = torch.tensor([*first, *(index for index, _ in ordered)])
    return Numbering(rows, tuple(piece for _, piece in ordered), first.count(special[BOS]) > 1)


def _embeddings(checkpoint: Checkpoint, numberings: tuple[Numbering, Numbering]) -> tuple[dict[str, Tensor], str]:
    """Embeddings, output and bias under our names, and how they are tied."""
    given = checkpoint.weights
    shared = given.get("model.shared.weight")
    encoder = given.get("model.encoder.embed_tokens.weight", shared)
    decoder = given.get("model.decoder.embed_tokens.weight", shared)
    if encoder is None or decoder is None:
        raise KeyError("model.shared.weight")
    head = given.get("lm_head.weight", decoder)
    order = halves(encoder.size(1)).argsort()
    source, target, output = (
        _picked(matrix, numbering.rows)[:, order]
        for matrix, numbering in ((encoder, numberings[0]), (decoder, numberings[1]), (head, numberings[1]))
    )
    weights = {"source_embedding.weight": source}
    if not checkpoint.config.get("scale_embedding", _DEFAULTS["scale_embedding"]):
        # here embeddings are always scaled up by the root of the width; the output's are not, so they part
        root = math.sqrt(source.size(1))
        tying = "none"
        weights = {"source_embedding.weight": source / root, "target_embedding.weight": target / root}
        weights["output.weight"] = output
    elif not torch.equal(output, target):
        tying = "none"
        weights |= {"target_embedding.weight": target, "output.weight": output}
    elif numberings[0] is not numberings[1] or not torch.equal(source, target):
        tying = "decoder"
        weights["target_embedding.weight"] = target
    else:
        tying = "all"
    bias = given.get(FINAL_BIAS, torch.zeros(1, len(head)))
    bias = _picked(bias[0], numberings[1].rows)
    if numberings[1].begins_doubled:
        bias[BOS] = _UNSAYABLE
    if bias.any():
        weights[OUTPUT_BIAS] = bias
    return weights, tying


def _picked(matrix: Tensor, rows: Int[Tensor, " V"]) -> Tensor:
    if int(rows.max()) >= len(matrix):
        raise DamagedFileError(
            f"the vocabulary has {int(rows.max()) + 1} pieces, but there are weights for {len(matrix)}",
            hint="use another copy of the model, with its own vocab.json",
        )
    return matrix[rows].clone()


def _check_all_taken(config: TransformerConfig, weights: Mapping[str, Tensor]) -> None:
    """No weight may be left over: the model would not be the one it was."""
    taken = {name for place in places(config) for name in place.there} | set(_ELSEWHERE)
    if left := sorted(set(weights) - taken):
        raise ConfigError(
            f"{len(left)} of its weights have no place in the architecture of its config.json, such as {left[0]}",
            hint="such a model cannot be imported; or config.json is not its own",
        )


def _check_positions(config: TransformerConfig, weights: Mapping[str, Tensor]) -> None:
    """Older checkpoints hold the table of positions; it must be the usual one."""
    for side in ("encoder", "decoder"):
        table = weights.get(f"model.{side}.embed_positions.weight")
        if table is None:
            continue
        usual = sinusoids(len(table), config.width)[:, halves(config.width)]
        if table.shape != usual.shape or not torch.allclose(table, usual, atol=2e-3):  # half precision
            raise ConfigError(
                f"its positions of the {side} are not the usual sinusoids", hint="such a model cannot be imported"
            )
