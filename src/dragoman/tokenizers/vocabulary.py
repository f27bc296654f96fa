"""Pieces ↔ ids: a table with the special pieces in front. It does not know how text is cut into pieces."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import ClassVar, Self

from dragoman.base.errors import DamagedFileError, EmptyCorpusError
from dragoman.base.files import read_json, write_json
from dragoman.base.symbols import SPECIAL_PIECES, UNK

UNKNOWN_TEXT = "⁇"
"""How an unknown piece reads in text."""


def skip_specials(ids: Sequence[int]) -> list[int]:
    """``ids`` without PAD, BOS and EOS; UNK stays, for it stands where a piece was."""
    return [int(index) for index in ids if index >= len(SPECIAL_PIECES) or index == UNK]


class Vocabulary:
    """Pieces in the order of their ids, the special pieces in front.

    A piece that reads like a special one ("<pad>", typed by a user) is an ordinary piece with an id of its own.

    Args:
        pieces: the ordinary pieces, without the special ones; no piece twice.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self._pieces = (*SPECIAL_PIECES, *pieces)
        self._ids = {piece: index for index, piece in enumerate(pieces, start=len(SPECIAL_PIECES))}
        if len(self._ids) != len(pieces):
            raise ValueError("a piece stands twice in the vocabulary")

    def __len__(self) -> int:
        return len(self._pieces)

    def __contains__(self, piece: str) -> bool:
        return piece in self._ids

    def id(self, piece: str) -> int:
        """The id of ``piece``, UNK when there is none."""
        return self._ids.get(piece, UNK)

    def piece(self, index: int) -> str:
        """The piece of id ``index``."""
        return self._pieces[index]

    @classmethod
    def count(
        cls, pieces: Iterable[str], *, size: int | None = None, min_frequency: int = 1, always: Sequence[str] = ()
    ) -> Self:
        """A vocabulary of the most frequent of ``pieces``; equally frequent ones in the order of their characters.

        Args:
            pieces: every occurrence, not only the different ones.
            size: at most this many pieces, the special ones included; None for no limit.
            min_frequency: leave out pieces seen less often.
            always: pieces that come first, however seldom they are seen.

        Raises:
            EmptyCorpusError: no piece is left.
        """
        counts = Counter(pieces)
        frequent = sorted(
            (-count, piece) for piece, count in counts.items() if count >= min_frequency and piece not in always
        )
        room = None if size is None else max(0, size - len(SPECIAL_PIECES) - len(always))
        kept = [piece for _, piece in frequent[:room]]
        if not kept:
            raise EmptyCorpusError(
                f"no piece for a vocabulary of {size or 'any'} pieces: the text has {len(counts)} different ones, "
                f"{len(frequent)} of them seen at least {min_frequency} times",
                hint="give more text, lower min_frequency, or raise vocabulary_size",
            )
        return cls([*always, *kept])

    def save(self, path: Path) -> None:
        """Write the pieces as JSON, which holds any character."""
        write_json(path, {"pieces": list(self._pieces[len(SPECIAL_PIECES) :])})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what :meth:`save` wrote.

        Raises:
            FileAccessError: the file is missing or cannot be read.
            DamagedFileError: it is not a vocabulary.
        """
        saved = read_json(path)
        pieces = saved.get("pieces") if isinstance(saved, dict) else None
        if not isinstance(pieces, list) or not all(isinstance(piece, str) for piece in pieces):
            raise DamagedFileError(f"{path} is not a vocabulary", hint="the file is damaged; use another copy")
        if len(set(pieces)) != len(pieces):
            raise DamagedFileError(f"{path}: a piece stands twice", hint="the file is damaged; use another copy")
        return cls(pieces)


class VocabularyTokenizer:
    """What tokenizers share that look every piece up in a :class:`Vocabulary`: they differ in how they cut.

    Args:
        vocabulary: the known pieces.
    """

    file_name: ClassVar[str]
    """The one file of a saved tokenizer."""
    always: ClassVar[tuple[str, ...]] = ()
    """Pieces that the tokenizer itself needs."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def __len__(self) -> int:
        return len(self._vocabulary)

    @property
    def lossless(self) -> bool:
        """False: a piece that is not in the vocabulary is lost."""
        return False

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The pieces of ``ids``."""
        return [self._vocabulary.piece(index) for index in ids]

    def needed(self, used: Collection[int]) -> list[int]:
        """The ids that have to stay when text uses ``used``: those, and the special pieces."""
        return sorted({*used, *range(len(SPECIAL_PIECES)), *map(self._vocabulary.id, self.always)})

    def trimmed(self, kept: Collection[int]) -> Self:
        """A tokenizer of the pieces ``kept`` alone."""
        ordinary = [index for index in sorted(kept) if index >= len(SPECIAL_PIECES)]
        return type(self)(Vocabulary([self._vocabulary.piece(index) for index in ordinary]))

    def save(self, directory: Path) -> None:
        """Write the vocabulary into ``directory``."""
        self._vocabulary.save(directory / self.file_name)

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read what :meth:`save` wrote; see :meth:`Vocabulary.load` for what it raises."""
        return cls(Vocabulary.load(directory / cls.file_name))
