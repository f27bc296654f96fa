"""Search against enumeration, against a plain beam search written here, and against an argmax loop."""

import hashlib
import itertools
import math
from dataclasses import dataclass

import pytest
import torch

from dragoman.base.symbols import BOS, EOS, PAD
from dragoman.batching.batch import pad
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.penalties import make_penalty
from dragoman.decoding.search import Search
from dragoman.models.protocol import Seq2Seq
from dragoman.models.transformer import Transformer, TransformerConfig

VOCABULARY = 7
WORDS = (4, 5, 6)


@dataclass
class Said:
    """Source and ids said so far, row by row."""

    rows: list[tuple[int, ...]]

    def reorder(self, rows):
        return Said([self.rows[row] for row in rows.tolist()])


class Table(Seq2Seq):
    """Next-id logits that are a fixed, arbitrary function of the source and of what has been said."""

    def __init__(self, longest=None, eos_bonus=0.0):
        super().__init__()
        self.eos_bonus = eos_bonus
        self.limit = longest

    @property
    def max_length(self):
        return self.limit

    def forward(self, source, source_mask, target_input):
        raise NotImplementedError

    def start(self, source, source_mask):
        return Said([(row[0],) for row in source.tolist()])

    def step(self, ids, state):
        rows = [(*row, newest) for row, newest in zip(state.rows, ids.tolist(), strict=True)]
        return torch.stack([self.logits(row) for row in rows]), Said(rows)

    def logits(self, row):
        digest = hashlib.blake2b(repr(row).encode(), digest_size=4 * VOCABULARY).digest()
        numbers = [int.from_bytes(digest[4 * i : 4 * i + 4], "big") / 2**32 for i in range(VOCABULARY)]
        logits = torch.tensor([3 * number for number in numbers])
        logits[EOS] += self.eos_bonus
        return logits


def log_probs(model, source, said):
    """What may come next, as search sees it: log-probabilities of the words and, after one word, of EOS."""
    values = model.logits((source, BOS, *said)).log_softmax(0).tolist()
    return {id_: values[id_] for id_ in (*WORDS, *([EOS] if said else []))}


def search(model, sources, **config):
    source = torch.tensor([[source, EOS] for source in sources])
    settings = {"max_length_ratio": 1.0, "max_length_offset": 1, **config}  # the longest target is 3
    return Search(model, DecodingConfig(**settings))(source, source != PAD)


def enumerated(model, source, penalty, longest):
    """Every ended sequence within ``longest`` ids (EOS included), best first."""
    found = []
    for length in range(1, longest):
        for said in itertools.product(WORDS, repeat=length):
            total = sum(log_probs(model, source, said[:at])[id_] for at, id_ in enumerate(said))
            total += log_probs(model, source, said)[EOS]
            found.append((penalty(total, length + 1), total, list(said)))
    return sorted(found, reverse=True)


@pytest.mark.parametrize(("kind", "alpha"), [("none", 1.0), ("average", 1.0), ("average", 0.4), ("gnmt", 0.8)])
def test_a_beam_that_holds_every_prefix_finds_what_enumeration_finds(kind, alpha):
    model, sources = Table(), list(range(4, 24))
    found = search(model, sources, beam=40, n_best=40, length_penalty=kind, length_penalty_alpha=alpha)
    for source, hypotheses in zip(sources, found, strict=True):
        expected = enumerated(model, source, make_penalty(kind, alpha), 3)
        ended = [one for one in hypotheses if one.ended]
        assert [one.ids for one in ended] == [said for _, _, said in expected]
        assert [one.score for one in ended] == pytest.approx([score for score, _, _ in expected], abs=1e-5)
        assert [one.log_probability for one in ended] == pytest.approx([total for _, total, _ in expected], abs=1e-5)
        cut = [one for one in hypotheses if not one.ended]
        assert hypotheses == ended + cut
        assert sorted(one.ids for one in cut) == [list(said) for said in itertools.product(WORDS, repeat=3)][: len(cut)]
        assert len(cut) == 27  # every sequence of three words without an end


def plain_beam(model, source, beam, longest, penalty):
    """The same search in plain lists, one source alone."""
    live, finished = [((), 0.0)], []
    for length in range(1, longest + 1):
        candidates = sorted(
            (
                (total + gain, (*said, id_))
                for said, total in live
                for id_, gain in log_probs(model, source, said).items()
            ),
            reverse=True,
        )
        for total, said in candidates[:beam]:
            if said[-1] == EOS:
                finished.append((penalty(total, length), list(said[:-1])))
        live = [(said, total) for total, said in candidates if said[-1] != EOS][:beam]
        if len(finished) >= beam:
            break
    return sorted(finished, reverse=True), live


@pytest.mark.parametrize("beam", [1, 2, 3, 5])
@pytest.mark.parametrize("eos_bonus", [-1.0, 2.0])
def test_narrow_beams_keep_what_a_plain_beam_keeps(beam, eos_bonus):
    model, sources = Table(eos_bonus=eos_bonus), list(range(4, 44))
    found = search(model, sources, beam=beam, n_best=beam, max_length_offset=6)
    penalty = make_penalty("average", 1.0)
    ends = 0
    for source, hypotheses in zip(sources, found, strict=True):
        finished, live = plain_beam(model, source, beam, 8, penalty)
        ended = [one.ids for one in hypotheses if one.ended]
        assert ended == [said for _, said in finished][:beam]
        cut = [one.ids for one in hypotheses if not one.ended]
        assert cut == [list(said) for said, _ in live][: beam - len(ended)]
        ends += len(ended)
    assert ends > 0


def test_greedy_is_an_argmax_loop():
    model, sources = Table(), list(range(4, 54))
    found = search(model, sources, beam=1, max_length_offset=10)
    for source, (hypothesis,) in zip(sources, found, strict=True):
        said, total = [], 0.0
        while len(said) < 12:
            choices = log_probs(model, source, tuple(said))
            best = max(choices, key=choices.__getitem__)
            total += choices[best]
            if best == EOS:
                break
            said.append(best)
        assert hypothesis.ids == said
        assert hypothesis.log_probability == pytest.approx(total, abs=1e-5)
        assert hypothesis.ended == (len(said) < 12)


def test_n_best_is_in_order_and_within_the_beam():
    for hypotheses in search(Table(), range(4, 14), beam=4, n_best=9, max_length_offset=8):
        assert len(hypotheses) == 4
        scores = [one.score for one in hypotheses if one.ended]
        assert scores == sorted(scores, reverse=True)
        assert len({tuple(one.ids) for one in hypotheses}) == 4


def test_a_line_that_will_not_end_is_cut_and_says_so():
    (hypothesis,) = search(Table(eos_bonus=-50.0), [4], beam=3, max_length_offset=5)[0]
    assert len(hypothesis.ids) == 7
    assert not hypothesis.ended
    assert hypothesis.score == pytest.approx(hypothesis.log_probability / 7)


def test_the_limit_is_of_each_source_and_of_the_model():
    source = pad([[4, EOS], [4, 5, 6, 6, EOS]])
    config = DecodingConfig(beam=2, max_length_ratio=1.5, max_length_offset=1)
    lengths = [len(one[0].ids) for one in Search(Table(eos_bonus=-50.0), config)(source, source != PAD)]
    assert lengths == [4, 9]
    lengths = [len(one[0].ids) for one in Search(Table(6, eos_bonus=-50.0), config)(source, source != PAD)]
    assert lengths == [4, 6]


def test_no_empty_and_no_special_ids():
    model = Table(eos_bonus=50.0)
    for hypotheses in search(model, range(4, 24), beam=3, n_best=3):
        assert all(one.ids and set(one.ids) <= set(WORDS) for one in hypotheses)


def test_no_repeated_ngrams():
    for hypotheses in search(
        Table(eos_bonus=-4.0), range(4, 14), beam=3, n_best=3, max_length_offset=9, no_repeated_ngram=2
    ):
        for one in hypotheses:
            pairs = list(itertools.pairwise(one.ids))
            assert len(pairs) == len(set(pairs))
    repeating = search(Table(eos_bonus=-4.0), range(4, 14), beam=3, max_length_offset=9)
    pairs = [list(itertools.pairwise(one.ids)) for (one,) in repeating]
    assert any(len(found) > len(set(found)) for found in pairs)


def test_own_wishes_come_last():
    def never_four(prefix, log_probs):
        log_probs[:, 4] = -math.inf
        return log_probs

    source = torch.tensor([[number, EOS] for number in range(4, 24)])
    config = DecodingConfig(beam=3, n_best=3, max_length_offset=4)
    spoken = [one.ids for found in Search(Table(), config)(source, source != PAD) for one in found]
    assert any(4 in ids for ids in spoken)
    wished = Search(Table(), config, processors=[never_four])(source, source != PAD)
    assert not any(4 in one.ids for found in wished for one in found)


def test_nothing_to_translate():
    source = torch.empty((0, 3), dtype=torch.long)
    assert Search(Table(), DecodingConfig())(source, source != PAD) == []


def test_a_long_source_fits_the_models_positions():
    config = TransformerConfig(width=8, heads=2, feed_forward_width=8, encoder_layers=1, decoder_layers=1, max_length=9)
    model = Transformer(config, source_vocabulary=12, target_vocabulary=12)
    source = torch.full((2, 9), 5)
    for hypotheses in Search(model, DecodingConfig(beam=2, n_best=2))(source, source != PAD):
        assert all(len(one.ids) <= 9 for one in hypotheses)
