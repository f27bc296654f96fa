"""Synonyms from a masked model: the word is hidden, whole words are told, meaning is watched."""

import pytest
import torch

from dragoman.alignment.aligner import learn
from dragoman.augmentation.masked_words import MaskedWords, _spans
from dragoman.augmentation.paraphrases import Contexts, Meanings
from dragoman.augmentation.synonyms import Candidate, Site
from dragoman.base.symbols import EOS, PAD, UNK
from dragoman.tokenizers.words import WordConfig, WordTokenizer

TEXTS = ["the child sees the dog", "the kid sees the dog", "the man sees the house"] * 3
TARGETS = ["das kind sieht das hund", "das kind sieht das hund", "das mann sieht das haus"] * 3

CONTEXTS = Contexts(text.split() for text in TEXTS)


class FakeModel:
    """Says of every hidden word the same, whatever stands around it; remembers what it was asked."""

    def __init__(self, chances):
        self.asked = []
        size = len(chances)
        self.output = torch.nn.Linear(size, size, bias=False)
        with torch.no_grad():
            self.output.weight.copy_(torch.eye(size))
        self._logits = torch.tensor(chances).log()

    def encode(self, source, source_mask):
        self.asked.append(source)
        assert torch.equal(source_mask, source != PAD)
        return torch.where((source == UNK)[:, :, None], self._logits, torch.zeros(()))


@pytest.fixture
def tokenizer():
    return WordTokenizer.train(TEXTS, WordConfig(min_frequency=1))


@pytest.fixture
def meanings():
    return Meanings(learn((s.split(), t.split()) for s, t in zip(TEXTS, TARGETS, strict=True)).lexicon)


def site(text, place, target="das kind sieht das hund", target_place=1):
    words = text.split()
    start = len(" ".join([*words[:place], ""]))
    return Site(words, place, target.split(), target_place, text, (start, start + len(words[place])))


def model_of(tokenizer, **chances):
    rest = 1e-6
    return FakeModel([chances.get(piece, rest) for piece in tokenizer.pieces(range(len(tokenizer)))])


def test_only_words_with_the_same_translation_are_kept(tokenizer, meanings):
    model = model_of(tokenizer, kid=0.3, man=0.5, child=0.1)
    (found,) = MaskedWords(model, tokenizer, meanings, CONTEXTS)([site("the child sees the dog", 1)])
    assert list(found) == [Candidate("kid")]
    assert found[Candidate("kid")] == pytest.approx(0.3 / 0.9, rel=1e-3)


def test_the_word_is_hidden_and_nothing_else(tokenizer, meanings):
    model = model_of(tokenizer, kid=0.3)
    long, short = site("the child sees the dog", 1), site("the child", 1)
    counted = []
    found = MaskedWords(model, tokenizer, meanings, CONTEXTS, done=counted.append)([long, short])
    (asked,) = model.asked
    ids = tokenizer.encode("the child sees the dog")
    assert asked.tolist() == [
        [ids[0], UNK, EOS, PAD, PAD, PAD],
        [ids[0], UNK, *ids[2:], EOS],
    ]
    assert len(found) == 2
    assert counted == [2]


def test_no_sites_ask_nothing(tokenizer, meanings):
    model = model_of(tokenizer)
    assert MaskedWords(model, tokenizer, meanings, CONTEXTS)([]) == []
    assert model.asked == []


def test_pieces_find_their_places():
    assert _spans("the child's", ["▁the", "▁chi", "ld", "'", "s"]) == [(0, 3), (4, 7), (7, 9), (9, 10), (10, 11)]
    assert _spans("a ☃ b", ["▁a", "▁", "<0xE2>", "▁b"]) == [(0, 1), None, None, None]


def test_a_word_whose_pieces_reach_beyond_it_is_left(tokenizer, meanings):
    whole = site("the child", 1)
    beyond = Site(whole.words, 1, whole.target_words, 1, whole.text, (5, 9))
    model = model_of(tokenizer, kid=0.5)
    assert MaskedWords(model, tokenizer, meanings, CONTEXTS)([beyond]) == [{}]
