"""Which words of a translation come from which words of its text, as places in both. Knows no models.

A decoder tells for each target id the source id that it looked at most. Here ids become the words they are part of.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.decoding.hypothesis import Hypothesis
from dragoman.tasks.translation import TranslationTask, mark
from dragoman.text.changes import Span
from dragoman.text.words import word_spans
from dragoman.tokenizers.spelling import spans
from dragoman.translator.documents import Document, cleaned
from dragoman.translator.moving import follow, on_words, relinked, shift
from dragoman.translator.placing import Link


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
    """

    text: str
    pieces: Sequence[Span]

    def words(self) -> list[Span | None]:
        """For each piece the word that it is part of; None where it is of none."""
        borders = word_spans(self.text)
        found: list[Span | None] = []
        for start, end in self.pieces:
            inside = [span for span in borders if span[0] < end and span[1] > start]
            found.append(inside[0] if inside else None)
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


def links_of_segment(task: TranslationTask, segment: str, tag: str, text: str, said: Hypothesis) -> list[Link]:
    """The links of a segment, before which ``tag`` was put, and what ``said`` says of it, which is ``text``."""
    ids = task.source_ids(segment, tag=tag)[:-1]
    front = f"{mark(tag)} " if tag else ""
    pieces = spans(task.source_tokenizer, ids, front + segment)
    links = link_words(
        Side(segment, [(first - len(front), last - len(front)) for first, last in pieces]),
        Side(text, spans(task.target_tokenizer, said.ids, text)),
        said.alignment or [],
    )
    return [(link.source, link.target) for link in links]


def links_of_document(
    document: Document, translation: str, best: Sequence[tuple[str, Sequence[Link]]], *, opening: str = ""
) -> list[WordLink]:
    """The links of all segments, between whole words of both texts.

    Args:
        document: the plan of the source.
        translation: the whole translation, as :meth:`~dragoman.translator.documents.Document.rebuild` made it.
        best: what was said of each segment, and their links.
        opening: what was put in the place of the space before the translation.
    """
    found: list[Link] = []
    last = len(translation) - len(document.gaps[-1])
    source, target = len(document.gaps[0]), 0 if opening else len(document.gaps[0])
    for segment, gap, (output, links) in zip(document.segments, document.gaps[1:], best, strict=True):
        clean = translation[:last] if opening else cleaned(output)
        follows = follow(output, clean)
        moved = relinked(links, target=follows)
        found += relinked(moved, source=shift(source), target=shift(target))
        source, target = source + len(segment) + len(gap), target + len(clean) + len(gap)
    text = document.rebuild(document.segments)
    return [WordLink(*link) for link in on_words(found, text, translation)]
