"""A file by its name and its bytes: which format it has, and whether the bytes agree. Reads no path and no address."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from dragoman.base.errors import DocumentError
from dragoman.text.markup.parts import Rendered, Unit
from dragoman.translator.files import FILE_FORMATS
from dragoman.translator.files.protocol import FileFormat, FileLimits, OpenedFile, too_much

_ARCHIVE = b"PK\x03\x04"
_FOREIGN = (
    (_ARCHIVE, "an archive (ZIP)"),
    (b"PK\x05\x06", "an archive (ZIP)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an encrypted document, or an old one (.doc)"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "packed with gzip"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
"""How files begin that are something else than their names say."""
_HINTS = {
    ".docm": "macros are not translated, nor given back: save it as .docx",
    ".doc": "save it as .docx",
    ".rtf": "save it as .docx",
    ".odt": "save it as .docx",
    ".pdf": "a PDF has no text that can be replaced; translate what it was made from",
}


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A file ready to be translated.

    Attributes:
        opened: what the format made of it.
        suffix: of its name.
        characters: that are to be translated.
    """

    opened: OpenedFile
    suffix: str
    characters: int

    @property
    def units(self) -> Sequence[Unit]:
        """What is to be translated."""
        return self.opened.units

    def render(self, translations: Sequence[Rendered]) -> tuple[bytes, int]:
        """The file translated, and how many units were left as they came."""
        return self.opened.render(translations)


def suffixes() -> list[str]:
    """The ends of names of all files that can be translated."""
    return sorted(suffix for name in FILE_FORMATS.names() for suffix in FILE_FORMATS.load(name).suffixes)


def open_document(name: str, data: bytes, limits: FileLimits | None = None) -> OpenDocument:
    """Read a file.

    Args:
        name: its end says the format; nothing else of it counts.
        data: all of the file.
        limits: what is too much.

    Raises:
        DocumentError: it has a format that is not known, is not what its name says, is damaged, or too much.
    """
    limits = limits or FileLimits()
    suffix, found = _format(name)
    if len(data) > limits.max_file_bytes:
        raise too_much(len(data), limits.max_file_bytes, "bytes", "max_file_bytes")
    if not data.strip():
        raise DocumentError("the file is empty", reason="empty_file", hint="send the file itself")
    _check_beginning(data, suffix)
    opened = found.open(data, limits)
    characters = sum(len(unit.plain) for unit in opened.units)
    if characters > limits.max_file_characters:
        raise too_much(characters, limits.max_file_characters, "characters to translate", "max_file_characters")
    return OpenDocument(opened, suffix, characters)


def _format(name: str) -> tuple[str, FileFormat]:
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    for one in FILE_FORMATS.names():
        found: FileFormat = FILE_FORMATS.load(one)()
        if suffix in found.suffixes:
            return suffix, found
    shown = f"files with the end {suffix[:20]!r}" if suffix else "files without an end in their name"
    raise DocumentError(
        f"{shown} are not translated",
        reason="unsupported_format",
        hint=_HINTS.get(suffix, "one of " + ", ".join(suffixes())),
    )


def _check_beginning(data: bytes, suffix: str) -> None:
    for beginning, what in _FOREIGN:
        if data.startswith(beginning) and not (beginning == _ARCHIVE and suffix == ".docx"):
            raise DocumentError(
                f"the file is {what}, not {suffix}",
                reason="wrong_format",
                hint="give it its right name, or remove its password",
            )
    if suffix == ".docx" and not data.startswith(_ARCHIVE):
        raise DocumentError(
            "the file is no Word document: a .docx is an archive (ZIP)",
            reason="wrong_format",
            hint="save it again as .docx",
        )
