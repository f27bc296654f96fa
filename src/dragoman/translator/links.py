"""Which words of a translation come from which words of its text, as places in both. Knows no models.

A decoder tells for each target id the source id that it looked at most. Here ids become the words they are part of.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.text.words import word_spans

Span = tuple[int, int]
"""Where something begins and ends, in characters."""


@dataclass(frozen=True, slots=True)
class WordLink:
    """A source word and a target word that say the same.

    Attributes:
        source: where the source word stands in the text.
        target: where the target word stands in the translation.
    """

    source: Span
    target: Span


@dataclass(frozen=True, slots=True)
class Side:
    """A text and where its pieces stand.

    Attributes:
        text: the words are looked for in it.
        pieces: a span for each id.
        offset: what to add to a place in ``text`` for its place in the whole.
    """

    text: str
    pieces: Sequence[Span]
    offset: int = 0

    def words(self) -> list[Span | None]:
        """For each piece the word that it is part of, in the whole; None where it is of none."""
        borders = word_spans(self.text)
        found: list[Span | None] = []
        for start, end in self.pieces:
            inside = [span for span in borders if span[0] < end and span[1] > start]
            found.append((inside[0][0] + self.offset, inside[0][1] + self.offset) if inside else None)
        return found


def link_words(source: Side, target: Side, alignment: Sequence[int]) -> list[WordLink]:
    """The links of a segment, in the order of the target, each once."""
    source_words = source.words()
    links: dict[WordLink, None] = {}
    for word, place in zip(target.words(), alignment, strict=True):
        other = source_words[place] if place < len(source_words) else None
        if word and other:
            links[WordLink(other, word)] = None
    return list(links)
