"""What every task gives to training: examples of records, and who cuts the texts. Knows no task in particular."""

from typing import Protocol

from dragoman.batching.example import Example
from dragoman.corpora.records import Record
from dragoman.tokenizers.protocol import Tokenizer


class Task(Protocol):
    """What a model is to learn, on the side of the text."""

    @property
    def languages(self) -> tuple[str, ...]:
        """BCP-47 codes of all texts; of a translation, source before target."""
        ...

    @property
    def source_tokenizer(self) -> Tokenizer:
        """Of what the model reads."""
        ...

    @property
    def target_tokenizer(self) -> Tokenizer:
        """Of what it writes; the same object when the vocabulary is joint."""
        ...

    def example(self, record: Record) -> Example:
        """The texts as ids."""
        ...

    def resample(self, example: Example, *, chance: float, key: int, max_length: int) -> Example:
        """The same texts cut into other pieces; none longer than ``max_length`` ids."""
        ...
