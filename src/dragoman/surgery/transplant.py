"""Weights of one model put into another, as far as they fit by name and shape; and what was taken, layer by layer.

The two may differ in their number of layers, in their vocabularies, even in their architecture: what is not there or
has another shape keeps its first weights. Knows neither where the models come from nor what they are for.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn

from dragoman.models.protocol import Seq2Seq

_LAYER = re.compile(r"(?P<stack>.*)\.(?P<number>\d+)$")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one layer.

    Attributes:
        layer: its name: ``encoder.0``, ``target_embedding``…
        weights: its numbers.
        taken: how many of them were taken.
        why_not: what kept the rest from being taken; empty when all were.
    """

    layer: str
    weights: int
    taken: int
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Transplant:
    """What was taken over.

    Attributes:
        rows: one for each layer of the new model, in its order.
        left_behind: layers of the old model of which nothing was taken.
    """

    rows: tuple[Row, ...]
    left_behind: tuple[str, ...]

    @property
    def taken(self) -> int:
        """Numbers taken."""
        return sum(row.taken for row in self.rows)

    @property
    def weights(self) -> int:
        """Numbers in all."""
        return sum(row.weights for row in self.rows)

    def values(self) -> dict[str, Any]:
        """As plain values."""
        rows = [asdict(row) for row in self.rows]
        return {"taken": self.taken, "weights": self.weights, "layers": rows, "left_behind": list(self.left_behind)}

    def table(self) -> list[str]:
        """Lines for people; layers of one stack that fared alike share a line."""
        lines = []
        for layers, rows in _runs(self.rows):
            weights, taken = sum(row.weights for row in rows), sum(row.taken for row in rows)
            what = "taken" if taken == weights else "new" if not taken else f"{taken / weights:.0%} taken"
            lines.append(f"{layers:<24} {weights:>12,}  {what:<10} {rows[0].why_not}".rstrip())
        return lines


@torch.no_grad()
def transplant(model: Seq2Seq, donor: Seq2Seq, *, untrained: Collection[str] = ()) -> Transplant:
    """Copy into ``model`` every parameter of ``donor`` that has the same name and shape there.

    Args:
        model: is changed in place.
        donor: stays as it is. Weights that it ties count under each of their names.
        untrained: names of the donor's parameters that have learnt nothing, and are not taken.
    """
    offered = dict(donor.named_parameters(remove_duplicate=False))
    rows: dict[str, list[Row]] = {}
    for name, parameter in model.named_parameters():
        why_not = _why_not(parameter, offered.get(name), is_untrained=name in untrained)
        if not why_not:
            parameter.copy_(offered[name])
        taken = 0 if why_not else parameter.numel()
        rows.setdefault(_layer_of(name), []).append(Row(_layer_of(name), parameter.numel(), taken, why_not))
    summed = tuple(_summed(layer, parts) for layer, parts in rows.items())
    known = {row.layer for row in summed if row.taken} | {_layer_of(name) for name, _ in model.named_parameters()}
    left = dict.fromkeys(_layer_of(name) for name, _ in donor.named_parameters())
    return Transplant(summed, tuple(layer for layer in left if layer not in known))


def untrained_by_encoding(model: Seq2Seq) -> set[str]:
    """Names of the parameters that learn nothing where only :meth:`Seq2Seq.encode` is trained."""
    trained = {id(parameter) for parameter in model.encoder_parameters()}
    named: Iterable[tuple[str, nn.Parameter]] = model.named_parameters(remove_duplicate=False)
    return {name for name, parameter in named if id(parameter) not in trained}


def _why_not(parameter: Tensor, offered: Tensor | None, *, is_untrained: bool) -> str:
    if offered is None:
        return "not in the other model"
    if is_untrained:
        return "not trained in the other model"
    if offered.shape != parameter.shape:
        return f"shape {_shape(offered)} there, {_shape(parameter)} here"
    return ""


def _shape(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape))


def _layer_of(name: str) -> str:
    """``encoder.3.attention.query.weight`` → ``encoder.3``; ``decoder_norm.scale`` → ``decoder_norm``."""
    first, *rest = name.split(".")
    return f"{first}.{rest[0]}" if rest and rest[0].isdecimal() else first


def _summed(layer: str, parts: list[Row]) -> Row:
    reasons = dict.fromkeys(part.why_not for part in parts if part.why_not)
    return Row(layer, sum(part.weights for part in parts), sum(part.taken for part in parts), next(iter(reasons), ""))


def _runs(rows: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Layers of one stack, side by side and alike, under one name: ``encoder.0–3``."""

    def likeness(row: Row) -> tuple[str, bool, bool, str]:
        found = _LAYER.match(row.layer)
        return (found["stack"] if found else row.layer, bool(row.taken), row.taken == row.weights, row.why_not)

    for _, group in groupby(rows, likeness):
        alike = list(group)
        first, last = alike[0].layer, alike[-1].layer
        yield first if len(alike) == 1 else f"{first}–{last.rpartition('.')[2]}", alike
