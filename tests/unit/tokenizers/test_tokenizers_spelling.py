"""Completing what was typed, and where pieces stand in a text."""

import random

import pytest

from dragoman.tokenizers.bytes import ByteTokenizer
from dragoman.tokenizers.characters import CharacterConfig, CharacterTokenizer
from dragoman.tokenizers.sentencepiece import SentencePieceConfig, SentencePieceTokenizer
from dragoman.tokenizers.spelling import open_with, spans
from dragoman.tokenizers.words import WordConfig, WordTokenizer

TEXTS = [
    "Der kleine Hund läuft schnell durch den tiefen Schnee.",
    "Ein Mann und eine Frau laufen, lachen und spielen im Park!",
    "Kinder spielen Fußball auf der Straße. Es kostet 3.50 Euro (oder mehr).",
    "机器翻译很有用。",
] * 5
TOKENIZERS = {
    "unigram": SentencePieceTokenizer.train(TEXTS, SentencePieceConfig(vocabulary_size=400)),
    "bpe": SentencePieceTokenizer.train(TEXTS, SentencePieceConfig(vocabulary_size=380, algorithm="bpe")),
    "characters": CharacterTokenizer.train(TEXTS, CharacterConfig()),
    "bytes": ByteTokenizer(),
    "words": WordTokenizer.train(TEXTS, WordConfig()),
}


def completed(tokenizer, opening, draw):
    """One of the ways to go on, drawn step by step."""
    ids, place = list(opening.ids), 0
    while place < len(opening.table):
        ways = opening.table[place]
        assert ways, "a way that leads nowhere"
        id_ = draw.choice(sorted(ways))
        ids.append(id_)
        place = ways[id_]
    return ids


@pytest.mark.parametrize("name", TOKENIZERS)
def test_every_way_to_go_on_begins_as_typed(name):
    tokenizer, draw = TOKENIZERS[name], random.Random(4)
    for text in TEXTS[:4]:
        for end in range(1, len(text) + 1):
            typed = text[:end]
            opening = open_with(tokenizer, typed)
            if name == "words" and (opening is None or typed != typed.strip()):
                continue  # a space between words is no piece of theirs
            assert opening is not None
            for _ in range(5):
                assert tokenizer.decode(completed(tokenizer, opening, draw)).startswith(typed)


def test_the_whole_word_stays_possible():
    tokenizer = TOKENIZERS["unigram"]
    whole = tokenizer.encode("Der kleine Hund läuft")
    for end in range(1, len("Der kleine Hund läuft")):
        opening = open_with(tokenizer, "Der kleine Hund läuft"[:end])
        assert tuple(whole[: len(opening.ids)]) == opening.ids
        place, rest = 0, whole[len(opening.ids) :]
        for id_ in rest:
            if place < len(opening.table):
                place = opening.table[place][id_]
        assert place == len(opening.table)


def test_rare_characters_and_none():
    assert open_with(TOKENIZERS["unigram"], "Ein 🦄") is not None  # as bytes
    assert open_with(TOKENIZERS["characters"], "Ein 🦄") is None
    assert open_with(TOKENIZERS["words"], "Der kleine Xylo") is None
    (ways,) = open_with(TOKENIZERS["words"], "Der kleine Hu").table
    assert TOKENIZERS["words"].pieces(list(ways)) == ["Hund"]


@pytest.mark.parametrize("name", TOKENIZERS)
def test_spans_are_where_the_pieces_stand(name):
    tokenizer = TOKENIZERS[name]
    for text in TEXTS[:4]:
        ids = tokenizer.encode(text)
        found = spans(tokenizer, ids, text)
        assert len(found) == len(ids)
        assert found == sorted(found)
        covered = {place for start, end in found for place in range(start, end)}
        assert all(text[place].isspace() or name == "bytes" for place in set(range(len(text))) - covered)
