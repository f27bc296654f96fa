"""Masked, denoising and MASS: what they make of a text, and that their loss is what plain torch says."""

import pytest
import torch
from torch.nn import functional as F

from dragoman.base.errors import ConfigError
from dragoman.base.symbols import EOS, PAD, UNK
from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.denoising import Denoising
from dragoman.objectives.hiding import Pieces
from dragoman.objectives.masked import Masked
from dragoman.objectives.mass import Mass

PIECES = Pieces(30)
SENTENCES = [[4, 5, 6], [7, 8], [9, 10, 11, 12]]
TEXT = [index for sentence in SENTENCES for index in sentence]
EXAMPLE = Example([index for sentence in SENTENCES for index in (*sentence, EOS)], [*TEXT, EOS])
OBJECTIVES = {"masked": Masked, "denoising": Denoising, "mass": Mass}


def transformer():
    config = TransformerConfig(width=8, heads=2, feed_forward_width=8, encoder_layers=1, decoder_layers=1, dropout=0.0)
    return Transformer(config, source_vocabulary=30, target_vocabulary=30)


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_the_key_alone_decides(kind):
    objective = OBJECTIVES[kind](pieces=PIECES)
    assert objective.prepare(EXAMPLE, 5) == objective.prepare(EXAMPLE, 5)
    assert len({str(objective.prepare(EXAMPLE, key)) for key in range(20)}) > 5


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_no_text_is_too_short(kind):
    for ids in ([EOS], [4, EOS], [UNK, EOS]):
        made = OBJECTIVES[kind](pieces=PIECES).prepare(Example(ids, ids), 1)
        assert collate([made]).target_tokens >= 1
        assert made.source[-1] == EOS


def test_masked_foresees_what_it_hides_and_nothing_else():
    objective = Masked(pieces=PIECES, share=0.3, others=0.0)
    for key in range(50):
        made = objective.prepare(EXAMPLE, key)
        hidden = [place for place, index in enumerate(made.source) if index == UNK]
        assert hidden
        assert made.target == [index if place in hidden else PAD for place, index in enumerate(EXAMPLE.target)]
        assert made.source[-1] == EOS


def test_masked_counts_hidden_ids_only():
    batch = collate([Masked(pieces=PIECES).prepare(EXAMPLE, key) for key in range(4)])
    assert batch.target_tokens == int((batch.target_output != PAD).sum()) < 4 * len(TEXT)
    assert batch.source.shape == batch.target_output.shape


def test_denoising_moves_whole_sentences():
    objective = Denoising(pieces=PIECES, share=0.0)
    orders = set()
    for key in range(60):
        made = objective.prepare(EXAMPLE, key)
        assert made.target == EXAMPLE.target
        assert made.source[-1] == EOS
        orders.add(tuple(made.source[:-1]))
    expected = {
        tuple(a + b + c) for a in SENTENCES for b in SENTENCES for c in SENTENCES if len({*map(str, (a, b, c))}) == 3
    }
    assert orders == expected


def test_denoising_without_permutation_keeps_the_order():
    made = Denoising(pieces=PIECES, share=0.3, permute_sentences=False).prepare(EXAMPLE, 1)
    rest = iter(TEXT)
    assert all(index in rest for index in made.source[:-1] if index != UNK)
    assert UNK in made.source


def test_mass_hides_one_fragment_and_says_it_in_its_place():
    objective = Mass(pieces=PIECES, share=0.5, others=0.0)
    starts = set()
    for key in range(100):
        made = objective.prepare(EXAMPLE, key)
        hidden = [place for place, index in enumerate(made.source) if index == UNK]
        start, end = hidden[0], hidden[-1] + 1
        assert hidden == list(range(start, end))
        assert end - start == round(0.5 * len(TEXT))
        assert made.target == [PAD] * start + TEXT[start:end]
        assert [*made.source[:start], *TEXT[start:end], *made.source[end:]] == EXAMPLE.target
        starts.add(start)
    assert starts == set(range(len(TEXT) - round(0.5 * len(TEXT)) + 1))


@pytest.mark.parametrize("kind", OBJECTIVES)
def test_the_loss_is_plain_cross_entropy(kind):
    torch.manual_seed(1)
    model = transformer().eval()
    objective = OBJECTIVES[kind](pieces=PIECES, label_smoothing=0.1)
    batch = collate(
        [objective.prepare(EXAMPLE, key) for key in range(3)] + [objective.prepare(Example([4, EOS], [4, EOS]), 9)]
    )
    loss = objective(model, batch)
    if kind == "masked":
        features = model.encode(batch.source, batch.source_mask)
    else:
        given = batch.target_input
        given = given.masked_fill(given == PAD, UNK) if kind == "mass" else given
        features = model(batch.source, batch.source_mask, given)
    logits, wanted = model.output(features).flatten(0, 1), batch.target_output.flatten()
    for found, smoothing in ((loss.total, 0.1), (loss.negative_log_likelihood, 0.0)):
        expected = F.cross_entropy(logits, wanted, label_smoothing=smoothing, reduction="sum", ignore_index=PAD)
        torch.testing.assert_close(found.detach(), expected.detach())
    assert loss.tokens == int((wanted != PAD).sum())


def test_masked_teaches_the_encoder_and_its_parameters_are_named():
    for model in (
        transformer(),
        Recurrent(RecurrentConfig(width=6, embedding_width=12), source_vocabulary=30, target_vocabulary=30),
    ):
        Masked(pieces=PIECES)(model, collate([Masked(pieces=PIECES).prepare(EXAMPLE, 1)])).total.backward()
        taught = {id(parameter) for parameter in model.parameters() if parameter.grad is not None}
        assert taught == {id(parameter) for parameter in model.encoder_parameters()}


def test_an_encoder_too_wide_for_the_output_is_refused():
    model = Recurrent(RecurrentConfig(width=6, embedding_width=8), source_vocabulary=30, target_vocabulary=30)
    with pytest.raises(ConfigError, match="12 wide"):
        Masked(pieces=PIECES)(model, collate([Masked(pieces=PIECES).prepare(EXAMPLE, 1)]))
