"""Other cuts of the same words: the text stays, the draw follows its probabilities and its key."""

import math
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.base.symbols import EOS, UNK
from dragoman.corpora import phrasebook
from dragoman.tokenizers.sampling import BPESampler, Piece, UnigramSampler, make_sampler, words
from dragoman.tokenizers.sentencepiece import SentencePieceConfig, SentencePieceTokenizer

LINES = [text for record in list(phrasebook.records("validation"))[:400] for text in (record.source, record.target)]
UNIGRAM = {
    text: Piece(10 + number, math.log(share))
    for number, (text, share) in enumerate({"a": 0.3, "b": 0.2, "ab": 0.4, "abc": 0.05, "c": 0.05}.items())
}
MERGES = {
    text: Piece(10 + number, score)
    for number, (text, score) in enumerate(
        {"a": -9.0, "b": -9.0, "c": -9.0, "ab": -1.0, "bc": -2.0, "abc": -3.0}.items()
    )
}


@pytest.fixture(scope="module", params=["unigram", "bpe"])
def tokenizer(request):
    config = SentencePieceConfig(algorithm=request.param, vocabulary_size=500, user_symbols=("<2de>",))
    return SentencePieceTokenizer.train(LINES, config)


@settings(deadline=None, max_examples=60)
@given(text=st.one_of(st.sampled_from(LINES), st.text(max_size=30)), key=st.integers(0, 2**60))
def test_any_text_stays_the_same(tokenizer, text, key):
    ids = [*tokenizer.encode(text), EOS]
    fresh = tokenizer.resample(ids, chance=0.5, key=key)
    assert tokenizer.decode(fresh) == tokenizer.decode(ids)
    assert fresh[-1] == EOS
    assert fresh == tokenizer.resample(ids, chance=0.5, key=key)


def test_cuts_differ_between_keys_and_not_at_all_without_chance(tokenizer):
    ids = tokenizer.encode(" ".join(LINES[:5]))
    assert tokenizer.resample(ids, chance=0.0, key=1) == ids
    drawn = {tuple(tokenizer.resample(ids, chance=0.3, key=key)) for key in range(20)}
    assert len(drawn) > 15


def test_the_users_own_symbols_unk_and_bytes_are_left_alone(tokenizer):
    ids = [*tokenizer.encode("<2de> Hello ☃"), UNK]
    kept = {tokenizer.encode("<2de>")[-1], UNK, *(index for index in ids if tokenizer.pieces([index])[0][:3] == "<0x")}
    assert len(kept) >= 5  # the snowman has three bytes
    for key in range(30):
        fresh = tokenizer.resample(ids, chance=0.9, key=key)
        assert [index for index in fresh if index in kept] == [index for index in ids if index in kept]


def test_unigram_draws_by_probability_to_the_power_of_a_fifth():
    sampler = UnigramSampler(UNIGRAM)
    source = random.Random(1)
    counts = Counter(tuple(sampler.cut("abc", 1.0, source)) for _ in range(20_000))
    ids = {text: piece.id for text, piece in UNIGRAM.items()}
    weights = {
        (ids["a"], ids["b"], ids["c"]): (0.3 * 0.2 * 0.05) ** 0.2,
        (ids["ab"], ids["c"]): (0.4 * 0.05) ** 0.2,
        (ids["abc"],): 0.05**0.2,
    }
    assert set(counts) == set(weights)
    for cut, weight in weights.items():
        assert counts[cut] / 20_000 == pytest.approx(weight / sum(weights.values()), abs=0.015)


def test_bpe_merges_by_rank_and_skips_with_chance():
    sampler = BPESampler(MERGES)
    source = random.Random(1)
    ids = {text: piece.id for text, piece in MERGES.items()}
    assert sampler.cut("abc", 0.0, source) == [ids["abc"]]
    assert sampler.cut("abcab", 0.0, source) == [ids["abc"], ids["ab"]]
    found = {tuple(sampler.cut("abc", 0.5, source)) for _ in range(200)}
    assert found == {(ids["abc"],), (ids["ab"], ids["c"]), (ids["a"], ids["bc"]), (ids["a"], ids["b"], ids["c"])}


def test_words_that_no_pieces_spell_are_left():
    assert UnigramSampler(UNIGRAM).cut("abx", 1.0, random.Random(1)) is None
    assert BPESampler(MERGES).cut("abx", 0.1, random.Random(1)) is None


def test_a_long_line_without_spaces_is_cut_in_parts():
    cut = UnigramSampler(UNIGRAM).cut("ab" * 100, 1.0, random.Random(2))
    texts = {piece.id: text for text, piece in UNIGRAM.items()}
    assert "".join(texts[index] for index in cut) == "ab" * 100


def test_the_scores_tell_the_algorithm():
    assert isinstance(make_sampler(UNIGRAM), UnigramSampler)
    assert isinstance(make_sampler(MERGES), BPESampler)


def test_a_word_starts_where_a_piece_opens_it():
    assert words(["▁a", "b", "▁c", "", "d"], "▁") == [(0, 2), (2, 5)]
    assert words(["b", "▁c"], "▁") == [(0, 1), (1, 2)]
    assert words([], "▁") == []
