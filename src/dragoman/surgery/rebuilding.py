"""A model of another shape from the parameters of one. Knows neither what was cut nor why.

Every operation that changes shapes ends here: a model is built as its new section says, so that what is in memory is
what a bundle's manifest can build again, and then given the parameters it shall have.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor

from dragoman.models.protocol import Seq2Seq

Model = TypeVar("Model", bound=Seq2Seq)


@torch.no_grad()
def rebuilt(
    model: Model,
    parameters: Mapping[str, Tensor],
    *,
    changes: Mapping[str, object] | None = None,
    vocabularies: tuple[int, int] | None = None,
) -> Model:
    """A new model with ``parameters``, in the place and in the mode of ``model``, which stays as it is.

    Args:
        model: what it is made from.
        parameters: every parameter of the new model by its name; copied.
        changes: of its section, by field.
        vocabularies: number of source and of target pieces, if they are others.

    Raises:
        ValidationError: the changed section cannot be (a mistake of the caller).
    """
    build: Any = type(model)
    section = {**section_of(model), **(changes or {})}
    source, target = vocabularies or (model.source_embedding.num_embeddings, model.target_embedding.num_embeddings)
    with torch.random.fork_rng(devices=[]):  # the first weights are drawn and thrown away: nobody shall notice
        new: Model = build(model.config_type(**section), source_vocabulary=source, target_vocabulary=target)
    for name, parameter in new.named_parameters():
        parameter.copy_(parameters[name])
    return new.to(next(model.parameters()).device).train(model.training)


def section_of(model: Seq2Seq) -> dict[str, Any]:
    """The section of a recipe that builds a model of this shape, as plain values."""
    config: Any = model.config
    values: dict[str, Any] = config.model_dump(mode="json")
    return values
