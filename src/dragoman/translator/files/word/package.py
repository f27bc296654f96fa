"""The archive that a Word document is: checked before it is unpacked, and written again. Knows no Word.

No entry is ever written to a disk, and none is unpacked whose size was not told and counted before.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping

from dragoman.base.errors import DocumentError
from dragoman.translator.files.protocol import FileLimits, too_much
from dragoman.translator.files.word.elements import read_elements

_DIRECTORY_ENTRY = b"PK\x01\x02"
_TYPES = "[Content_Types].xml"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Package:
    """An archive with content types.

    Args:
        data: all of it.
        limits: what is too much.

    Raises:
        DocumentError: it is damaged, encrypted or too much.
    """

    def __init__(self, data: bytes, limits: FileLimits) -> None:
        self._data = data
        self._limits = limits
        count = data.count(_DIRECTORY_ENTRY)
        if count > limits.max_file_entries:  # before anything is made of them
            raise too_much(count, limits.max_file_entries, "entries", "max_file_entries")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise _damaged("its list of entries cannot be read") from error
        self._entries = {entry.filename: entry for entry in self._archive.infolist()}
        self._check()

    def _check(self) -> None:
        entries = self._archive.infolist()
        if len(self._entries) != len(entries):
            raise _damaged("two entries have one name")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > self._limits.max_unpacked_bytes:
            raise too_much(unpacked, self._limits.max_unpacked_bytes, "bytes, unpacked", "max_unpacked_bytes")
        for entry in entries:
            if entry.flag_bits & 1:
                raise DocumentError("the document is encrypted", reason="protected_file", hint="remove its password")
            if entry.compress_type not in _METHODS:
                raise _damaged(f"{entry.filename[:60]!r} is packed in a way that no Word document is")

    def types(self) -> dict[str, str]:
        """The kind of each entry that has one of its own."""
        if _TYPES not in self._entries:
            raise DocumentError(
                "the archive is no Word document: it has no list of content types", reason="wrong_format"
            )
        names = {name.lower(): name for name in self._entries}
        found: dict[str, str] = {}

        def note(attributes: Mapping[str, str]) -> None:
            place = attributes.get("PartName", "").lstrip("/").lower()
            if place in names:
                found[names[place]] = attributes.get("ContentType", "")

        read_elements(self.read(_TYPES), self._limits, place=_TYPES, overrides=note)
        return found

    @property
    def names(self) -> list[str]:
        """Of all entries."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """An entry of XML, unpacked.

        Raises:
            DocumentError: it is damaged, or larger than may be read.
        """
        size = self._entries[name].file_size
        if size > self._limits.max_part_bytes:
            raise too_much(size, self._limits.max_part_bytes, f"bytes in {name[:60]}", "max_part_bytes")
        return self._unpacked(name)

    def _unpacked(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise _damaged(f"{name[:60]!r} cannot be unpacked") from error

    def write(self, changed: Mapping[str, bytes]) -> bytes:
        """The archive with other content for some of its entries; the same bytes where nothing changed."""
        if not changed:
            return self._data
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for entry in self._archive.infolist():
                other = zipfile.ZipInfo(entry.filename, entry.date_time)
                other.compress_type, other.external_attr = entry.compress_type, entry.external_attr
                other.create_system, other.comment = entry.create_system, entry.comment
                content = changed[entry.filename] if entry.filename in changed else self._unpacked(entry.filename)
                archive.writestr(other, content)
        return made.getvalue()


def _damaged(what: str) -> DocumentError:
    return DocumentError(
        f"the document is damaged: {what}", reason="damaged_file", hint="open it in Word and save it again"
    )
