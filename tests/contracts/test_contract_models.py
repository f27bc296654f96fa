"""What search and training rely on, for every model of the catalogue in every variant.

A new model needs one line in ``VARIANTS`` and falls under all of it.
"""

import itertools

import pytest
import torch
from torch import nn

from dragoman.base.symbols import BOS, EOS, PAD
from dragoman.models import MODELS
from dragoman.models.protocol import Seq2Seq
from dragoman.models.recurrent import RecurrentConfig
from dragoman.models.transformer import TransformerConfig


def transformer(**settings):
    small = {"width": 16, "heads": 2, "feed_forward_width": 24, "encoder_layers": 2, "decoder_layers": 1}
    return TransformerConfig(**{**small, "max_length": 32, "dropout": 0.1, **settings})


def recurrent(**settings):
    return RecurrentConfig(**{"width": 12, "embedding_width": 8, "dropout": 0.1, **settings})


VARIANTS = {
    "transformer": [
        *(
            transformer(positions=positions, norm_order=order)
            for positions in ("sinusoidal", "learned", "rotary")
            for order in ("pre", "post")
        ),
        transformer(norm="rms", activation="swiglu"),
        transformer(norm="rms", norm_order="post", activation="gelu"),
        transformer(tie_embeddings="none", encoder_layers=1, decoder_layers=2),
        transformer(tie_embeddings="decoder"),
    ],
    "recurrent": [
        *(
            recurrent(cell=cell, attention=attention, layers=layers)
            for cell in ("lstm", "gru")
            for attention in ("none", "additive", "multiplicative")
            for layers in (1, 2)
        ),
        recurrent(attention="multiplicative", bidirectional=True, reverse_source=True),
        recurrent(attention="none", reverse_source=False, width=8),
        recurrent(tie_embeddings="none"),
        recurrent(tie_embeddings="all"),
    ],
}


def label(name, config):
    """The name and whatever sets the variant apart from the first one."""
    first = VARIANTS[name][0]
    apart = {key: value for key, value in config.model_dump().items() if value != getattr(first, key)}
    return "-".join([name, *(f"{key}={value}" for key, value in apart.items())])


CASES = [
    pytest.param((name, config), id=label(name, config)) for name, configs in VARIANTS.items() for config in configs
]
VOCABULARY = 14
SOURCE = torch.tensor([[5, 9, 7, 8, 6, EOS], [10, 4, EOS, PAD, PAD, PAD], [EOS, PAD, PAD, PAD, PAD, PAD]])
MASK = SOURCE != PAD
TARGET = torch.tensor([[BOS, 5, 6, 7, 11], [BOS, 8, 9, PAD, PAD], [BOS, PAD, PAD, PAD, PAD]])


def new_model(case, seed=3):
    name, config = case
    torch.manual_seed(seed)
    return MODELS.load(name)(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY).eval()


@pytest.fixture(params=CASES)
def case(request):
    return request.param


@pytest.fixture
def model(case):
    with torch.no_grad():
        yield new_model(case)


def close(found, expected):
    torch.testing.assert_close(found, expected, atol=2e-5, rtol=1e-4)


def test_the_table_names_every_model():
    assert sorted(VARIANTS) == MODELS.names()


def test_has_the_parts_the_protocol_names(model):
    assert isinstance(model, Seq2Seq)
    assert isinstance(model.source_embedding, nn.Embedding)
    assert isinstance(model.target_embedding, nn.Embedding)
    assert isinstance(model.output, nn.Linear)
    assert model.output.out_features == VOCABULARY
    assert model.max_length is None or model.max_length > 0


def test_forward_gives_features_the_output_takes(model):
    features = model(SOURCE, MASK, TARGET)
    assert features.shape == (*TARGET.shape, model.output.in_features)
    assert torch.isfinite(model.output(features)).all()


def test_vocabularies_may_differ():
    for name, configs in VARIANTS.items():
        config = configs[0].model_copy(update={"tie_embeddings": "decoder"})
        model = MODELS.load(name)(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY + 5).eval()
        assert model.output(model(SOURCE, MASK, TARGET)).shape == (*TARGET.shape, VOCABULARY + 5)


def test_steps_equal_forward(model):
    logits, state = model.output(model(SOURCE, MASK, TARGET)), model.start(SOURCE, MASK)
    for position in range(TARGET.shape[1]):
        found, state = model.step(TARGET[:, position], state)
        close(found, logits[:, position])


def test_a_later_id_changes_no_earlier_feature(model):
    before, changed = model(SOURCE, MASK, TARGET), TARGET.clone()
    changed[:, 3] = 12
    after = model(SOURCE, MASK, changed)
    close(after[:, :3], before[:, :3])
    assert not torch.allclose(after[:, 3], before[:, 3], atol=1e-3)


def test_every_source_id_counts(model):
    before = model(SOURCE[:1], MASK[:1], TARGET[:1])
    for position in range(SOURCE.shape[1]):
        changed = SOURCE[:1].clone()
        changed[0, position] = 12
        assert not torch.allclose(model(changed, MASK[:1], TARGET[:1]), before, atol=1e-5), position


def test_padding_changes_nothing(model):
    together = model(SOURCE, MASK, TARGET)
    for row, (source_length, target_length) in enumerate(zip((6, 3, 1), (5, 3, 1), strict=True)):
        source, mask = SOURCE[row : row + 1, :source_length], MASK[row : row + 1, :source_length]
        alone = model(source, mask, TARGET[row : row + 1, :target_length])
        close(alone[0], together[row, :target_length])


def test_what_stands_in_the_padding_changes_nothing(model):
    other = torch.where(MASK, SOURCE, 12)
    close(model(other, MASK, TARGET), model(SOURCE, MASK, TARGET))


def test_reordered_rows_go_on_as_their_originals(model):
    rows = torch.tensor([1, 1, 0, 2, 0])
    state = model.start(SOURCE, MASK)
    for before in range(3):  # reordering at any step, the first included
        newest = TARGET[:, before]
        expected, after = model.step(newest, state)
        found, _ = model.step(newest[rows], state.reorder(rows))
        close(found, expected[rows])
        state = after


def test_reordering_and_stepping_leave_the_old_state_alone(model):
    _, state = model.step(TARGET[:, 0], model.start(SOURCE, MASK))
    first, _ = model.step(TARGET[:, 1], state)
    model.step(torch.tensor([4, 4, 4]), state)
    state.reorder(torch.tensor([2, 2, 2]))
    again, _ = model.step(TARGET[:, 1], state)
    assert torch.equal(first, again)


def test_rows_that_part_go_their_own_ways(model):
    _, state = model.step(TARGET[:1, 0], model.start(SOURCE[:1], MASK[:1]))
    state = state.reorder(torch.tensor([0, 0]))
    words = torch.tensor([[5, 6], [9, 10]])  # two hypotheses of one source
    for position, newest in enumerate(words.T):
        logits, state = model.step(newest, state)
        for row, hypothesis in enumerate(words):
            prefix = torch.cat([torch.tensor([BOS]), hypothesis[: position + 1]])[None]
            close(logits[row], model.output(model(SOURCE[:1], MASK[:1], prefix))[0, -1])


def test_weights_carry_over(case, model):
    other = new_model(case, seed=4)
    logits = model.output(model(SOURCE, MASK, TARGET))
    assert not torch.allclose(other.output(other(SOURCE, MASK, TARGET)), logits, atol=1e-3)
    saved = {name: value.clone() for name, value in model.state_dict().items()}
    other.load_state_dict(saved)
    assert torch.equal(other.output(other(SOURCE, MASK, TARGET)), logits)


def test_evaluation_is_deterministic_and_training_drops_out(model):
    assert torch.equal(model(SOURCE, MASK, TARGET), model(SOURCE, MASK, TARGET))
    model.train()
    assert not torch.equal(model(SOURCE, MASK, TARGET), model(SOURCE, MASK, TARGET))


def test_gradients_reach_every_parameter(case):
    model = new_model(case).train()
    logits = model.output(model(SOURCE, MASK, TARGET))
    real = TARGET != PAD
    logits.log_softmax(dim=2)[real][:, 6].sum().backward()
    idle = [name for name, value in model.named_parameters() if value.grad is None or not value.grad.any()]
    assert idle == []


def test_gradients_stay_finite_where_all_but_one_position_is_padding(case):
    model = new_model(case)
    model.output(model(SOURCE[2:], MASK[2:], TARGET[2:])).sum().backward()
    assert all(torch.isfinite(value.grad).all() for value in model.parameters() if value.grad is not None)


def test_variants_differ():
    for configs in VARIANTS.values():
        assert all(one != other for one, other in itertools.combinations(configs, 2))
