"""A Word document as a file whose text can be replaced: its body, headers, footers, notes and comments.

Why not python-docx or lxml: both write the whole XML anew, and what their model of a document does not know may be
lost. Here every byte that is not the text of a changed paragraph is copied, so there is nothing to lose.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import ClassVar

from dragoman.base.errors import DocumentError
from dragoman.text.markup.parts import Rendered, Unit
from dragoman.translator.files.protocol import FileLimits
from dragoman.translator.files.word.atoms import atoms_of, is_tracked
from dragoman.translator.files.word.elements import Element, read_elements
from dragoman.translator.files.word.package import Package
from dragoman.translator.files.word.paragraph import Paragraph

_MAIN = "document.main"
_KINDS = (_MAIN, "header", "footer", "footnotes", "endnotes", "comments")
_TYPE = re.compile(r"application/vnd\.openxmlformats-officedocument\.wordprocessingml\.([\w.]+)\+xml")


class WordPart:
    """One of the texts of a document: its body, a header, its footnotes.

    Args:
        data: XML.
        limits: how deep it may be.
        place: its name, for messages.
    """

    def __init__(self, data: bytes, limits: FileLimits, place: str) -> None:
        self._data = data
        self._paragraphs: list[Paragraph] = []
        self.is_tracked = False
        read_elements(data, limits, place=place, paragraphs=self._note)

    def _note(self, element: Element) -> None:
        self.is_tracked |= is_tracked(element)
        content = [child for child in element.children if child.name != "pPr"]
        if not content:
            return
        tag = re.match(rb"<([\w.-]+:)?", self._data[element.start : element.inside])
        prefix = (tag[1] if tag else None) or b""
        span = (content[0].start, element.behind)
        paragraph = Paragraph(atoms_of(element, self._data), span, prefix)
        if paragraph.units:
            self._paragraphs.append(paragraph)

    @property
    def units(self) -> list[Unit]:
        """In the order in which paragraphs end."""
        return [unit for paragraph in self._paragraphs for unit in paragraph.units]

    def render(self, translations: Sequence[Rendered]) -> bytes | None:
        """The part with translations; None where nothing is changed."""
        edits: list[tuple[int, int, bytes]] = []
        done = 0
        for paragraph in self._paragraphs:
            count = len(paragraph.units)
            start, end = paragraph.span
            first = bisect_left(edits, start, key=lambda edit: edit[0])
            inner = edits[first:]  # of paragraphs inside this one: they have ended before it

            def copy(begin: int, stop: int, inner: Sequence[tuple[int, int, bytes]] = inner) -> bytes:
                return b"".join(_edited(self._data, begin, stop, inner))

            after = paragraph.render(translations[done : done + count], copy)
            done += count
            if after is not None:
                edits[first:] = [(start, end, after)]
        return b"".join(_edited(self._data, 0, len(self._data), edits)) if edits else None


def _edited(data: bytes, begin: int, stop: int, edits: Sequence[tuple[int, int, bytes]]) -> Iterator[bytes]:
    for start, end, content in edits:
        if begin <= start and end <= stop:
            yield data[begin:start]
            yield content
            begin = end
    yield data[begin:stop]


class WordFile:
    """A Word document.

    Args:
        data: the archive.
        limits: what is too much.

    Raises:
        DocumentError: it is damaged, encrypted, holds macros, or is no Word document.
    """

    def __init__(self, data: bytes, limits: FileLimits) -> None:
        self._package = Package(data, limits)
        kinds = self._kinds()
        self._parts = {name: WordPart(self._package.read(name), limits, name) for name in kinds}
        self.notes: Sequence[str] = ("tracked-changes",) if any(one.is_tracked for one in self._parts.values()) else ()

    def _kinds(self) -> list[str]:
        """The names of the parts with text, the body first."""
        types = self._package.types()
        macros = [name for name in self._package.names if name.lower().endswith("vbaproject.bin")]
        if macros or any("macroEnabled" in one or "vbaProject" in one for one in types.values()):
            raise DocumentError(
                "the document holds macros, which are not given back",
                reason="macros",
                hint="save it as .docx, without macros",
            )
        found = {name: kind[1] for name, one in types.items() if (kind := _TYPE.fullmatch(one)) and kind[1] in _KINDS}
        if _MAIN not in found.values():
            raise DocumentError(
                "the archive is no Word document (.docx)", reason="wrong_format", hint="save it again as .docx"
            )
        return sorted(found, key=lambda name: (_KINDS.index(found[name]), name))

    @property
    def units(self) -> Sequence[Unit]:
        """Of the body, then of headers, footers, notes and comments."""
        return [unit for part in self._parts.values() for unit in part.units]

    def render(self, translations: Sequence[Rendered]) -> tuple[bytes, int]:
        """The document with ``translations``; every other entry of the archive is as it was."""
        changed: dict[str, bytes] = {}
        done = 0
        for name, part in self._parts.items():
            count = len(part.units)
            after = part.render(translations[done : done + count])
            done += count
            if after is not None:
                changed[name] = after
        return self._package.write(changed), 0


class WordFormat:
    """A Word document, without macros."""

    suffixes: ClassVar[Sequence[str]] = (".docx",)

    def open(self, data: bytes, limits: FileLimits) -> WordFile:
        """Read a document."""
        return WordFile(data, limits)
