"""What every tokenizer can do. It knows one string at a time, never a pair."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from dragoman.base.config import Section


@runtime_checkable
class Tokenizer(Protocol):
    """Text ↔ pieces ↔ ids.

    Ids 0 to 3 are always the special pieces of :mod:`dragoman.base.symbols`; ``encode`` never
    adds BOS or EOS (the task does), and ``decode`` skips every special id except UNK. What a user
    types is always text: "</s>" in it never becomes the special piece.
    """

    config_type: ClassVar[type[Section]]
    """The section of a recipe that :meth:`train` takes; its ``kind`` is the name in the catalogue."""

    def __len__(self) -> int:
        """The vocabulary's size, the special pieces included."""
        ...

    @property
    def lossless(self) -> bool:
        """Whether ``decode(encode(text)) == text`` for every text, spaces, line breaks and rare characters included."""
        ...

    def encode(self, text: str) -> list[int]:
        """The ids of ``text``."""
        ...

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ``ids``."""
        ...

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The pieces of ``ids``, one for one, for people to read."""
        ...

    def save(self, directory: Path) -> None:
        """Write every file the tokenizer needs into an existing ``directory``."""
        ...

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read what :meth:`save` wrote."""
        ...

    @classmethod
    def train(cls, texts: Iterable[str], config: Any) -> Self:
        """Learn a tokenizer from ``texts`` under its own config section."""
        ...


@runtime_checkable
class Resampling(Protocol):
    """A tokenizer that can cut the same text in other ways."""

    def resample(self, ids: Sequence[int], *, chance: float, key: int) -> list[int]:
        """Other ids that spell the same text; how different they are grows with ``chance``, the draw is the key's."""
        ...


@runtime_checkable
class Spelling(Protocol):
    """A tokenizer whose pieces simply follow each other: a text is what its pieces spell."""

    @property
    def surfaces(self) -> Sequence[bytes]:
        """What each id spells, in UTF-8; nothing for special ids."""
        ...

    @property
    def leads_with_space(self) -> bool:
        """Whether the pieces of a text begin with a space that is not in it, and that decoding leaves out."""
        ...
