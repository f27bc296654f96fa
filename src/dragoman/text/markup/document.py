"""A marked-up text: its units, and the text again with translations in their places. Knows no language of markup."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from dragoman.text.markup.parts import Escape, Mark, Part, Rendered, Span, Unit
from dragoman.text.markup.placing import Room, place
from dragoman.text.markup.positions import positions
from dragoman.text.markup.units import SPACES, find_units, text_of, written
from dragoman.text.words import word_spans

Check = Callable[[str, str], bool]
"""(a unit as it came, its translation) → whether both are marked up alike."""


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a unit stands: over parts of the text, or in the value number ``value`` of part number ``unit.first``."""

    unit: Unit
    value: int | None = None


class Markup:
    """A marked-up text.

    Args:
        parts: of the text; joined, they are the text.
        escape: writes what a model said as text.
        check: refuses a unit whose translation is not marked up as the unit was; it stays as it came.
        otherwise: writes a tag in another way, for a unit that was refused.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        escape: Escape,
        check: Check | None = None,
        otherwise: Callable[[str], str] = lambda raw: raw,
    ) -> None:
        self._parts = parts
        self._escape = escape
        self._check = check
        self._otherwise = otherwise
        values = (
            _Site(Unit(text_of(value.parts), (), number, number + 1, value.quote), place)
            for number, part in enumerate(parts)
            for place, value in enumerate(part.values)
        )
        self._values = [site for site in values if any(map(str.isalnum, site.unit.plain))]
        self._units = find_units(parts)
        self.units = (*(site.unit for site in self._values), *self._units)
        """What is to be translated: values of attributes, then text."""

    @property
    def plain(self) -> str:
        """All that is to be translated, unit by unit in lines."""
        return "\n".join(unit.plain for unit in self.units)

    def positions(self) -> list[list[Span]]:
        """For each unit where each of its characters is written in the text."""
        starts = list(accumulate((len(part.raw) for part in self._parts), initial=0))
        places = []
        for site in self._values:
            part = self._parts[site.unit.first]
            value = part.values[site.value or 0]
            places.append(positions(value.parts, starts[site.unit.first] + value.start))
        places += [positions(self._parts[unit.first : unit.last], starts[unit.first]) for unit in self._units]
        return places

    def render(self, translations: Sequence[Rendered]) -> tuple[str, int]:
        """The text with ``translations`` of its units, and how many of them were left as they came.

        A unit that was translated into itself comes back letter for letter.
        """
        if len(translations) != len(self.units):
            raise ValueError(f"{len(translations)} translations for {len(self.units)} units")
        count = len(self._values)
        raws = [part.raw for part in self._parts]
        self._put_values(raws, translations[:count])
        pieces: list[str] = []
        done = kept = 0
        for unit, rendered in zip(self._units, translations[count:], strict=True):
            pieces.extend(raws[done : unit.first])
            before = "".join(raws[unit.first : unit.last])
            after = before if rendered.text == unit.plain else self._checked(unit, rendered, raws, before)
            kept += after is None
            after = before if after is None else after
            pieces.append(after)
            done = unit.last
        pieces.extend(raws[done:])
        return "".join(pieces), kept

    def _checked(self, unit: Unit, rendered: Rendered, raws: Sequence[str], before: str) -> str | None:
        """The unit translated; None where every way to write it would be read otherwise."""
        after = self._rendered(unit, rendered, raws)
        if self._check is None or self._check(before, after):
            return after
        after = self._rendered(unit, rendered, [self._otherwise(raw) for raw in raws])
        return after if self._check(before, after) else None

    def _put_values(self, raws: list[str], translations: Sequence[Rendered]) -> None:
        """Translated values into their tags; the last one first, so that the places of the others stay right."""
        for site, rendered in reversed(list(zip(self._values, translations, strict=True))):
            number = site.unit.first
            assert site.value is not None
            value = self._parts[number].values[site.value]
            if rendered.text != site.unit.plain:
                said = self._writer(value.parts, value.quote or '"')(rendered.text)
                said = said if value.quote else f'"{said}"'
                raws[number] = raws[number][: value.start] + said + raws[number][value.end :]

    def _writer(self, parts: Sequence[Part], quote: str | None) -> Callable[[str], str]:
        ways: dict[str, list[str]] = {}
        for character, raw in written(parts):
            ways.setdefault(character, []).append(raw)
        for forms in ways.values():
            forms.reverse()
        return lambda text: self._escape(text, ways, quote)

    def _rendered(self, unit: Unit, rendered: Rendered, raws: Sequence[str]) -> str:
        target = word_spans(rendered.text)
        whole, rooms = place(unit, rendered, target)
        parts = self._parts[unit.first : unit.last]
        said = "".join(_laid_out(unit, rendered.text, target, (whole, rooms), raws, self._writer(parts, None)))
        left, right = (part.raw if part.role == "text" else "" for part in (parts[0], parts[-1]))
        return left[: len(left) - len(left.lstrip(SPACES))] + said + right[len(right.rstrip(SPACES)) :]


def _laid_out(
    unit: Unit,
    text: str,
    words: Sequence[Span],
    rooms: tuple[Room, Sequence[Room]],
    raws: Sequence[str],
    write: Callable[[str], str],
) -> Iterator[str]:
    """The pieces of a unit: text and tags by turns, from the outer room to the inner ones and out again."""
    cursor = 0
    whole, places = rooms
    waiting: list[tuple[int, Iterator[int]]] = [(-1, iter(whole.inside))]
    while waiting:
        number, inside = waiting[-1]
        room = places[number] if number >= 0 else whole
        end = len(text) if number < 0 else words[room.last - 1][1] if room.first < room.last else cursor
        end = max(cursor, end)
        following = next(inside, None)
        if following is None:
            waiting.pop()
            yield write(text[cursor:end])
            cursor = end
            if number >= 0:
                yield raws[unit.marks[number].last]
            continue
        mark = unit.marks[following]
        at = max(cursor, min(end, _place_of(mark, places[following], words, len(text))))
        yield write(text[cursor:at])
        cursor = at
        if mark.is_point:
            yield _spaced("".join(raws[mark.opening : mark.last + 1]), mark.spaces, text, at)
        else:
            yield raws[mark.opening]
            waiting.append((following, iter(places[following].inside)))


def _place_of(mark: Mark, room: Room, words: Sequence[Span], end: int) -> int:
    """Where a tag stands in the text: before the word it begins with; a point may cling to the word before it."""
    clings = mark.is_point and mark.spaces == (False, True)
    if room.first and (clings or room.first == len(words)):
        return words[room.first - 1][1]
    return words[room.first][0] if room.first < len(words) else end


def _spaced(raw: str, spaces: tuple[bool, bool], text: str, at: int) -> str:
    """A point with the spaces that it had around it."""
    left = spaces[0] and at > 0 and not text[at - 1].isspace()
    right = spaces[1] and at < len(text) and not text[at].isspace()
    return " " * left + raw + " " * right
