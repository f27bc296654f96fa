"""The Transformer encoder–decoder (Vaswani et al. 2017). Knows neither text nor search.

The encoder lets every source position look at every other; the decoder lets every target
position look at the earlier ones and at the whole source. Training runs all target positions
at once; search runs one at a time and keeps each layer's keys and values.
"""

import math
from dataclasses import dataclass, replace
from functools import partial
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
from dragoman.models.grouping import Grouping
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
    """What one decoder layer remembers, group by group: the past of all its rows, and the source."""

    past: KeysValues | None
    source: KeysValues

    def select(self, groups: Int[Tensor, " G"]) -> "LayerMemory":
        """Group ``groups[i]`` in place ``i``."""
        return LayerMemory(self.past and self.past.reorder(groups), self.source.reorder(groups))


@dataclass(frozen=True, slots=True)
class TransformerState:
    """The decoder's memory between steps.

    The rows of a source are one group, which attention sees as so many queries to one memory. Of the past, the memory
    of a group holds what all its rows have ever said, and ``seen`` tells each row which of that is its own. So rows
    change places within a group without any copy but of ``seen``.

    Attributes:
        layers: what each layer remembers.
        source_mask: 0 where there is a source piece, -inf where there is padding.
        position: of the next id.
        grouping: which rows are of one source.
        seen: 0 where a row's own past is, -inf where that of others; None where groups are of one row.
        watching: whether steps tell how they look at the source.
        attention: how the last step did, averaged over heads and layers.
    """

    layers: list[LayerMemory]
    source_mask: Float[Tensor, "G 1 1 S"]
    position: int
    grouping: Grouping
    seen: Float[Tensor, "G 1 W P"] | None = None
    watching: bool = False
    attention: Float[Tensor, "N S"] | None = None

    def reorder(self, rows: Int[Tensor, " N"]) -> "TransformerState":
        """Row ``rows[i]`` in place ``i``."""
        grouping, kept = self.grouping.reorder(rows)
        seen = self.seen
        if seen is None and grouping.width > 1 and self.position:
            seen = self.source_mask.new_zeros((self.grouping.count, 1, 1, self.position))
        if seen is not None:
            seen = seen.flatten(0, 2)[rows].view(grouping.count, 1, grouping.width, seen.size(3))
        layers = self.layers if kept is None else [layer.select(kept) for layer in self.layers]
        mask = self.source_mask if kept is None else self.source_mask[kept]
        return replace(self, layers=layers, source_mask=mask, grouping=grouping, seen=seen, attention=None)

    def seen_now(self) -> Float[Tensor, "G 1 W P"] | None:
        """What each row sees when its newest id stands beside those of the others of its group."""
        width = self.grouping.width
        if width == 1 and self.seen is None:
            return None
        newest = self.source_mask.new_full((width, width), -math.inf).fill_diagonal_(0.0)
        newest = newest.expand(self.grouping.count, 1, width, width)
        return newest if self.seen is None else torch.cat((self.seen, newest), dim=3)


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
        self, stream: Float[Tensor, "G W D"], memory: LayerMemory, state: TransformerState, turn: Turn | None
    ) -> tuple[Float[Tensor, "G W D"], KeysValues, Float[Tensor, "G W S"] | None]:
        """One target position of every row.

        Args:
            stream: the rows of each group.
            memory: what the layer remembers.
            state: whose ``seen`` has the newest position already.
            turn: rotary positions; every row is at the same one.

        Returns:
            The stream, the past with the newest position, and how the rows looked at the source if that is asked for.
        """
        past = memory.past
        looked: Tensor | None = None

        def attend(inputs: Tensor) -> Tensor:
            nonlocal past
            mixed, past = self.attention.one_more(inputs, past, mask=state.seen, turn=turn)
            return mixed

        def look(inputs: Tensor) -> Tensor:
            nonlocal looked
            if state.watching:
                looked = self.source_attention.weights(inputs, memory.source, mask=state.source_mask)
            return self.source_attention(inputs, memory.source, mask=state.source_mask)  # type: ignore[no-any-return]

        stream = self.around_source_attention(self.around_attention(stream, attend), look)
        stream = self.around_feed_forward(stream, self.feed_forward)
        assert past is not None
        return stream, past, looked

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
        return TransformerState(layers, mask, 0, Grouping(len(source)))

    def watched(self, state: TransformerState) -> TransformerState:
        """The same state, whose followers tell how they look at the source, averaged over heads and layers."""
        return replace(state, watching=True)

    def step(self, ids: Int[Tensor, " B"], state: TransformerState) -> tuple[Float[Tensor, "B V"], TransformerState]:
        """Logits for the id after ``ids``."""
        position, groups = state.position, state.grouping.count
        stream = self._embed(self.target_embedding, self.target_positions, ids[:, None], position)
        stream = stream.view(groups, -1, stream.size(2))  # (N, 1, D) → (G, W, D)
        state = replace(state, seen=state.seen_now(), position=position + 1)
        turn = self.turn and partial(self.turn.together, position=position)
        memories, looked = [], []
        for layer, memory in zip(self._decoder_layers(), state.layers, strict=True):
            stream, past, weights = layer.step(stream, memory, state, turn)
            memories.append(LayerMemory(past, memory.source))
            looked.append(weights)
        logits = self.output(self.decoder_norm(stream.flatten(0, 1)))
        attention = (
            torch.stack([one for one in looked if one is not None]).mean(0).flatten(0, 1) if state.watching else None
        )
        return logits, replace(state, layers=memories, attention=attention)

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
