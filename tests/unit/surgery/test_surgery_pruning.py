"""What is cut is gone from the shapes, and a model whose cut parts were silent says what it said before."""

import pytest
import torch

from dragoman.base.errors import ConfigError
from dragoman.base.symbols import PAD
from dragoman.batching.batch import Example, collate
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.surgery.importance import attentions, feed_forwards, least_missed, magnitude_importance
from dragoman.surgery.importance import measure_importance as measure
from dragoman.surgery.pruning import drop_layers, prune_heads, prune_units

EXAMPLES = [Example([5, 6, 7, 3], [8, 9, 3]), Example([6, 3], [7, 7, 5, 3]), Example([9, 8, 3], [4, 3])]


def transformer(**settings):
    shape = {"width": 16, "heads": 4, "feed_forward_width": 12, "encoder_layers": 2, "decoder_layers": 3}
    model = Transformer(TransformerConfig(**shape | settings), source_vocabulary=20, target_vocabulary=20)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)  # no bias is zero, no part is like another
    return model.eval()


def loss(model, batch):
    return CrossEntropy()(model, batch).total


def batches():
    return [collate(EXAMPLES[:2]), collate(EXAMPLES[2:])]


def features(model):
    """Of every real target position: what stands at padding does not matter."""
    batch = collate(EXAMPLES)
    with torch.inference_mode():
        return model(batch.source, batch.source_mask, batch.target_input)[batch.target_output != PAD]


@torch.no_grad()
def silence(model, *, heads=(), units=()):
    """Cut the way out of some heads and units, the same in every layer."""
    width = model.config.width_per_head
    for attention in attentions(model).values():
        for head in heads:
            attention.output.weight[:, head * width : (head + 1) * width] = 0.0
    for feed_forward in feed_forwards(model).values():
        feed_forward.output.weight[:, list(units)] = 0.0


@pytest.mark.parametrize(
    "settings",
    [{}, {"activation": "swiglu"}, {"positions": "rotary"}, {"norm_order": "post", "tie_embeddings": "none"}],
    ids=str,
)
@pytest.mark.parametrize("by", ["gradient", "magnitude"])
def test_silent_parts_are_found_and_their_going_changes_nothing(settings, by):
    model = transformer(**settings)
    silence(model, heads=[0, 2], units=[1, 5, 6])
    importance = measure(model, batches(), loss) if by == "gradient" else magnitude_importance(model)
    smaller = prune_units(prune_heads(model, importance, keep=2), importance, keep=9)
    torch.testing.assert_close(features(smaller), features(model))
    assert (smaller.config.heads, smaller.config.head_width, smaller.config.feed_forward_width) == (2, 4, 9)
    assert smaller.encoder[0].attention.input.weight.shape == (3 * 2 * 4, 16)
    assert sum(map(torch.numel, smaller.parameters())) < sum(map(torch.numel, model.parameters()))
    assert not smaller.training


def test_a_pruned_model_steps_as_it_runs_forward():
    model = transformer(positions="rotary")
    smaller = prune_heads(model, magnitude_importance(model), keep=3)
    batch = collate(EXAMPLES)
    with torch.inference_mode():
        wanted = smaller.output(smaller(batch.source, batch.source_mask, batch.target_input))
        state = smaller.start(batch.source, batch.source_mask)
        for place in range(batch.target_input.size(1)):
            logits, state = smaller.step(batch.target_input[:, place], state)
            torch.testing.assert_close(logits, wanted[:, place])


def test_importance_is_the_change_of_each_sentences_loss():
    """The gate's gradient by finite differences, of one head and of one unit."""
    model = transformer().double()
    importance = measure(model, batches(), loss)
    single = [collate([example]) for example in EXAMPLES]
    tiny = 1e-6
    for name, columns, found in (
        ("decoder.1.source_attention", slice(4, 8), importance.heads["decoder.1.source_attention"][1]),
        ("encoder.0.feed_forward", slice(7, 8), importance.units["encoder.0.feed_forward"][7]),
    ):
        weight = model.get_submodule(name).output.weight
        with torch.no_grad():
            before = [float(loss(model, batch)) for batch in single]
            weight[:, columns] *= 1 + tiny
            after = [float(loss(model, batch)) for batch in single]
            weight[:, columns] /= 1 + tiny
        slopes = [abs(b - a) / tiny for a, b in zip(before, after, strict=True)]
        assert float(found) == pytest.approx(sum(slopes), rel=1e-3)


def test_measuring_leaves_the_model_as_it_was():
    model = transformer().train()
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    measure(model, batches(), loss)
    least_missed(model, batches(), loss, encoder=1, decoder=1)
    assert model.training
    assert all(torch.equal(parameter, before[name]) for name, parameter in model.named_parameters())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any(module._forward_pre_hooks or module._forward_hooks for module in model.modules())


def test_layers_that_do_nothing_are_missed_least_and_their_going_changes_nothing():
    model = transformer()
    with torch.no_grad():
        for layer in (model.encoder[1], model.decoder[0], model.decoder[2]):
            for module in layer.modules():
                if hasattr(module, "input"):
                    module.output.weight.zero_()
                    module.output.bias.zero_()
    kept = least_missed(model, batches(), loss, encoder=1, decoder=1)
    assert kept == ([0], [1])
    smaller = drop_layers(model, encoder=kept[0], decoder=kept[1])
    assert (len(smaller.encoder), len(smaller.decoder)) == (1, 1)
    torch.testing.assert_close(features(smaller), features(model))


def test_drawing_goes_on_as_if_nothing_had_been_built():
    model = transformer()
    torch.manual_seed(7)
    wanted = torch.rand(3)
    torch.manual_seed(7)
    prune_units(model, magnitude_importance(model), keep=3)
    assert torch.equal(torch.rand(3), wanted)


def test_what_cannot_be_cut_is_told():
    model = transformer()
    importance = magnitude_importance(model)
    with pytest.raises(ConfigError, match="0 heads cannot be kept of 4"):
        prune_heads(model, importance, keep=0)
    with pytest.raises(ConfigError, match="13 units cannot be kept of 12"):
        prune_units(model, importance, keep=13)
    with pytest.raises(ConfigError, match="0 decoder layers cannot be kept of 3"):
        drop_layers(model, encoder=[0], decoder=[])
    with pytest.raises(ConfigError, match="there is no encoder layer 2"):
        drop_layers(model, encoder=[2], decoder=[0])
    recurrent = Recurrent(RecurrentConfig(width=8, embedding_width=8), source_vocabulary=9, target_vocabulary=9)
    with pytest.raises(ConfigError, match="a recurrent model cannot lose heads"):
        prune_heads(recurrent, importance, keep=1)
    with pytest.raises(ConfigError, match="a recurrent model cannot lose"):
        drop_layers(recurrent, encoder=[0], decoder=[0])
