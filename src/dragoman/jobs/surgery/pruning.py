"""Pruning of a whole bundle: which parts go is told by text, and what went is told to people and to the manifest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field
from torch import Tensor

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError
from dragoman.base.log import say
from dragoman.batching.batch import Batch
from dragoman.corpora.records import Record
from dragoman.jobs.surgery.text import batches_of
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.surgery.importance import Importance, least_missed, magnitude_importance, measure_importance
from dragoman.surgery.pruning import as_transformer, drop_layers, prune_heads, prune_units
from dragoman.surgery.rebuilding import section_of
from dragoman.surgery.sparsity import Scope, sparsify, sparsity
from dragoman.translator.bundle import Bundle
from dragoman.translator.storage import PLAIN


class Cut(Section):
    """What to take away from a model."""

    heads: float = Field(default=0.0, ge=0, lt=1)
    """Share of the heads of every attention."""
    units: float = Field(default=0.0, ge=0, lt=1)
    """Share of the inner units of every feed-forward network."""
    encoder_layers: int | None = Field(default=None, ge=1)
    """Encoder layers to keep; all when left out."""
    decoder_layers: int | None = Field(default=None, ge=1)
    """Decoder layers to keep; all when left out."""
    weights: float = Field(default=0.0, ge=0, lt=1)
    """Share of the single weights of the matrices to set to zero."""
    scope: Scope = "matrix"
    """Whether each matrix loses that share, or the model as a whole."""
    by: Literal["gradient", "magnitude"] = "gradient"
    """How heads and units are judged: by what the loss on text says of them, or by their weights alone."""

    @property
    def takes_layers(self) -> bool:
        """Whether whole layers go."""
        return self.encoder_layers is not None or self.decoder_layers is not None

    @property
    def takes_parts(self) -> bool:
        """Whether heads or units go."""
        return bool(self.heads or self.units)

    @property
    def needs_text(self) -> bool:
        """Whether text is needed to choose what goes."""
        return self.takes_layers or (self.takes_parts and self.by == "gradient")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a quantity before and after."""

    what: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Pruned:
    """What came out.

    Attributes:
        bundle: the smaller model, its history longer by what was done.
        rows: what was cut.
    """

    bundle: Bundle
    rows: tuple[Row, ...]

    def table(self) -> list[str]:
        """Lines for people."""
        return [f"  {row.what:<28} {_number(row.before):>14} → {_number(row.after):>12}" for row in self.rows]


def prune(bundle: Bundle, cut: Cut, records: Sequence[Record] = ()) -> Pruned:
    """``bundle`` with a smaller model: first layers go, then heads and units, then single weights.

    Args:
        bundle: stays as it is.
        cut: what to take away.
        records: pairs such as the model will translate; some hundred. Not needed for a cut by magnitude.

    Raises:
        ConfigError: nothing to cut, no text, a part that would be gone whole, or not a Transformer.
    """
    if not (cut.takes_layers or cut.takes_parts or cut.weights):
        raise ConfigError(
            "there is nothing to prune", hint="give --heads, --units, --encoder-layers, --decoder-layers or --weights"
        )
    if bundle.storage != PLAIN:
        raise ConfigError(
            f"this model is quantised already, to {bundle.storage}", hint="prune first, then quantise what comes out"
        )
    if cut.takes_layers or cut.takes_parts:
        as_transformer(bundle.model)
    if cut.needs_text and not records:
        raise ConfigError(
            "which parts can go is learnt from text", hint="give --data, or --by magnitude (not for layers)"
        )
    batches = batches_of(bundle, records) if cut.needs_text else []
    model, history = bundle.model, list(bundle.history)
    rows = [Row("parameters", _count(model), 0)]
    if cut.takes_layers:
        model = _without_layers(model, cut, batches, history, rows)
    if cut.takes_parts:
        model = _without_parts(model, cut, batches, history, rows)
    if cut.weights:
        before = sparsity(model)
        model = sparsify(model, share=cut.weights, scope=cut.scope)
        rows.append(Row("zeros among them (%)", 100 * before, 100 * sparsity(model)))
        history.append(f"sparsify(share={cut.weights:g}, scope={cut.scope})")
    rows[0] = Row("parameters", rows[0].before, _count(model))
    recipe = {**bundle.recipe, "model": section_of(model)}
    return Pruned(replace(bundle, model=model, recipe=recipe, history=tuple(history), scores={}), tuple(rows))


def _without_layers(model: Seq2Seq, cut: Cut, batches: Sequence[Batch], history: list[str], rows: list[Row]) -> Seq2Seq:
    old = as_transformer(model)
    have = {"encoder": len(old.encoder), "decoder": len(old.decoder)}
    wanted = {"encoder": cut.encoder_layers or have["encoder"], "decoder": cut.decoder_layers or have["decoder"]}
    for stack, count in wanted.items():
        if count > have[stack]:
            raise ConfigError(
                f"{count} {stack} layers cannot be kept of {have[stack]}", hint="a model can only get smaller"
            )
    say("leaving out one layer after the other…")
    encoder, decoder = least_missed(old, batches, _loss, **wanted)
    history.append(f"drop_layers(encoder={encoder}, decoder={decoder})")
    rows += [Row(f"{stack} layers", have[stack], count) for stack, count in wanted.items()]
    return drop_layers(old, encoder=encoder, decoder=decoder)


def _without_parts(model: Seq2Seq, cut: Cut, batches: Sequence[Batch], history: list[str], rows: list[Row]) -> Seq2Seq:
    old = as_transformer(model)
    importance = _importance(model, cut, batches)
    heads, units = old.config.heads, old.config.feed_forward_width
    if cut.heads:
        keep = round((1 - cut.heads) * heads)
        model = prune_heads(model, importance, keep=keep)
        history.append(f"prune_heads(keep={keep}, by={cut.by})")
        rows.append(Row("heads of an attention", heads, keep))
    if cut.units:
        keep = round((1 - cut.units) * units)
        model = prune_units(model, importance, keep=keep)
        history.append(f"prune_units(keep={keep}, by={cut.by})")
        rows.append(Row("units of a feed-forward", units, keep))
    return model


def _importance(model: Seq2Seq, cut: Cut, batches: Sequence[Batch]) -> Importance:
    if cut.by == "magnitude":
        return magnitude_importance(as_transformer(model))
    say("asking the loss what heads and units are worth…")
    return measure_importance(as_transformer(model), batches, _loss)


def _loss(model: Seq2Seq, batch: Batch) -> Tensor:
    return CrossEntropy(label_smoothing=0.0)(model, batch).total


def _count(model: Seq2Seq) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.1f}"
