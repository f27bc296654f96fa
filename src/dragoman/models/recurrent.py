"""The recurrent encoder–decoder: LSTM or GRU, without attention, with additive or with multiplicative attention.

An encoder reads the source word by word; a decoder, started from what the encoder remembers, writes the target word
by word. Without attention that memory is all it has, and reading the source backwards helps, for then the first words
of source and target lie close together. With attention it also looks back at every source position at each step.

Knows neither text nor search. Has no limit of length.

Papers: Sutskever, Vinyals & Le 2014 (attention ``none``); Bahdanau, Cho & Bengio 2015 (``additive``); Luong, Pham &
Manning 2015 (``multiplicative``); Press & Wolf 2017 (tied embeddings).
"""

from typing import ClassVar, Literal

import torch
from jaxtyping import Bool, Float, Int
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError
from dragoman.models.dropout import Dropout
from dragoman.models.embeddings import Tying, make_embeddings
from dragoman.models.protocol import DecoderState, Seq2Seq
from dragoman.models.recurrent_cells import CellKind, Parts, initialise, new_stack
from dragoman.models.recurrent_decoders import AdditiveDecoder, MultiplicativeDecoder, PlainDecoder, RecurrentState


class RecurrentConfig(Section):
    """A recurrent model: an LSTM or a GRU on each side, with or without attention."""

    kind: Literal["recurrent"] = "recurrent"
    """The architecture's name in the catalogue."""
    cell: CellKind = "lstm"
    """What carries memory from word to word; a GRU has a quarter fewer weights."""
    attention: Literal["none", "additive", "multiplicative"] = "additive"
    """How the decoder looks at the source: not at all after its start (Sutskever et al. 2014), by a small network
    (Bahdanau et al. 2015) or by a product (Luong et al. 2015). Without attention a whole sentence has to fit into one
    state, hence the default."""
    width: int = Field(default=256, ge=1)
    """Units of each cell layer and, in a bidirectional encoder, of each direction."""
    embedding_width: int = Field(default=256, ge=1)
    """Width of the embeddings on both sides and of the features the output layer sees."""
    layers: int = Field(default=1, ge=1)
    """Cell layers on each side; the plain model was made with four, additive attention with one."""
    dropout: float = Field(default=0.3, ge=0.0, lt=1.0)
    """Share of units silenced in training: on embeddings, between layers and on features, never from step to step."""
    bidirectional: bool | None = None
    """Whether the encoder also reads from the other end. Unset: as in the papers, with additive attention only."""
    reverse_source: bool | None = None
    """Whether the source is read from its last word to its first. Unset: as in the papers, without attention only."""
    tie_embeddings: Tying = "decoder"
    """Which weights are one: none; target embedding and output; or source embedding too, for a joint vocabulary."""

    @model_validator(mode="after")
    def _check_directions(self) -> "RecurrentConfig":
        if self.bidirectional and self.attention == "none":
            raise ValueError("bidirectional = true needs attention: without it only the reader's last state is used")
        return self


class Recurrent(Seq2Seq):
    """A recurrent encoder–decoder.

    Args:
        config: its shape.
        source_vocabulary: how many source ids there are.
        target_vocabulary: how many target ids there are.

    Raises:
        ConfigError: all embeddings are to be one, but the vocabularies differ in size.
    """

    config_type: ClassVar[type[RecurrentConfig]] = RecurrentConfig

    def __init__(self, config: RecurrentConfig, *, source_vocabulary: int, target_vocabulary: int) -> None:
        super().__init__()
        self.config = config
        self.reverse_source = _chosen(config.reverse_source, default=config.attention == "none")
        self.source_embedding, self.target_embedding, self.output = make_embeddings(
            config.tie_embeddings,
            source_vocabulary=source_vocabulary,
            target_vocabulary=target_vocabulary,
            width=config.embedding_width,
        )
        self.dropout = Dropout(config.dropout)
        self.encoder = Encoder(config)
        self.decoder = _new_decoder(config, annotation_width=self.encoder.annotation_width)
        features_width = self.decoder.features_width
        fits = features_width == config.embedding_width
        self.projection = nn.Identity() if fits else nn.Linear(features_width, config.embedding_width, bias=False)
        for part in (self.encoder, self.decoder, self.projection):
            initialise(part)

    @property
    def max_length(self) -> int | None:
        """None: a recurrent model takes any length."""
        return None

    def forward(
        self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"], target_input: Int[Tensor, "B T"] | None
    ) -> Float[Tensor, "B N D"]:
        """Features of every target position under teacher forcing, or of every source position."""
        if target_input is None:
            return self.encode(source, source_mask)
        features, _ = self._continue(target_input, self.start(source, source_mask))
        return features

    def encode(self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"]) -> Float[Tensor, "B S D"]:
        """The annotation of every source position.

        Raises:
            ConfigError: annotations are not as wide as the output takes its features.
        """
        wide, wanted = self.encoder.annotation_width, self.output.in_features
        if wide != wanted:
            raise ConfigError(
                f"the encoder's annotations are {wide} wide, but the output takes {wanted}, so masked words "
                "cannot be told from them",
                hint=f"set model.embedding_width = {wide}, or use objective.kind = 'denoising' or 'mass'",
            )
        return self._annotate(source, source_mask)[0]

    def encoder_parameters(self) -> list[nn.Parameter]:
        """Those of the encoder but for the bridges to the decoder, of the source embedding and of the output."""
        parts = (self.source_embedding, self.encoder.stack, self.output)
        return list(dict.fromkeys(parameter for part in parts for parameter in part.parameters()))

    def start(self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"]) -> RecurrentState:
        """Read the sources; the state before the first target id."""
        annotations, parts = self._annotate(source, source_mask)
        state: RecurrentState = self.decoder.begin(parts, annotations, source_mask)
        return state

    def _annotate(
        self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"]
    ) -> tuple[Float[Tensor, "B S M"], Parts]:
        """Annotations in source order, and the parts a decoder starts from."""
        order = reversing_order(source_mask) if self.reverse_source else None
        embedded = self.source_embedding(source if order is None else source.gather(1, order))
        annotations, parts = self.encoder(self.dropout(embedded), source_mask)
        if order is not None:  # back into source order, so that attention speaks of source positions
            annotations = annotations.gather(1, order.unsqueeze(2).expand_as(annotations))  # B S -> B S M
        return annotations, parts

    def step(self, ids: Int[Tensor, " B"], state: DecoderState) -> tuple[Float[Tensor, "B V"], RecurrentState]:
        """Feed each row's newest id (BOS first); logits for the next id, and the state after it."""
        assert isinstance(state, RecurrentState)
        features, state = self._continue(ids.unsqueeze(1), state)  # B -> B 1
        logits: Tensor = self.output(features.squeeze(1))  # B 1 D -> B D
        return logits, state

    def watched(self, state: RecurrentState) -> RecurrentState:
        """The same state: attention is always remembered, where there is any.

        Raises:
            ConfigError: this model has none.
        """
        return super().watched(state) if self.config.attention == "none" else state

    def _continue(
        self, ids: Int[Tensor, "B T"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T D"], RecurrentState]:
        """Features after each of ``ids``, which follow on ``state``, and the state after the last."""
        features, state = self.decoder(self.dropout(self.target_embedding(ids)), state)
        return self.projection(features), state


class Encoder(nn.Module):
    """Reads embedded sources; gives an annotation of each position and the parts a decoder starts from.

    In one direction these parts are the final ones of every layer. In two directions the decoder starts from a linear
    map of the top layer's final backward parts (of the reader that has just read the first word), through a tanh for
    the hidden part, which is bounded by one, but not for an LSTM's memory, which is not (Bahdanau et al. 2015, A.2.2).
    """

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        bidirectional = _chosen(config.bidirectional, default=config.attention == "additive")
        width, self.layers = config.width, config.layers
        self.annotation_width = 2 * width if bidirectional else width
        self.stack = new_stack(
            config.cell,
            config.embedding_width,
            width,
            layers=config.layers,
            dropout=config.dropout,
            bidirectional=bidirectional,
        )
        part_count = (2 if config.cell == "lstm" else 1) if bidirectional else 0
        self.bridges = nn.ModuleList(nn.Linear(width, config.layers * width) for _ in range(part_count))

    def forward(
        self, embedded: Float[Tensor, "B S E"], mask: Bool[Tensor, "B S"]
    ) -> tuple[Float[Tensor, "B S M"], Parts]:
        """Annotations, zero where there is padding, and the decoder's first parts, each ``L B D``."""
        lengths = mask.sum(dim=1).clamp(min=1).cpu()  # packing refuses rows without a word
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        outputs, final = self.stack(packed)
        annotations, _ = pad_packed_sequence(outputs, batch_first=True, total_length=mask.shape[1])
        parts: Parts = final if isinstance(final, tuple) else (final,)
        return annotations, self._bridged(parts) if self.bridges else parts

    def _bridged(self, parts: Parts) -> Parts:
        # top layer backward B D -> B (L D) -> B L D -> L B D
        mapped = [
            bridge(part[-1]).unflatten(1, (self.layers, -1)).transpose(0, 1)
            for bridge, part in zip(self.bridges, parts, strict=True)
        ]
        return (mapped[0].tanh(), *mapped[1:])


def reversing_order(mask: Bool[Tensor, "B S"]) -> Int[Tensor, "B S"]:
    """For each row the positions of its real ids from last to first, then its padding where it was.

    EOS is an id like any other here and so comes first: the encoder ends on the first word, next to the decoder's
    first. The order undoes itself.
    """
    positions = torch.arange(mask.shape[1], device=mask.device).expand_as(mask)  # S -> B S
    return torch.where(mask, mask.sum(dim=1, keepdim=True) - 1 - positions, positions)


def _chosen(value: bool | None, *, default: bool) -> bool:
    return default if value is None else value


def _new_decoder(
    config: RecurrentConfig, *, annotation_width: int
) -> PlainDecoder | AdditiveDecoder | MultiplicativeDecoder:
    if config.attention == "none":
        return PlainDecoder(
            config.cell,
            embedding_width=config.embedding_width,
            width=config.width,
            layers=config.layers,
            dropout=config.dropout,
        )
    decoder = AdditiveDecoder if config.attention == "additive" else MultiplicativeDecoder
    return decoder(
        config.cell,
        embedding_width=config.embedding_width,
        width=config.width,
        memory_width=annotation_width,
        layers=config.layers,
        dropout=config.dropout,
    )
