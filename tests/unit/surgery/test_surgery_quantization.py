"""Rounding is as close as it can be, is done once however often it is asked for, and tells what it did."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dragoman.base.errors import ConfigError
from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.surgery.integer_products import IntegerLinear, with_integer_products
from dragoman.surgery.quantization import dequantized, input_moments, int8_rows, quantize

EXAMPLES = [Example([5, 6, 7, 3], [8, 9, 3]), Example([6, 3], [7, 7, 5, 3])]


def transformer(width=16):
    config = TransformerConfig(width=width, heads=2, feed_forward_width=24, encoder_layers=1, decoder_layers=1)
    return Transformer(config, source_vocabulary=20, target_vocabulary=20).eval()


def recurrent(cell):
    config = RecurrentConfig(width=8, embedding_width=8, cell=cell)
    return Recurrent(config, source_vocabulary=20, target_vocabulary=20).eval()


def logits(model):
    batch = collate(EXAMPLES)
    with torch.inference_mode():
        return model.output(model(batch.source, batch.source_mask, batch.target_input))


@given(st.integers(0, 10_000), st.floats(1e-20, 1e20))
def test_int8_is_nearest_and_rounding_twice_is_rounding_once(seed, scale):
    matrix = torch.randn(5, 33, generator=torch.Generator().manual_seed(seed)) * scale
    matrix[2] = 0.0
    codes, scales = int8_rows(matrix)
    rounded = dequantized(codes, scales)
    assert ((rounded - matrix).abs() <= scales[:, None] * 0.502).all()
    assert (codes.abs().amax(1) == torch.tensor([127, 127, 0, 127, 127])).all()
    again, same = int8_rows(rounded)
    assert torch.equal(again, codes)
    assert torch.equal(dequantized(again, same), rounded)


def test_a_clipped_range_has_a_smaller_error_where_the_inputs_are_large():
    matrix = torch.randn(4, 200)
    matrix[:, 0] = 9.0  # one large weight makes the grid of all others coarse
    moments = torch.ones(200)
    moments[0] = 0.0  # and its input is always zero

    def error(**options):
        difference = dequantized(*int8_rows(matrix, **options)) - matrix
        return float((difference.square() * moments).sum())

    assert error(clip=True, moments=moments) < 0.6 * error()
    twice = dequantized(*int8_rows(dequantized(*int8_rows(matrix, clip=True, moments=moments))))
    assert torch.equal(twice, dequantized(*int8_rows(matrix, clip=True, moments=moments)))


@pytest.mark.parametrize("kind", ["int8", "float16", "bfloat16"])
@pytest.mark.parametrize("model", [transformer(), recurrent("lstm"), recurrent("gru")], ids=["t", "lstm", "gru"])
def test_every_architecture_says_nearly_the_same(model, kind):
    before = logits(model)
    rounded, errors = quantize(model, kind)
    assert torch.equal(logits(model), before)
    assert 0 < (logits(rounded) - before).norm() / before.norm() < 0.02
    matrices = {name for name, parameter in model.named_parameters() if parameter.dim() > 1}
    assert {error.name for error in errors} == matrices
    for error in errors:
        change = (rounded.get_parameter(error.name) - model.get_parameter(error.name)).detach().abs()
        assert error.largest == pytest.approx(float(change.max()))
        assert error.mean == pytest.approx(float(change.mean()))
        assert error.relative < 0.02


def test_what_a_kind_cannot_hold_is_refused():
    model = transformer()
    with torch.no_grad():
        model.encoder[0].feed_forward.input.weight[0, 0] = 1e6
    with pytest.raises(ConfigError, match="float16 cannot hold"):
        quantize(model, "float16")


def test_moments_are_of_the_inputs():
    model = transformer()
    seen = []
    handle = model.encoder[0].feed_forward.input.register_forward_pre_hook(
        lambda module, inputs: seen.append(inputs[0])
    )
    moments = input_moments(model, [collate(EXAMPLES)])
    handle.remove()
    wanted = torch.cat([one.flatten(0, -2) for one in seen]).square().mean(0)
    torch.testing.assert_close(moments["encoder.0.feed_forward.input.weight"], wanted)
    assert "output.weight" in moments


def test_integer_products_are_near_and_know_no_batch():
    linear = torch.nn.Linear(300, 70)
    with torch.no_grad():
        linear.weight.copy_(dequantized(*int8_rows(linear.weight)))
    integer = IntegerLinear(linear)
    rows = torch.randn(9, 300)
    rows[4] = 0.0
    with torch.inference_mode():
        wanted, found = linear(rows), integer(rows)
        assert (found - wanted).norm() / wanted.norm() < 0.01
        for place in range(9):
            assert torch.equal(integer(rows[place : place + 1])[0], found[place])
            assert torch.equal(integer(rows.view(3, 3, 300))[place // 3, place % 3], found[place])
        rows[0] *= 1e6
        assert torch.equal(integer(rows)[1:], found[1:])


def test_only_large_maps_multiply_integers_and_weights_are_shared():
    config = TransformerConfig(width=128, heads=2, feed_forward_width=1024, encoder_layers=1, decoder_layers=1)
    model = Transformer(config, source_vocabulary=50, target_vocabulary=50)
    integer = with_integer_products(model)
    kinds = {name: type(module) for name, module in integer.named_modules()}
    assert kinds["encoder.0.feed_forward.input"] is IntegerLinear
    assert kinds["encoder.0.attention.output"] is torch.nn.Linear
    assert kinds["output"] is torch.nn.Linear
    assert not any(isinstance(module, IntegerLinear) for module in model.modules())
    theirs = dict(model.named_parameters())
    assert all(parameter is theirs[name] for name, parameter in integer.named_parameters())
    assert (logits(integer) - logits(model.eval())).norm() / logits(model).norm() < 0.05
