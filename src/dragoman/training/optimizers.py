"""Optimizers over a model's parameters. Knows nothing of schedules."""

from typing import Literal

import torch
from pydantic import Field
from torch import nn

from dragoman.base.config import Section


class OptimizerConfig(Section):
    """How gradients become updates."""

    kind: Literal["adamw", "adam"] = "adamw"
    """adamw: decay apart from the gradient (Loshchilov & Hutter 2019); adam: L2, added to it (Kingma & Ba 2015)."""
    beta1: float = Field(default=0.9, ge=0, lt=1)
    """Memory of the gradient's mean."""
    beta2: float = Field(default=0.98, ge=0, lt=1)
    """Memory of its square (0.98: Vaswani et al. 2017, section 5.3)."""
    epsilon: float = Field(default=1e-9, gt=0)
    """Added to the denominator."""
    weight_decay: float = Field(default=0.0, ge=0)
    """Pull of every matrix towards zero; norms and biases are left alone."""
    clip_norm: float = Field(default=1.0, ge=0)
    """Largest norm of an update's whole gradient; 0 for no limit."""


def make_optimizer(config: OptimizerConfig, model: nn.Module) -> torch.optim.Optimizer:
    """The optimizer for ``model``; its learning rate is set by the loop before each update."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [parameter for parameter in parameters if parameter.dim() > 1], "weight_decay": config.weight_decay},
        {"params": [parameter for parameter in parameters if parameter.dim() <= 1], "weight_decay": 0.0},
    ]
    kind = torch.optim.AdamW if config.kind == "adamw" else torch.optim.Adam
    return kind(groups, lr=0.0, betas=(config.beta1, config.beta2), eps=config.epsilon, fused=True)
