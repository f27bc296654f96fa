"""Where links go when one of their texts changes: words move, give way to others, or are gone. Knows texts, no models.

Two ways to know it: what was put in the place of what (:mod:`dragoman.text.changes`), exact to the character; or,
where only the text before and after is there (other capitals, a loop cut out), the words that both have in the same
order.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

from dragoman.text.changes import Span
from dragoman.text.spans import joined
from dragoman.text.words import word_spans
from dragoman.translator.placing import Link

Move = Callable[[Span], Span | None]
"""Where a part of a text stands in the changed one; None where it is gone."""


def stay(span: Span) -> Span:
    """Nothing changed."""
    return span


def shift(by: int) -> Move:
    """The text stands behind others now."""
    return lambda span: (span[0] + by, span[1] + by)


def follow(old: str, new: str) -> Move:
    """Where words of ``old`` are in ``new``: the same words in the same order, or as many others between the same."""
    if old == new:
        return stay
    places, others = word_spans(old), word_spans(new)
    words, there = ([text[a:b].casefold() for a, b in spans] for text, spans in ((old, places), (new, others)))
    kept: dict[int, int] = {}
    for tag, first, last, start, end in SequenceMatcher(None, words, there, autojunk=False).get_opcodes():
        if tag in ("equal", "replace") and last - first == end - start:
            kept |= zip(range(first, last), range(start, end), strict=True)

    def moved(span: Span) -> Span | None:
        found = [kept[number] for number in _touched(places, span) if number in kept]
        return (others[found[0]][0], others[found[-1]][1]) if found else None

    return moved


def relinked(links: Iterable[Link], *, source: Move = stay, target: Move = stay) -> tuple[Link, ...]:
    """``links`` between the changed texts, each once; without those of words that are gone."""
    moved = ((source(first), target(second)) for first, second in links)
    return tuple(dict.fromkeys((first, second) for first, second in moved if first and second))


def in_a_row(parts: Iterable[tuple[str, str, Sequence[Link]]]) -> tuple[str, tuple[Link, ...]]:
    """Parts that were translated one by one, as one text (:func:`~dragoman.text.spans.joined`), and its links.

    Args:
        parts: each one's source, translation and links; their sources, joined, are the whole one's.
    """
    said, start = "", 0
    links: list[Link] = []
    for source, piece, inside in parts:
        said = joined(said, piece)
        links += relinked(inside, source=shift(start), target=shift(len(said) - len(piece)))
        start += len(source)
    return said, tuple(links)


def on_words(links: Iterable[Link], source: str, target: str) -> tuple[Link, ...]:
    """``links`` that begin and end where words do: a part of a word stands for the whole word."""
    return relinked(links, source=_grown(word_spans(source)), target=_grown(word_spans(target)))


def _grown(words: Sequence[Span]) -> Move:
    def grown(span: Span) -> Span | None:
        touched = _touched(words, span)
        return (words[touched[0]][0], words[touched[-1]][1]) if touched else None

    return grown


def _touched(words: Sequence[Span], span: Span) -> range:
    """Numbers of the words that ``span`` holds any of."""
    first = bisect_right(words, span[0], key=lambda word: word[1])
    return range(first, max(first, bisect_left(words, span[1], key=lambda word: word[0])))
