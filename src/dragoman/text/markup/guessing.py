"""Links between the words of a text and of its translation where no model tells them: equal words, then the diagonal.

Names, numbers and marks that stand once on both sides are each other's translation; any other word is linked to the
one as far along in the other text. Knows no languages.
"""

from collections import Counter
from collections.abc import Sequence

from dragoman.text.markup.parts import Span
from dragoman.text.words import word_spans


def guess_links(source: str, target: str) -> list[tuple[Span, Span]]:
    """A link for every word of ``source``, if ``target`` has words."""
    words, others = word_spans(source), word_spans(target)
    if not others:
        return []
    once = _once(source, words)
    places = _once(target, others)
    links = []
    for number, span in enumerate(words):
        word = source[slice(*span)].casefold()
        place = places[word] if word in once and word in places else number * len(others) // len(words)
        links.append((span, others[place]))
    return links


def _once(text: str, spans: Sequence[Span]) -> dict[str, int]:
    """The place of every word that stands there once."""
    words = [text[first:last].casefold() for first, last in spans]
    counts = Counter(words)
    return {word: place for place, word in enumerate(words) if counts[word] == 1}
