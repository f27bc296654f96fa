"""Sampling against the model's own distribution, and against itself in other batches."""

import math
import random
from collections import Counter

import pytest
import torch

from dragoman.base.symbols import EOS, PAD
from dragoman.batching.batch import pad
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.processors import LikeliestFew, Nucleus
from dragoman.decoding.sampling import Sampling
from dragoman.decoding.search import Search
from dragoman.models.protocol import Seq2Seq
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig

LOGITS = torch.tensor([9.0, 9.0, 9.0, 0.3, 1.0, -0.5, 0.8, 2.0])
"""Of ids 0 to 7; padding, unknown and BOS are the likeliest, and must never be drawn."""
VOCABULARY = 40


class _NoState:
    """A decoder that remembers nothing but how many rows it has."""

    def __init__(self, rows):
        self.rows = rows

    def reorder(self, rows):
        return _NoState(len(rows))


class Dice(Seq2Seq):
    """Says every next id with the same probabilities, whatever came before."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    max_length = None

    def forward(self, source, source_mask, target_input):
        raise NotImplementedError

    def start(self, source, source_mask):
        return _NoState(len(source))

    def step(self, ids, state):
        assert len(ids) == state.rows
        return LOGITS.expand(len(ids), -1), state


def drawn(count=4000, **settings):
    """How often each id was the first of a hypothesis, of so many sources."""
    config = DecodingConfig(method="sampling", max_length_ratio=0.1, max_length_offset=1, **settings)
    source = torch.arange(4, 4 + count)[:, None]
    hypotheses = Sampling(Dice(), config)(source, source != PAD)
    return Counter(one.ids[0] for found in hypotheses for one in found)


def chi_square(found, allowed, temperature=1.0):
    """Of the counts against the softmax over the ``allowed`` ids."""
    shares = (LOGITS[allowed] / temperature).softmax(0).tolist()
    total = found.total()
    return sum((found[id_] - total * share) ** 2 / (total * share) for id_, share in zip(allowed, shares, strict=True))


WORDS = [4, 5, 6, 7]  # EOS cannot come first
CRITICAL = {2: 9.21, 3: 11.34, 4: 13.28}
"""Degrees of freedom → what chi square exceeds by chance once in a hundred."""


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_ids_come_as_often_as_the_softmax_says(temperature):
    found = drawn(temperature=temperature)
    assert set(found) == set(WORDS)
    assert chi_square(found, WORDS, temperature) < CRITICAL[3]
    assert chi_square(found, WORDS, temperature * 1.5) > CRITICAL[3]


def test_later_ids_come_as_often_too():
    config = DecodingConfig(method="sampling", max_length_ratio=0.1, max_length_offset=30)
    source = torch.arange(4, 1004)[:, None]
    hypotheses = [found[0] for found in Sampling(Dice(), config)(source, source != PAD)]
    later = Counter(id_ for one in hypotheses for id_ in [*one.ids[1:], *([EOS] if one.ended else [])])
    assert chi_square(later, [EOS, *WORDS]) < CRITICAL[4]
    share = float(LOGITS[[EOS, *WORDS]].softmax(0)[0])
    mean = sum(len(one.ids) for one in hypotheses) / len(hypotheses)
    assert mean == pytest.approx(1 / share, rel=0.1)  # a geometric distribution, the first id never being EOS


def test_top_k_draws_among_the_likeliest():
    found = drawn(top_k=2)
    assert set(found) == {4, 7}
    assert chi_square(found, [4, 7]) < 6.63
    assert set(drawn(count=50, top_k=1)) == {7}


def test_top_p_draws_among_the_fewest_that_have_the_share():
    # of the words: id 7 has 0.56, id 4 has 0.21, id 6 has 0.17, id 5 has 0.05
    assert set(drawn(top_p=0.5)) == {7}
    assert set(drawn(top_p=0.6)) == {4, 7}
    found = drawn(top_p=0.9)
    assert set(found) == {4, 6, 7}
    assert chi_square(found, [4, 6, 7]) < CRITICAL[2]


def test_narrowing_keeps_rows_apart():
    log_probs = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]).log()
    few = LikeliestFew(2)(torch.empty((2, 0), dtype=torch.long), log_probs)
    assert (few == -math.inf).tolist() == [[False, False, True], [False, False, False]]  # equals stay together
    nucleus = Nucleus(0.75)(torch.empty((2, 0), dtype=torch.long), log_probs)
    assert (nucleus == -math.inf).tolist() == [[False, False, True], [True, True, False]]
    assert (Nucleus(1e-9)(torch.empty((2, 0), dtype=torch.long), log_probs) > -math.inf).sum(1).tolist() == [1, 1]


def test_draws_of_one_source_are_independent_and_ranked():
    config = DecodingConfig(method="sampling", n_best=5, max_length_offset=8)
    source = torch.arange(4, 24)[:, None]
    hypotheses = Sampling(Dice(), config)(source, source != PAD)
    assert all(len(found) == 5 for found in hypotheses)
    assert all(found == sorted(found, key=lambda one: -one.score) for found in hypotheses)
    assert len({tuple(one.ids) for found in hypotheses for one in found}) > 50


def test_log_probability_is_the_models_own():
    config = DecodingConfig(method="sampling", temperature=0.7, top_k=3, max_length_offset=6)
    source = torch.tensor([[5]])
    (one,) = Sampling(Dice(), config)(source, source != PAD)[0]
    words = LOGITS.log_softmax(0)  # before anything is forbidden
    expected = sum(float(words[id_]) for id_ in [*one.ids, *([EOS] if one.ended else [])])
    assert one.log_probability == pytest.approx(expected, abs=1e-4)


def models():
    transformer = TransformerConfig(
        width=32, heads=4, feed_forward_width=64, encoder_layers=2, decoder_layers=1, max_length=64
    )
    recurrent = RecurrentConfig(width=32, embedding_width=32)
    made = (
        Transformer(transformer, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY),
        Recurrent(recurrent, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY),
    )
    for model in made:
        with torch.no_grad():
            model.output.weight.mul_(3.0)
    return made


def ids_of(search, sources, order, size):
    found = {}
    for start in range(0, len(order), size):
        indices = order[start : start + size]
        batch = pad([sources[index] for index in indices])
        found.update(zip(indices, search(batch, batch != PAD), strict=True))
    return {index: [one.ids for one in hypotheses] for index, hypotheses in found.items()}


@pytest.mark.parametrize("number", [0, 1])
def test_batch_size_and_order_change_nothing(number):
    draw = random.Random(3)
    sources = [[*(draw.randrange(4, VOCABULARY) for _ in range(draw.randint(0, 11))), EOS] for _ in range(120)]
    config = DecodingConfig(method="sampling", n_best=2, max_length_ratio=1.0, max_length_offset=4)
    model = models()[number]
    search = Sampling(model, config)
    order = list(range(len(sources)))
    expected = ids_of(search, sources, order, 64)
    for size in (7, 1):
        draw.shuffle(order)
        assert ids_of(search, sources, order, size) == expected
    other = Sampling(model, config.model_copy(update={"seed": 2}))
    assert ids_of(other, sources, order, 64) != expected


def test_the_one_likeliest_id_is_greedy_search():
    model = models()[0]
    source = pad([[5, 6, 7, EOS], [8, EOS], [9, 10, EOS]])
    usual = {"max_length_ratio": 1.0, "max_length_offset": 4}
    drawn_ids = Sampling(model, DecodingConfig(method="sampling", top_k=1, **usual))(source, source != PAD)
    searched = Search(model, DecodingConfig(beam=1, **usual))(source, source != PAD)
    assert [[one.ids for one in found] for found in drawn_ids] == [[one.ids for one in found] for found in searched]
