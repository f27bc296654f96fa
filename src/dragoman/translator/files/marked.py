"""Pages of HTML and of Markdown as files: the markup of :mod:`dragoman.text.markup`, in an encoding."""

import re
from collections.abc import Sequence
from typing import ClassVar, Literal

from dragoman.text.markup.document import Markup
from dragoman.text.markup.html import parse_html
from dragoman.text.markup.markdown import parse_markdown
from dragoman.text.markup.parts import Rendered, Unit
from dragoman.translator.files.protocol import FileLimits
from dragoman.translator.files.reading import Encoding, read_text

_CHARSET = re.compile(
    rb"""<meta[^>]+?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]+?encoding\s*=\s*["']([\w.-]+)""", re.I
)
_CHARSET_WITHIN = 1024
"""Bytes in which a page must name its encoding (WHATWG HTML 4.2.5.4)."""
_WEB_NAMES = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
"""Encodings that browsers read as wider ones (WHATWG Encoding 4.2)."""
_FRONT_MATTER = re.compile(
    r"\A(?P<fence>---|\+\+\+)[ \t]*\r?\n(?!\s*\n).*?^(?:(?P=fence)|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.M | re.S
)


class MarkedFile:
    """A text with markup, in its encoding.

    Args:
        markup: the text.
        encoding: of the file.
        front: text before it that is kept.
        unknown: what becomes of a character that the encoding cannot write.
    """

    notes: Sequence[str] = ()

    def __init__(
        self,
        markup: Markup,
        encoding: Encoding,
        front: str = "",
        *,
        unknown: Literal["strict", "xmlcharrefreplace"] = "strict",
    ) -> None:
        self._markup = markup
        self._encoding = encoding
        self._front = front
        self._unknown = unknown

    @property
    def units(self) -> Sequence[Unit]:
        """Paragraphs, headings, cells, and the values of attributes that are text."""
        return self._markup.units

    def render(self, translations: Sequence[Rendered]) -> tuple[bytes, int]:
        """The page with ``translations``, and how many of its units were left as they came."""
        text, kept = self._markup.render(translations)
        return self._encoding.write(self._front + text, unknown=self._unknown), kept


class HtmlFormat:
    """A page of HTML; a character that its encoding cannot write becomes a reference, such as ``&#228;``."""

    suffixes: ClassVar[Sequence[str]] = (".html", ".htm", ".xhtml")

    def open(self, data: bytes, limits: FileLimits) -> MarkedFile:
        """Read a page; what it says of its own encoding is believed."""
        found = _CHARSET.search(data[:_CHARSET_WITHIN])
        told = (found[1] or found[2]).decode("ascii").lower() if found else None
        text, encoding = read_text(data, told=_WEB_NAMES.get(told or "", told))
        return MarkedFile(parse_html(text), encoding, unknown="xmlcharrefreplace")


class MarkdownFormat:
    """A page of Markdown; metadata on top, between ``---`` or ``+++``, is kept."""

    suffixes: ClassVar[Sequence[str]] = (".md", ".markdown")

    def open(self, data: bytes, limits: FileLimits) -> MarkedFile:
        """Read a page."""
        text, encoding = read_text(data)
        found = _FRONT_MATTER.match(text)
        front = found[0] if found else ""
        return MarkedFile(parse_markdown(text[len(front) :]), encoding, front)
