"""XML as parts, every letter kept. Knows no vocabulary: which tags stand within sentences is seen from the text.

An element between whose neighbours text stands is taken to be in a sentence, and so is all that is inside it; others
are structure. What must be well-formed to be safe is refused when it is not; so is every document type, for entities
can be declared in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dragoman.text.markup.document import Markup
from dragoman.text.markup.parts import MarkupError, MarkupRules, Part, Role
from dragoman.text.markup.references import escape, text_parts, xml_character

_PIECE = re.compile(
    r"<!--(?:[^-]|-(?!-))*+-->|<!\[CDATA\[(?:[^\]]|\](?!\]>))*+\]\]>|<\?(?:[^?]|\?(?!>))*+\?>"
    r"""|<(?P<closing>/)?(?P<name>[^\s<>/!?="'&][^\s<>/="'&]*+)(?P<rest>(?:\s++[^\s<>/="'&]++\s*+=\s*+"""
    r"""(?:"[^"<]*+"|'[^'<]*+'))*+)\s*+(?P<empty>/)?>"""
)
_NO_TRANSLATION = re.compile(r"""\s(?:[^\s:=]++:)?translate\s*=\s*["']no["']""")


@dataclass(slots=True)
class _Element:
    """An element that is open.

    Attributes:
        name: as it is written.
        number: of the piece that opens it.
        holds_text: whether text stands between its elements.
        tags: numbers of the pieces that are tags right in it.
    """

    name: str
    number: int
    holds_text: bool = False
    tags: list[int] = field(default_factory=list)


def parse_xml(text: str, rules: MarkupRules | None = None) -> Markup:
    """The units of ``text``, a document of XML or a part of one.

    Raises:
        MarkupError: it is not well-formed, or has a document type.
    """
    return Markup(_parts(list(_pieces(text)), rules or MarkupRules()), escape)


def _pieces(text: str) -> Iterator[re.Match[str] | str]:
    """Tags and the like as matches, and what stands between them."""
    at = 0
    while at < len(text):
        opening = text.find("<", at)
        end = opening if opening >= 0 else len(text)
        if at < end:
            yield text[at:end]
        if opening < 0:
            return
        if text[opening : opening + 9].upper() == "<!DOCTYPE" or text.startswith("<!E", opening):
            raise MarkupError(
                "the XML has a document type, which could declare entities", hint="leave <!DOCTYPE …> out of the text"
            )
        found = _PIECE.match(text, opening)
        if found is None or (found["closing"] and (found["rest"] or found["empty"])):
            raise _malformed(f"there is no tag at character {opening + 1}", "write < as &lt; where it is text")
        yield found
        at = found.end()


def _malformed(what: str, hint: str) -> MarkupError:
    return MarkupError(f"the XML is not well-formed: {what}", hint=hint)


def _parts(pieces: list[re.Match[str] | str], rules: MarkupRules) -> list[Part]:
    inline, kept = _outline(pieces, rules)
    parts: list[Part] = []
    number = 0
    while number < len(pieces):
        piece = pieces[number]
        last = kept.get(number, number)
        if number in kept:  # an element that is kept is one part
            whole = "".join(one if isinstance(one, str) else one[0] for one in pieces[number : last + 1])
            parts.append(Part(whole, "point" if inline[number] else "break"))
        elif isinstance(piece, str):
            parts.extend(text_parts(piece, xml_character))
        else:
            parts.append(_tag(piece, is_inline=inline[number]))
        number = last + 1
    return parts


def _tag(piece: re.Match[str], *, is_inline: bool) -> Part:
    if not piece["name"]:
        return Part(piece[0], "point")
    if not is_inline:
        return Part(piece[0], "break")
    role: Role = "close" if piece["closing"] else "point" if piece["empty"] else "open"
    return Part(piece[0], role, name=piece["name"])


def _outline(pieces: list[re.Match[str] | str], rules: MarkupRules) -> tuple[list[bool], dict[int, int]]:
    """Which pieces stand within sentences, and the elements that are kept: number of the first and last piece."""
    elements, last = _elements(pieces)
    inline = [False] * len(pieces)
    kept: dict[int, int] = {}
    for element in elements:
        is_within = element.number >= 0 and inline[element.number]
        for number in element.tags:
            piece = pieces[number]
            assert isinstance(piece, re.Match)
            seen = is_within or element.holds_text or not rules.outline or piece["name"] in rules.inline
            inline[number] = inline[last[number]] = seen and piece["name"] not in rules.splitting
            if piece["name"] in rules.ignored or _NO_TRANSLATION.search(piece["rest"]):
                kept[number] = last[number]
    return inline, kept


def _elements(pieces: list[re.Match[str] | str]) -> tuple[list[_Element], dict[int, int]]:
    """Every element, each after the one it is in; and for each opening tag the number of the closing one."""
    waiting = [_Element("", -1)]
    every = list(waiting)
    last: dict[int, int] = {}
    for number, piece in enumerate(pieces):
        if isinstance(piece, str):
            waiting[-1].holds_text |= bool(piece.strip())
        elif piece["closing"]:
            element = waiting.pop()
            if element.name != piece["name"]:
                raise _malformed(f"</{piece['name'][:40]}> closes no such tag", "close each tag where it was opened")
            last[element.number] = number
        elif piece["name"]:
            waiting[-1].tags.append(number)
            last[number] = number
            if not piece["empty"]:
                waiting.append(_Element(piece["name"], number))
                every.append(waiting[-1])
    if len(waiting) > 1:
        raise _malformed(f"<{waiting[-1].name[:40]}> is never closed", "close each tag")
    return every, last
