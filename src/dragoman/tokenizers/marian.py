"""SentencePiece cuts, a vocabulary beside it numbers: the tokenizer of models made with Marian, such as OPUS-MT's.

Such a model has a SentencePiece model for each side but often one vocabulary for both, whose ids have nothing to do
with SentencePiece's own. A piece that the vocabulary lacks is unknown, although SentencePiece knows it. Some models are
told the target language by a code in front of the source, such as ``>>fra<<``; it is one piece.

What the SentencePiece model was trained to do to a text (normal forms, spaces) it does here too, so a text may come
back changed. Tiedemann & Thottingal 2020, "OPUS-MT: Building open translation services for the World".
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar, Literal, NoReturn, Self

import sentencepiece

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError, DamagedFileError
from dragoman.base.files import atomic_file, explained
from dragoman.base.symbols import UNK
from dragoman.text.unicode import well_formed
from dragoman.tokenizers.vocabulary import UNKNOWN_TEXT, Vocabulary, skip_specials

MODEL_FILE = "segmentation.spm"
VOCABULARY_FILE = "vocabulary.json"
_SPACE = "\u2581"
_CODE = re.compile(r">>[^<>\s]+<<")


class MarianTokenizerConfig(Section):
    """SentencePiece with a vocabulary of its own; it comes with an imported model and is not learnt."""

    kind: Literal["marian"] = "marian"


class MarianTokenizer:
    """SentencePiece with a vocabulary of its own, as an imported model has it.

    Args:
        model: the serialised SentencePiece model.
        vocabulary: the pieces with their ids.
    """

    config_type: ClassVar[type[Section]] = MarianTokenizerConfig

    def __init__(self, model: bytes, vocabulary: Vocabulary) -> None:
        self._model = model
        self._vocabulary = vocabulary
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)

    def __len__(self) -> int:
        return len(self._vocabulary)

    def __reduce__(self) -> tuple[type[Self], tuple[bytes, Vocabulary]]:
        return type(self), (self._model, self._vocabulary)

    @property
    def model(self) -> bytes:
        """The serialised SentencePiece model."""
        return self._model

    @property
    def lossless(self) -> bool:
        """False: pieces may be unknown, and SentencePiece may have been trained to change a text."""
        return False

    def encode(self, text: str) -> list[int]:
        """The ids of ``text``; a known language code at its beginning is one of them."""
        text = well_formed(text)
        code = _CODE.match(text)
        if code is None or code[0] not in self._vocabulary:
            return [self._vocabulary.id(piece) for piece in self._processor.encode(text, out_type=str)]
        return [self._vocabulary.id(code[0]), *self.encode(text[code.end() :])]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ``ids``, special ids skipped; UNK reads as ``⁇``."""
        pieces = [UNKNOWN_TEXT if index == UNK else self._vocabulary.piece(index) for index in skip_specials(ids)]
        text: str = self._processor.decode(pieces) if pieces else ""
        return text.replace(_SPACE, " ").strip()

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The pieces of ``ids``; ``▁`` stands for a space."""
        return [self._vocabulary.piece(int(index)) for index in ids]

    def save(self, directory: Path) -> None:
        """Write ``segmentation.spm`` and ``vocabulary.json`` into ``directory``."""
        with atomic_file(directory / MODEL_FILE) as partial:
            partial.write_bytes(self._model)
        self._vocabulary.save(directory / VOCABULARY_FILE)

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read what :meth:`save` wrote.

        Raises:
            FileAccessError: a file is missing or cannot be read.
            DamagedFileError: a file is not what it should be.
        """
        return cls(read_segmentation(directory / MODEL_FILE), Vocabulary.load(directory / VOCABULARY_FILE))

    @classmethod
    def train(cls, texts: Iterable[str], config: MarianTokenizerConfig) -> NoReturn:
        """It cannot be learnt: it comes with a model.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(
            "tokenizer.kind = 'marian' comes with an imported model and cannot be learnt from text",
            hint="start from such a model (training.start_from), or use tokenizer.kind = 'sentencepiece'",
        )


def read_segmentation(path: Path) -> bytes:
    """The SentencePiece model in ``path``.

    Raises:
        FileAccessError: it is missing or cannot be read.
        DamagedFileError: it is no SentencePiece model.
    """
    with explained("read", path):
        model = path.read_bytes()
    try:
        if not model:
            raise RuntimeError("the file is empty")
        sentencepiece.SentencePieceProcessor(model_proto=model)
    except RuntimeError as error:
        raise DamagedFileError(
            f"{path} is not a SentencePiece model", hint="the file is damaged or half-written; use another copy"
        ) from error
    return model
