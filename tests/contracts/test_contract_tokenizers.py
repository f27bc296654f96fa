"""What every tokenizer of the catalogue must do, whoever wrote it."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.base.symbols import BOS, EOS, PAD, SPECIAL_PIECES, UNK
from dragoman.tokenizers import TOKENIZERS
from dragoman.tokenizers.protocol import Tokenizer

TEXTS = [
    "The quick brown fox jumps over the lazy dog.",
    "Der schnelle braune Fuchs springt über den faulen Hund.",
    "我一般六点起床。你呢？",
    "Hello world! It's 3.14, isn't it?  Yes.",
] * 5

IMPORTED = {"marian"}
"""Kinds that come with an imported model: they are not learnt, and do to a text what their model was made to do."""

SETTINGS = [(name, {}) for name in TOKENIZERS.names() if name not in IMPORTED] + [
    ("sentencepiece", {"algorithm": "bpe", "split_digits": True}),
    ("sentencepiece", {"byte_fallback": False}),
    ("sentencepiece", {"user_symbols": ("<2de>",)}),
]

AWKWARD = [
    "</s>", "<pad>", "<unk> <s>", "<0x41>", "<join>", "▁", " ▁ ▁▁", "a▁b", "\x10", "\x10_▁\x10\x10", "\0", "a\0b",
    "\u2585", " ", "   ", " a  b ", "\t\n\r\n", "\u00a0x\u00a0", "\u200b\u200d", "\ufeffx", "\u2028\u2029\x85", "⁇ ⁇",
    "\ufffd", "👨‍👩‍👧🇩🇪", "e\u0301", "\ue000\U0010ffff", "ſﬁ①Ａ", "नमस्ते", "ภาษาไทย",
]  # fmt: skip

texts = st.text() | st.text("ab▁\x10_ \t\n\0<>/s⁇中é") | st.sampled_from(AWKWARD)
contract = pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=str)


def train(name: str, settings: dict[str, Any]) -> Tokenizer:
    kind = TOKENIZERS.load(name)
    return kind.train(iter(TEXTS), kind.config_type(**settings))


@cache
def trained(name: str, settings: tuple[tuple[str, Any], ...]) -> Tokenizer:
    return train(name, dict(settings))


def tokenizer_of(name: str, settings: dict[str, Any]) -> Tokenizer:
    return trained(name, tuple(settings.items()))


@contract
def test_follows_the_protocol(name, settings):
    tokenizer = tokenizer_of(name, settings)
    assert isinstance(tokenizer, Tokenizer)
    assert tokenizer.config_type().kind == name


@contract
@given(text=texts)
def test_ids_are_in_range_and_no_text_makes_a_special_id(name, settings, text):
    tokenizer = tokenizer_of(name, settings)
    ids = tokenizer.encode(text)
    assert all(type(index) is int and UNK <= index < len(tokenizer) for index in ids)
    assert not {BOS, EOS} & set(ids)
    assert UNK not in ids or not tokenizer.lossless
    assert len(tokenizer.pieces(ids)) == len(ids)


@contract
@given(text=texts)
def test_round_trip_is_exact_when_nothing_is_unknown(name, settings, text):
    tokenizer = tokenizer_of(name, settings)
    ids = tokenizer.encode(text)
    if tokenizer.lossless or UNK not in ids:
        assert tokenizer.decode(ids) == text


@contract
@pytest.mark.parametrize("text", AWKWARD, ids=ascii)
def test_awkward_texts_survive(name, settings, text):
    kind = TOKENIZERS.load(name)
    seen = kind.train([*TEXTS, text, text, text], kind.config_type(**settings))
    ids = seen.encode(text)
    if seen.lossless or UNK not in ids:
        assert seen.decode(ids) == text


@contract
def test_training_text_is_known_and_comes_back(name, settings):
    tokenizer = tokenizer_of(name, settings)
    for text in TEXTS:
        assert UNK not in tokenizer.encode(text)
        assert tokenizer.decode(tokenizer.encode(text)) == text


@contract
def test_empty_text_has_no_ids_and_no_ids_are_empty_text(name, settings):
    tokenizer = tokenizer_of(name, settings)
    assert tokenizer.encode("") == []
    assert tokenizer.decode([]) == ""
    assert tokenizer.pieces([]) == []


@contract
def test_special_ids_have_their_pieces_and_are_skipped_but_for_unk(name, settings):
    tokenizer = tokenizer_of(name, settings)
    ids = tokenizer.encode(TEXTS[0])
    assert tuple(tokenizer.pieces([PAD, UNK, BOS, EOS])) == SPECIAL_PIECES
    assert tokenizer.decode([BOS, *ids, EOS, PAD, PAD]) == TEXTS[0]
    assert "⁇" in tokenizer.decode([BOS, UNK, EOS])


@contract
def test_every_id_can_be_decoded_and_shown(name, settings):
    tokenizer = tokenizer_of(name, settings)
    everything = range(len(tokenizer))
    assert tokenizer.decode(everything)
    assert len(tokenizer.pieces(everything)) == len(tokenizer)
    assert all(isinstance(tokenizer.decode([index]), str) for index in everything)


@contract
def test_a_lone_surrogate_does_no_harm(name, settings):
    tokenizer = tokenizer_of(name, settings)
    tokenizer.decode(tokenizer.encode("a\ud800 b")).encode()
    kind = TOKENIZERS.load(name)
    assert len(kind.train([*TEXTS, "\ud83d \udc00"] * 3, kind.config_type(**settings))) > len(SPECIAL_PIECES)


@contract
def test_what_is_saved_loads_as_the_same_tokenizer(name, settings, tmp_path):
    tokenizer = tokenizer_of(name, settings)
    tokenizer.save(tmp_path)
    loaded = type(tokenizer).load(tmp_path)
    everything = range(len(tokenizer))
    assert len(loaded) == len(tokenizer)
    assert loaded.lossless == tokenizer.lossless
    assert loaded.pieces(everything) == tokenizer.pieces(everything)
    for text in [*TEXTS, *AWKWARD]:
        assert loaded.encode(text) == tokenizer.encode(text)


@contract
def test_the_same_texts_train_the_same_tokenizer(name, settings):
    first, second = train(name, settings), train(name, settings)
    assert first.pieces(range(len(first))) == second.pieces(range(len(second)))
    assert [first.encode(text) for text in TEXTS] == [second.encode(text) for text in TEXTS]


@contract
def test_training_is_silent(name, settings, capfd):
    train(name, settings)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
