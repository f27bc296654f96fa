"""Masking: a text whose personal values are placeholders, and the way back, letter for letter. Knows no model.

A placeholder is ``{1}``, ``{2}`` …: what programs fill in, which a translation keeps like an address (it is a
protected span, :mod:`dragoman.text.spans`). The same value has the same placeholder, so that a text still says who is
who. A number whose placeholder stands in the text already is passed over; so every placeholder in a masked text stands
for a value, and putting the values back in one pass gives the text that there was, whatever it holds.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from dragoman.safeguards.kinds import FINDERS, KINDS, Kind, Place, links
from dragoman.safeguards.names import NameList
from dragoman.safeguards.plain import plainly
from dragoman.text.changes import Change, replaced

_PLACEHOLDER = re.compile(r"\{[0-9]+\}")
_MARK = re.compile(r"[\d@]")
"""Every value that is told by its form holds one of these; most texts hold none, and need not be looked through."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A text with its values in it.

    Attributes:
        text: itself.
        change: of each placeholder in the masked text for its value here.
    """

    text: str
    change: Change = field(default_factory=Change)

    def place(self, start: int, end: int) -> Place:
        """Where a part of the masked text is now; one that touches a value holds all of it."""
        return self.change.moved((start, end))

    def meets(self, start: int, end: int) -> bool:
        """Whether a part of the masked text holds any of a placeholder."""
        return self.change.meets((start, end))


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its values.

    Attributes:
        text: with placeholders in their places.
        values: placeholder → what it stands for.
        kinds: how many values there are of each kind.
        original: where the values stood.
    """

    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[Kind, int] = field(default_factory=dict)
    original: Restored = field(default_factory=lambda: Restored(""))

    def restore(self, text: str) -> Restored:
        """A text with these placeholders, such as a translation, with the values in their places."""
        return _put_back(text, self.values)

    def held(self, text: str) -> Counter[str]:
        """Which of the placeholders ``text`` holds, and how often."""
        return Counter(one for one in _PLACEHOLDER.findall(text) if one in self.values) if self.values else Counter()

    def cut(self, text: str) -> list[str]:
        """``text`` at its placeholders: what stands before, between and behind them, and they in between."""
        return re.split("(" + "|".join(map(re.escape, self.values)) + ")", text) if self.values else [text]


class Masker:
    """Hides values of some kinds.

    Args:
        kinds: which; all by default.
        names: for the kind "name"; without it there are none.
    """

    def __init__(self, kinds: Collection[Kind] = KINDS, names: NameList | None = None) -> None:
        self._finders = {kind: finder for kind, finder in FINDERS.items() if kind in kinds}
        self._names = names if "name" in kinds else None

    def mask(self, text: str, *, language: str = "") -> Masked:
        """``text`` without its values.

        Args:
            text: any.
            language: BCP-47 code, for the telephone numbers of its countries.
        """
        found = self._found(text, language)
        if not found:
            return Masked(text, original=Restored(text))
        taken = set(_PLACEHOLDER.findall(text))
        fresh = (one for number in count(1) if (one := f"{{{number}}}") not in taken)
        placeholders: dict[str, str] = {}
        pieces: list[str] = []
        done = 0
        for start, end, _ in found:
            value = text[start:end]
            if value not in placeholders:
                placeholders[value] = next(fresh)
            pieces += (text[done:start], placeholders[value])
            done = end
        masked = "".join((*pieces, text[done:]))
        values = {placeholder: value for value, placeholder in placeholders.items()}
        return Masked(masked, values, Counter(kind for _, _, kind in found), _put_back(masked, values))

    def _found(self, text: str, language: str) -> list[tuple[int, int, Kind]]:
        """The values in their order; none overlaps another."""
        taken: list[tuple[int, int, Kind]] = []
        plain = plainly(text)
        if _MARK.search(plain):
            for kind, finder in self._finders.items():
                _add(taken, finder(_without(plain, taken), language), kind)
        if self._names is not None:
            _add(taken, self._names.find(text), "name")
        for start, end in links(text) if taken else ():
            inside = _overlapping(taken, start, end)
            if met := taken[inside]:
                taken[inside] = [(min(start, met[0][0]), max(end, met[-1][1]), met[0][2])]
        return taken


def _without(text: str, taken: Sequence[tuple[int, int, Kind]]) -> str:
    """``text`` with line ends where values were found already: what stands beside one is not a part of it."""
    return replaced(text, (((start, end), "\n" * (end - start)) for start, end, _ in taken))[0]


def _add(taken: list[tuple[int, int, Kind]], places: Iterable[Place], kind: Kind) -> None:
    for start, end in places:
        inside = _overlapping(taken, start, end)
        if inside.start == inside.stop:
            taken[inside] = [(start, end, kind)]


def _overlapping(taken: list[tuple[int, int, Kind]], start: int, end: int) -> slice:
    """Which of the values, in their order, a place meets; where there are none, where one would stand."""
    first = bisect_right(taken, start, key=lambda one: one[1])
    return slice(first, max(first, bisect_left(taken, end, key=lambda one: one[0])))


def _put_back(text: str, values: Mapping[str, str]) -> Restored:
    found = (one for one in _PLACEHOLDER.finditer(text) if one[0] in values)
    return Restored(*replaced(text, ((one.span(), values[one[0]]) for one in found)))
