"""Recurrent building blocks: a stack over a whole sequence, a cell for one step, their first weights.

Where the next input is known beforehand (encoders, plain decoders) a stack runs over the whole sequence in one
call. Where it depends on the last output (attention, input feeding) a cell advances one step; the part of its input
that is known beforehand is projected for all steps at once, so that a step does as little as it can.

Knows nothing of attention, sources or targets.

Papers: Hochreiter & Schmidhuber 1997 (LSTM); Cho et al. 2014 (GRU); Gers, Schmidhuber & Cummins 2000 and
Jozefowicz, Zaremba & Sutskever 2015 (a forget gate that starts open).
"""

from typing import Literal

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

CellKind = Literal["lstm", "gru"]
Parts = tuple[Tensor, ...]
"""What a cell remembers: ``(hidden, memory)`` for an LSTM, ``(hidden,)`` for a GRU. The first is always its output."""


class LSTMStep(nn.LSTMCell):
    """:class:`torch.nn.LSTMCell` for an input that is already projected to its gates."""

    def advance(self, gates: Float[Tensor, "B G"], parts: Parts) -> Parts:
        """One step; ``gates`` is the input times ``weight_ih`` plus ``bias_ih``."""
        hidden, memory = parts
        gates = gates + F.linear(hidden, self.weight_hh, self.bias_hh)
        enter, forget, candidate, leave = gates.chunk(4, dim=1)  # B 4D -> four of B D
        memory = forget.sigmoid() * memory + enter.sigmoid() * candidate.tanh()
        return leave.sigmoid() * memory.tanh(), memory


class GRUStep(nn.GRUCell):
    """:class:`torch.nn.GRUCell` for an input that is already projected to its gates."""

    def advance(self, gates: Float[Tensor, "B G"], parts: Parts) -> Parts:
        """One step; ``gates`` is the input times ``weight_ih`` plus ``bias_ih``."""
        (hidden,) = parts
        recalled = F.linear(hidden, self.weight_hh, self.bias_hh)
        reset, update, candidate = gates.chunk(3, dim=1)  # B 3D -> three of B D
        recalled_reset, recalled_update, recalled_candidate = recalled.chunk(3, dim=1)
        proposal = (candidate + (reset + recalled_reset).sigmoid() * recalled_candidate).tanh()
        return (proposal + (update + recalled_update).sigmoid() * (hidden - proposal),)


def new_step(kind: CellKind, input_width: int, width: int) -> LSTMStep | GRUStep:
    """A cell for one step at a time."""
    return LSTMStep(input_width, width) if kind == "lstm" else GRUStep(input_width, width)


def new_stack(
    kind: CellKind, input_width: int, width: int, *, layers: int, dropout: float, bidirectional: bool = False
) -> nn.LSTM | nn.GRU:
    """Layers of cells over whole sequences, dropout between the layers (Zaremba, Sutskever & Vinyals 2014)."""
    between = dropout if layers > 1 else 0.0
    stack = nn.LSTM if kind == "lstm" else nn.GRU
    return stack(input_width, width, layers, batch_first=True, dropout=between, bidirectional=bidirectional)


def run_stack(
    stack: nn.LSTM | nn.GRU, inputs: Float[Tensor, "B T E"], parts: Parts
) -> tuple[Float[Tensor, "B T D"], Parts]:
    """Outputs at every position, and what the stack remembers after the last; each of ``parts`` is ``L B D``."""
    parts = tuple(part.contiguous() for part in parts)
    outputs, final = stack(inputs, parts if isinstance(stack, nn.LSTM) else parts[0])
    return outputs, final if isinstance(stack, nn.LSTM) else (final,)


def initialise(model: nn.Module) -> None:
    """First weights of every layer inside ``model``.

    Glorot-uniform matrices, orthogonal hidden-to-hidden matrices (Bahdanau, Cho & Bengio 2015, B.1), and zero biases
    but for the forget gates', which start at one.
    """
    for module in model.modules():
        if isinstance(module, nn.LSTM | nn.GRU | nn.LSTMCell | nn.GRUCell):
            _initialise_cells(module, gates=4 if isinstance(module, nn.LSTM | nn.LSTMCell) else 3)
        elif isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def _initialise_cells(module: nn.Module, *, gates: int) -> None:
    """Gate by gate, since a cell keeps all its gates in one matrix."""
    for name, parameter in module.named_parameters():
        blocks = parameter.detach().chunk(gates)
        for block in blocks:
            if name.startswith("weight_hh"):
                nn.init.orthogonal_(block)
            elif name.startswith("weight_ih"):
                nn.init.xavier_uniform_(block)
            else:
                nn.init.zeros_(block)
        if gates == 4 and name.startswith("bias_ih"):
            nn.init.ones_(blocks[1])
