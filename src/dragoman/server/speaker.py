"""The joint between the service and what translates: one direction, segment by segment."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from dragoman.translator.documents import Document
from dragoman.translator.tokens import NO_TOKENS, Tokens

Link = tuple[tuple[int, int], tuple[int, int]]
"""Where a word stands in the source and where its translation stands: beginning and end in characters, of both."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How segments are to be translated; those of one batch are wanted alike.

    Attributes:
        alternatives: further translations wanted.
        alignments: whether words are to be aligned.
        terms: (source term, target term) that occur in the segments; only for a speaker that obeys them.
    """

    alternatives: int = 0
    alignments: bool = False
    terms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeWish(Wish):
    """What the service asks for itself, to see whether a model answers; never in one batch with anything else."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one segment.

    Attributes:
        texts: translations, best first; at least one.
        flags: what the reader should know of it.
        alignment: of the segment with the best translation, where that was wished and can be had.
        notes: what had to be done to make it sound, for the operator.
        score: log-probability of the best one, by its length, for the operator; None where there is none.
        tokens: word pieces that a model read and wrote for it, for the operator.
    """

    texts: tuple[str, ...]
    flags: tuple[str, ...] = ()
    alignment: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()
    score: float | None = None
    tokens: Tokens = NO_TOKENS


@dataclass(frozen=True, slots=True)
class Segments:
    """A text as segments and what stands around them."""

    texts: tuple[str, ...]
    gaps: tuple[str, ...]

    @classmethod
    def of(cls, document: Document) -> Self:
        """The same as a plan."""
        return cls(tuple(document.segments), tuple(document.gaps))

    def rebuild(self, translations: Sequence[str]) -> str:
        """The text with ``translations`` in the places of its segments."""
        return Document(list(self.texts), list(self.gaps)).rebuild(translations)


class Speaker(Protocol):
    """Translates from one language into another."""

    name: str
    checksum: str
    """Of the model that it is; "" where it is none that can be told from others."""
    lanes: int
    """Batches it gains from translating side by side, each in a thread of its own; 1 where it must not be asked so."""
    obeys_terms: bool
    """Whether it says a term as it is told to (:attr:`Wish.terms`)."""

    @property
    def source_language(self) -> str:
        """BCP-47 code of what it reads."""
        ...

    @property
    def target_language(self) -> str:
        """BCP-47 code of what it writes."""
        ...

    def segments(self, text: str) -> Segments:
        """What of ``text`` is to be translated."""
        ...

    def count(self, segment: str) -> int:
        """Tokens of a segment, which tell how long it takes."""
        ...

    def run(self, kind: Hashable, segments: Sequence[str]) -> Sequence[Said]:
        """The translations of segments that are wanted alike; called in threads of its own, ``lanes`` at once."""
        ...
