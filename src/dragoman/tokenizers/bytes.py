"""UTF-8 bytes: 256 pieces for every language, nothing to train, nothing ever unknown.

Sequences are long (three ids for a Chinese character), so models are slow; good for noisy spelling
and as the simplest tokenizer that works (Xue et al. 2022, "ByT5").
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar, Literal, Self

from dragoman.base.config import Section
from dragoman.base.symbols import SPECIAL_PIECES, UNK
from dragoman.text.unicode import well_formed
from dragoman.tokenizers.vocabulary import UNKNOWN_TEXT, skip_specials

_FIRST = len(SPECIAL_PIECES)
"""The id of byte 0."""


class ByteConfig(Section):
    """UTF-8 bytes; there is nothing to set."""

    kind: Literal["bytes"] = "bytes"


class ByteTokenizer:
    """Each byte of the text's UTF-8 is one id."""

    config_type: ClassVar[type[ByteConfig]] = ByteConfig

    def __len__(self) -> int:
        return _FIRST + 256

    @property
    def lossless(self) -> bool:
        """True: every text survives exactly."""
        return True

    def encode(self, text: str) -> list[int]:
        """The ids of the bytes of ``text``; a lone surrogate reads as U+FFFD."""
        return [byte + _FIRST for byte in well_formed(text).encode()]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ``ids``; bytes that are not UTF-8, which only a model can write, read as U+FFFD."""
        parts = (UNKNOWN_TEXT.encode() if index == UNK else bytes((index - _FIRST,)) for index in skip_specials(ids))
        return b"".join(parts).decode("utf-8", errors="replace")

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The bytes of ``ids``: as characters where they are printable ASCII, else as ``<0xE4>``."""
        return [SPECIAL_PIECES[index] if index < _FIRST else _show(index - _FIRST) for index in ids]

    @property
    def surfaces(self) -> list[bytes]:
        """What each id spells."""
        return [b""] * _FIRST + [bytes((byte,)) for byte in range(256)]

    @property
    def leads_with_space(self) -> bool:
        """No."""
        return False

    def save(self, directory: Path) -> None:
        """Write nothing: every byte tokenizer is the same."""

    @classmethod
    def load(cls, directory: Path) -> Self:
        """The byte tokenizer; ``directory`` is not looked at."""
        return cls()

    @classmethod
    def train(cls, texts: Iterable[str], config: ByteConfig) -> Self:
        """The byte tokenizer; ``texts`` are not read."""
        return cls()


def _show(byte: int) -> str:
    return chr(byte) if 0x20 < byte < 0x7F else f"<0x{byte:02X}>"
