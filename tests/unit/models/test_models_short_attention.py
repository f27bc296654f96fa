"""Short attention against torch's own: values, gradients, masks; and when it is chosen."""

import math

import pytest
import torch
from torch.nn import functional as F

from dragoman.models.short_attention import attend_shortly, suits


def heads(length, seed, width=8):
    torch.manual_seed(seed)
    return torch.randn(3, length, 2, width).transpose(1, 2).requires_grad_()  # strided, as the projections give them


def outcomes(function, queries, keys, values, **settings):
    mixed = function(queries, keys, values, **settings)
    mixed.backward(torch.linspace(-1, 1, mixed.numel()).view(mixed.shape))
    found = [mixed.detach(), *(part.grad for part in (queries, keys, values))]
    for part in (queries, keys, values):
        part.grad = None
    return found


@pytest.mark.parametrize("length", [1, 5, 8, 19])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_equals_torch(length, causal, masked):
    query_length = length if causal else 7
    parts = heads(query_length, 1), heads(length, 2), heads(length, 3)
    real = torch.arange(length) < torch.tensor([length, max(1, length // 2), 1])[:, None]
    mask = torch.zeros(3, 1, 1, length).masked_fill(~real[:, None, None], -math.inf) if masked else None
    found = outcomes(attend_shortly, *parts, mask=mask, causal=causal)
    whole = mask
    if causal:
        triangle = torch.full((length, length), -math.inf).triu(1)
        whole = triangle if mask is None else triangle + mask
    wanted = outcomes(F.scaled_dot_product_attention, *parts, attn_mask=whole)
    for ours, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


def test_gradient_by_differences():
    parts = [part.detach().double()[:2, :, :, :4].requires_grad_() for part in (heads(3, 1), heads(5, 2), heads(5, 3))]
    torch.autograd.gradcheck(lambda *each: attend_shortly(*each, mask=None, causal=False), parts)


def test_is_for_training_with_few_keys():
    assert suits(heads(4, 1), heads(32, 2))
    assert not suits(heads(4, 1), heads(33, 2))
    assert not suits(heads(4, 1).detach(), heads(4, 2).detach())
    with torch.no_grad():
        assert not suits(heads(4, 1), heads(4, 2))
