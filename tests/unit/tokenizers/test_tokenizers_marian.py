"""SentencePiece cuts, the vocabulary numbers."""

import io
import pickle

import pytest
import sentencepiece

from dragoman.base.errors import ConfigError, DamagedFileError
from dragoman.base.symbols import BOS, EOS, PAD, UNK
from dragoman.tokenizers.marian import MarianTokenizer, MarianTokenizerConfig
from dragoman.tokenizers.protocol import Tokenizer
from dragoman.tokenizers.vocabulary import Vocabulary

TEXTS = ["The quick brown fox jumps over the lazy dog.", "A dog and a fox are in the house."] * 5


@pytest.fixture(scope="module")
def tokenizer():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS), model_writer=model, vocab_size=60, hard_vocab_limit=False, minloglevel=3
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    pieces = sorted(processor.id_to_piece(index) for index in range(3, len(processor)))
    return MarianTokenizer(model.getvalue(), Vocabulary([*(piece for piece in pieces if piece != "x"), ">>deu<<", "é"]))


def test_follows_the_protocol(tokenizer):
    assert isinstance(tokenizer, Tokenizer)
    assert tokenizer.lossless is False
    assert tokenizer.config_type().kind == "marian"


def test_ids_are_the_vocabularys_and_come_back_as_text(tokenizer):
    for text in TEXTS[:2]:
        ids = tokenizer.encode(text)
        assert min(ids) > EOS or "x" in text
        assert tokenizer.decode([BOS, *ids, EOS, PAD]).replace("⁇", "x") == text
    assert tokenizer.decode([]) == ""
    assert tokenizer.encode("") == []


def test_a_piece_the_vocabulary_lacks_is_unknown_and_one_only_it_has_is_not(tokenizer):
    assert UNK in tokenizer.encode("fox x")
    assert UNK not in tokenizer.encode("é")
    assert tokenizer.decode([UNK]) == "⁇"


def test_a_language_code_is_one_piece_if_it_is_known(tokenizer):
    coded, plain = tokenizer.encode(">>deu<< The dog"), tokenizer.encode("The dog")
    assert tokenizer.pieces(coded[:1]) == [">>deu<<"]
    assert coded[1:] == plain
    assert tokenizer.pieces(tokenizer.encode(">>xyz<< The dog"))[0] != ">>xyz<<"


@pytest.mark.parametrize("text", ["</s>", "<pad> <s>", "a\ud800b", "▁▁", "\0"])
def test_no_text_makes_a_special_id(tokenizer, text):
    assert not {PAD, BOS, EOS} & set(tokenizer.encode(text))


def test_saved_pickled_and_back(tokenizer, tmp_path):
    tokenizer.save(tmp_path)
    for other in (MarianTokenizer.load(tmp_path), pickle.loads(pickle.dumps(tokenizer))):
        assert len(other) == len(tokenizer)
        assert [other.encode(text) for text in TEXTS] == [tokenizer.encode(text) for text in TEXTS]
    (tmp_path / "segmentation.spm").write_bytes(b"")
    with pytest.raises(DamagedFileError, match="not a SentencePiece model"):
        MarianTokenizer.load(tmp_path)


def test_it_cannot_be_learnt():
    with pytest.raises(ConfigError, match="cannot be learnt"):
        MarianTokenizer.train(TEXTS, MarianTokenizerConfig())
