"""Words cut from what a model is given, so that it learns to do without any one of them. Knows ids only.

Sennrich & Zhang 2019, "Revisiting Low-Resource Neural Machine Translation", section 4.2 (word dropout, after Gal &
Ghahramani 2016); Shen et al. 2020, "A Simple but Tough-to-Beat Data Augmentation Approach" (token cutoff).
"""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from dragoman.base.symbols import PAD, UNK


def cut_words(ids: Int[Tensor, "B N"], chance: float) -> Int[Tensor, "B N"]:
    """``ids`` with UNK in the place of each with ``chance``, by torch's generator; padding stays."""
    if not chance:
        return ids
    dropped: Bool[Tensor, "B N"] = torch.rand(ids.shape, device=ids.device) < chance
    return ids.masked_fill(dropped & (ids != PAD), UNK)
