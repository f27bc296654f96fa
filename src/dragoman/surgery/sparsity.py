"""Set small weights to zero, and keep zeros zero while a model trains on.

A trained network does nearly as well without its smallest weights, above all after some more training (Han et al.
2015; See, Luong and Manning 2016, "Compression of Neural Machine Translation Models via Pruning"; Zhu and Gupta 2017,
"To Prune, or Not to Prune"). The matrices keep their shapes: a file that stores the places of the zeros gets smaller,
a processor that multiplies by them does not get faster.
"""

import copy
from typing import Any, Literal

import torch
from torch import Tensor, nn

from dragoman.base.errors import ConfigError
from dragoman.models.protocol import Seq2Seq

Scope = Literal["matrix", "model"]
"""Whether each matrix loses its own smallest weights, or the model its smallest wherever they are."""


@torch.no_grad()
def sparsify(model: Seq2Seq, *, share: float, scope: Scope = "matrix") -> Seq2Seq:
    """A copy of ``model`` in which ``share`` of the weights of its matrices, the smallest, are zero.

    Biases and norms, which are few, stay as they are. Of equal weights at the border all stay.

    Args:
        model: of any architecture; stays as it is.
        share: from 0 to below 1, zeros that are there already included.
        scope: who compares.

    Raises:
        ConfigError: a share that leaves nothing, or is negative.
    """
    if not 0 <= share < 1:
        raise ConfigError(f"a share of {share:g} of the weights cannot be set to zero", hint="give 0 to below 1")
    sparse = copy.deepcopy(model)
    matrices = [parameter for parameter in sparse.parameters() if parameter.dim() > 1]
    everywhere = _threshold(torch.cat([matrix.flatten() for matrix in matrices]), share) if scope == "model" else None
    for matrix in matrices:
        least = _threshold(matrix.flatten(), share) if everywhere is None else everywhere
        matrix.masked_fill_(matrix.abs() < least, 0.0)
    return sparse


def sparsity(model: nn.Module) -> float:
    """Share of zeros among the weights of the model's matrices."""
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    zeros = sum(int((matrix == 0).sum()) for matrix in matrices)
    return zeros / max(1, sum(matrix.numel() for matrix in matrices))


def keep_zeros(optimizer: torch.optim.Optimizer) -> None:
    """From now on a weight of a matrix that is zero gets no gradient, and so stays zero.

    The weights themselves say which ones these are: nothing has to be saved, and a run that is resumed goes on
    exactly. The optimizer must be new, or have known no other gradients of these weights.
    """

    def silence(optimizer: torch.optim.Optimizer, *_: Any) -> None:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None and parameter.dim() > 1:
                    parameter.grad.mul_(parameter != 0)

    optimizer.register_step_pre_hook(silence)


def _threshold(weights: Tensor, share: float) -> Tensor:
    """The size below which ``share`` of ``weights`` lie."""
    place = round(share * len(weights))
    sizes: Tensor = weights.abs().sort().values
    return sizes[place] if place < len(sizes) else sizes[-1]
