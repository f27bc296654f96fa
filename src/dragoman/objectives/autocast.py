"""Any objective with its matrix products in a narrower type; weights and their gradients keep theirs.

Mixed precision (Micikevicius et al. 2018): the weights stay fp32 and each product takes rounded copies of them.
With bf16, whose exponents are those of fp32, the loss needs no scaling (Kalamkar et al. 2019). Knows neither
the objective nor which devices are good at which type.
"""

import torch

from dragoman.batching.batch import Batch
from dragoman.batching.example import Example
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives.protocol import Loss, Objective


class Autocast:
    """An objective under :class:`torch.autocast`.

    Args:
        objective: what is really minimised.
        products: the type of the products, such as ``torch.bfloat16``.
    """

    def __init__(self, objective: Objective, products: torch.dtype) -> None:
        self._objective = objective
        self._products = products

    def prepare(self, example: Example, key: int) -> Example:
        """As the objective wants it."""
        return self._objective.prepare(example, key)

    def __call__(self, model: Seq2Seq, batch: Batch) -> Loss:
        """The loss of ``model`` on ``batch``."""
        with torch.autocast(batch.source.device.type, dtype=self._products):
            return self._objective(model, batch)
