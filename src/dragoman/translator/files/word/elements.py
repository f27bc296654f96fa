"""Paragraphs of Word's XML as small trees that know their places in the bytes. Knows no formatting.

Expat reads, so that what is not well-formed is refused as by everyone; with each element the place of its tags is
noted, so that whatever is not changed can be copied byte for byte, namespaces, order of attributes and all. A document
type is refused (entities can be declared in one), depth is bounded, and only one paragraph at a time is a tree.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from dragoman.base.errors import DocumentError
from dragoman.translator.files.protocol import FileLimits, too_much

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main ",
    "http://purl.oclc.org/ooxml/wordprocessingml/main ",
)
_TAG = re.compile(rb"""<[^<>"']*+(?:"[^"]*+"[^<>"']*+|'[^']*+'[^<>"']*+)*+>""")
_TOLD = frozenset(("fldChar", "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd"))
_TEXTS = frozenset(("t", "instrText"))


@dataclass(slots=True, eq=False)
class Element:
    """An element inside a paragraph, or a paragraph.

    Attributes:
        name: without prefix where it is one of Word's own; of another vocabulary with its namespace before it.
        start: of its opening tag, in bytes.
        inside: behind its opening tag.
        behind: start of its closing tag.
        end: behind its closing tag.
        children: the elements right in it.
        attributes: by local name, of the few elements where they matter.
        text: right in it, where it holds any that matters.
    """

    name: str
    start: int
    inside: int
    behind: int = 0
    end: int = 0
    children: list["Element"] = field(default_factory=list)
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    def child(self, name: str) -> "Element | None":
        """The first child of this name."""
        return next((one for one in self.children if one.name == name), None)


def read_elements(
    data: bytes,
    limits: FileLimits,
    *,
    place: str,
    paragraphs: Callable[[Element], None] = lambda paragraph: None,
    overrides: Callable[[Mapping[str, str]], None] = lambda attributes: None,
) -> None:
    """Read a part of a document.

    Args:
        data: XML, in UTF-8.
        limits: how deep it may be.
        place: its name, for messages.
        paragraphs: told of each paragraph that has ended; of one inside another before that.
        overrides: told of the attributes of each element ``Override``, of which content types are told.

    Raises:
        DocumentError: it is not well-formed, has a document type, or is too deep.
    """
    reader = _Reader(data, limits, place, paragraphs, overrides)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise _refused(place, f"is not well-formed: {expat.errors.messages[error.code]}", error.lineno) from error


class _Reader:
    """What expat tells."""

    def __init__(
        self,
        data: bytes,
        limits: FileLimits,
        place: str,
        paragraphs: Callable[[Element], None],
        overrides: Callable[[Mapping[str, str]], None],
    ) -> None:
        self._data = data
        self._limits = limits
        self._place = place
        self._paragraphs = paragraphs
        self._overrides = overrides
        self._depth = 0
        self._count = 0
        self._open: list[Element] = []
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.XmlDeclHandler = self._on_declaration
        parser.StartDoctypeDeclHandler = self._on_doctype
        parser.StartElementHandler = self._on_start
        parser.EndElementHandler = self._on_end
        parser.CharacterDataHandler = self._on_text
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _refused(place, "is written in UTF-16")

    def _on_declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower().replace("-", "") not in ("utf8", "usascii"):
            raise _refused(self._place, f"is written in {encoding[:20]!r}, not in UTF-8")

    def _on_doctype(self, name: str, system: str | None, public: str | None, has_subset: bool) -> None:
        raise _refused(self._place, "has a document type, which could declare entities")

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._count > self._limits.max_xml_elements:
            raise too_much(self._count, self._limits.max_xml_elements, "elements", "max_xml_elements")
        if self._depth > self._limits.max_xml_depth:
            raise too_much(self._depth, self._limits.max_xml_depth, "elements inside each other", "max_xml_depth")
        own = next((name[len(space) :] for space in _WORD if name.startswith(space)), name)
        if not self._open and own != "p":
            if name.endswith(" Override"):
                self._overrides(attributes)
            return
        start = self.parser.CurrentByteIndex
        tag = _TAG.match(self._data, start)
        if tag is None:
            raise _refused(self._place, "has a tag that cannot be read", self.parser.CurrentLineNumber)
        told = {key.rpartition(" ")[2]: value for key, value in attributes.items()} if own in _TOLD else {}
        element = Element(own, start, tag.end(), attributes=told)
        if tag[0].endswith(b"/>"):
            element.behind = element.end = tag.end()
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)

    def _on_end(self, name: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        element = self._open.pop()
        if not element.end:
            element.behind = self.parser.CurrentByteIndex
            element.end = self._data.index(b">", element.behind) + 1
        if element.name == "p":
            self._paragraphs(element)
            element.children = []  # a paragraph around it sees it as a whole

    def _on_text(self, text: str) -> None:
        if self._open and self._open[-1].name in _TEXTS:
            self._open[-1].text += text


def _refused(place: str, what: str, line: int | None = None) -> DocumentError:
    where = f", line {line:,}" if line else ""
    return DocumentError(
        f"the document is damaged: {place[:60]}{where} {what}",
        reason="damaged_file",
        hint="open it in Word and save it again",
    )
