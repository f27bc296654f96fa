"""Multi-head attention with a key/value cache. Knows nothing of layers, norms or positions' tables.

Each head compares queries with keys and mixes the values by the softmax of the comparison
(Vaswani et al. 2017, section 3.2). The three input projections are one matrix, as in
:class:`torch.nn.MultiheadAttention`, so that self-attention needs one product for all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from dragoman.models.short_attention import attend_shortly, suits

Turn = Callable[[Tensor, int], Tensor]
"""A rotation of heads (B, H, T, K) from a position on, such as :class:`~dragoman.models.positions.RotaryPositions`."""


@dataclass(frozen=True, slots=True)
class KeysValues:
    """Keys and values of all positions seen so far, head by head."""

    keys: Float[Tensor, "B H T K"]
    values: Float[Tensor, "B H T K"]

    @property
    def length(self) -> int:
        """How many positions it holds."""
        return self.keys.size(2)

    def append(self, newer: "KeysValues") -> "KeysValues":
        """These followed by ``newer``."""
        return KeysValues(torch.cat((self.keys, newer.keys), 2), torch.cat((self.values, newer.values), 2))

    def reorder(self, rows: Int[Tensor, " N"]) -> "KeysValues":
        """Row ``rows[i]`` in place ``i``."""
        return KeysValues(self.keys.index_select(0, rows), self.values.index_select(0, rows))


class MultiHeadAttention(nn.Module):
    """Attention of every query to every key it may see.

    Args:
        width: width of queries, keys, values and output.
        heads: number of heads.
        head_width: width of each; by default ``width`` shared out among them.
        dropout: chance that an attention weight is dropped in training.
    """

    def __init__(self, width: int, heads: int, *, head_width: int | None = None, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        inner = heads * (head_width or width // heads)
        self.input = nn.Linear(width, 3 * inner)
        self.output = nn.Linear(inner, width)

    def forward(
        self,
        queries: Float[Tensor, "B T D"],
        keys_values: KeysValues,
        *,
        mask: Tensor | None = None,
        causal: bool = False,
        turn: Turn | None = None,
        start: int = 0,
    ) -> Float[Tensor, "B T D"]:
        """Attend from ``queries`` to ``keys_values``.

        Args:
            queries: what asks, not yet projected.
            keys_values: what is asked, already projected (and turned).
            mask: added to the scores, broadcastable to (B, H, T, S): 0 where a key may be seen, -inf where not.
            causal: query ``t`` sees the keys up to ``t`` only.
            turn: rotary positions for the queries.
            start: position of the first query.
        """
        weight, bias = self._rows(0, 1)
        projected = self._split(F.linear(queries, weight, bias))
        return self._attend(projected if turn is None else turn(projected, start), keys_values, mask, causal)

    def over_itself(
        self, inputs: Float[Tensor, "B T D"], *, mask: Tensor | None, causal: bool, turn: Turn | None
    ) -> Float[Tensor, "B T D"]:
        """Self-attention over whole sentences, with one product for queries, keys and values."""
        queries, keys, values = (self._split(part) for part in self.input(inputs).chunk(3, dim=-1))
        if turn is not None:
            queries, keys = turn(queries, 0), turn(keys, 0)
        return self._attend(queries, KeysValues(keys, values), mask, causal)

    def one_more(
        self, inputs: Float[Tensor, "G W D"], past: KeysValues | None, *, mask: Tensor | None, turn: Turn | None
    ) -> tuple[Float[Tensor, "G W D"], KeysValues]:
        """Self-attention of the newest position of every row, with one product; and the past with it at its end.

        Args:
            inputs: the newest position of each row of a group.
            past: of the whole group.
            mask: which of the past, the newest included, each row sees.
            turn: rotary positions.
        """
        queries, keys, values = (self._split(part) for part in self.input(inputs).chunk(3, dim=-1))
        if turn is not None:
            queries, keys = turn(queries, 0), turn(keys, 0)
        newest = KeysValues(keys, values)
        past = newest if past is None else past.append(newest)
        return self._attend(queries, past, mask, causal=False), past

    def weights(
        self, queries: Float[Tensor, "B T D"], keys_values: KeysValues, *, mask: Tensor
    ) -> Float[Tensor, "B T S"]:
        """How much each query looks at each key, averaged over the heads."""
        weight, bias = self._rows(0, 1)
        asked = self._split(F.linear(queries, weight, bias))
        scores = asked @ keys_values.keys.transpose(2, 3) * asked.size(3) ** -0.5
        shares: Tensor = (scores + mask).softmax(3)
        return shares.mean(1)

    def keys_values(self, inputs: Float[Tensor, "B S D"], *, turn: Turn | None = None, start: int = 0) -> KeysValues:
        """Keys and values of ``inputs``, ready to be attended to and cached."""
        weight, bias = self._rows(1, 3)
        keys, values = (self._split(part) for part in F.linear(inputs, weight, bias).chunk(2, dim=-1))
        return KeysValues(keys if turn is None else turn(keys, start), values)

    def _rows(self, first: int, last: int) -> tuple[Tensor, Tensor]:
        """The part of the input projection for queries (0), keys (1) and values (2), ``first`` up to ``last``."""
        width = self.output.in_features
        rows = slice(first * width, last * width)
        return self.input.weight[rows], self.input.bias[rows]

    def _split(self, inputs: Float[Tensor, "B T F"]) -> Float[Tensor, "B H T K"]:
        # (B, T, F) → (B, T, H, K) → (B, H, T, K)
        return inputs.view(*inputs.shape[:2], self.heads, -1).transpose(1, 2)

    def _attend(
        self, queries: Float[Tensor, "B H T K"], memory: KeysValues, mask: Tensor | None, causal: bool
    ) -> Float[Tensor, "B T D"]:
        dropout = self.dropout if self.training else 0.0
        if not dropout and suits(queries, memory.keys):
            mixed = attend_shortly(queries, memory.keys, memory.values, mask=mask, causal=causal)
        else:
            mixed = F.scaled_dot_product_attention(
                queries, memory.keys, memory.values, attn_mask=mask, dropout_p=dropout, is_causal=causal
            )
        # (B, H, T, K) → (B, T, H, K) → (B, T, D)
        return self.output(mixed.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]
