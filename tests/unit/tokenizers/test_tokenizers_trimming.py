"""With fewer pieces the text that was looked at is cut as before, and every other text survives."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.corpora import phrasebook
from dragoman.tokenizers.bytes import ByteTokenizer
from dragoman.tokenizers.characters import CharacterConfig, CharacterTokenizer
from dragoman.tokenizers.sentencepiece import SentencePieceConfig, SentencePieceTokenizer
from dragoman.tokenizers.trimming import Trimming, on_the_way, used_ids
from dragoman.tokenizers.words import WordConfig, WordTokenizer

TEXTS = [text for record in list(phrasebook.records("train"))[::40] for text in (record.source, record.target)]
DOMAIN, REST = TEXTS[:40], TEXTS[40:]


def learn(algorithm):
    config = SentencePieceConfig(algorithm=algorithm, vocabulary_size=900, user_symbols=("⟦bt⟧",))
    return SentencePieceTokenizer.train(TEXTS, config)


@pytest.fixture(scope="module", params=["unigram", "bpe"])
def whole(request):
    return learn(request.param)


@pytest.fixture(scope="module")
def kept(whole):
    return whole.needed(used_ids(whole, DOMAIN))


@pytest.fixture(scope="module")
def small(whole, kept):
    return whole.trimmed(kept)


def test_it_is_smaller_and_holds_what_was_kept(whole, kept, small):
    assert len(small) == len(kept) < 0.85 * len(whole)
    assert small.pieces(range(len(small))) == whole.pieces(kept)
    assert isinstance(whole, Trimming)


def test_the_domain_is_cut_as_before(whole, kept, small):
    for text in DOMAIN:
        assert [kept[index] for index in small.encode(text)] == whole.encode(text)
    assert any(len(small.encode(text)) > len(whole.encode(text)) for text in REST)


@settings(max_examples=200)
@given(text=st.text(max_size=60))
def test_any_text_survives(small, text):
    assert small.lossless
    assert small.decode(small.encode(text)) == text


def test_other_text_of_the_corpus_survives_and_symbols_stay_whole(whole, small):
    for text in REST:
        assert small.decode(small.encode(text)) == text
    assert len(small.encode("⟦bt⟧")) == len(whole.encode("⟦bt⟧"))
    assert small.pieces(small.encode("⟦bt⟧"))[-1] == "⟦bt⟧"


def test_words_can_still_be_cut_anew(whole, small):
    for tokenizer in (small, pickle.loads(pickle.dumps(small))):
        for text in DOMAIN:
            fresh = tokenizer.resample(tokenizer.encode(text), chance=0.5, key=3)
            assert tokenizer.decode(fresh) == text
    assert set(small._ordinary.values()) <= set(whole._ordinary.values())
    assert type(small._sampler) is type(whole._sampler)


def test_it_is_saved_and_read_again(small, tmp_path):
    small.save(tmp_path)
    again = SentencePieceTokenizer.load(tmp_path)
    assert [again.encode(text) for text in REST] == [small.encode(text) for text in REST]
    assert again.trimmed(again.needed(used_ids(again, DOMAIN))).pieces(range(9)) == small.pieces(range(9))


def test_the_way_to_a_piece_by_merges():
    scores = {"a": -9.0, "b": -9.0, "c": -9.0, "bc": -1.0, "ab": -2.0, "abc": -3.0}
    assert list(on_the_way("abc", scores)) == ["a", "b", "c", "bc", "abc"]
    assert list(on_the_way("ac", scores)) == ["a", "c"]


@pytest.mark.parametrize(
    "whole",
    [WordTokenizer.train(TEXTS, WordConfig(min_frequency=1)), CharacterTokenizer.train(TEXTS, CharacterConfig())],
    ids=["words", "characters"],
)
def test_plain_tables_too(whole):
    kept = whole.needed(used_ids(whole, DOMAIN))
    small = whole.trimmed(kept)
    assert len(small) == len(kept) < len(whole)
    for text in DOMAIN:
        assert [kept[index] for index in small.encode(text)] == whole.encode(text)
        assert small.decode(small.encode(text)) == text


def test_bytes_are_all_needed():
    assert not isinstance(ByteTokenizer(), Trimming)
