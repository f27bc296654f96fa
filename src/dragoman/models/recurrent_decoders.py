"""Three recurrent decoders: without attention, with additive and with multiplicative attention.

A decoder takes embedded target ids and a state and gives features and the next state. Training hands it a whole
sentence, search one position at a time: it is the same call, so the two cannot differ.

Knows neither ids nor vocabularies; the model embeds before and projects after.

Papers: Sutskever, Vinyals & Le 2014; Bahdanau, Cho & Bengio 2015; Luong, Pham & Manning 2015; Wu et al. 2016.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from dragoman.models.dropout import Dropout
from dragoman.models.grouping import Grouping
from dragoman.models.recurrent_cells import CellKind, GRUStep, LSTMStep, Parts, new_stack, new_step, run_stack


@dataclass(frozen=True, slots=True)
class Memory:
    """The source as attention sees it; it stays the same from step to step.

    Attributes:
        annotations: the encoder's output at every source position.
        keys: the annotations as the score needs them, computed once.
        mask: True at real source positions.
    """

    annotations: Float[Tensor, "B S M"]
    keys: Float[Tensor, "B S K"]
    mask: Bool[Tensor, "B S"]

    def read(self, scores: Float[Tensor, "G W S"]) -> tuple[Float[Tensor, "N M"], Float[Tensor, "N S"]]:
        """The annotations averaged by the softmax of ``scores``, and that softmax."""
        scores = scores.masked_fill(~self.mask.unsqueeze(1), torch.finfo(scores.dtype).min)
        attention = scores.softmax(dim=2)
        # G W S, G S M -> G W M -> N M
        return torch.bmm(attention, self.annotations).flatten(0, 1), attention.flatten(0, 1)

    def by_group(self, rows: Float[Tensor, "N D"]) -> Float[Tensor, "G W D"]:
        """The rows of each source together."""
        return rows.view(self.mask.shape[0], -1, rows.shape[1])


@dataclass(frozen=True, slots=True)
class RecurrentState:
    """All a recurrent decoder remembers between steps.

    Attributes:
        parts: what the cells remember, ``(hidden, memory)`` or ``(hidden,)``, all layers in one tensor.
        grouping: which rows are of one source.
        memory: the sources, where there is attention; each once for all its rows.
        fed: the last attentional vector, where there is input feeding.
        attention: how much the last step looked at each source position, where there is attention.
    """

    parts: tuple[Float[Tensor, "L B D"], ...]
    grouping: Grouping
    memory: Memory | None = None
    fed: Float[Tensor, "B D"] | None = None
    attention: Float[Tensor, "B S"] | None = None

    def reorder(self, rows: Int[Tensor, " N"]) -> "RecurrentState":
        """A state whose row ``i`` is this one's row ``rows[i]``; rows may repeat or be left out."""
        grouping, kept = self.grouping.reorder(rows)
        memory = self.memory
        if memory and kept is not None:
            memory = Memory(memory.annotations[kept], memory.keys[kept], memory.mask[kept])
        return replace(
            self,
            parts=tuple(part.index_select(1, rows) for part in self.parts),
            grouping=grouping,
            memory=memory,
            fed=None if self.fed is None else self.fed.index_select(0, rows),
            attention=None if self.attention is None else self.attention.index_select(0, rows),
        )


class PlainDecoder(nn.Module):
    """No attention: all it knows of the source is the state it starts from (Sutskever, Vinyals & Le 2014)."""

    def __init__(self, cell: CellKind, *, embedding_width: int, width: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.features_width = width
        self.stack = new_stack(cell, embedding_width, width, layers=layers, dropout=dropout)
        self.dropout = Dropout(dropout)

    def begin(self, parts: Parts, annotations: Float[Tensor, "B S M"], mask: Bool[Tensor, "B S"]) -> RecurrentState:
        """The state before the first id; the annotations are not kept."""
        return RecurrentState(parts, Grouping(parts[0].shape[1]))

    def forward(
        self, embedded: Float[Tensor, "B T E"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T D"], RecurrentState]:
        """Features of the given positions, and the state after them."""
        outputs, parts = run_stack(self.stack, embedded, state.parts)
        return self.dropout(outputs), replace(state, parts=parts)


class AdditiveDecoder(nn.Module):
    """Additive attention (Bahdanau, Cho & Bengio 2015).

    The bottom cell's state before the step asks, ``score = v · tanh(W s + U h)``, and its next state is made from the
    previous word and the context found. Features are a readout of state, word and context through a tanh, as in most
    descendants of the paper; the paper itself takes the greater of each two units there (maxout).

    Layers above the first see the first one's output, and only the first one asks (Wu et al. 2016, section 3). They
    therefore run over all positions in one call.
    """

    def __init__(
        self, cell: CellKind, *, embedding_width: int, width: int, memory_width: int, layers: int, dropout: float
    ) -> None:
        super().__init__()
        self.features_width = embedding_width
        self.bottom = new_step(cell, embedding_width + memory_width, width)
        self.upper = new_stack(cell, width, width, layers=layers - 1, dropout=dropout) if layers > 1 else None
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(memory_width, width)
        self.score = nn.Linear(width, 1, bias=False)
        self.readout = nn.Linear(width + embedding_width + memory_width, embedding_width)
        self.dropout = Dropout(dropout)

    def begin(self, parts: Parts, annotations: Float[Tensor, "B S M"], mask: Bool[Tensor, "B S"]) -> RecurrentState:
        """The state before the first id."""
        return RecurrentState(parts, Grouping(len(mask)), memory=Memory(annotations, self.key(annotations), mask))

    def forward(
        self, embedded: Float[Tensor, "B T E"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T D"], RecurrentState]:
        """Features of the given positions, and the state after them."""
        memory = _memory_of(state)
        word_weight, context_weight = _split(self.bottom.weight_ih, embedded.shape[2])
        word_gates = F.linear(embedded, word_weight, self.bottom.bias_ih)
        bottom = tuple(part[0] for part in state.parts)
        outputs, contexts, attention = [], [], state.attention
        for gates in word_gates.unbind(dim=1):
            context, attention = memory.read(self._scores(bottom[0], memory))
            bottom = self.bottom.advance(gates + F.linear(context, context_weight), bottom)
            outputs.append(bottom[0])
            contexts.append(context)
        top = torch.stack(outputs, dim=1)  # T of B D -> B T D
        parts = tuple(part.unsqueeze(0) for part in bottom)  # B D -> 1 B D
        if self.upper is not None:
            top, above = run_stack(self.upper, self.dropout(top), tuple(part[1:] for part in state.parts))
            parts = tuple(torch.cat(pair) for pair in zip(parts, above, strict=True))
        features = self.readout(torch.cat([top, embedded, torch.stack(contexts, dim=1)], dim=2)).tanh()
        return self.dropout(features), replace(state, parts=parts, attention=attention)

    def _scores(self, hidden: Float[Tensor, "N D"], memory: Memory) -> Float[Tensor, "G W S"]:
        # G W 1 D + G 1 S D -> G W S D
        together = memory.by_group(self.query(hidden)).unsqueeze(2) + memory.keys.unsqueeze(1)
        seen: Tensor = self.score(together.tanh_())
        return seen.squeeze(3)  # G W S 1 -> G W S


class MultiplicativeDecoder(nn.Module):
    """Global attention with the general score and input feeding (Luong, Pham & Manning 2015).

    The top cell's state after the step asks, ``score = h · W m``; the attentional vector ``tanh(Wc [context; h])`` is
    the feature and is fed to the bottom cell beside the next word. Dropout falls on it before both uses.
    """

    def __init__(
        self, cell: CellKind, *, embedding_width: int, width: int, memory_width: int, layers: int, dropout: float
    ) -> None:
        super().__init__()
        self.features_width = width
        self.bottom = new_step(cell, embedding_width + width, width)
        self.upper: Sequence[LSTMStep | GRUStep] = nn.ModuleList(  # type: ignore[assignment]
            new_step(cell, width, width) for _ in range(layers - 1)
        )
        self.key = nn.Linear(memory_width, width, bias=False)
        self.combine = nn.Linear(memory_width + width, width, bias=False)
        self.dropout = Dropout(dropout)

    def begin(self, parts: Parts, annotations: Float[Tensor, "B S M"], mask: Bool[Tensor, "B S"]) -> RecurrentState:
        """The state before the first id; the first vector fed is zero."""
        memory = Memory(annotations, self.key(annotations), mask)
        return RecurrentState(parts, Grouping(len(mask)), memory=memory, fed=torch.zeros_like(parts[0][0]))

    def forward(
        self, embedded: Float[Tensor, "B T E"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T D"], RecurrentState]:
        """Features of the given positions, and the state after them."""
        memory, fed, attention = _memory_of(state), state.fed, state.attention
        assert fed is not None
        word_weight, fed_weight = _split(self.bottom.weight_ih, embedded.shape[2])
        word_gates = F.linear(embedded, word_weight, self.bottom.bias_ih)
        layers = [tuple(part[layer] for part in state.parts) for layer in range(1 + len(self.upper))]
        features = []
        for gates in word_gates.unbind(dim=1):
            layers = self._climb(gates + F.linear(fed, fed_weight), layers)
            top = layers[-1][0]
            # G W D, G D S -> G W S
            context, attention = memory.read(torch.bmm(memory.by_group(top), memory.keys.transpose(1, 2)))
            fed = self.dropout(self.combine(torch.cat([context, top], dim=1)).tanh())
            features.append(fed)
        parts = tuple(torch.stack(part) for part in zip(*layers, strict=True))  # L of B D -> L B D
        return torch.stack(features, dim=1), replace(state, parts=parts, fed=fed, attention=attention)

    def _climb(self, gates: Float[Tensor, "B G"], layers: list[Parts]) -> list[Parts]:
        """One step of all cells, from the bottom up."""
        risen = [self.bottom.advance(gates, layers[0])]
        for cell, parts in zip(self.upper, layers[1:], strict=True):
            gates = F.linear(self.dropout(risen[-1][0]), cell.weight_ih, cell.bias_ih)
            risen.append(cell.advance(gates, parts))
        return risen


def _split(weight: Float[Tensor, "G I"], width: int) -> tuple[Float[Tensor, "G E"], Float[Tensor, "G C"]]:
    """The columns of a cell's input matrix that take the word, and those that take the rest."""
    return weight[:, :width], weight[:, width:]


def _memory_of(state: RecurrentState) -> Memory:
    """The source that ``state`` remembers; a decoder with attention always begins with one."""
    assert state.memory is not None
    return state.memory
