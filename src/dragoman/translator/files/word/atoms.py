"""A paragraph of Word as a row of atoms: text with its format, and what stands between. Knows no translation.

A run is text with one format, but programs break text into runs wherever a spelling was looked at; atoms of equal
format are one. What is no text is a point, which moves with its neighbours (a footnote's sign, a picture, a bookmark, a
field such as a page number), a break, which no sentence reaches across (a tab, a line end), or the begin or end of a
frame around text (a link, an insertion).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
            yield Atom("open", ((child.start, content.inside),))
            yield from _atoms([one for one in content.children if not one.name.endswith("Pr")], data)
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
    number = 0
    while number < len(atoms):
        atom = atoms[number]
        last = _end_of_field(atoms, number) if atom.kind == "begin" else None
        if last is None:
            yield atom if atom.kind not in ("begin", "separate", "end") else Atom("break", atom.raw)
            number += 1
            continue
        field = atoms[number : last + 1]
        told = "".join(one.text for one in field[: _separator(field)] if one.kind == "point")
        if _LINK.match(told) and (middle := _separator(field)) < len(field) - 1:
            yield Atom("open", _joined(field[: middle + 1]))
            yield from _with_fields(field[middle + 1 : -1])
            yield Atom("close", field[-1].raw)
        else:
            yield Atom("point", _joined(field))
        number = last + 1


def _end_of_field(atoms: Sequence[Atom], first: int) -> int | None:
    """Where the field ends that begins at ``first``, if in the same frame of this paragraph."""
    fields = frames = 0
    for number in range(first, len(atoms)):
        kind = atoms[number].kind
        fields += (kind == "begin") - (kind == "end")
        frames += (kind == "open") - (kind == "close")
        if frames < 0:
            return None
        if not fields:
            return number if not frames else None
    return None


def _separator(field: Sequence[Atom]) -> int:
    """Where the result of a field begins; its end where it has none."""
    deep = 0
    for number, atom in enumerate(field):
        deep += (atom.kind == "begin") - (atom.kind == "end")
        if atom.kind == "separate" and deep == 1:
            return number
    return len(field) - 1


def _joined(atoms: Sequence[Atom]) -> Raw:
    return tuple(piece for atom in atoms for piece in atom.raw)
