"""Where the characters of a unit stand in the marked-up text. Knows no language of markup."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from dragoman.text.markup.parts import Links, Part, Span
from dragoman.text.markup.units import SPACES


def positions(parts: Sequence[Part], start: int) -> list[Span]:
    """For each character of what ``parts`` say, its white space made single spaces, where it is written.

    Args:
        parts: of one unit, tags and all.
        start: where the first of them begins in the text.
    """
    places: list[Span] = []
    after_space = True
    for character, place in _written(parts, start):
        is_space = character in SPACES
        if not (is_space and after_space):
            places.append(place)
        after_space = is_space
    return places[:-1] if after_space and places else places


def _written(parts: Sequence[Part], start: int) -> Iterator[tuple[str, Span]]:
    """Each character; one of a part that is longer than what it says stands where all of the part does."""
    begins = accumulate((len(part.raw) for part in parts), initial=start)
    for part, begin in zip(parts, begins, strict=False):
        for number, character in enumerate(part.plain if part.role == "text" else ""):
            is_alike = len(part.raw) == len(part.plain)
            yield character, (begin + number, begin + number + 1) if is_alike else (begin, begin + len(part.raw))


def in_markup(links: Links, source: Sequence[Span], target: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """``links`` of two units in the marked-up texts; a word with a tag in its midst holds the tag.

    Args:
        links: with places in what the units say.
        source: where each character of the first one is written.
        target: where each character of the second one is written.
    """
    for (first, last), (start, end) in links:
        yield (source[first][0], source[last - 1][1]), (target[start][0], target[end - 1][1])
