"""The Transformer encoder–decoder (Vaswani et al. 2017). Knows neither text nor search.

The encoder lets every source position look at every other; the decoder lets every target
position look at the earlier ones and at the whole source. Training runs all target positions
at once; search runs one at a time and keeps each layer's keys and values.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from jaxtyping import Bool, Float, Int
from pydantic import Field, model_validator
from torch import Tensor, nn

from dragoman.base.config import Section
from dragoman.base.errors import DataError
from dragoman.models.attention import KeysValues, MultiHeadAttention, Turn
from dragoman.models.dropout import Dropout
from dragoman.models.embeddings import Tying, make_embeddings
from dragoman.models.layers import Activation, FeedForward, Norm, NormOrder, Residual, make_norm
from dragoman.models.positions import AddedPositions, RotaryPositions
from dragoman.models.protocol import Seq2Seq


class TransformerConfig(Section):
    """The shape of a Transformer."""

    kind: Literal["transformer"] = "transformer"
    width: int = Field(default=256, gt=0)
    """Width of embeddings and layers (d_model in the paper)."""
    heads: int = Field(default=4, gt=0)
    """Attention heads; must divide the width, unless ``head_width`` is given."""
    head_width: int | None = Field(default=None, gt=0)
    """Width of one head; left out, the width divided by the heads. A model some of whose heads were cut away has it."""
    feed_forward_width: int = Field(default=1024, gt=0)
    """Inner width of the feed-forward networks (d_ff in the paper)."""
    encoder_layers: int = Field(default=4, ge=1)
    """Layers of the encoder; it may be deeper than the decoder, which makes decoding quick."""
    decoder_layers: int = Field(default=4, ge=1)
    """Layers of the decoder."""
    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Chance to drop a unit of an embedding or of a layer's output while training."""
    attention_dropout: float = Field(default=0.0, ge=0, lt=1)
    """Chance to drop an attention weight while training."""
    activation_dropout: float = Field(default=0.0, ge=0, lt=1)
    """Chance to drop an inner unit of a feed-forward network while training."""
    layer_dropout: float = Field(default=0.0, ge=0, lt=1)
    """Chance of a sentence to skip a whole layer while training (LayerDrop, Fan et al. 2020)."""
    norm_order: NormOrder = "pre"
    """Norm before each part (pre: steadier training) or after its sum (post: the paper)."""
    norm: Norm = "layer"
    """Layer norm or root-mean-square norm."""
    activation: Activation = "relu"
    """relu as in the paper, gelu, silu (swish), or the gated swiglu."""
    positions: Literal["sinusoidal", "learned", "rotary"] = "sinusoidal"
    """How positions are told apart."""
    tie_embeddings: Tying = "all"
    """Which of source embedding, target embedding and output projection are one matrix."""
    output_bias: bool = False
    """A bias for every piece in the output projection, as Marian's models have."""
    max_length: int = Field(default=512, gt=1)
    """The longest sentence in ids, EOS included."""

    @model_validator(mode="after")
    def _check_heads(self) -> "TransformerConfig":
        if self.head_width is None and self.width % self.heads:
            raise ValueError(f"heads ({self.heads}) must divide width ({self.width})")
        if self.positions == "rotary" and self.width_per_head % 2:
            raise ValueError(f"rotary positions need an even head width, not {self.width_per_head}")
        return self

    @property
    def width_per_head(self) -> int:
        """Width of one head, given or worked out."""
        return self.head_width or self.width // self.heads


@dataclass(frozen=True, slots=True)
class LayerMemory:
    """What one decoder layer remembers: its own past and the source."""

    past: KeysValues | None
    source: KeysValues


@dataclass(frozen=True, slots=True)
class TransformerState:
    """The decoder's memory between steps, row by row.

    Rows of one source, as a beam has them, remember the same of it. ``sources`` says which row is of which source, so
    that nothing of a source is copied when rows change places within it: most of what a beam search would copy.
    """

    layers: list[LayerMemory]
    source_mask: Float[Tensor, "B 1 1 S"]
    position: int
    sources: Int[Tensor, " B"]

    def reorder(self, rows: Int[Tensor, " N"]) -> "TransformerState":
        """Row ``rows[i]`` in place ``i``."""
        sources = self.sources.index_select(0, rows)
        stays = torch.equal(sources, self.sources)
        layers = [
            LayerMemory(
                layer.past.reorder(rows) if layer.past else None, layer.source if stays else layer.source.reorder(rows)
            )
            for layer in self.layers
        ]
        mask = self.source_mask if stays else self.source_mask.index_select(0, rows)
        return TransformerState(layers, mask, self.position, sources)


class EncoderLayer(nn.Module):
    """Self-attention, then a feed-forward network (section 3.1)."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.attention = _attention(config)
        self.feed_forward = _feed_forward(config)
        self.around_attention = _residual(config)
        self.around_feed_forward = _residual(config)

    def forward(self, stream: Float[Tensor, "B S D"], mask: Tensor, turn: Turn | None) -> Float[Tensor, "B S D"]:
        """Every position looks at every real one."""
        stream = self.around_attention(
            stream, lambda inputs: self.attention.over_itself(inputs, mask=mask, causal=False, turn=turn)
        )
        return self.around_feed_forward(stream, self.feed_forward)  # type: ignore[no-any-return]


class DecoderLayer(nn.Module):
    """Causal self-attention, attention to the source, then a feed-forward network (section 3.1)."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.attention = _attention(config)
        self.source_attention = _attention(config)
        self.feed_forward = _feed_forward(config)
        self.around_attention = _residual(config)
        self.around_source_attention = _residual(config)
        self.around_feed_forward = _residual(config)

    def forward(
        self, stream: Float[Tensor, "B T D"], encoded: Float[Tensor, "B S D"], mask: Tensor, turn: Turn | None
    ) -> Float[Tensor, "B T D"]:
        """All target positions at once; each sees the earlier ones and the source."""
        stream = self.around_attention(
            stream, lambda inputs: self.attention.over_itself(inputs, mask=None, causal=True, turn=turn)
        )
        return self._after_self(stream, self.source_attention.keys_values(encoded), mask)

    def step(
        self, stream: Float[Tensor, "B 1 D"], memory: LayerMemory, mask: Tensor, turn: Turn | None, position: int
    ) -> tuple[Float[Tensor, "B 1 D"], LayerMemory]:
        """One target position, with what the layer remembers of the earlier ones."""
        past = memory.past

        def attend(inputs: Tensor) -> Tensor:
            nonlocal past
            newest = self.attention.keys_values(inputs, turn=turn, start=position)
            past = newest if past is None else past.append(newest)
            return self.attention(inputs, past, turn=turn, start=position)  # type: ignore[no-any-return]

        stream = self.around_attention(stream, attend)
        return self._after_self(stream, memory.source, mask), LayerMemory(past, memory.source)

    def _after_self(self, stream: Tensor, source: KeysValues, mask: Tensor) -> Tensor:
        stream = self.around_source_attention(stream, lambda inputs: self.source_attention(inputs, source, mask=mask))
        return self.around_feed_forward(stream, self.feed_forward)  # type: ignore[no-any-return]


class Transformer(Seq2Seq):
    """Encoder and decoder with their embeddings.

    Args:
        config: the shape.
        source_vocabulary: number of source pieces.
        target_vocabulary: number of target pieces.
    """

    config_type: ClassVar[type[TransformerConfig]] = TransformerConfig

    def __init__(self, config: TransformerConfig, *, source_vocabulary: int, target_vocabulary: int) -> None:
        super().__init__()
        self.config = config
        self.source_embedding, self.target_embedding, self.output = make_embeddings(
            config.tie_embeddings,
            source_vocabulary=source_vocabulary,
            target_vocabulary=target_vocabulary,
            width=config.width,
            output_bias=config.output_bias,
        )
        self.dropout = Dropout(config.dropout)
        rotary = config.positions == "rotary"
        self.turn = RotaryPositions(config.max_length, config.width_per_head) if rotary else None
        learned = config.positions == "learned"
        self.source_positions = None if rotary else AddedPositions(config.max_length, config.width, learned=learned)
        self.target_positions = None if rotary else AddedPositions(config.max_length, config.width, learned=learned)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.encoder_layers))
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.decoder_layers))
        pre = config.norm_order == "pre"
        self.encoder_norm = make_norm(config.norm, config.width) if pre else nn.Identity()
        self.decoder_norm = make_norm(config.norm, config.width) if pre else nn.Identity()
        self._initialise()

    @property
    def max_length(self) -> int:
        """The longest sentence in ids, EOS included."""
        return self.config.max_length

    def repeated_layers(self) -> list[nn.Module]:
        """Those of encoder and decoder."""
        return [*self.encoder, *self.decoder]

    def forward(
        self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"], target_input: Int[Tensor, "B T"] | None
    ) -> Float[Tensor, "B N D"]:
        """Features of every target position under teacher forcing, or of every source position."""
        if target_input is None:
            return self.encode(source, source_mask)
        mask = self._additive(source_mask)
        encoded = self._encode(source, mask)
        stream = self._embed(self.target_embedding, self.target_positions, target_input)
        for layer in self.decoder:
            stream = self._or_skip(stream, layer(stream, encoded, mask, self.turn))
        return self.decoder_norm(stream)  # type: ignore[no-any-return]

    def encode(self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"]) -> Float[Tensor, "B S D"]:
        """Features of every source position."""
        return self._encode(source, self._additive(source_mask))

    def encoder_parameters(self) -> list[nn.Parameter]:
        """Those of the encoder, the source embedding and the output."""
        parts = (self.source_embedding, self.source_positions, self.encoder, self.encoder_norm, self.output)
        found = (parameter for part in parts if part is not None for parameter in part.parameters())
        return list(dict.fromkeys(found))

    def start(self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"]) -> TransformerState:
        """Encode the sources and project their keys and values once for every decoder layer."""
        mask = self._additive(source_mask)
        encoded = self._encode(source, mask)
        layers = [LayerMemory(None, layer.source_attention.keys_values(encoded)) for layer in self._decoder_layers()]
        return TransformerState(layers, mask, 0, torch.arange(len(source), device=source.device))

    def step(self, ids: Int[Tensor, " B"], state: TransformerState) -> tuple[Float[Tensor, "B V"], TransformerState]:
        """Logits for the id after ``ids``."""
        stream = self._embed(self.target_embedding, self.target_positions, ids[:, None], state.position)
        memories = []
        for layer, memory in zip(self._decoder_layers(), state.layers, strict=True):
            stream, newer = layer.step(stream, memory, state.source_mask, self.turn, state.position)
            memories.append(newer)
        logits = self.output(self.decoder_norm(stream[:, 0]))
        return logits, TransformerState(memories, state.source_mask, state.position + 1, state.sources)

    def _decoder_layers(self) -> list[DecoderLayer]:
        return [layer for layer in self.decoder if isinstance(layer, DecoderLayer)]

    def _encode(self, source: Int[Tensor, "B S"], mask: Tensor) -> Float[Tensor, "B S D"]:
        stream = self._embed(self.source_embedding, self.source_positions, source)
        for layer in self.encoder:
            stream = self._or_skip(stream, layer(stream, mask, self.turn))
        return self.encoder_norm(stream)  # type: ignore[no-any-return]

    def _or_skip(self, before: Float[Tensor, "B T D"], after: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """The stream after a layer, but for the sentences that skip it: drawn in training only."""
        if not self.training or not self.config.layer_dropout:
            return after
        skips = torch.rand(len(before), 1, 1, device=before.device) < self.config.layer_dropout
        return torch.where(skips, before, after)

    def _embed(
        self, embedding: nn.Embedding, positions: nn.Module | None, ids: Int[Tensor, "B T"], start: int = 0
    ) -> Float[Tensor, "B T D"]:
        """Embeddings times the square root of the width (section 3.4), plus positions."""
        if start + ids.size(1) > self.config.max_length:
            raise DataError(
                f"a sentence of {start + ids.size(1)} ids is longer than this model can take "
                f"({self.config.max_length})",
                hint="split it, or train with a larger model.max_length",
            )
        embedded = embedding(ids) * math.sqrt(self.config.width)
        if positions is not None:
            embedded = positions(embedded, start)
        return self.dropout(embedded)  # type: ignore[no-any-return]

    def _additive(self, source_mask: Bool[Tensor, "B S"]) -> Float[Tensor, "B 1 1 S"]:
        """0 where there is a source piece, -inf where there is padding."""
        scores = torch.zeros(source_mask.shape, device=source_mask.device, dtype=self.output.weight.dtype)
        return scores.masked_fill(~source_mask, -math.inf)[:, None, None, :]

    def _initialise(self) -> None:
        """Glorot for every matrix but the embeddings, zero for every bias."""
        for layer in (*self.encoder, *self.decoder):
            for module in layer.modules():
                if isinstance(module, nn.Linear):
                    nn.init.xavier_uniform_(module.weight)
                    nn.init.zeros_(module.bias)


def _attention(config: TransformerConfig) -> MultiHeadAttention:
    return MultiHeadAttention(
        config.width, config.heads, head_width=config.width_per_head, dropout=config.attention_dropout
    )


def _feed_forward(config: TransformerConfig) -> FeedForward:
    return FeedForward(
        config.width, config.feed_forward_width, activation=config.activation, dropout=config.activation_dropout
    )


def _residual(config: TransformerConfig) -> Residual:
    return Residual(config.width, norm=config.norm, order=config.norm_order, dropout=config.dropout)
