"""What a format of files is, what an opened file is, and what is too much. Knows no format."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.errors import DocumentError
from dragoman.text.markup.parts import Rendered, Unit


class FileLimits(Section):
    """How large a file may be."""

    max_file_bytes: int = Field(default=10_000_000, ge=1)
    """Of a file as it comes."""
    max_file_characters: int = Field(default=500_000, ge=1)
    """Characters of a file that are to be translated."""
    max_file_entries: int = Field(default=2000, ge=1)
    """Entries of a file that is an archive (docx)."""
    max_unpacked_bytes: int = Field(default=100_000_000, ge=1)
    """Of all entries of an archive together, unpacked."""
    max_part_bytes: int = Field(default=20_000_000, ge=1)
    """Of an unpacked entry that is read as XML."""
    max_xml_depth: int = Field(default=256, ge=1)
    """Elements of XML inside each other."""
    max_xml_elements: int = Field(default=500_000, ge=1)
    """Of an entry that is read: millions of empty ones take a few kilobytes, packed, and a minute."""


class OpenedFile(Protocol):
    """A file whose text can be replaced."""

    @property
    def units(self) -> Sequence[Unit]:
        """What is to be translated, in the order of the file."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """What the reader should know of it, such as "tracked-changes"."""
        ...

    def render(self, translations: Sequence[Rendered]) -> tuple[bytes, int]:
        """The file with translations, one for each unit; and how many units had to be left as they came."""
        ...


class FileFormat(Protocol):
    """A kind of files."""

    suffixes: ClassVar[Sequence[str]]
    """Ends of names, with their dots, in lower case; the first is the usual one."""

    def open(self, data: bytes, limits: FileLimits) -> OpenedFile:
        """Read a file.

        Raises:
            DocumentError: it is not what it should be, or too much.
        """
        ...


def too_much(amount: int, most: int, what: str, limit: str) -> DocumentError:
    """The refusal of ``amount`` where at most ``most`` of ``what`` may be."""
    return DocumentError(
        f"the file has {amount:,} {what}: at most {most:,} can be translated ({limit})",
        reason="too_much",
        hint="divide the file",
    )
