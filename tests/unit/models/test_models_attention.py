"""Multi-head attention against torch.nn.MultiheadAttention with the same weights."""

import pytest
import torch
from torch import nn

from dragoman.models.attention import KeysValues, MultiHeadAttention

WIDTH, HEADS, ROWS = 12, 3, 2


@pytest.fixture
def pair():
    """Ours and torch's, alike in every weight; biases are not zero."""
    reference = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
    nn.init.normal_(reference.in_proj_bias)
    nn.init.normal_(reference.out_proj.bias)
    ours = MultiHeadAttention(WIDTH, HEADS)
    with torch.no_grad():
        ours.input.weight.copy_(reference.in_proj_weight)
        ours.input.bias.copy_(reference.in_proj_bias)
    ours.output.load_state_dict(reference.out_proj.state_dict())
    return ours.eval(), reference.eval()


def additive(real):
    return torch.zeros(real.shape).masked_fill(~real, -torch.inf)[:, None, None, :]


def assert_close(found, expected):
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_self_attention(pair):
    ours, reference = pair
    inputs = torch.randn(ROWS, 5, WIDTH)
    assert_close(ours.over_itself(inputs, mask=None, causal=False, turn=None), reference(inputs, inputs, inputs)[0])


def test_causal_self_attention(pair):
    ours, reference = pair
    inputs = torch.randn(ROWS, 5, WIDTH)
    later = torch.ones(5, 5, dtype=torch.bool).triu(1)
    expected = reference(inputs, inputs, inputs, attn_mask=later)[0]
    assert_close(ours.over_itself(inputs, mask=None, causal=True, turn=None), expected)


def test_attention_to_a_padded_source(pair):
    ours, reference = pair
    queries, source = torch.randn(ROWS, 4, WIDTH), torch.randn(ROWS, 6, WIDTH)
    real = torch.tensor([[True] * 6, [True, True, False, False, False, False]])
    expected = reference(queries, source, source, key_padding_mask=~real)[0]
    assert_close(ours(queries, ours.keys_values(source), mask=additive(real)), expected)
    changed = source.clone()
    changed[1, 2:] = 100.0
    assert_close(ours(queries, ours.keys_values(changed), mask=additive(real)), expected)


def test_one_query_after_another_over_a_growing_cache(pair):
    ours, reference = pair
    inputs = torch.randn(ROWS, 5, WIDTH)
    expected = reference(inputs, inputs, inputs, attn_mask=torch.ones(5, 5, dtype=torch.bool).triu(1))[0]
    cache = None
    for position in range(5):
        newest = ours.keys_values(inputs[:, position : position + 1])
        cache = newest if cache is None else cache.append(newest)
        assert cache.length == position + 1
        assert_close(ours(inputs[:, position : position + 1], cache)[:, 0], expected[:, position])


def test_cache_rows_can_be_reordered():
    cache = KeysValues(torch.randn(2, 1, 3, 4), torch.randn(2, 1, 3, 4))
    picked = cache.reorder(torch.tensor([1, 1, 0]))
    assert torch.equal(picked.keys, cache.keys[[1, 1, 0]])
    assert torch.equal(picked.values, cache.values[[1, 1, 0]])


def test_gradients_equal_torchs(pair):
    ours, reference = pair
    inputs = torch.randn(ROWS, 5, WIDTH)
    ours.over_itself(inputs, mask=None, causal=False, turn=None).square().sum().backward()
    reference(inputs, inputs, inputs)[0].square().sum().backward()
    assert_close(ours.input.weight.grad, reference.in_proj_weight.grad)
    assert_close(ours.input.bias.grad, reference.in_proj_bias.grad)
    assert_close(ours.output.weight.grad, reference.out_proj.weight.grad)


def test_dropout_falls_on_weights_in_training_only():
    ours = MultiHeadAttention(WIDTH, HEADS, dropout=0.5)
    inputs = torch.randn(ROWS, 5, WIDTH)

    def run():
        return ours.over_itself(inputs, mask=None, causal=False, turn=None)

    assert not torch.equal(run(), run())
    ours.eval()
    assert torch.equal(run(), run())
