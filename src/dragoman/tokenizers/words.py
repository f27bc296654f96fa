"""Whole words and single marks, as dictionaries see text; words never seen are unknown.

The simplest tokenizer to look at, and the one of the first neural systems (Sutskever et al. 2014).
Spacing costs nothing where it is as usual: between two words there is a space, before a comma
none, and so on. Only unusual spacing is written, as pieces of its own, so that decoding gives back
the text exactly as long as all words are known. Scripts written without spaces (Chinese, Japanese,
Thai…) are cut into single characters. It knows scripts, not languages.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import ClassVar, Literal, Self

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.symbols import UNK
from dragoman.text.unicode import well_formed
from dragoman.tokenizers.vocabulary import UNKNOWN_TEXT, Vocabulary, VocabularyTokenizer, skip_specials

FILE_NAME = "words.json"
"""The one file of a saved tokenizer."""
JOIN = "<join>"
"""The piece that says: no space here, though there usually is one. No text is ever cut into this piece."""

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x109F),  # Tibetan, Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x31FF),  # radicals, CJK marks, kana, bopomofo
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han, compatibility
    (0xFE30, 0xFE4F),  # CJK marks, vertical
    (0xFF00, 0xFFEF),  # full and half width forms
    (0x20000, 0x3FFFF),  # Han, rare
)
Kind = Literal["space", "word", "unspaced", "both", "left", "right", "mark"]
"""How a piece stands: marks that touch both neighbours, the left or the right one, or neither; and the rest."""

_MARKS: dict[str, Kind] = {
    **dict.fromkeys("'’-‐‑/\\_@\u200b\u200c\u200d\u2060\ufeff", "both"),
    **dict.fromkeys(".,;:!?…%)]}»”°", "left"),
    **dict.fromkeys("([{«“„¿¡#", "right"),
}


class WordConfig(Section):
    """Whole words."""

    kind: Literal["words"] = "words"
    vocabulary_size: int | None = Field(default=30_000, ge=7)
    """At most this many pieces, special pieces included; nothing means no limit."""
    min_frequency: int = Field(default=2, ge=1)
    """A word seen less often becomes ``<unk>``; a word seen once cannot be learnt."""


class WordTokenizer(VocabularyTokenizer):
    """Each word, mark or unusual space is one id.

    Args:
        vocabulary: the known pieces; it holds :data:`JOIN` and the space.
    """

    config_type: ClassVar[type[WordConfig]] = WordConfig

    file_name: ClassVar[str] = FILE_NAME
    always: ClassVar[tuple[str, ...]] = (JOIN, " ")

    def encode(self, text: str) -> list[int]:
        """The ids of the words of ``text``, UNK for those not in the vocabulary."""
        known = (piece if piece in self._vocabulary else UNKNOWN_TEXT for piece in split_words(text))
        return [self._vocabulary.id(piece) for piece in _mark_spacing(known)]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ``ids``, special ids skipped; UNK reads as ``⁇``."""
        parts: list[str] = []
        before = ""
        for index in skip_specials(ids):
            piece = UNKNOWN_TEXT if index == UNK else self._vocabulary.piece(index)
            parts.append("" if piece == JOIN else _usual_space(before, piece) + piece)
            before = piece
        return "".join(parts)

    @classmethod
    def train(cls, texts: Iterable[str], config: WordConfig) -> Self:
        """Count the words of ``texts``.

        Raises:
            EmptyCorpusError: there are none, or all are too rare.
        """
        pieces = (piece for text in texts for piece in _mark_spacing(split_words(well_formed(text))))
        return cls(
            Vocabulary.count(pieces, size=config.vocabulary_size, min_frequency=config.min_frequency, always=cls.always)
        )


def split_words(text: str) -> Iterator[str]:
    """Cut ``text`` into words (numbers such as 3.14 whole), single marks and single white-space characters.

    Nothing is left out: the pieces joined are the text.
    """
    start = 0
    for place, character in enumerate(text):
        if _in_word(text, place):
            continue
        if start < place:
            yield text[start:place]
        yield character
        start = place + 1
    if start < len(text):
        yield text[start:]


def _in_word(text: str, place: int) -> bool:
    """Whether the character at ``place`` is part of a word, or of a number, such as the point of 3.14."""
    if text[place] in ".," and 0 < place < len(text) - 1:
        return text[place - 1].isdecimal() and text[place + 1].isdecimal()
    return _kind(text[place]) == "word"


def _mark_spacing(pieces: Iterable[str]) -> Iterator[str]:
    """``pieces`` with usual spaces left out, and a :data:`JOIN` where a usual space is missing."""
    before = spaces = ""
    for piece in pieces:
        if _kind(piece) == "space":
            spaces += piece
            continue
        usual = _usual_space(before, piece)
        if spaces != usual:
            yield from spaces or (JOIN,)
        yield piece
        before, spaces = piece, ""
    yield from spaces


def _usual_space(before: str, piece: str) -> str:
    """The space that usually stands between two neighbouring pieces: one or none."""
    if before in ("", JOIN) or piece == JOIN:
        return ""
    left, right = _kind(before), _kind(piece)
    tight = left in ("space", "unspaced", "both", "right") or right in ("space", "unspaced", "both", "left")
    return "" if tight else " "


@lru_cache(maxsize=65536)
def _kind(piece: str) -> Kind:
    """How ``piece`` usually stands beside others, told from its first character."""
    character = piece[0]
    if character.isspace():
        return "space"
    if character in _MARKS:
        return _MARKS[character]
    if any(first <= ord(character) <= last for first, last in _UNSPACED):
        return "unspaced"
    return "word" if character == UNKNOWN_TEXT or unicodedata.category(character)[0] in "LMN" else "mark"
