"""Text files as text, and back in the same encoding. Knows no format.

UTF-8 with and without a byte order mark, UTF-16 with one; and what a caller knows of it, such as a page of HTML that
names its encoding. Anything else is told with its place, never guessed: a wrong guess ruins a text without a word.
"""

import codecs
from dataclasses import dataclass
from typing import Literal

from dragoman.base.errors import DocumentError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file writes its text.

    Attributes:
        name: of the codec.
        mark: bytes before the text.
    """

    name: str = "utf-8"
    mark: bytes = b""

    def write(self, text: str, *, unknown: Literal["strict", "xmlcharrefreplace"] = "strict") -> bytes:
        """``text`` as it stands in the file.

        Raises:
            DocumentError: a character that the encoding cannot write.
        """
        try:
            return self.mark + text.encode(self.name, unknown)
        except UnicodeEncodeError as error:
            raise DocumentError(
                f"the translation has the character {text[error.start]!r}, which {self.name} cannot write",
                reason="wrong_encoding",
                hint="save the file as UTF-8",
            ) from error


def read_text(data: bytes, *, told: str | None = None) -> tuple[str, Encoding]:
    """The text of a file, and how it was written.

    Args:
        data: all of the file.
        told: name of its encoding, as the file itself says it; a byte order mark counts more.

    Raises:
        DocumentError: bytes that mean nothing in the encoding, with their place.
    """
    if data.startswith(_UTF32) and len(data) % 4 == 0:
        raise _refused("the file is written in UTF-32")
    mark, name = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", _known(told)))
    body = data[len(mark) :]
    try:
        text = body.decode(name)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(name, "ignore")
        line = before.count("\n") + 1
        wrong = body[error.start : error.start + 1].hex()
        raise _refused(
            f"the file is not {name.upper()}: byte {len(mark) + error.start:,} (0x{wrong}), in line {line:,}"
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise _refused(f"the file is no text: line {line:,} holds a zero byte")
    return text, Encoding(name, mark)


def _known(told: str | None) -> str:
    """The codec called so; UTF-8 where nothing was told, or nothing that can be used."""
    try:
        found = codecs.lookup(told or "utf-8")
    except LookupError:
        return "utf-8"
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and not found.name.startswith(("utf-16", "utf-32", "utf-7")) else "utf-8"


def _refused(message: str) -> DocumentError:
    return DocumentError(message, reason="wrong_encoding", hint="save it as UTF-8")
