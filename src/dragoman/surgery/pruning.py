"""Cut heads, feed-forward units and whole layers out of a Transformer: its matrices get smaller, not emptier.

Every attention keeps the same number of heads and every feed-forward network the same number of units, each its own
most important ones. So one number in the model's section says it all, layers stay alike (one compiled program for all
of them, equal parts for every process), and other engines, which know one number of heads, take the model as well; see
decision 0012. Michel, Levy and Neubig 2019, "Are Sixteen Heads Really Better than One?"; Fan, Grave and Joulin 2020,
"Reducing Transformer Depth on Demand with Structured Dropout". Does not know data: importance is passed in.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dragoman.base.errors import ConfigError
from dragoman.models.protocol import Seq2Seq
from dragoman.models.transformer import Transformer
from dragoman.surgery.importance import Importance
from dragoman.surgery.rebuilding import rebuilt


def as_transformer(model: Seq2Seq) -> Transformer:
    """``model``, if it can be pruned in whole parts.

    Raises:
        ConfigError: it has no heads, feed-forward units or layers that could be left out.
    """
    if not isinstance(model, Transformer):
        raise ConfigError(
            f"a {type(model).__name__.lower()} model cannot lose heads, units or layers: it has no attention heads or "
            "feed-forward networks, and each of its layers reads what the one below writes",
            hint="set single weights to zero (--weights), quantise it, or train one of a smaller width",
        )
    return model


def prune_heads(model: Seq2Seq, importance: Importance, *, keep: int) -> Transformer:
    """A model whose every attention has its ``keep`` most important heads only.

    Raises:
        ConfigError: not a Transformer, or more heads are wanted than there are, or none.
    """
    old = as_transformer(model)
    config = old.config
    _check("heads", keep, config.heads)
    parameters = _parameters(old)
    for name, scores in importance.heads.items():
        kept = _spread(_strongest(scores, keep), config.width_per_head)
        _cut(parameters, name, kept, of=config.heads * config.width_per_head)
    return rebuilt(old, parameters, changes={"heads": keep, "head_width": config.width_per_head})


def prune_units(model: Seq2Seq, importance: Importance, *, keep: int) -> Transformer:
    """A model whose every feed-forward network has its ``keep`` most important inner units only.

    Raises:
        ConfigError: not a Transformer, or more units are wanted than there are, or none.
    """
    old = as_transformer(model)
    _check("units", keep, old.config.feed_forward_width)
    parameters = _parameters(old)
    for name, scores in importance.units.items():
        _cut(parameters, name, _strongest(scores, keep), of=old.config.feed_forward_width)
    return rebuilt(old, parameters, changes={"feed_forward_width": keep})


def drop_layers(model: Seq2Seq, *, encoder: Sequence[int], decoder: Sequence[int]) -> Transformer:
    """A model of the named layers only, counted from 0, in their order.

    Raises:
        ConfigError: not a Transformer, no layer would be left of a stack, or there is no such layer.
    """
    old = as_transformer(model)
    kept = {"encoder": sorted(set(encoder)), "decoder": sorted(set(decoder))}
    for stack, layers in kept.items():
        have = len(old.get_submodule(stack))  # type: ignore[arg-type]
        _check(f"{stack} layers", len(layers), have)
        if layers[0] < 0 or layers[-1] >= have:
            raise ConfigError(
                f"there is no {stack} layer {layers[-1] if layers[-1] >= have else layers[0]}",
                hint=f"they are counted from 0 to {have - 1}",
            )
    names = {
        f"{stack}.{old_place}.": f"{stack}.{new_place}."
        for stack in kept
        for new_place, old_place in enumerate(kept[stack])
    }
    parameters = {}
    for name, parameter in _parameters(old).items():
        stack, _, rest = name.partition(".")
        if stack not in kept:
            parameters[name] = parameter
        elif (place := f"{stack}.{rest.partition('.')[0]}.") in names:
            parameters[names[place] + name.removeprefix(place)] = parameter
    counts = {f"{stack}_layers": len(layers) for stack, layers in kept.items()}
    return rebuilt(old, parameters, changes=counts)


def _parameters(model: Transformer) -> dict[str, Tensor]:
    return {name: parameter.detach() for name, parameter in model.named_parameters()}


def _cut(parameters: dict[str, Tensor], name: str, kept: Int[Tensor, " N"], *, of: int) -> None:
    """Keep the inner units ``kept`` of the two projections of ``name``; the input may hold several blocks of ``of``."""
    weight = parameters[f"{name}.input.weight"]
    kept = kept.to(weight.device)
    rows = torch.cat([kept + block for block in range(0, len(weight), of)])
    parameters[f"{name}.input.weight"] = weight[rows]
    parameters[f"{name}.input.bias"] = parameters[f"{name}.input.bias"][rows]
    parameters[f"{name}.output.weight"] = parameters[f"{name}.output.weight"][:, kept]


def _strongest(scores: Float[Tensor, " N"], keep: int) -> Int[Tensor, " M"]:
    """Places of the ``keep`` highest scores, in their order; of equal ones the first."""
    return scores.argsort(descending=True, stable=True)[:keep].sort().values


def _spread(heads: Int[Tensor, " H"], width: int) -> Int[Tensor, " N"]:
    """The units of whole heads."""
    return (heads[:, None] * width + torch.arange(width)).flatten()


def _check(what: str, keep: int, have: int) -> None:
    if not 1 <= keep <= have:
        raise ConfigError(
            f"{keep} {what} cannot be kept of {have}",
            hint="leave at least one" if keep < 1 else "a model can only get smaller",
        )
