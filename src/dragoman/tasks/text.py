"""Text of one language or several, to learn from before there is anything to translate.

A record's target is the text and its source the same text with a line break at each border between sentences (see
:mod:`dragoman.corpora.monolingual`). What is to be foreseen of it is the objective's business. Knows neither models
nor files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError
from dragoman.base.symbols import EOS
from dragoman.batching.example import Example
from dragoman.corpora.monolingual import SENTENCE_BORDER
from dragoman.corpora.records import Record
from dragoman.tokenizers.protocol import Resampling, Tokenizer


class TextConfig(Section):
    """Text without translations, for pre-training.

    ``corpus.train`` then names plain text files whose names end in their language (``mono.en``, ``news.de.gz``), or
    what stands before that (``mono`` for mono.en and mono.de). One vocabulary serves all languages.
    """

    joint_vocabulary: ClassVar[bool] = True
    bidirectional: ClassVar[bool] = False
    kind: Literal["text"] = "text"
    languages: tuple[str, ...] = Field(min_length=1)
    """Languages of the text, as BCP-47 tags."""
    subword_sampling: float = Field(default=0.0, ge=0, lt=1)
    """Cut words into other pieces in every epoch, as in translation."""

    @model_validator(mode="after")
    def _check_languages(self) -> "TextConfig":
        if len(set(self.languages)) < len(self.languages):
            raise ValueError(f"a language stands twice in {list(self.languages)}")
        return self


@dataclass(frozen=True, slots=True)
class TextTask:
    """Text alone.

    Attributes:
        languages: BCP-47 codes.
        tokenizer: of all of them.
    """

    config_type: ClassVar[type[TextConfig]] = TextConfig
    languages: tuple[str, ...]
    tokenizer: Tokenizer

    @property
    def source_tokenizer(self) -> Tokenizer:
        """The one tokenizer."""
        return self.tokenizer

    @property
    def target_tokenizer(self) -> Tokenizer:
        """The one tokenizer."""
        return self.tokenizer

    def example(self, record: Record) -> Example:
        """The text as ids, EOS at its end; in the source EOS also stands after every sentence but the last.

        A border that falls inside a piece is none.
        """
        ids = self.tokenizer.encode(record.target)
        borders = []
        place = 0
        for sentence in record.source.split(SENTENCE_BORDER)[:-1]:
            place += len(sentence)
            before = self.tokenizer.encode(record.target[:place].rstrip())
            if before and ids[: len(before)] == before:
                borders.append(len(before))
        return Example(_with_ends(ids, borders), [*ids, EOS])

    def resample(self, example: Example, *, chance: float, key: int, max_length: int) -> Example:
        """The same text cut into other pieces, unless it would grow longer than ``max_length`` ids.

        Raises:
            ConfigError: the tokenizer knows only one way to cut a text.
        """
        if not isinstance(self.tokenizer, Resampling):
            raise ConfigError(
                "this tokenizer cuts a text in one way only, so task.subword_sampling is of no use",
                hint="set tokenizer.kind = 'sentencepiece', or task.subword_sampling = 0",
            )
        fresh = self.tokenizer.resample(example.source, chance=chance, key=key)
        if len(fresh) > max_length:
            return example
        return Example(fresh, [*(index for index in fresh if index != EOS), EOS])


def _with_ends(ids: Sequence[int], borders: Sequence[int]) -> list[int]:
    """``ids`` with EOS at each of ``borders`` and at the end."""
    parts = zip([0, *borders], [*borders, len(ids)], strict=True)
    return [index for start, end in parts for index in (*ids[start:end], EOS)]
