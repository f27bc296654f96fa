"""The recurrent model: its encoder against torch's own, its options, its training and its steps."""

import itertools

import pytest
import torch
from torch import nn

from dragoman.base.config import parse
from dragoman.base.errors import ConfigError
from dragoman.models.recurrent import Recurrent, RecurrentConfig, reversing_order

SOURCE = torch.tensor([[5, 6, 7, 8, 3], [9, 4, 3, 0, 0], [3, 0, 0, 0, 0]])
MASK = SOURCE != 0
TARGET = torch.tensor([[2, 5, 6, 7], [2, 8, 9, 0], [2, 0, 0, 0]])
CELLS, ATTENTIONS = ["lstm", "gru"], ["none", "additive", "multiplicative"]


def new_model(**settings):
    torch.manual_seed(7)
    config = RecurrentConfig(**{"width": 8, "embedding_width": 6, **settings})
    return Recurrent(config, source_vocabulary=12, target_vocabulary=12).eval()


def test_reversing_leaves_padding_where_it_is():
    order = reversing_order(MASK)
    assert SOURCE.gather(1, order).tolist() == [[3, 8, 7, 6, 5], [3, 4, 9, 0, 0], [3, 0, 0, 0, 0]]
    assert SOURCE.gather(1, order).gather(1, order).tolist() == SOURCE.tolist()


@pytest.mark.parametrize(("cell", "layers", "attention"), list(itertools.product(CELLS, [1, 2], ATTENTIONS)))
def test_encoder_equals_torchs_row_by_row(cell, layers, attention):
    model = new_model(cell=cell, layers=layers, attention=attention)
    both = attention == "additive"
    stack = (nn.LSTM if cell == "lstm" else nn.GRU)(6, 8, layers, bidirectional=both)
    stack.load_state_dict(model.encoder.stack.state_dict())
    embedded = model.source_embedding(SOURCE)
    annotations, parts = model.encoder(embedded, MASK)
    for row, length in enumerate(MASK.sum(dim=1).tolist()):
        outputs, final = stack(embedded[row, :length])
        torch.testing.assert_close(annotations[row, :length], outputs, atol=1e-6, rtol=1e-5)
        assert not annotations[row, length:].any()
        final = final if cell == "lstm" else (final,)
        for index, (part, whole) in enumerate(zip(parts, final, strict=True)):
            if both:  # the top layer's backward reader, mapped; only the hidden part through a tanh
                mapped = model.encoder.bridges[index](whole[-1])
                whole = (mapped.tanh() if index == 0 else mapped).reshape(layers, 8)
            torch.testing.assert_close(part[:, row], whole, atol=1e-6, rtol=1e-5)


def test_without_attention_the_source_is_read_backwards():
    model, forward = new_model(attention="none"), new_model(attention="none", reverse_source=False)
    backwards = SOURCE[:1].flip(1)
    mask = torch.ones_like(backwards, dtype=torch.bool)
    found, expected = model(SOURCE[:1], mask, TARGET[:1]), forward(backwards, mask, TARGET[:1])
    torch.testing.assert_close(found, expected)
    assert not torch.allclose(found, forward(SOURCE[:1], mask, TARGET[:1]), atol=1e-3)


def test_attention_speaks_of_source_positions_though_the_source_is_reversed():
    model = new_model(attention="multiplicative", reverse_source=True)
    state = model.start(SOURCE, MASK)
    ordered = SOURCE.gather(1, reversing_order(MASK))
    annotations, _ = model.encoder(model.source_embedding(ordered), MASK)
    torch.testing.assert_close(state.memory.annotations[0], annotations[0].flip(0))
    torch.testing.assert_close(state.memory.annotations[1, :3], annotations[1, :3].flip(0))


@pytest.mark.parametrize("attention", ["additive", "multiplicative"])
def test_attention_is_a_distribution_over_real_positions(attention):
    model = new_model(attention=attention)
    state = model.start(SOURCE, MASK)
    assert state.attention is None
    _, state = model.step(TARGET[:, 0], state)
    assert state.attention.shape == SOURCE.shape
    torch.testing.assert_close(state.attention.sum(dim=1), torch.ones(3))
    assert not state.attention[~MASK].any()
    assert state.attention[2, 0] == 1.0


@pytest.mark.parametrize(("cell", "attention", "layers"), list(itertools.product(CELLS, ATTENTIONS, [1, 2])))
def test_steps_equal_forward(cell, attention, layers):
    model = new_model(cell=cell, attention=attention, layers=layers)
    logits, state = model.output(model(SOURCE, MASK, TARGET)), model.start(SOURCE, MASK)
    for position in range(TARGET.shape[1]):
        found, state = model.step(TARGET[:, position], state)
        torch.testing.assert_close(found, logits[:, position], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("cell", "attention", "layers"), list(itertools.product(CELLS, ATTENTIONS, [1, 2])))
def test_padding_changes_nothing(cell, attention, layers):
    model = new_model(cell=cell, attention=attention, layers=layers)
    together = model(SOURCE, MASK, TARGET)
    for row, length in enumerate(MASK.sum(dim=1).tolist()):
        alone = model(SOURCE[row : row + 1, :length], MASK[row : row + 1, :length], TARGET[row : row + 1])
        torch.testing.assert_close(alone[0], together[row], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(("cell", "attention", "layers"), list(itertools.product(CELLS, ATTENTIONS, [1, 2])))
def test_reordered_rows_go_on_as_their_originals(cell, attention, layers):
    model = new_model(cell=cell, attention=attention, layers=layers)
    _, state = model.step(TARGET[:, 0], model.start(SOURCE, MASK))
    rows, ids = torch.tensor([2, 0, 0, 1]), torch.tensor([4, 7, 5])
    moved = state.reorder(rows)
    expected, _ = model.step(ids, state)
    found, after = model.step(ids[rows], moved)
    torch.testing.assert_close(found, expected[rows], atol=1e-6, rtol=1e-5)
    assert (after.attention is None) == (attention == "none")


@pytest.mark.parametrize(
    ("cell", "attention", "layers", "tie"),
    list(itertools.product(CELLS, ATTENTIONS, [1, 2], ["none", "decoder", "all"])),
)
def test_gradients_reach_every_parameter(cell, attention, layers, tie):
    model = new_model(cell=cell, attention=attention, layers=layers, tie_embeddings=tie, dropout=0.1).train()
    model.output(model(SOURCE, MASK, TARGET)).logsumexp(dim=2).sum().backward()
    idle = [name for name, value in model.named_parameters() if value.grad is None or not value.grad.any()]
    assert idle == []


def test_tying():
    free, decoder, three = (new_model(tie_embeddings=tie) for tie in ("none", "decoder", "all"))
    assert free.output.weight is not free.target_embedding.weight
    assert decoder.output.weight is decoder.target_embedding.weight
    assert decoder.source_embedding is not decoder.target_embedding
    assert three.source_embedding is three.target_embedding
    assert three.output.weight is three.source_embedding.weight


@pytest.mark.parametrize("width", [6, 8])
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_features_have_the_output_layers_width(attention, width):
    model = new_model(attention=attention, width=width)
    assert model(SOURCE, MASK, TARGET).shape == (3, 4, 6)
    assert isinstance(model.projection, nn.Identity) == (attention == "additive" or width == 6)


def test_three_way_tying_needs_one_vocabulary():
    with pytest.raises(ConfigError, match="source has 12 pieces and the target 13"):
        Recurrent(RecurrentConfig(tie_embeddings="all"), source_vocabulary=12, target_vocabulary=13)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"cell": "elman"}, "lstm"),
        ({"width": 0}, "width"),
        ({"dropout": 1.0}, "dropout"),
        ({"attention": "none", "bidirectional": True}, "needs attention"),
        ({"embeding_width": 3}, "did you mean 'embedding_width'"),
    ],
)
def test_bad_settings_are_named(values, message):
    with pytest.raises(ConfigError, match=message):
        parse(RecurrentConfig, values, place="recipe.toml")


def test_dropout_falls_in_training_only():
    model = new_model(dropout=0.5)
    torch.testing.assert_close(model(SOURCE, MASK, TARGET), model(SOURCE, MASK, TARGET))
    model.train()
    assert not torch.equal(model(SOURCE, MASK, TARGET), model(SOURCE, MASK, TARGET))


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_learns_to_reverse(attention):
    torch.manual_seed(5)
    model = Recurrent(
        RecurrentConfig(attention=attention, width=32, embedding_width=32, dropout=0.0),
        source_vocabulary=10,
        target_vocabulary=10,
    )
    words = torch.randint(4, 10, (64, 4))
    source = torch.cat([words, torch.full((64, 1), 3)], dim=1)
    target = torch.cat([words.flip(1), torch.full((64, 1), 3)], dim=1)
    given = torch.cat([torch.full((64, 1), 2), target[:, :-1]], dim=1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(120):
        logits = model.output(model(source, torch.ones_like(source, dtype=torch.bool), given))
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1
