"""From parts to units, each a text of its own with marks in it. Knows no language of markup.

A pair of tags stands within a unit only where its two tags meet in it. A tag that finds no other, or that reaches over
a break, is a break itself: it stays where it is, so that broken markup comes out as broken as it came, and no more.
Tags and spaces at the ends of a unit, and tags around the whole of it, stay outside.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from dragoman.text.markup.parts import Mark, Part, Unit

SPACES = " \t\n\r\f"
"""White space that is the same as a single space; U+00A0 is not."""
_RUN = re.compile(f"[{SPACES}]+")


def plain_spaces(text: str) -> str:
    """``text`` with each run of white space made one space; other spaces, such as U+00A0, are kept."""
    return _RUN.sub(" ", text)


def find_units(parts: Sequence[Part]) -> list[Unit]:
    """The units of a text, in order; what lies in none is not translated."""
    partners = _partners(parts)
    units = []
    first = 0
    for number in range(len(parts) + 1):
        if number == len(parts) or (parts[number].role != "text" and _is_break(parts, partners, number)):
            unit = _unit(parts, partners, *_without_ends(parts, partners, first, number))
            if any(map(str.isalnum, unit.plain)):
                units.append(unit)
            first = number + 1
    return units


def _is_break(parts: Sequence[Part], partners: dict[int, int], number: int) -> bool:
    return parts[number].role == "break" or (parts[number].role != "point" and number not in partners)


def _partners(parts: Sequence[Part]) -> dict[int, int]:
    """For each tag of a pair that lies in one unit the number of the other one."""
    met: dict[int, int] = {}
    waiting: list[int] = []
    names: Counter[str] = Counter()
    for number, part in enumerate(parts):
        if part.role == "open":
            waiting.append(number)
            names[part.name] += 1
        elif part.role == "close" and names[part.name]:
            while True:
                opening = waiting.pop()
                names[parts[opening].name] -= 1
                if parts[opening].name == part.name:
                    break
            met[opening], met[number] = number, opening
    breaks = [
        part.role == "break" or (part.role in ("open", "close") and number not in met)
        for number, part in enumerate(parts)
    ]
    before = list(accumulate(breaks, initial=0))
    return {one: other for one, other in met.items() if before[one] == before[other]}


def _without_ends(parts: Sequence[Part], partners: dict[int, int], first: int, last: int) -> tuple[int, int]:
    """The parts from ``first`` to ``last`` without what stands around all of their words."""
    while first < last:
        front, back = parts[first], parts[last - 1]
        if _is_empty(front):
            first += 1
        elif _is_empty(back):
            last -= 1
        elif front.role == "open" and partners[first] == last - 1:
            first, last = first + 1, last - 1
        elif front.role == "open" and _holds_nothing(parts, first, partners[first]):
            first = partners[first] + 1
        elif back.role == "close" and _holds_nothing(parts, partners[last - 1], last):
            last = partners[last - 1]
        else:
            break
    return first, last


def _is_empty(part: Part) -> bool:
    return part.role == "point" or (part.role == "text" and not part.plain.strip())


def _holds_nothing(parts: Sequence[Part], first: int, last: int) -> bool:
    """Whether a pair holds no word, nor any other pair."""
    return all(map(_is_empty, parts[first + 1 : last]))


def _unit(parts: Sequence[Part], partners: dict[int, int], first: int, last: int) -> Unit:
    plain, places = _plain(parts, first, last)
    before = list(_spaces(parts[first:last]))
    after = list(_spaces(parts[first:last][::-1], front=True))[::-1]
    marks: list[Mark] = []
    inside: list[int] = []
    number = first
    while number < last:
        role, at = parts[number].role, places[number - first]
        end = partners[number] if role == "open" else number
        parent = inside[-1] if inside else -1
        if role == "close":
            inside.pop()
        elif role == "open" and at < places[end - first]:
            inside.append(len(marks))
            marks.append(Mark(at, places[end - first], parent, number, end))
        elif role != "text":
            spaces = before[number - first], after[end - first]
            marks.append(Mark(at, at, parent, number, end, True, spaces))
            number = end
        number += 1
    return Unit(plain, tuple(marks), first, last)


def _plain(parts: Sequence[Part], first: int, last: int) -> tuple[str, list[int]]:
    """What the parts say, and for each of them where it begins in that."""
    said = []
    places = []
    length = 0
    after_space = True
    for number in range(first, last):
        places.append(length)
        text = plain_spaces(parts[number].plain) if parts[number].role == "text" else ""
        if after_space and text.startswith(" "):
            text = text[1:]
        if text:
            after_space = text.endswith(" ")
            said.append(text)
            length += len(text)
    plain = "".join(said)
    kept = len(plain.rstrip(" "))
    return plain[:kept], [min(place, kept) for place in places]


def _spaces(parts: Sequence[Part], *, front: bool = False) -> Iterator[bool]:
    """For each part whether white space is before it, but for points; or behind it, read from the back."""
    is_space = False
    for part in parts:
        yield is_space
        if part.role != "point":
            is_space = part.plain[:1].isspace() if front else part.plain[-1:].isspace()


def text_of(parts: Sequence[Part]) -> str:
    """What the text among ``parts`` says, its white space made single spaces."""
    return plain_spaces("".join(part.plain for part in parts)).strip(" ")


def written(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """Each character of text with how it is written, of those that are not always written plainly."""
    special = {part.plain for part in parts if part.role == "text" and part.raw != part.plain}
    for part in parts:
        if part.role != "text" or (part.raw != part.plain and part.plain.isspace() and part.plain != "\u00a0"):
            continue
        if part.raw != part.plain:
            yield part.plain, part.raw
        elif special:
            yield from ((one, one) for one in part.plain if one in special)
