"""What was put in the place of what in a text, exact to the character; and where any part of it is afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass

Span = tuple[int, int]
"""Where something begins and ends, in characters."""


@dataclass(frozen=True, slots=True)
class Change:
    """What came into a text, and for what.

    Attributes:
        places: where something stood, and where what came for it stands, in order; what came for nothing stood from
            a place to the same place.
    """

    places: tuple[tuple[Span, Span], ...] = ()

    def moved(self, span: Span) -> Span:
        """Where a part is now; one that touches what gave way holds all that came for it."""
        return self._start(span[0]), self._end(span[1])

    def meets(self, span: Span) -> bool:
        """Whether any of a part gave way."""
        return any(start < span[1] and span[0] < end for (start, end), _ in self.places)

    def _start(self, at: int) -> int:
        shift = 0
        for (start, end), (first, last) in self.places:
            if at < start:
                break
            if at < end:
                return first
            shift = last - end
        return at + shift

    def _end(self, at: int) -> int:
        shift = 0
        for (start, end), (_, last) in self.places:
            if at <= start:
                break
            if at <= end:
                return last
            shift = last - end
        return at + shift


def replaced(text: str, pieces: Iterable[tuple[Span, str]]) -> tuple[str, Change]:
    """``text`` with ``pieces``, in order, in the places of what stood there."""
    said, places, done, length = [], [], 0, 0
    for (start, end), piece in pieces:
        said += [text[done:start], piece]
        length += start - done + len(piece)
        places.append(((start, end), (length - len(piece), length)))
        done = end
    return "".join([*said, text[done:]]), Change(tuple(places))
