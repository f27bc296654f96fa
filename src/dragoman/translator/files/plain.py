"""Plain text files: each line is a unit, and so is each paragraph whose lines were broken to fit a width.

Such a paragraph is told by its lines: all but the last nearly as long as the longest, none of which could have taken
the next word. It is translated whole and broken again at the same width. White space around lines, blank lines and line
ends stay as they are, and so does what begins an item of a list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from dragoman.text.markup.parts import Rendered, Unit
from dragoman.translator.files.protocol import FileLimits
from dragoman.translator.files.reading import Encoding, read_text

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_NARROWEST, _WIDEST = 40, 120
"""Widths at which people break lines."""
_ITEM = re.compile(r"(?:[-*+•–—>#|]+|\d+[.)]|\w[.)])[ \t]+")
"""What begins an item of a list, a quotation, a heading: never the middle of a paragraph, and never translated."""

_ENDS = (".", "!", "?", ":", ";", "…")


@dataclass(frozen=True, slots=True)
class _Passage:
    """A line, or several that are one paragraph.

    Attributes:
        start: where its text begins in the file.
        end: where it ends.
        plain: its text in one line.
        width: of its lines; 0 where it has one.
        between: what stands between its lines, indentation included.
    """

    start: int
    end: int
    plain: str
    width: int = 0
    between: str = ""


class TextFile:
    """A plain text.

    Args:
        text: all of it.
        encoding: of the file.
    """

    notes: Sequence[str] = ()

    def __init__(self, text: str, encoding: Encoding) -> None:
        self._text = text
        self._encoding = encoding
        self._passages = list(_passages(text))
        self.units: Sequence[Unit] = [Unit(one.plain) for one in self._passages]

    def render(self, translations: Sequence[Rendered]) -> tuple[bytes, int]:
        """The text with ``translations``."""
        pieces: list[str] = []
        done = 0
        for passage, rendered in zip(self._passages, translations, strict=True):
            pieces.append(self._text[done : passage.start])
            same = rendered.text == passage.plain
            pieces.append(self._text[passage.start : passage.end] if same else _broken(rendered.text, passage))
            done = passage.end
        return self._encoding.write("".join(pieces) + self._text[done:]), 0


def _passages(text: str) -> Iterator[_Passage]:
    waiting: list[re.Match[str]] = []
    for found in _LINE.finditer(text):
        if not any(map(str.isalnum, found[1])):
            yield from _of_block(text, waiting)
            waiting = []
        else:
            waiting.append(found)
    yield from _of_block(text, waiting)


def _of_block(text: str, lines: Sequence[re.Match[str]]) -> Iterator[_Passage]:
    """The passages of lines between which no blank one stands."""
    if len(lines) > 1 and (width := _width(lines)):
        start, end = _inner(lines[0])[0], _inner(lines[-1])[1]
        first = _inner(lines[0])[1]
        between = text[first : _inner(lines[1])[0]]
        yield _Passage(start, end, " ".join(one[1].strip() for one in lines), width, between.lstrip(" \t"))
        return
    for line in lines:
        start, end = _inner(line)
        sign = _ITEM.match(text, start, end)
        start = sign.end() if sign and any(map(str.isalnum, text[sign.end() : end])) else start
        yield _Passage(start, end, text[start:end])


def _inner(line: re.Match[str]) -> tuple[int, int]:
    """Where a line begins and ends without the white space around it."""
    whole = line[1]
    return line.start() + len(whole) - len(whole.lstrip()), line.start() + len(whole.rstrip())


def _width(lines: Sequence[re.Match[str]]) -> int:
    """The width at which the lines of a paragraph were broken; 0 where each is a line of its own."""
    texts = [one[1].rstrip() for one in lines]
    longest = max(map(len, texts))
    indents = {len(one) - len(one.lstrip()) for one in texts[1:]}
    if not _NARROWEST <= longest <= _WIDEST or len(indents) > 1 or any("\t" in one.strip() for one in texts):
        return 0
    if any(_ITEM.match(one.lstrip()) for one in texts[1:]) or any("   " in one.strip() for one in texts):
        return 0
    if all(one.rstrip("\"'”’»)").endswith(_ENDS) for one in texts) or not all(" " in one.strip() for one in texts[:-1]):
        return 0
    for line, following in pairwise(texts):
        word = following.split(maxsplit=1)[0]
        if len(line) + 1 + len(word) <= longest:  # the next word had room: the line ends on purpose
            return 0
    return longest


def _broken(text: str, passage: _Passage) -> str:
    """``text`` in lines as wide as those of the passage; in one line where it had one."""
    if not passage.width:
        return text
    room = passage.width - (len(passage.between) - len(passage.between.rstrip(" \t")))
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return passage.between.join([*lines, line])


class TextFormat:
    """Plain text."""

    suffixes: ClassVar[Sequence[str]] = (".txt", ".text")

    def open(self, data: bytes, limits: FileLimits) -> TextFile:
        """Read a text."""
        return TextFile(*read_text(data))
