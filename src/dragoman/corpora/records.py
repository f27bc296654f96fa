"""The noun of corpora: one pair of texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Record:
    """One source text and its translation.

    Attributes:
        source: text in the source language; may hold line breaks, never None.
        target: text in the target language.
        line: where it stood in its file, counted from 1 (a line, a row, or a translation unit); 0 if made here.
        notes: what else the file said of the pair (context, domain…); never used as text.
        tag: what the model is told of the source (where it comes from, what it is about); "" tells it nothing.
    """

    source: str
    target: str
    line: int = 0
    notes: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""
