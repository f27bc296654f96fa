"""Translation: a pair of texts becomes an example, ids become text. Knows neither models nor files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError
from dragoman.base.symbols import EOS
from dragoman.batching.batch import Example
from dragoman.corpora.records import Record
from dragoman.tokenizers.protocol import Resampling, Tokenizer


class TranslationConfig(Section):
    """Translation from one language to another."""

    kind: Literal["translation"] = "translation"
    source: str = Field(min_length=2)
    """Language of the source, as a BCP-47 tag (en, de, zh, pt-BR…)."""
    target: str = Field(min_length=2)
    """Language of the target."""
    joint_vocabulary: bool = True
    """One vocabulary for both languages: shared names and cognates are the same pieces, embeddings can be tied."""
    bidirectional: bool = False
    """Learn both directions in one model, each pair both ways round (Ding et al. 2021, "Improving Neural Machine
    Translation by Bidirectional Training"): a first stage to start the real one from. Needs the joint vocabulary."""
    subword_sampling: float = Field(default=0.0, ge=0, lt=1)
    """Cut words into other pieces in every epoch: with a BPE vocabulary the chance of each merge to be left out
    (BPE-dropout, Provilkov et al. 2020), with a unigram one the chance of each word to be cut anew (Kudo 2018)."""

    @model_validator(mode="after")
    def _check_direction(self) -> "TranslationConfig":
        if self.bidirectional and not self.joint_vocabulary:
            raise ValueError("bidirectional training needs joint_vocabulary = true")
        return self


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

    def resample(self, example: Example, *, chance: float, key: int, max_length: int) -> Example:
        """The same texts cut into other pieces; a side that would grow longer than ``max_length`` ids stays.

        Raises:
            ConfigError: the tokenizer knows only one way to cut a text.
        """
        tokenizers = (self.source_tokenizer, self.target_tokenizer)
        sides: list[list[int]] = []
        for number, (tokenizer, ids) in enumerate(zip(tokenizers, (example.source, example.target), strict=True)):
            if not isinstance(tokenizer, Resampling):
                raise ConfigError(
                    "this tokenizer cuts a text in one way only, so task.subword_sampling is of no use",
                    hint="set tokenizer.kind = 'sentencepiece', or task.subword_sampling = 0",
                )
            fresh = tokenizer.resample(ids, chance=chance, key=key + number)
            sides.append(fresh if len(fresh) <= max_length else ids)
        return Example(*sides)

    def source_ids(self, text: str) -> list[int]:
        """A source alone as ids, EOS at its end."""
        return [*self.source_tokenizer.encode(text), EOS]

    def output(self, ids: Sequence[int]) -> str:
        """The text of target ids."""
        return self.target_tokenizer.decode(ids)
