"""A model as two functions of plain tensors: what ONNX can hold. Knows nothing of files.

A model of the protocol begins with ``start(source)`` and goes on with ``step(ids, state)``, whose state is an object.
Here the state is a handful of named tensors with a row for each hypothesis, so that whoever runs the graphs needs not
know the architecture. ``source.…`` are the same at every step; ``state.…`` change and come back from it.

::

    start    source (B, S), padded with PAD                   → source.*, state.*, each (B, …)
    step     ids (N), rows (N), barred (V), count (1)         → log_probabilities (N, V), best (N, C), best_ids (N, C),
             source.* (N, …), state.* (M, …)                    state.* (N, …) again

``rows[i]`` is the row of ``state.*`` that hypothesis i goes on from: the graph itself brings them into that order.
``barred`` is added to the log-probabilities before the ``count`` best ids of each row are taken.
"""

from collections.abc import Mapping

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dragoman.base.symbols import EOS, PAD
from dragoman.models.attention import KeysValues
from dragoman.models.grouping import Grouping
from dragoman.models.protocol import Seq2Seq
from dragoman.models.recurrent import Recurrent
from dragoman.models.recurrent_decoders import Memory, RecurrentState
from dragoman.models.transformer import LayerMemory, Transformer, TransformerState

Tensors = dict[str, Tensor]
"""A state by names."""
INPUTS = ("ids", "rows", "barred", "count")
"""What a step takes beside the state…"""
OUTPUTS = ("log_probabilities", "best", "best_ids")
"""…and gives beside it."""


def can_hold(model: nn.Module) -> bool:
    """Whether there is a way to write this model's state as named tensors."""
    return isinstance(model, Transformer | Recurrent)


class Start(nn.Module):
    """The function ``start``.

    Args:
        model: one of those :func:`can_hold` knows.
    """

    def __init__(self, model: Seq2Seq) -> None:
        super().__init__()
        self.model = model
        self.names = list(self.read(example_source()))
        self.outputs = [*self.names, *(["annotations"] if isinstance(model, Recurrent) else [])]
        self._annotations: list[Tensor] = []
        if isinstance(model, Recurrent):
            model.encoder.register_forward_hook(lambda part, inputs, outputs: self._annotations.append(outputs[0]))

    def forward(self, source: Int[Tensor, "B S"]) -> tuple[Tensor, ...]:
        """The tensors called :attr:`outputs`.

        A recurrent encoder's annotations are among them even if nobody reads them: the exporter stumbles over a network
        whose outputs are not used.
        """
        self._annotations.clear()
        state = self.read(source)
        return *state.values(), *self._annotations

    def read(self, source: Int[Tensor, "B S"]) -> Tensors:
        """The state by names."""
        state = self.model.start(source, source != PAD)
        if isinstance(state, TransformerState):
            return transformer_tensors(state)
        assert isinstance(state, RecurrentState)
        return recurrent_tensors(state)


class Step(nn.Module):
    """The function ``step``; its state is given and taken in the order of ``names``.

    Args:
        model: one of those :func:`can_hold` knows.
        names: of the tensors that ``start`` gives.
    """

    def __init__(self, model: Seq2Seq, names: list[str]) -> None:
        super().__init__()
        self.model = model
        self.names = names
        self.changing = [name for name in names if name.startswith("state.")]

    def forward(
        self,
        ids: Int[Tensor, " N"],
        rows: Int[Tensor, " N"],
        barred: Float[Tensor, " V"],
        count: Int[Tensor, "1"],
        *state: Tensor,
    ) -> tuple[Tensor, ...]:
        """Log-probabilities, the best ids and their values, and the tensors called :attr:`changing`."""
        given = dict(zip(self.names, state, strict=True))
        given |= {name: given[name].index_select(0, rows) for name in self.changing}
        is_transformer = isinstance(self.model, Transformer)
        before = transformer_state(given) if is_transformer else recurrent_state(given)
        logits, after = self.model.step(ids, before)
        log_probabilities = logits.log_softmax(1)
        best, best_ids = (log_probabilities + barred).topk(count[0], dim=1)  # type: ignore[arg-type]
        assert isinstance(after, TransformerState | RecurrentState)
        found = transformer_tensors(after) if isinstance(after, TransformerState) else recurrent_tensors(after)
        return log_probabilities, best, best_ids, *(found[name] for name in self.changing)


def transformer_tensors(state: TransformerState) -> Tensors:
    """A state by names; before the first step the past is empty, but has its shape."""
    tensors: Tensors = {"source.mask": state.source_mask}
    for number, layer in enumerate(state.layers):
        tensors |= {f"source.keys.{number}": layer.source.keys, f"source.values.{number}": layer.source.values}
        past = layer.past or KeysValues(layer.source.keys[:, :, :0], layer.source.values[:, :, :0])
        tensors |= {f"state.keys.{number}": past.keys, f"state.values.{number}": past.values}
    return tensors


def transformer_state(tensors: Mapping[str, Tensor]) -> TransformerState:
    """The state of these names; how far it has come is the length of its past."""
    layers = [
        LayerMemory(
            KeysValues(tensors[f"state.keys.{number}"], tensors[f"state.values.{number}"]),
            KeysValues(tensors[f"source.keys.{number}"], tensors[f"source.values.{number}"]),
        )
        for number in range(sum(name.startswith("state.keys.") for name in tensors))
    ]
    position = layers[0].past.length if layers[0].past else 0
    mask = tensors["source.mask"]
    return TransformerState(layers, mask, position, Grouping(mask.size(0)))  # every row is a group of its own


def recurrent_tensors(state: RecurrentState) -> Tensors:
    """A state by names; cells' memories have their rows first here."""
    tensors = {
        f"state.cells.{number}": part.transpose(0, 1) for number, part in enumerate(state.parts)
    }  # L B D → B L D
    if state.fed is not None:
        tensors["state.fed"] = state.fed
    if state.memory is not None:
        memory = state.memory
        tensors |= {"source.annotations": memory.annotations, "source.keys": memory.keys, "source.mask": memory.mask}
    return tensors


def recurrent_state(tensors: Mapping[str, Tensor]) -> RecurrentState:
    """The state of these names."""
    count = sum(name.startswith("state.cells.") for name in tensors)
    parts = tuple(tensors[f"state.cells.{number}"].transpose(0, 1) for number in range(count))  # B L D → L B D
    grouping = Grouping(parts[0].size(1))
    if "source.mask" not in tensors:
        return RecurrentState(parts, grouping)
    memory = Memory(tensors["source.annotations"], tensors["source.keys"], tensors["source.mask"])
    return RecurrentState(parts, grouping, memory, tensors.get("state.fed"))


def example_source(*, count: int = 2, length: int = 4) -> Int[Tensor, "B S"]:
    """Sources of different length."""
    source = torch.full((count, length), EOS)
    source[1:, 2:] = PAD
    return source
