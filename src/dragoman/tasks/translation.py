"""Translation: a pair of texts becomes an example, ids become text. Knows neither models nor files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.symbols import EOS
from dragoman.batching.batch import Example
from dragoman.corpora.records import Record
from dragoman.tokenizers.protocol import Tokenizer


class TranslationConfig(Section):
    """Translation from one language to another."""

    kind: Literal["translation"] = "translation"
    source: str = Field(min_length=2)
    """Language of the source, as a BCP-47 tag (en, de, zh, pt-BR…)."""
    target: str = Field(min_length=2)
    """Language of the target."""
    joint_vocabulary: bool = True
    """One vocabulary for both languages: shared names and cognates are the same pieces, embeddings can be tied."""


@dataclass(frozen=True, slots=True)
class TranslationTask:
    """From one language to another.

    Attributes:
        source_language: BCP-47 code.
        target_language: BCP-47 code.
        source_tokenizer: of the source texts.
        target_tokenizer: of the target texts; the same object when the vocabulary is joint.
    """

    source_language: str
    target_language: str
    source_tokenizer: Tokenizer
    target_tokenizer: Tokenizer

    def example(self, record: Record) -> Example:
        """Both texts as ids, EOS at their ends."""
        return Example(
            [*self.source_tokenizer.encode(record.source), EOS], [*self.target_tokenizer.encode(record.target), EOS]
        )

    def source_ids(self, text: str) -> list[int]:
        """A source alone as ids, EOS at its end."""
        return [*self.source_tokenizer.encode(text), EOS]

    def output(self, ids: Sequence[int]) -> str:
        """The text of target ids."""
        return self.target_tokenizer.decode(ids)
