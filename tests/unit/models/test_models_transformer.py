"""The whole Transformer against torch.nn.Transformer with the same weights, and what the contract does not ask."""

import itertools
import math

import pytest
import torch
from torch import nn

from dragoman.base.config import parse
from dragoman.base.errors import ConfigError, DataError
from dragoman.base.symbols import BOS, EOS, PAD
from dragoman.models.positions import sinusoids
from dragoman.models.transformer import Transformer, TransformerConfig

VOCABULARY = 19
SOURCE = torch.tensor([[5, 9, 7, 8, 6, EOS], [10, 4, EOS, PAD, PAD, PAD]])
MASK = SOURCE != PAD
TARGET = torch.tensor([[BOS, 5, 6, 7, 11], [BOS, 8, 9, 4, 4]])


def small(**settings):
    shape = {"width": 12, "heads": 3, "feed_forward_width": 20, "encoder_layers": 2, "decoder_layers": 3}
    return TransformerConfig(**{**shape, "max_length": 16, "dropout": 0.0, **settings})


def make(config, vocabulary=VOCABULARY):
    return Transformer(config, source_vocabulary=vocabulary, target_vocabulary=vocabulary).eval()


def shake(model):
    """Biases and norms start at 0 and 1, where a mistake would not show."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.3)


def copy_attention(ours, reference):
    reference.in_proj_weight.copy_(ours.input.weight)
    reference.in_proj_bias.copy_(ours.input.bias)
    reference.out_proj.weight.copy_(ours.output.weight)
    reference.out_proj.bias.copy_(ours.output.bias)


def copy_linear(ours, reference):
    reference.weight.copy_(ours.weight)
    reference.bias.copy_(ours.bias)


@torch.no_grad()
def torchs(model, activation):
    """torch.nn.Transformer with the weights of ``model``; its final norms only where ours has them too."""
    config = model.config
    reference = nn.Transformer(
        config.width,
        config.heads,
        config.encoder_layers,
        config.decoder_layers,
        config.feed_forward_width,
        dropout=0.0,
        activation=activation,
        batch_first=True,
        norm_first=config.norm_order == "pre",
    ).eval()
    for ours, theirs in zip(model.encoder, reference.encoder.layers, strict=True):
        copy_attention(ours.attention, theirs.self_attn)
        copy_linear(ours.feed_forward.input, theirs.linear1)
        copy_linear(ours.feed_forward.output, theirs.linear2)
        copy_linear(ours.around_attention.norm, theirs.norm1)
        copy_linear(ours.around_feed_forward.norm, theirs.norm2)
    for ours, theirs in zip(model.decoder, reference.decoder.layers, strict=True):
        copy_attention(ours.attention, theirs.self_attn)
        copy_attention(ours.source_attention, theirs.multihead_attn)
        copy_linear(ours.feed_forward.input, theirs.linear1)
        copy_linear(ours.feed_forward.output, theirs.linear2)
        copy_linear(ours.around_attention.norm, theirs.norm1)
        copy_linear(ours.around_source_attention.norm, theirs.norm2)
        copy_linear(ours.around_feed_forward.norm, theirs.norm3)
    if config.norm_order == "pre":
        copy_linear(model.encoder_norm, reference.encoder.norm)
        copy_linear(model.decoder_norm, reference.decoder.norm)
    else:
        reference.encoder.norm = reference.decoder.norm = None
    return reference


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("order", ["post", "pre"])
def test_equals_torchs_transformer(order, activation):
    model = make(small(norm_order=order, activation=activation))
    shake(model)
    reference = torchs(model, activation)

    def embed(ids):
        return model.target_embedding.weight[ids] * math.sqrt(12) + sinusoids(16, 12)[: ids.shape[1]]

    with torch.no_grad():
        expected = reference(
            embed(SOURCE),
            embed(TARGET),
            tgt_mask=nn.Transformer.generate_square_subsequent_mask(TARGET.shape[1]),
            src_key_padding_mask=torch.zeros(MASK.shape).masked_fill(~MASK, -torch.inf),
            memory_key_padding_mask=torch.zeros(MASK.shape).masked_fill(~MASK, -torch.inf),
            tgt_is_causal=True,
        )
        torch.testing.assert_close(model(SOURCE, MASK, TARGET), expected, atol=1e-5, rtol=1e-5)


SHAPES = list(
    itertools.product(
        ("pre", "post"), ("layer", "rms"), ("relu", "gelu", "swiglu"), ("sinusoidal", "learned", "rotary")
    )
)


@pytest.mark.parametrize(("order", "norm", "activation", "positions"), SHAPES)
def test_steps_and_padding_in_every_shape(order, norm, activation, positions):
    config = small(norm_order=order, norm=norm, activation=activation, positions=positions, width=12, heads=2)
    model = make(config)
    shake(model)
    with torch.no_grad():
        logits = model.output(model(SOURCE, MASK, TARGET))
        state = model.start(SOURCE, MASK)
        for position in range(TARGET.shape[1]):
            found, state = model.step(TARGET[:, position], state)
            torch.testing.assert_close(found, logits[:, position], atol=1e-5, rtol=1e-4)
        alone = model.output(model(SOURCE[1:, :3], MASK[1:, :3], TARGET[1:]))
        torch.testing.assert_close(alone[0], logits[1], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("positions", ["sinusoidal", "learned", "rotary"])
def test_order_of_the_source_matters(positions):
    model = make(small(positions=positions, width=12, heads=2))
    swapped = SOURCE[:1, [1, 0, 2, 3, 4, 5]]
    with torch.no_grad():
        assert not torch.allclose(model(SOURCE[:1], MASK[:1], TARGET[:1]), model(swapped, MASK[:1], TARGET[:1]))


def test_depths_may_differ():
    model = make(small(encoder_layers=3, decoder_layers=1))
    assert (len(model.encoder), len(model.decoder)) == (3, 1)
    assert model(SOURCE, MASK, TARGET).shape == (2, 5, 12)


def test_three_way_tying_makes_one_parameter_of_three():
    tied, untied = make(small(tie_embeddings="all")), make(small(tie_embeddings="none"))
    count = [sum(parameter.numel() for parameter in model.parameters()) for model in (tied, untied)]
    assert count[1] - count[0] == 2 * VOCABULARY * 12
    assert tied.source_embedding.weight.data_ptr() == tied.output.weight.data_ptr()


def test_longest_sentence_fits_and_one_more_is_an_error():
    model = make(small(max_length=5))
    assert model.max_length == 5
    fitting = torch.full((1, 5), 7)
    model(fitting, fitting != PAD, fitting)
    too_long = torch.full((1, 6), 7)
    with pytest.raises(DataError, match=r"6 ids is longer .* \(5\)"):
        model(too_long, too_long != PAD, fitting)
    with pytest.raises(DataError):
        model(fitting, fitting != PAD, too_long)
    state = model.start(fitting, fitting != PAD)
    for _ in range(5):
        _, state = model.step(torch.tensor([7]), state)
    with pytest.raises(DataError):
        model.step(torch.tensor([7]), state)


def test_shapes_in_signatures_are_checked_in_this_suite():
    model = make(small())
    with pytest.raises(Exception, match="source_mask"):
        model(SOURCE, MASK[:, :4], TARGET)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"width": 10, "heads": 4}, "must divide width"),
        ({"width": 6, "heads": 2, "positions": "rotary"}, "even head width, not 3"),
        ({"dropout": 1.0}, "dropout"),
        ({"norm": "batch"}, "norm"),
    ],
)
def test_impossible_shapes_are_refused(settings, problem):
    with pytest.raises(ConfigError, match=problem):
        parse(TransformerConfig, settings, place="a recipe")


def test_a_sentence_that_skips_every_layer_is_its_embedding():
    model = make(small(dropout=0.0, layer_dropout=0.999999))
    source, mask = torch.tensor([[4, 5, 6]]), torch.ones(1, 3, dtype=torch.bool)
    model.train()
    embedded = model.encoder_norm(model._embed(model.source_embedding, model.source_positions, source))
    torch.testing.assert_close(model._encode(source, model._additive(mask)), embedded)
    model.eval()
    assert not torch.allclose(model._encode(source, model._additive(mask)), embedded)


def test_sentences_skip_layers_each_for_itself():
    model = make(small(dropout=0.0, layer_dropout=0.5)).train()
    source = torch.tensor([[4, 5, 6]]).repeat(40, 1)
    torch.manual_seed(1)
    encoded = model._encode(source, model._additive(torch.ones(40, 3, dtype=torch.bool)))
    assert len({tuple(row.flatten().tolist()) for row in encoded.detach()}) > 1
