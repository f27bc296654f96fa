"""What single sentences wish, against the enumeration of all sentences of a tiny language."""

import hashlib
import itertools
import math
import random

import pytest
import torch

from dragoman.base.symbols import BOS, EOS, PAD
from dragoman.batching.batch import pad
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Sentence
from dragoman.decoding.inclusion import bank, begun
from dragoman.decoding.penalties import make_penalty
from dragoman.decoding.sampling import Sampling
from dragoman.decoding.search import Search
from dragoman.models.protocol import Seq2Seq
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.translator.engines.torch_engine import TorchEngine

WORDS = (4, 5, 6)
VOCABULARY = 30


class _Said:
    def __init__(self, rows):
        self.rows = rows

    def reorder(self, rows):
        return _Said([self.rows[row] for row in rows.tolist()])


class Arbitrary(Seq2Seq):
    """Next-id logits that are a fixed function of the source and of what has been said."""

    def __init__(self, longest=None):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.longest = longest

    @property
    def max_length(self):
        return self.longest

    def forward(self, source, source_mask, target_input):
        raise NotImplementedError

    def start(self, source, source_mask):
        return _Said([(row[0],) for row in source.tolist()])

    def step(self, ids, state):
        rows = [(*row, newest) for row, newest in zip(state.rows, ids.tolist(), strict=True)]
        return torch.stack([logits(row) for row in rows]), _Said(rows)


def logits(row):
    digest = hashlib.blake2b(repr(row).encode(), digest_size=4 * 7).digest()
    return torch.tensor([3 * int.from_bytes(digest[4 * at : 4 * at + 4], "big") / 2**32 for at in range(7)])


def holds(said, phrase):
    return any(tuple(said[at : at + len(phrase)]) == phrase for at in range(len(said)))


def enumerated(source, longest, fits):
    """Every ended hypothesis of at most so many ids (EOS included) that ``fits``, the best first."""
    found = []
    for length in range(1, longest):
        for said in itertools.product(WORDS, repeat=length):
            if fits(said):
                steps = [logits((source, BOS, *said[:at])).log_softmax(0)[id_] for at, id_ in enumerate((*said, EOS))]
                found.append((float(sum(steps)) / (length + 1), list(said)))
    return [said for _, said in sorted(found, reverse=True)]


LONGEST = 5
"""Ids of the longest hypothesis, EOS included: 120 sentences in all."""


def searched(sentences):
    config = DecodingConfig(beam=400, n_best=400)
    found = TorchEngine(Arbitrary(LONGEST)).decode(sentences, config)
    return [[one.ids for one in hypotheses if one.ended] for hypotheses in found]


SENTENCES = [
    Sentence((7, EOS), prefix=(5,)),
    Sentence((8, EOS), prefix=(4, 4)),
    Sentence((9, EOS), spelling=({4: 2, 5: 1}, {6: 2})),
    Sentence((10, EOS), prefix=(6,), spelling=({5: 1},)),
    Sentence((11, EOS), exclude=((4,), (5, 6))),
    Sentence((12, EOS), prefix=(5,), exclude=((6, 6),)),
]
FITS = [
    lambda said: said[:1] == (5,),
    lambda said: said[:2] == (4, 4),
    lambda said: said[0] == 4 or said[:2] == (5, 6),
    lambda said: said[:2] == (6, 5),
    lambda said: not holds(said, (4,)) and not holds(said, (5, 6)),
    lambda said: said[0] == 5 and not holds(said, (6, 6)),
]


def test_a_beam_that_holds_every_beginning_finds_what_enumeration_finds():
    for sentence, fits, found in zip(SENTENCES, FITS, searched(SENTENCES), strict=True):
        expected = enumerated(sentence.ids[0], LONGEST, fits)
        assert expected
        assert found == expected


@pytest.mark.parametrize("include", [((5,),), ((5, 6),), ((4,), (6,)), ((5, 5, 6),), ((4, 5), (5, 4))])
def test_included_phrases_against_enumeration(include):
    (found,) = searched([Sentence((13, EOS), include=include)])
    assert found == enumerated(13, LONGEST, lambda said: all(holds(said, phrase) for phrase in include))


@pytest.mark.parametrize("beam", [1, 2, 4])
def test_narrow_beams_say_every_phrase(beam):
    draw = random.Random(5)
    sentences = [
        Sentence((100 + number, EOS), include=tuple(tuple(draw.choices(WORDS, k=draw.randint(1, 3))) for _ in range(2)))
        for number in range(12)
    ]
    config = DecodingConfig(beam=beam)
    for sentence, hypotheses in zip(sentences, TorchEngine(Arbitrary()).decode(sentences, config), strict=True):
        assert all(holds(hypotheses[0].ids, phrase) for phrase in sentence.include)


def test_how_much_of_a_phrase_is_said():
    assert begun([4, 5, 5], (5, 5, 6)) == 2
    assert begun([5, 5, 6, 4], (5, 5, 6)) == 3
    assert begun([5, 4], (5, 5, 6)) == 0
    assert bank([4, 5, 5], [(4,), (5, 5, 6), (5, 6)]) == 3


def test_draws_keep_to_wishes_too():
    config = DecodingConfig(method="sampling", n_best=8, max_length_offset=6)
    source = pad([sentence.ids for sentence in SENTENCES])
    for fits, hypotheses in zip(FITS, Sampling(Arbitrary(), config)(source, source != PAD, SENTENCES), strict=True):
        assert all(fits(tuple(one.ids)) for one in hypotheses)


def test_groups_differ_where_one_beam_does_not():
    sentences = [Sentence((number, EOS)) for number in range(20, 40)]
    longest = {"max_length_ratio": 1.0, "max_length_offset": 4}

    def first_words(**settings):
        found = TorchEngine(Arbitrary()).decode(sentences, DecodingConfig(beam=3, n_best=3, **longest, **settings))
        return sum(len({one.ids[0] for one in hypotheses}) for hypotheses in found)

    assert first_words(diverse_groups=3, diversity_strength=50.0) == 3 * len(sentences)  # every group another word
    assert first_words() < 3 * len(sentences)


def test_groups_without_strength_are_narrower_beams():
    sentences = [Sentence((number, EOS)) for number in range(20, 30)]
    longest = {"max_length_ratio": 1.0, "max_length_offset": 4}
    grouped = DecodingConfig(beam=6, diverse_groups=3, diversity_strength=0.0, n_best=6, **longest)
    found = TorchEngine(Arbitrary()).decode(sentences, grouped)
    narrow = TorchEngine(Arbitrary()).decode(sentences, DecodingConfig(beam=2, n_best=2, **longest))
    assert found == narrow  # what all groups say counts once


@pytest.mark.parametrize("kind", ["none", "average", "gnmt"])
def test_the_exact_stop_gives_up_nothing(kind):
    """A beam as wide as the language stops early only when enumeration has nothing better."""
    sentences = [Sentence((number, EOS)) for number in range(40, 60)]
    config = DecodingConfig(
        beam=120, n_best=2, stop="exact", length_penalty=kind, max_length_ratio=1e-9, max_length_offset=4
    )
    penalty = make_penalty(kind, 1.0)
    for sentence, hypotheses in zip(sentences, TorchEngine(Arbitrary()).decode(sentences, config), strict=True):
        scored = []
        for length in range(1, 5):
            for said in itertools.product(WORDS, repeat=length):
                steps = [
                    float(logits((sentence.ids[0], BOS, *said[:at])).log_softmax(0)[id_])
                    for at, id_ in enumerate((*said, EOS))
                ]
                scored.append((penalty(sum(steps), length + 1), list(said)))
        assert [one.ids for one in hypotheses] == [said for _, said in sorted(scored, reverse=True)[:2]]


def transformer(**settings):
    config = TransformerConfig(
        width=32, heads=4, feed_forward_width=64, encoder_layers=1, decoder_layers=2, max_length=64, **settings
    )
    return Transformer(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY)


def recurrent(**settings):
    config = RecurrentConfig(width=32, embedding_width=32, **settings)
    return Recurrent(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY)


MODELS = {
    "transformer": lambda: transformer(positions="rotary"),
    "lstm": lambda: recurrent(attention="multiplicative"),
    "gru": lambda: recurrent(cell="gru"),
}


def wishful(count):
    """Sentences of which each wishes something else."""
    draw = random.Random(2)

    def ids(most):
        return tuple(draw.randrange(4, VOCABULARY) for _ in range(draw.randint(1, most)))

    kinds = [
        dict,
        lambda: {"prefix": ids(4)},
        lambda: {"include": (ids(2), ids(1))},
        lambda: {"exclude": tuple(ids(1) for _ in range(4))},
        lambda: {"prefix": ids(2), "spelling": (dict.fromkeys(ids(5), 1),), "exclude": (ids(1),)},
    ]
    return [Sentence((*ids(9), EOS), **draw.choice(kinds)()) for _ in range(count)]


@pytest.mark.parametrize("name", MODELS)
def test_nothing_depends_on_the_batch(name):
    model = MODELS[name]()
    with torch.no_grad():
        model.output.weight.mul_(3.0)
    settings = {"alignments": True, "coverage_penalty": 0.3, "repetition_penalty": 1.3, "max_repeats": 2}
    config = DecodingConfig(beam=4, n_best=2, diverse_groups=2, max_length_ratio=1.0, max_length_offset=3, **settings)
    sentences = wishful(40)
    together = TorchEngine(model).decode(sentences, config)
    few = [
        hypotheses
        for start in range(0, 40, 3)
        for hypotheses in TorchEngine(model).decode(sentences[start : start + 3], config)
    ]
    for one, other in zip(together, few, strict=True):
        assert [(a.ids, a.alignment) for a in one] == [(b.ids, b.alignment) for b in other]
        assert [a.score for a in one] == pytest.approx([b.score for b in other], abs=1e-4)
    for sentence, hypotheses in zip(sentences, together, strict=True):
        for found in hypotheses:
            assert tuple(found.ids[: len(sentence.prefix)]) == sentence.prefix
            assert all(holds(found.ids, phrase) for phrase in sentence.include)
            assert not any(holds(found.ids[len(sentence.prefix) :], phrase) for phrase in sentence.exclude)
            assert len(found.alignment) == len(found.ids)
            assert all(0 <= place < max(1, len(sentence.ids) - 1) for place in found.alignment)


@pytest.mark.parametrize("name", MODELS)
def test_coverage_is_what_attention_leaves(name):
    """Asked by hand, step by step, along the hypothesis found."""
    model = MODELS[name]().eval()
    source = torch.tensor([[7, 8, 9, 10, EOS]])
    config = DecodingConfig(beam=2, coverage_penalty=0.5, max_length_offset=1, max_length_ratio=0.4, alignments=True)
    one = Search(model, config)(source, source != PAD)[0][0]
    state, covered, looked = model.watched(model.start(source, source != PAD)), torch.zeros(5), []
    with torch.inference_mode():
        for id_ in [BOS, *one.ids][: len(one.ids) + one.ended]:
            _, state = model.step(torch.tensor([id_]), state)
            covered = covered + state.attention[0]
            looked.append(int(state.attention[0, :4].argmax()))
    coverage = float(covered[:4].clamp(max=1.0).log().sum())
    assert float(state.attention.sum()) == pytest.approx(1.0, abs=1e-5)
    assert one.score == pytest.approx(one.log_probability / (len(one.ids) + one.ended) + 0.5 * coverage, abs=1e-4)
    assert one.alignment == looked[: len(one.ids)]
    assert not math.isclose(coverage, 0.0)
