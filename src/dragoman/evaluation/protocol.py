"""What evaluation asks of a translator: to translate texts, and to say how likely given translations are.

Anything that can do this may be evaluated; the room knows no particular one.
"""

from collections.abc import Sequence
from typing import Protocol

from dragoman.corpora.records import Record


class TranslatedText(Protocol):
    """One translation."""

    @property
    def text(self) -> str:
        """The translation itself."""
        ...


class PairScore(Protocol):
    """How a model judges a given translation (teacher forcing)."""

    @property
    def log_probability(self) -> float:
        """Sum of the natural log-probabilities of all target ids, the end included."""
        ...

    @property
    def tokens(self) -> int:
        """How many target ids there are, the end included; 0 for a pair that could not be judged."""
        ...

    @property
    def correct(self) -> int | None:
        """How many of them were the model's first choice; None if that is not known."""
        ...


class Translating(Protocol):
    """Something that translates from one language to another."""

    @property
    def name(self) -> str:
        """What to call it in a report."""
        ...

    @property
    def source_language(self) -> str:
        """BCP-47 code of what it reads."""
        ...

    @property
    def target_language(self) -> str:
        """BCP-47 code of what it writes."""
        ...

    def translate(self, texts: Sequence[str]) -> Sequence[TranslatedText]:
        """One translation for each text, in order."""
        ...

    def score(self, records: Sequence[Record]) -> Sequence[PairScore]:
        """One judgement for each record, in order."""
        ...
