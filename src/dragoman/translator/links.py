"""Which words of a translation come from which words of its text, as places in both. Knows no models.

A decoder tells for each target id the source id that it looked at most. Here ids become the words they are part of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.decoding.hypothesis import Hypothesis
from dragoman.tasks.translation import TranslationTask, mark
from dragoman.text.words import word_spans
from dragoman.tokenizers.spelling import spans
from dragoman.translator.wording import Request

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


def links_of_document(
    task: TranslationTask, text: str, translation: str, best: Sequence[tuple[Request, str, Hypothesis | None]]
) -> Iterator[WordLink]:
    """The links of all segments, found one after another in both texts.

    Args:
        task: its tokenizers cut both sides.
        text: the whole source.
        translation: the whole translation.
        best: each segment, what was said of it, and the hypothesis that says it; None where the output was mended.
    """
    source_place = target_place = 0
    for request, output, one in best:
        source_place = text.index(request.segment, source_place)
        said = output.strip()
        target_place = max(translation.find(said, target_place), target_place)
        if one is not None:
            ids = task.source_ids(request.segment, tag=request.tag)[:-1]
            front = f"{mark(request.tag)} " if request.tag else ""
            pieces = spans(task.source_tokenizer, ids, front + request.segment)
            yield from link_words(
                Side(
                    request.segment, [(first - len(front), last - len(front)) for first, last in pieces], source_place
                ),
                Side(output, spans(task.target_tokenizer, one.ids, output), target_place - output.find(said)),
                one.alignment or [],
            )
        source_place += len(request.segment)
        target_place += len(said)
