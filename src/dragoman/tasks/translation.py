"""Translation: a pair of texts becomes an example, ids become text. Knows neither models nor files."""

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.base.symbols import EOS
from dragoman.batching.batch import Example
from dragoman.corpora.records import Record
from dragoman.tokenizers.protocol import Tokenizer


@dataclass(frozen=True, slots=True)
class Translation:
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
