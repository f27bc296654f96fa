"""Where the marks of a text stand in its translation: around the words that became of the words they stood around.

A pair of tags goes around the run of words that holds most of its translated words and fewest others (the largest sum
over a run, Kadane's way), inside the run of the pair it stands in and beside those of its neighbours; so what comes
out is always nested as it was. A point goes before the word it stood before, or after the word it stood after. Knows
words and links, no markup.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dragoman.text.markup.guessing import guess_links
from dragoman.text.markup.parts import Links, Mark, Rendered, Span, Unit
from dragoman.text.words import word_spans

MOST_STEPS = 2_000_000
"""Words times marks up to which words are looked at for each mark; above it marks are spread evenly."""
_AROUND = -1


@dataclass(slots=True)
class Room:
    """Where a mark stands in a translation.

    Attributes:
        first: number of the first word in it.
        last: number behind the last one; the same for a point.
        inside: numbers of the marks that stand in it, in the order of the translation.
    """

    first: int
    last: int
    inside: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Words:
    """The words of both sides and what links them.

    Attributes:
        source: where the words of the source stand.
        linked: for each of them the numbers of the target words that say it.
        sources: for each target word the numbers of the source words that it says.
    """

    source: Sequence[Span]
    linked: list[list[int]]
    sources: list[list[int]]

    def of(self, mark: Mark) -> tuple[int, int]:
        """Number of the first word in ``mark``, and behind the last one."""
        first = bisect_left(self.source, mark.start, key=lambda span: span[1] - 1)
        return first, max(first, bisect_left(self.source, mark.end, key=lambda span: span[0]))


def place(unit: Unit, rendered: Rendered, target: Sequence[Span]) -> tuple[Room, list[Room]]:
    """The room of the whole translation, and that of each mark of ``unit`` in it.

    Args:
        unit: what was translated.
        rendered: its translation.
        target: where the words of the translation stand.
    """
    source = word_spans(unit.plain)
    even = len(unit.marks) * (len(target) + len(source)) > MOST_STEPS
    links = [] if even else rendered.links or guess_links(unit.plain, rendered.text)
    words = _linked(source, target, links)
    whole = Room(0, len(target))
    rooms = [Room(0, 0) for _ in unit.marks]
    children: dict[int, list[int]] = {}
    for number, mark in enumerate(unit.marks):
        children.setdefault(mark.parent, []).append(number)
    owner = [_AROUND] * len(target)
    for parent in (_AROUND, *range(len(unit.marks))):
        if parent in children:
            room = whole if parent == _AROUND else rooms[parent]
            around = (0, len(source)) if parent == _AROUND else words.of(unit.marks[parent])
            _Filling(unit, words, rooms, owner, parent, room, around).fill(children[parent], even=even)
    return whole, rooms


def _linked(source: Sequence[Span], target: Sequence[Span], links: Links) -> _Words:
    linked: list[list[int]] = [[] for _ in source]
    sources: list[list[int]] = [[] for _ in target]
    for (first, last), (start, end) in links:
        for number in _overlapping(source, first, last):
            for other in _overlapping(target, start, end):
                linked[number].append(other)
                sources[other].append(number)
    return _Words(source, linked, sources)


def _overlapping(spans: Sequence[Span], start: int, end: int) -> range:
    first = bisect_left(spans, start, key=lambda span: span[1] - 1)
    return range(first, max(first, bisect_left(spans, end, key=lambda span: span[0])))


@dataclass(slots=True)
class _Filling:
    """The marks that stand in one mark, or in none, find their rooms."""

    unit: Unit
    words: _Words
    rooms: list[Room]
    owner: list[int]
    parent: int
    room: Room
    around: tuple[int, int]

    def fill(self, numbers: Sequence[int], *, even: bool) -> None:
        """Pairs first, points between them."""
        marks = self.unit.marks
        if even:
            self._fill_evenly(numbers)
            return
        inside = {number: self.words.of(marks[number]) for number in numbers}
        pairs = [one for one in numbers if not marks[one].is_point and inside[one][0] < inside[one][1]]
        for number in pairs:
            first, last = self.room.first, self.room.last
            if inside[number] != self.around or len(pairs) > 1:
                first, last = self._run(*inside[number])
            self.rooms[number].first, self.rooms[number].last = first, last
            self.owner[first:last] = [number] * (last - first)
        taken = set(pairs)
        for number in numbers:
            if number not in taken:
                border = self._border(marks[number], inside[number][0])
                self.rooms[number].first = self.rooms[number].last = border
        self._order(numbers)

    def _fill_evenly(self, numbers: Sequence[int]) -> None:
        """One after another in the order of the source, in room of their share of the words."""
        most = max(1, self.around[1] - self.around[0])
        size = self.room.last - self.room.first
        before = self.room.first
        for number in numbers:
            first, last = self.words.of(self.unit.marks[number])
            ends = [self.room.first + min(max(0, at - self.around[0]), most) * size // most for at in (first, last)]
            room = self.rooms[number]
            room.first = max(before, ends[0])
            room.last = max(room.first, ends[1]) if not self.unit.marks[number].is_point else room.first
            before = room.last
        self.room.inside = list(numbers)

    def _order(self, numbers: Sequence[int]) -> None:
        def key(number: int) -> tuple[int, bool, int]:
            return self.rooms[number].first, self.rooms[number].first < self.rooms[number].last, number

        self.room.inside = sorted(numbers, key=key)

    def _run(self, first: int, last: int) -> tuple[int, int]:
        """The run of free words that says the source words from ``first`` to ``last`` best."""
        best, found = 0.0, (0, 0)
        total, start = 0.0, self.room.first
        for word in range(self.room.first, self.room.last):
            if self.owner[word] != self.parent:
                total, start = 0.0, word + 1
                continue
            if total <= 0:
                total, start = 0.0, word
            total += self._gain(word, first, last)
            if total > best:
                best, found = total, (start, word + 1)
        return found if best > 0 else self._free_word(self._share(first, self.room.last - 1))

    def _gain(self, word: int, first: int, last: int) -> float:
        sources = self.words.sources[word]
        if not sources:
            return -0.25  # a word that says nothing of the source may stand between two that do
        inside = sum(first <= number < last for number in sources)
        return (2 * inside - len(sources)) / len(sources)

    def _share(self, word: int, most: int) -> int:
        """The target word as far along as the source word."""
        first, last = self.around
        size = self.room.last - self.room.first
        share = (word - first) * size // max(1, last - first)
        return max(self.room.first, min(self.room.first + share, most))

    def _free_word(self, wanted: int) -> tuple[int, int]:
        """The nearest word that nobody else has; where there is none, no word."""
        free = [word for word in range(self.room.first, self.room.last) if self.owner[word] == self.parent]
        if not free:
            border = self._outside(max(self.room.first, min(wanted, self.room.last)))
            return border, border
        nearest = min(free, key=lambda word: abs(word - wanted))
        return nearest, nearest + 1

    def _border(self, mark: Mark, following: int) -> int:
        """Between which words a point goes."""
        clings = mark.spaces == (False, True)
        for word, behind in (
            ((following - 1, True), (following, False))
            if clings
            else (
                (following, False),
                (following - 1, True),
            )
        ):
            if self.around[0] <= word < self.around[1] and (places := list(self._places(word))):
                return self._outside(max(places) + 1 if behind else min(places))
        return self._outside(self._share(following, self.room.last))

    def _places(self, word: int) -> Iterator[int]:
        return (one for one in self.words.linked[word] if self.room.first <= one < self.room.last)

    def _outside(self, border: int) -> int:
        """The nearest border that lies inside no neighbour."""

        def splits(place: int) -> bool:
            is_inner = self.room.first < place < self.room.last
            return is_inner and self.owner[place - 1] == self.owner[place] != self.parent

        before = after = border
        while splits(before):
            before -= 1
        while splits(after):
            after += 1
        return before if border - before <= after - border else after
