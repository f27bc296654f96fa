"""Cut the rows of pieces that are not wanted out of embeddings and output. Does not know what the pieces are.

A vocabulary made for everything holds pieces that one domain never uses; their rows are a large part of a small model
(Abdaoui, Pradel and Sigel 2020, "Load What You Need: Smaller Versions of Multilingual BERT"), and the output's
product with them a large part of its work.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from dragoman.models.protocol import Seq2Seq
from dragoman.surgery.rebuilding import rebuilt


def trim_vocabulary(model: Seq2Seq, *, source: Sequence[int], target: Sequence[int]) -> Seq2Seq:
    """A model of any architecture that knows the ids ``source`` and ``target`` only, counted anew in that order.

    Where both sides share their embeddings the two must be the same.
    """
    kept = {"source_embedding": source, "target_embedding": target, "output": target}
    parameters: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        owner = name.partition(".")[0]
        values = parameter.detach()
        if owner in kept:
            values = values[torch.tensor(kept[owner], device=values.device)]
        parameters[name] = values
    return rebuilt(model, parameters, vocabularies=(len(source), len(target)))
