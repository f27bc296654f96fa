"""Updates against the papers' formulas, and what is pulled towards zero."""

import pytest
import torch
from torch import nn

from dragoman.training.optimizers import OptimizerConfig, make_optimizer

RATE, BETA1, BETA2, EPSILON, DECAY = 0.01, 0.8, 0.95, 1e-6, 0.1


def by_hand(kind, weight, gradients, decay):
    """Kingma & Ba 2015, algorithm 1; with the decay of Loshchilov & Hutter 2019, algorithm 2."""
    mean = square = torch.zeros_like(weight)
    for step, gradient in enumerate(gradients, start=1):
        if kind == "adam":
            gradient = gradient + decay * weight
        else:
            weight = weight - RATE * decay * weight
        mean = BETA1 * mean + (1 - BETA1) * gradient
        square = BETA2 * square + (1 - BETA2) * gradient**2
        weight = weight - RATE * (mean / (1 - BETA1**step)) / ((square / (1 - BETA2**step)).sqrt() + EPSILON)
    return weight


@pytest.mark.parametrize("kind", ["adamw", "adam"])
def test_updates_are_the_papers_and_vectors_do_not_decay(kind):
    model = nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3), nn.Embedding(5, 3))
    config = OptimizerConfig(kind=kind, beta1=BETA1, beta2=BETA2, epsilon=EPSILON, weight_decay=DECAY)
    optimizer = make_optimizer(config, model)
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    gradients = {name: [torch.randn_like(weight) for _ in range(4)] for name, weight in before.items()}
    for group in optimizer.param_groups:
        group["lr"] = RATE
    for step in range(4):
        for name, parameter in model.named_parameters():
            parameter.grad = gradients[name][step].clone()
        optimizer.step()
    for name, parameter in model.named_parameters():
        decay = DECAY if parameter.dim() > 1 else 0.0
        expected = by_hand(kind, before[name], gradients[name], decay)
        torch.testing.assert_close(parameter.detach(), expected, atol=1e-6, rtol=1e-5)


def test_frozen_parameters_are_left_out():
    model = nn.Linear(4, 3)
    model.bias.requires_grad_(False)
    held = [
        parameter for group in make_optimizer(OptimizerConfig(), model).param_groups for parameter in group["params"]
    ]
    assert len(held) == 1
    assert held[0] is model.weight
