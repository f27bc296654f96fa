"""One piece for each character (Unicode code point), spaces included; characters never seen are unknown.

Sequences are long, but there is little to learn about the pieces: good for tiny corpora, spelling
and toy tasks. It knows nothing of words or languages.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.symbols import SPECIAL_PIECES, UNK
from dragoman.text.unicode import well_formed
from dragoman.tokenizers.vocabulary import UNKNOWN_TEXT, Vocabulary, VocabularyTokenizer, skip_specials

FILE_NAME = "characters.json"
"""The one file of a saved tokenizer."""


class CharacterConfig(Section):
    """Single characters."""

    kind: Literal["characters"] = "characters"
    vocabulary_size: int | None = Field(default=None, ge=5)
    """At most this many pieces, special pieces included; left out, every character of the corpus has one."""
    min_frequency: int = Field(default=1, ge=1)
    """A character seen less often becomes ``<unk>``."""


class CharacterTokenizer(VocabularyTokenizer):
    """Each character is one id.

    Args:
        vocabulary: the known characters.
    """

    config_type: ClassVar[type[CharacterConfig]] = CharacterConfig

    file_name: ClassVar[str] = FILE_NAME

    def encode(self, text: str) -> list[int]:
        """The ids of the characters of ``text``, UNK for those not in the vocabulary."""
        return [self._vocabulary.id(character) for character in text]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ``ids``, special ids skipped; UNK reads as ``⁇``."""
        return "".join(UNKNOWN_TEXT if index == UNK else self._vocabulary.piece(index) for index in skip_specials(ids))

    @property
    def surfaces(self) -> list[bytes]:
        """What each id spells."""
        special = len(SPECIAL_PIECES)
        return [b""] * special + [piece.encode() for piece in self.pieces(range(special, len(self)))]

    @property
    def leads_with_space(self) -> bool:
        """No."""
        return False

    @classmethod
    def train(cls, texts: Iterable[str], config: CharacterConfig) -> Self:
        """Count the characters of ``texts``.

        Raises:
            EmptyCorpusError: there are none, or all are too rare.
        """
        characters = (character for text in texts for character in well_formed(text))
        return cls(Vocabulary.count(characters, size=config.vocabulary_size, min_frequency=config.min_frequency))
