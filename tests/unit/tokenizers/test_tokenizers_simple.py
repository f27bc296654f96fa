import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.base.errors import DamagedFileError, EmptyCorpusError, FileAccessError
from dragoman.base.symbols import SPECIAL_PIECES, UNK
from dragoman.tokenizers.bytes import ByteTokenizer
from dragoman.tokenizers.characters import CharacterConfig, CharacterTokenizer
from dragoman.tokenizers.vocabulary import Vocabulary, skip_specials
from dragoman.tokenizers.words import JOIN, WordConfig, WordTokenizer, split_words

EVERY_WORD = WordConfig(min_frequency=1)


def words_of(text: str) -> list[str]:
    tokenizer = WordTokenizer.train([text], EVERY_WORD)
    return tokenizer.pieces(tokenizer.encode(text))


def test_the_most_frequent_pieces_come_first_and_ties_by_character():
    vocabulary = Vocabulary.count(["b", "a", "c", "c"])
    assert [vocabulary.piece(index) for index in range(len(vocabulary))] == [*SPECIAL_PIECES, "c", "a", "b"]
    assert vocabulary.id("c") == 4
    assert vocabulary.id("x") == UNK
    assert "a" in vocabulary
    assert "<pad>" not in vocabulary


def test_size_and_frequency_limit_the_vocabulary():
    assert len(Vocabulary.count("aabbc", size=6)) == 6
    assert len(Vocabulary.count("aabbc", min_frequency=2)) == 6
    assert Vocabulary.count("aabb", size=6, always=("z",)).id("z") == 4


@pytest.mark.parametrize("options", [{"min_frequency": 3}, {"size": 4}])
def test_no_piece_left_is_an_empty_corpus(options):
    with pytest.raises(EmptyCorpusError, match="no piece"):
        Vocabulary.count("aab", **options)


def test_a_special_name_typed_by_a_user_is_an_ordinary_piece(tmp_path):
    vocabulary = Vocabulary(["<pad>", "</s>"])
    assert vocabulary.id("<pad>") == 4
    vocabulary.save(tmp_path / "pieces.json")
    assert Vocabulary.load(tmp_path / "pieces.json").id("</s>") == 5


@given(pieces=st.lists(st.text(), unique=True))
def test_any_piece_survives_the_file(pieces, tmp_path_factory):
    path = tmp_path_factory.mktemp("vocabulary") / "pieces.json"
    Vocabulary(pieces).save(path)
    loaded = Vocabulary.load(path)
    assert [loaded.piece(index) for index in range(4, len(loaded))] == pieces


def test_a_piece_twice_is_a_mistake():
    with pytest.raises(ValueError, match="twice"):
        Vocabulary(["a", "a"])


@pytest.mark.parametrize("content", ["", "[]", '{"pieces": 3}', '{"pieces": ["a", 1]}', '{"pieces": ["a", "a"]}'])
def test_a_damaged_vocabulary_is_named(tmp_path, content):
    (tmp_path / "pieces.json").write_text(content)
    with pytest.raises(DamagedFileError, match=r"pieces\.json"):
        Vocabulary.load(tmp_path / "pieces.json")


def test_a_missing_vocabulary_is_named(tmp_path):
    with pytest.raises(FileAccessError, match=r"words\.json"):
        WordTokenizer.load(tmp_path)
    with pytest.raises(FileAccessError, match=r"characters\.json"):
        CharacterTokenizer.load(tmp_path)


def test_skipping_specials_keeps_unknown():
    assert skip_specials([0, 1, 2, 3, 4, 0]) == [1, 4]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello, world!", ["Hello", ",", "world", "!"]),
        ("It's well-known (3.14).", ["It", "'", "s", "well", "-", "known", "(", "3.14", ")", "."]),
        ('a "b" c', ["a", '"', JOIN, "b", JOIN, '"', "c"]),
        ("a  b , c", ["a", " ", " ", "b", " ", ",", "c"]),
        (" a\n", [" ", "a", "\n"]),
        ("我爱你。 Hi", ["我", "爱", "你", "。", " ", "Hi"]),
        ("x.y", ["x", ".", JOIN, "y"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("cafe\u0301s", ["cafe\u0301s"]),
    ],
)
def test_words_and_only_unusual_spacing_are_pieces(text, pieces):
    assert words_of(text) == pieces


@given(st.text() | st.text("ab .,'\"-(1。我\n"))
def test_words_joined_are_the_text(text):
    assert "".join(split_words(text)) == text


@given(st.text(min_size=1) | st.text("ab .,'\"-(1。我\n⁇<join>", min_size=1))
def test_known_words_come_back_exactly(text):
    tokenizer = WordTokenizer.train([text, "x"], EVERY_WORD)
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_unknown_words_keep_their_place_and_spacing():
    tokenizer = WordTokenizer.train(['one, "two" three'], EVERY_WORD)
    assert tokenizer.decode(tokenizer.encode('one, "deux" three, quatre')) == 'one, "⁇" three, ⁇'


def test_rare_words_are_unknown():
    tokenizer = WordTokenizer.train(["a a b"], WordConfig(min_frequency=2))
    assert tokenizer.decode(tokenizer.encode("a b")) == "a ⁇"
    with pytest.raises(EmptyCorpusError):
        WordTokenizer.train(["a b"], WordConfig(min_frequency=2))


def test_unseen_characters_are_unknown():
    tokenizer = CharacterTokenizer.train(["abc"], CharacterConfig())
    assert len(tokenizer) == 7
    assert tokenizer.decode(tokenizer.encode("a-b")) == "a⁇b"


def test_characters_can_be_limited():
    assert len(CharacterTokenizer.train(["aabbc"], CharacterConfig(vocabulary_size=5))) == 5
    assert len(CharacterTokenizer.train(["aabbc"], CharacterConfig(min_frequency=2))) == 6


def test_bytes_are_shown_readably_and_broken_ones_do_not_stop_decoding():
    tokenizer = ByteTokenizer()
    ids = tokenizer.encode("aä ")
    assert tokenizer.pieces([2, *ids]) == ["<s>", "a", "<0xC3>", "<0xA4>", "<0x20>"]
    assert tokenizer.decode(ids[:2]) == "a\ufffd"


def test_bytes_need_no_file(tmp_path):
    ByteTokenizer().save(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(ByteTokenizer.load(tmp_path)) == 260


def test_vocabularies_are_readable_files(tmp_path):
    CharacterTokenizer.train(["äb"], CharacterConfig()).save(tmp_path)
    assert json.loads((tmp_path / "characters.json").read_text(encoding="utf-8")) == {"pieces": ["b", "ä"]}
