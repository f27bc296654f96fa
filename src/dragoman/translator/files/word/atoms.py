"""A paragraph of Word as a row of atoms: text with its format, and what stands between. Knows no translation.

A run is text with one format, but programs break text into runs wherever a spelling was looked at; atoms of equal
format are one. What is no text is a point, which moves with its neighbours (a footnote's sign, a picture, a bookmark, a
field such as a page number), a break, which no sentence reaches across (a tab, a line end), or the begin or end of a
frame around text (a link, an insertion).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from dragoman.translator.files.word.elements import Element

Kind = Literal["text", "point", "break", "open", "close", "begin", "separate", "end"]
Raw = tuple[bytes | tuple[int, int], ...]
"""Bytes, and places in the part where bytes stand."""

_FRAMES = frozenset(("hyperlink", "smartTag", "customXml", "ins", "moveTo", "dir", "bdo"))
_BREAKS = frozenset(("tab", "br", "cr", "ptab"))
_SAID = {"noBreakHyphen": "\u2011", "softHyphen": ""}
_IDLE = frozenset(("rPr", "lastRenderedPageBreak"))
_TRACKED = frozenset(("ins", "del", "moveFrom", "moveTo"))
_NO_FORMAT = re.compile(rb"<(?:\w+:)?(?:lang|noProof|proofErr)\b[^<>]*/>")
_HIDDEN = re.compile(rb"""<(?:\w+:)?vanish(?:\s[^<>]*?val=["'](?:1|true|on)["'])?\s*/>""")
_EMPTY = re.compile(rb"\A<[^<>]*>\s*</[^<>]*>\Z|\A<[^<>]*/>\Z")
_LINK = re.compile(r"\s*HYPERLINK\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of a paragraph.

    Attributes:
        kind: of it; "begin", "separate" and "end" are those of a field.
        raw: how it is written by itself.
        text: what it says, or what a field is told to do.
        format: of text: its properties as they are written, without its language.
        span: name of the range (a bookmark, a comment) that begins or ends here; "" for none.
    """

    kind: Kind
    raw: Raw
    text: str = ""
    format: bytes = b""
    span: str = ""


def atoms_of(paragraph: Element, data: bytes) -> list[Atom]:
    """The atoms of a paragraph, fields put together."""
    return list(_with_fields(list(_atoms(paragraph.children, data))))


def is_tracked(paragraph: Element) -> bool:
    """Whether changes are tracked right in it."""
    return any(child.name in _TRACKED for child in paragraph.children)


def _atoms(children: Sequence[Element], data: bytes) -> Iterator[Atom]:
    for child in children:
        content = child.child("sdtContent") if child.name == "sdt" else child if child.name in _FRAMES else None
        if child.name == "r":
            yield from _of_run(child, data)
        elif content is not None and content.inside < content.end:
            if content.behind == content.end:  # written as one empty tag
                yield Atom("point", ((child.start, child.end),))
                continue
            properties = [one for one in content.children if one.name.endswith("Pr")]
            own = tuple((one.start, one.end) for one in properties)
            yield Atom("open", ((child.start, content.inside), *own))
            yield from _atoms([one for one in content.children if one not in properties], data)
            yield Atom("close", ((content.behind, child.end),))
        elif child.name not in ("pPr", "proofErr"):
            yield Atom("point", ((child.start, child.end),), span=_range(child))


def _range(element: Element) -> str:
    name = element.name
    for end in ("Start", "End"):
        if name.endswith(end) and "id" in element.attributes:
            return f"{end} {name.removesuffix(end)} {element.attributes['id']}"
    return ""


def _of_run(run: Element, data: bytes) -> Iterator[Atom]:
    properties = run.child("rPr")
    written = data[properties.start : properties.end] if properties else b""
    own = _NO_FORMAT.sub(b"", written)
    own = b"" if _EMPTY.match(own) else own
    content = [child for child in run.children if child.name not in _IDLE]
    hidden = _HIDDEN.search(written)
    tag = re.match(rb"<([^\s/>]+)", data[run.start : run.inside])
    assert tag is not None
    for child in content:
        alone: Raw = ((run.start, run.end),)
        if len(content) > 1:
            alone = (b"<%b>%b" % (tag[1], written), (child.start, child.end), b"</%b>" % tag[1])
        if child.name == "t" and not hidden:
            yield Atom("text", alone, child.text, own)
        elif child.name in _SAID and not hidden:
            yield Atom("text", alone, _SAID[child.name], own)
        elif child.name == "fldChar" and child.attributes.get("fldCharType") in ("begin", "separate", "end"):
            kind: Kind = child.attributes["fldCharType"]  # type: ignore[assignment]
            yield Atom(kind, alone)
        else:
            kind = "break" if child.name in _BREAKS else "point"
            yield Atom(kind, alone, child.text if child.name == "instrText" else "")


def _with_fields(atoms: Sequence[Atom]) -> Iterator[Atom]:
    """Each field as one point; one that is a link as a frame; what is open at an end of the paragraph as breaks."""
    fields = _fields(atoms)
    closing: set[int] = set()
    number = 0
    while number < len(atoms):
        atom = atoms[number]
        if number in fields:
            middle, last = fields[number]
            told = "".join(one.text for one in atoms[number:middle] if one.kind == "point")
            if _LINK.match(told) and middle < last:
                yield Atom("open", _joined(atoms[number : middle + 1]))
                closing.add(last)
                number = middle + 1
                continue
            yield Atom("point", _joined(atoms[number : last + 1]))
            number = last
        elif number in closing:
            yield Atom("close", atom.raw)
        else:
            yield atom if atom.kind not in ("begin", "separate", "end") else Atom("break", atom.raw)
        number += 1


def _fields(atoms: Sequence[Atom]) -> dict[int, tuple[int, int]]:
    """For the begin of each field in one frame of this paragraph: where its result begins, and its end."""
    found: dict[int, tuple[int, int]] = {}
    waiting: list[list[int]] = []  # begin and separator of each field that is open
    for number, atom in enumerate(atoms):
        if atom.kind == "begin":
            waiting.append([number])
        elif atom.kind == "separate" and waiting and len(waiting[-1]) == 1:
            waiting[-1].append(number)
        elif atom.kind == "end" and waiting:
            begin, *middle = waiting.pop()
            found[begin] = (middle[0] if middle else number, number)
    frames = list(accumulate((one.kind == "open") - (one.kind == "close") for one in atoms))
    lowest = _lowest(frames)
    return {
        begin: (middle, last)
        for begin, (middle, last) in found.items()
        if frames[begin] == frames[middle] == frames[last] and lowest(begin, last) >= frames[begin]
    }


def _lowest(depths: Sequence[int]) -> Callable[[int, int], int]:
    """The least depth between two places, looked up and not searched for."""
    rows = [list(depths)]
    while len(rows[-1]) > (step := 1 << (len(rows) - 1)):
        rows.append([min(one, other) for one, other in zip(rows[-1], rows[-1][step:], strict=False)])

    def lowest(first: int, last: int) -> int:
        level = (last - first + 1).bit_length() - 1
        return min(rows[level][first], rows[level][last + 1 - (1 << level)])

    return lowest


def _joined(atoms: Sequence[Atom]) -> Raw:
    return tuple(piece for atom in atoms for piece in atom.raw)
