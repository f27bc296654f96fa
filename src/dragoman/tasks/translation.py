"""Translation: a pair of texts becomes an example, ids become text. Knows neither models nor files.

A tag is a word in front of the source that tells the model what kind of text it reads: made by a machine (Caswell,
Chelba and Grangier 2019, "Tagged Back-Translation"), or of a domain (Kobus, Crego and Senellart 2017, "Domain Control
for Neural Machine Translation"). To the model it is text like any other.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError
from dragoman.base.symbols import EOS, UNK
from dragoman.batching.example import Example
from dragoman.corpora.records import Record
from dragoman.tokenizers.protocol import Resampling, Tokenizer

_TAG = re.compile(r"[\w-]+")


def mark(tag: str) -> str:
    """How ``tag`` stands in front of a source."""
    return f"⟦{tag}⟧"


def check_tags(tags: Iterable[str]) -> None:
    """Complain of a tag that is not one word of letters, digits, ``_`` and ``-``; "" is no tag.

    Raises:
        ValueError: the first such tag.
    """
    for tag in tags:
        if tag and not _TAG.fullmatch(tag):
            raise ValueError(f"{tag!r} cannot be a tag: use letters, digits, '_' and '-' only, and no brackets")


def known_tags(recipe: Mapping[str, Any]) -> tuple[str, ...]:
    """Every tag that a model made by the recipe's plain values knows, each once."""
    own = recipe["task"].get("tags") or ()  # an older bundle's recipe has no such keys
    mixed = recipe.get("corpus", {}).get("tags") or ()
    return tuple(dict.fromkeys(tag for tag in (*own, *mixed) if tag))


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
    tags: tuple[str, ...] = ()
    """Tags the model knows beside those in ``corpus.tags``; those of a model it starts from are added by themselves."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Source before target."""
        return self.source, self.target

    @model_validator(mode="after")
    def _check_direction(self) -> "TranslationConfig":
        check_tags(self.tags)
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
        tags: those the model knows.
    """

    config_type: ClassVar[type[TranslationConfig]] = TranslationConfig
    source_language: str
    target_language: str
    source_tokenizer: Tokenizer
    target_tokenizer: Tokenizer
    tags: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """Source before target."""
        return self.source_language, self.target_language

    def example(self, record: Record) -> Example:
        """Both texts as ids, EOS at their ends; the record's tag in front of the source."""
        return Example(
            self.source_ids(record.source, tag=record.tag), [*self.target_tokenizer.encode(record.target), EOS]
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
            kept = 0 if number else self._tag_length(ids)
            fresh = [*ids[:kept], *tokenizer.resample(ids[kept:], chance=chance, key=key + number)]
            sides.append(fresh if len(fresh) <= max_length else ids)
        return Example(*sides)

    def source_ids(self, text: str, *, tag: str = "") -> list[int]:
        """A source alone as ids, EOS at its end; ``tag``, if any, in front."""
        return [*self.source_tokenizer.encode(f"{mark(tag)} {text}" if tag else text), EOS]

    def require_tags(self) -> None:
        """Complain when the source's tokenizer, which may be older than the tags, cannot tell them apart.

        Raises:
            ConfigError: it has no pieces for them.
        """
        spelt = {tag: self.source_tokenizer.encode(mark(tag)) for tag in self.tags}
        for tag, ids in spelt.items():
            twins = [other for other in spelt if other != tag and spelt[other] == ids]
            if twins or set(ids) <= {UNK}:
                raise ConfigError(
                    f"the vocabulary has no pieces to write the tag {mark(tag)}"
                    + (f" otherwise than {mark(twins[0])}" if twins else ""),
                    hint="start from a model with another tokenizer, or learn a new vocabulary",
                )

    def _tag_length(self, ids: Sequence[int]) -> int:
        """How many ids at the beginning of a source are its tag's."""
        spelt = (self.source_tokenizer.encode(mark(tag)) for tag in self.tags)
        return max((len(tag) for tag in spelt if list(ids[: len(tag)]) == tag), default=0)

    def output(self, ids: Sequence[int]) -> str:
        """The text of target ids."""
        return self.target_tokenizer.decode(ids)
