import random

import pytest

from dragoman.base.config import parse
from dragoman.base.errors import ConfigError, DamagedFileError, EmptyCorpusError, FileAccessError
from dragoman.base.symbols import UNK
from dragoman.tokenizers.sentencepiece import (
    FILE_NAME,
    SentencePieceConfig,
    SentencePieceTokenizer,
    choose_vocabulary_size,
)


def made_up_lines(count: int, *, words: int = 400) -> list[str]:
    """Lines of made-up words, frequent and rare."""
    draw = random.Random(0)
    made_up = ["".join(draw.choices("abcdefghijklmnop", k=draw.randint(2, 9))) for _ in range(words)]
    weights = [1 / rank for rank in range(1, words + 1)]
    return [" ".join(draw.choices(made_up, weights, k=8)) for _ in range(count)]


LINES = made_up_lines(300)


@pytest.mark.parametrize("algorithm", ["unigram", "bpe"])
def test_the_size_asked_for_is_the_size_given(algorithm):
    tokenizer = SentencePieceTokenizer.train(LINES, SentencePieceConfig(algorithm=algorithm, vocabulary_size=400))
    assert len(tokenizer) == 400


@pytest.mark.parametrize("algorithm", ["unigram", "bpe"])
def test_a_corpus_with_too_few_words_gives_fewer_pieces(algorithm):
    config = SentencePieceConfig(algorithm=algorithm, vocabulary_size=5000)
    tokenizer = SentencePieceTokenizer.train(["hello world"] * 3, config)
    assert 260 < len(tokenizer) < 400
    assert tokenizer.decode(tokenizer.encode("hello, 世界")) == "hello, 世界"


def test_without_a_size_one_is_chosen_from_the_text():
    lines = made_up_lines(3000, words=4000)
    tokenizer = SentencePieceTokenizer.train(lines, SentencePieceConfig())
    assert len(tokenizer) == choose_vocabulary_size(sum(map(len, lines)), alphabet=17)


@pytest.mark.parametrize(
    ("pairs", "size"),
    [(2_000, 1500), (30_000, 4000), (150_000, 8000), (1_000_000, 16000), (5_000_000, 32000), (10**9, 32000)],
)
def test_the_chosen_size_fits_the_amount_of_text(pairs, size):
    assert choose_vocabulary_size(pairs * 130) == size


def test_more_text_or_more_characters_never_give_fewer_pieces():
    sizes = [choose_vocabulary_size(2**power) for power in range(40)]
    assert sizes == sorted(sizes)
    assert choose_vocabulary_size(0) == 1000
    assert choose_vocabulary_size(1_000_000, alphabet=3000) > choose_vocabulary_size(1_000_000, alphabet=100)


@pytest.mark.parametrize("texts", [[], [""], ["  ", "\n\t\n"]])
def test_no_text_is_an_empty_corpus(texts):
    with pytest.raises(EmptyCorpusError, match="no text"):
        SentencePieceTokenizer.train(texts, SentencePieceConfig())


def test_a_text_with_nothing_but_refused_characters_is_an_empty_corpus():
    with pytest.raises(EmptyCorpusError, match="cannot learn pieces"):
        SentencePieceTokenizer.train(["\u2585\u2585"], SentencePieceConfig())


def test_a_vocabulary_smaller_than_the_alphabet_is_refused_with_the_number_needed():
    with pytest.raises(ConfigError, match="20 pieces cannot hold the 277 single characters") as caught:
        SentencePieceTokenizer.train(LINES, SentencePieceConfig(vocabulary_size=20))
    assert "more than 277" in str(caught.value)


def test_rare_characters_become_bytes_or_unknown():
    lines = [*LINES, "ж"]
    tokenizer = SentencePieceTokenizer.train(lines, SentencePieceConfig(vocabulary_size=400))
    assert tokenizer.lossless
    assert tokenizer.pieces(tokenizer.encode("ж")) == ["▁", "<0xD0>", "<0xB6>"]
    without = SentencePieceTokenizer.train(lines, SentencePieceConfig(vocabulary_size=200, byte_fallback=False))
    assert not without.lossless
    assert UNK in without.encode("ж")
    assert without.decode(without.encode("a ж b")) == "a ⁇ b"


@pytest.mark.parametrize("texts", [["x"], ["Ein Mann in Grün."], ["我们走吧"], ["\0a", "🎸"]])
def test_one_short_text_is_enough(texts):
    tokenizer = SentencePieceTokenizer.train(texts, SentencePieceConfig())
    assert tokenizer.decode(tokenizer.encode("Grün 走 🎸")) == "Grün 走 🎸"


def test_nothing_is_normalised():
    tokenizer = SentencePieceTokenizer.train(LINES, SentencePieceConfig(vocabulary_size=400))
    for text in ("ﬁ ①  Ａ\u3000x", "e\u0301 é", "\u00a0a\u00ad"):
        assert tokenizer.decode(tokenizer.encode(text)) == text


def test_digits_are_single_pieces_when_asked():
    lines = [f"room 1984 {line}" for line in LINES]
    whole = SentencePieceTokenizer.train(lines, SentencePieceConfig(algorithm="bpe", vocabulary_size=400))
    split = SentencePieceTokenizer.train(
        lines, SentencePieceConfig(algorithm="bpe", vocabulary_size=400, split_digits=True)
    )
    assert len(whole.encode("1984")) < 4
    assert [piece for piece in split.pieces(split.encode("1984")) if piece != "▁"] == ["1", "9", "8", "4"]


def test_user_symbols_are_always_one_piece():
    config = SentencePieceConfig(vocabulary_size=400, user_symbols=("<2de>",))
    tokenizer = SentencePieceTokenizer.train(LINES, config)
    assert tokenizer.pieces(tokenizer.encode("<2de>abc")).count("<2de>") == 1
    assert tokenizer.decode(tokenizer.encode("<2de> abc")) == "<2de> abc"


@pytest.mark.parametrize("symbol", ["", "</s>", "a b", "▁x"])
def test_impossible_symbols_are_refused(symbol):
    with pytest.raises(ConfigError, match="cannot be a symbol"):
        parse(SentencePieceConfig, {"user_symbols": [symbol]}, place="recipe.toml")


def test_long_lines_are_learnt_from_in_parts():
    config = SentencePieceConfig(vocabulary_size=300, max_line_bytes=64)
    tokenizer = SentencePieceTokenizer.train([" ".join(LINES[:50]) + " zq" * 200], config)
    assert any("zq" in piece for piece in tokenizer.pieces(range(len(tokenizer))))


def test_the_sample_is_drawn_from_the_whole_corpus():
    config = SentencePieceConfig(vocabulary_size=300, sample_lines=100)
    tokenizer = SentencePieceTokenizer.train([*LINES, *["zzq zzqw"] * 300], config)
    pieces = "".join(tokenizer.pieces(range(260, len(tokenizer))))
    assert "zq" in pieces
    assert "a" in pieces


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x00" * 50])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(DamagedFileError, match=FILE_NAME):
        SentencePieceTokenizer.load(tmp_path)


def test_half_a_file_is_damaged(tmp_path):
    SentencePieceTokenizer.train(LINES, SentencePieceConfig(vocabulary_size=400)).save(tmp_path)
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[:1001])
    with pytest.raises(DamagedFileError, match=FILE_NAME):
        SentencePieceTokenizer.load(tmp_path)


def test_a_model_with_other_special_pieces_is_refused(tmp_path):
    import sentencepiece

    with (tmp_path / FILE_NAME).open("wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(LINES), model_writer=file, vocab_size=100, minloglevel=3
        )
    with pytest.raises(DamagedFileError, match="special pieces"):
        SentencePieceTokenizer.load(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileAccessError, match=FILE_NAME):
        SentencePieceTokenizer.load(tmp_path)


def test_it_can_be_sent_to_another_process():
    import pickle

    tokenizer = SentencePieceTokenizer.train(LINES, SentencePieceConfig(vocabulary_size=400))
    assert pickle.loads(pickle.dumps(tokenizer)).encode(LINES[0]) == tokenizer.encode(LINES[0])
