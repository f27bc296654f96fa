"""Subword pieces learnt from the text itself: SentencePiece, unigram or BPE.

Frequent words become one piece, rare words several, and a character too rare for a piece of its
own becomes its UTF-8 bytes, so nothing is ever lost. Spaces are characters like others, so Chinese
and Japanese need no word splitter. Nothing is normalised: cleaning the text is the corpus's
affair, and a tokenizer that quietly changes characters can never write them.

It does not know languages or pairs: whether two languages share one vocabulary is decided by
which texts it is given.

Kudo and Richardson 2018, "SentencePiece"; Kudo 2018, "Subword Regularization" (unigram);
Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units" (BPE).
"""

import io
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Literal, Self

import sentencepiece
from pydantic import Field, field_validator

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError, DamagedFileError, EmptyCorpusError
from dragoman.base.files import atomic_file, explained
from dragoman.base.randomness import generator
from dragoman.base.symbols import BOS, EOS, PAD, SPECIAL_PIECES, UNK
from dragoman.text.unicode import well_formed
from dragoman.tokenizers.sampling import BPESampler, Piece, UnigramSampler, make_sampler, words
from dragoman.tokenizers.trimming import on_the_way, without_pieces
from dragoman.tokenizers.vocabulary import UNKNOWN_TEXT, skip_specials

FILE_NAME = "sentencepiece.model"
"""The one file of a saved tokenizer."""

_SPACE = "\u2581"
"""SentencePiece's own sign for a space, which a user may also write."""
_ESCAPE = "\x10"
"""ASCII's "data link escape": it announces that the next character means something else."""
ESCAPES = {_SPACE: f"{_ESCAPE}_", _ESCAPE: _ESCAPE * 2}
"""What SentencePiece is given in place of the two characters that would mislead it."""
_TO_ESCAPE = re.compile(f"[{_ESCAPE}{_SPACE}]")
_ESCAPED = re.compile(f"{_ESCAPE}([{_ESCAPE}_])")
_LEAST_COVERAGE = 0.98
"""SentencePiece takes no less."""
_SIZES = (1000, 1500, 2000, 3000, 4000, 6000, 8000, 12000, 16000, 24000, 32000)


class SentencePieceConfig(Section):
    """Subword pieces by SentencePiece."""

    kind: Literal["sentencepiece"] = "sentencepiece"
    algorithm: Literal["unigram", "bpe"] = "unigram"
    """How pieces are chosen: ``unigram`` drops the least useful pieces from a large set, ``bpe`` merges the most
    frequent neighbours. Scores differ little; unigram cuts nearer to the parts of words."""
    vocabulary_size: int | None = Field(default=None, ge=8)
    """Number of pieces, special pieces and bytes included; left out, it is chosen from the amount of text. A corpus
    with too few different words gives fewer."""
    byte_fallback: bool = True
    """Write a character that has no piece as its UTF-8 bytes. Without it such characters become ``<unk>``."""
    character_coverage: float | None = Field(default=None, ge=_LEAST_COVERAGE, le=1)
    """Share of the running characters that get a piece of their own, from 0.98 to 1; left out, every character seen at
    least three times (in large corpora once in a million) gets one, which suits alphabets and Chinese alike."""
    split_digits: bool = False
    """Make each digit a piece, so that numbers are copied digit by digit."""
    user_symbols: tuple[str, ...] = ()
    """Strings that are always one piece, such as ``<2de>``."""
    sample_lines: int = Field(default=1_000_000, ge=1)
    """The pieces are learnt from at most this many lines, drawn evenly from the whole corpus."""
    max_line_bytes: int = Field(default=4192, ge=16)
    """A longer line (in UTF-8 bytes) is learnt from in parts; it is not dropped."""

    @field_validator("user_symbols")
    @classmethod
    def _usable(cls, symbols: tuple[str, ...]) -> tuple[str, ...]:
        for symbol in symbols:
            if not symbol or symbol in SPECIAL_PIECES or _TO_ESCAPE.search(symbol) or any(map(str.isspace, symbol)):
                raise ValueError(f"{symbol!r} cannot be a symbol: it is empty, special, or holds a space")
        return symbols


def choose_vocabulary_size(text_bytes: int, *, alphabet: int = 0) -> int:
    """A vocabulary size that suits the amount of text.

    Every piece must be seen often enough to be learnt: with little text few pieces serve better (Ding, Renduchintala
    and Duh 2019, "A Call for Prudent Choice of Subword Merge Operations"; Gowda and May 2020, "Finding the Optimal
    Vocabulary Size"). The size grows with the 0.4th power of the text, in steps of half an octave: about 1,500 for
    2,000 pairs of sentences, 4,000 for 30,000, 8,000 for 150,000, 16,000 for a million and 32,000 from five million.

    Args:
        text_bytes: UTF-8 bytes of all texts that share the vocabulary; bytes, so that a Chinese character weighs more
            than a letter, as it says more.
        alphabet: how many characters need a piece of their own; a large alphabet (Chinese) comes on top.
    """
    wanted = 4000 * (max(text_bytes, 1) / 4_000_000) ** 0.4
    size = min(_SIZES, key=lambda step: abs(math.log(step / wanted)))
    return size + 8 * math.ceil(max(0, alphabet - size // 4) / 8)  # multiples of eight suit the hardware


class SentencePieceTokenizer:
    """A trained SentencePiece model.

    Args:
        model: the serialised model, as :meth:`train` makes it and :meth:`save` writes it.
    """

    config_type: ClassVar[type[SentencePieceConfig]] = SentencePieceConfig

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        self._lossless = any(map(self._processor.is_byte, range(len(self._processor))))

    def __len__(self) -> int:
        size: int = len(self._processor)
        return size

    def __reduce__(self) -> tuple[type[Self], tuple[bytes]]:
        return type(self), (self._model,)

    @property
    def model(self) -> bytes:
        """The serialised SentencePiece model."""
        return self._model

    @property
    def lossless(self) -> bool:
        """True with byte fallback: then any Unicode text survives exactly, whatever its spaces and controls."""
        return self._lossless

    def encode(self, text: str) -> list[int]:
        """The ids of ``text``; names of special pieces in it are plain text. A lone surrogate reads as U+FFFD."""
        ids: list[int] = self._processor.encode(_escape(text))
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ``ids``, special ids skipped; UNK reads as ``⁇``."""
        text: str = self._processor.decode(skip_specials(ids))
        return _unescape(text)

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The pieces of ``ids``; ``▁`` stands for a space, ``<0xE4>`` for a byte."""
        return [self._processor.id_to_piece(int(index)) for index in ids]

    @cached_property
    def surfaces(self) -> list[bytes]:
        """What each id spells, before escapes are undone."""
        is_byte = self._processor.is_byte
        pieces = self.pieces(range(len(self)))
        spelt = [
            bytes((int(piece[3:5], 16),)) if is_byte(index) else piece.replace(_SPACE, " ").encode()
            for index, piece in enumerate(pieces)
        ]
        return [b""] * len(SPECIAL_PIECES) + spelt[len(SPECIAL_PIECES) :]

    @cached_property
    def leads_with_space(self) -> bool:
        """Whether it was learnt with a space in front of every text, as is usual."""
        ids = self.encode("a")
        return bool(ids) and b"".join(self.surfaces[index] for index in ids).startswith(b" ")

    def resample(self, ids: Sequence[int], *, chance: float, key: int) -> list[int]:
        """Other ids that spell the same text: subword regularisation (unigram) or BPE-dropout.

        Args:
            ids: what :meth:`encode` gave, special ids perhaps among them; they stay where they are.
            chance: unigram: of each word to be cut anew; BPE: of each merge to be left out.
            key: decides the draw.
        """
        random = Random(key)
        ordinary = self._ordinary
        pieces = [ordinary.get(index, "") for index in ids]
        fresh: list[int] = []
        for start, end in words(pieces, _SPACE):
            part = pieces[start:end]
            cut = self._sampler.cut("".join(part), chance, random) if all(part) else None
            fresh += ids[start:end] if cut is None else cut
        return fresh

    def needed(self, used: Collection[int]) -> list[int]:
        """The ids that have to stay when text uses ``used``: those, what BPE makes on the way, and all but words."""
        ordinary = self._ordinary
        kept = {index for index in range(len(self)) if index not in ordinary or len(ordinary[index]) == 1}
        kept.update(used)
        if isinstance(self._sampler, BPESampler):
            scores = {text: self._processor.get_score(index) for index, text in ordinary.items()}
            ids = {text: index for index, text in ordinary.items()}
            way = (part for index in used if index in ordinary for part in on_the_way(ordinary[index], scores))
            kept.update(ids[part] for part in way if part in ids)
            kept.add(min(ordinary))  # the first merge tells where the ordinary pieces begin
        return sorted(kept)

    def trimmed(self, kept: Collection[int]) -> Self:
        """A tokenizer of the pieces ``kept`` alone."""
        return type(self)(without_pieces(self._model, kept))

    @cached_property
    def _ordinary(self) -> dict[int, str]:
        """Pieces that may be cut or joined, by id: not the special ones, bytes, or the user's own symbols.

        The user's have score 0, as has BPE's first merge, which stands right before the second.
        """
        scores = [self._processor.get_score(index) for index in range(len(self))]
        first = next((index for index, score in enumerate(scores) if score), len(scores))
        if all(score == int(score) for score in scores):
            first -= 1
        kept = (index for index in range(first, len(scores)) if not self._processor.is_byte(index))
        return {index: self._processor.id_to_piece(index) for index in kept}

    @cached_property
    def _sampler(self) -> UnigramSampler | BPESampler:
        score = self._processor.get_score
        return make_sampler({text: Piece(index, score(index)) for index, text in self._ordinary.items()})

    def save(self, directory: Path) -> None:
        """Write ``sentencepiece.model`` into ``directory``."""
        with atomic_file(directory / FILE_NAME) as partial:
            partial.write_bytes(self._model)

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read what :meth:`save` wrote.

        Raises:
            FileAccessError: the file is missing or cannot be read.
            DamagedFileError: it is not a SentencePiece model, or its special pieces are not ours.
        """
        path = directory / FILE_NAME
        with explained("read", path):
            model = path.read_bytes()
        try:
            if not model:
                raise RuntimeError("the file is empty")
            tokenizer = cls(model)
        except RuntimeError as error:
            raise DamagedFileError(
                f"{path} is not a SentencePiece model",
                hint="the file is damaged or half-written; use another copy",
            ) from error
        found = tuple(tokenizer.pieces(range(min(len(SPECIAL_PIECES), len(tokenizer)))))
        if found != SPECIAL_PIECES:
            raise DamagedFileError(
                f"{path} has the special pieces {found}, not {SPECIAL_PIECES}",
                hint="use a model trained by dragoman, or train one with these special pieces",
            )
        return tokenizer

    @classmethod
    def train(cls, texts: Iterable[str], config: SentencePieceConfig) -> Self:
        """Learn the pieces of ``texts``; the same texts and config give the same pieces.

        Raises:
            EmptyCorpusError: there is no text at all.
            ConfigError: the vocabulary is too small to hold even the single characters.
        """
        sample = _draw(texts, config)
        coverage, alphabet = _coverage(sample.lines)
        size = config.vocabulary_size or choose_vocabulary_size(sample.text_bytes, alphabet=alphabet)
        options = {
            "model_type": config.algorithm,
            "character_coverage": config.character_coverage or coverage,
            "byte_fallback": config.byte_fallback,
            "split_digits": config.split_digits,
            "user_defined_symbols": list(config.user_symbols),
        }
        return cls(_learn(sample.lines, size, options))


@dataclass(frozen=True)
class _Sample:
    """What the pieces are learnt from, and how large the whole corpus was."""

    lines: list[str]
    text_bytes: int


def _draw(texts: Iterable[str], config: SentencePieceConfig) -> _Sample:
    """An even sample of the lines (Vitter 1985, algorithm R), in one pass and bounded memory."""
    random = generator("sentencepiece sample")
    lines: list[str] = []
    text_bytes = 0
    for seen, line in enumerate(_lines(texts, config.max_line_bytes), start=1):
        text_bytes += len(line.encode())
        if len(lines) < config.sample_lines:
            lines.append(line)
        elif (place := random.randrange(seen)) < config.sample_lines:
            lines[place] = line
    if not lines:
        raise EmptyCorpusError(
            "there is no text to learn pieces from", hint="check that the corpus has non-empty lines after cleaning"
        )
    return _Sample(lines, text_bytes)


def _lines(texts: Iterable[str], max_line_bytes: int) -> Iterator[str]:
    """The lines of ``texts`` that hold more than spaces, escaped, none longer than ``max_line_bytes``."""
    longest = max_line_bytes // 4  # a character has at most four bytes
    for text in texts:
        # NUL is how the trainer ends a sentence inside: it would refuse the line
        for line in text.replace("\0", "\n").split("\n"):
            if line and not line.isspace():
                whole = _escape(line)
                yield from (whole[start : start + longest] for start in range(0, len(whole), longest))


def _coverage(lines: list[str]) -> tuple[float, int]:
    """The share of running characters that are frequent enough for a piece of their own, and how many those are."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line)
    total = counts.total()
    frequent = [count for count in counts.values() if count >= max(3, total // 1_000_000)]
    share = sum(frequent) / total
    return (share, len(frequent)) if share >= _LEAST_COVERAGE else (_LEAST_COVERAGE, len(counts))


def _learn(lines: list[str], size: int, options: dict[str, Any]) -> bytes:
    """Run SentencePiece's trainer; the serialised model."""
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_writer=model,
            vocab_size=size,
            hard_vocab_limit=False,
            pad_id=PAD,
            unk_id=UNK,
            bos_id=BOS,
            eos_id=EOS,
            pad_piece=SPECIAL_PIECES[PAD],
            unk_piece=SPECIAL_PIECES[UNK],
            bos_piece=SPECIAL_PIECES[BOS],
            eos_piece=SPECIAL_PIECES[EOS],
            unk_surface=UNKNOWN_TEXT,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            max_sentence_length=2**30,
            num_threads=2,
            minloglevel=3,
            **options,
        )
    except RuntimeError as error:
        if found := re.search(r"smaller than required_chars\. \d+ vs (\d+)", str(error)):
            raise ConfigError(
                f"a vocabulary of {size} pieces cannot hold the {found[1]} single characters, bytes and special pieces",
                hint=f"set vocabulary_size to more than {found[1]}, or lower character_coverage",
            ) from error
        if found := re.search(r"[Ss]et it to a value <= (\d+)", str(error)):
            return _learn(lines, int(found[1]), options)
        raise EmptyCorpusError(
            f"SentencePiece cannot learn pieces from these {len(lines)} lines: {error}",
            hint="give it more text, or use the tokenizer kind 'characters' or 'bytes'",
        ) from error
    return model.getvalue()


def _escape(text: str) -> str:
    """``text`` without the one character that SentencePiece would take for a space."""
    return _TO_ESCAPE.sub(lambda found: ESCAPES[found[0]], well_formed(text))


def _unescape(text: str) -> str:
    """Undo :func:`_escape`; a lone escape, which only a model can write, stays as it is."""
    return _ESCAPED.sub(lambda found: _SPACE if found[1] == "_" else _ESCAPE, text)
