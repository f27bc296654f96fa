r"""Lines in, lines out: text files, plain or compressed (``.gz``, ``.zst``), one line at a time.

It does not know what a line means. A line ends at ``\n`` and nowhere else: U+0085, U+2028, vertical
tabs and lone carriage returns are part of the text, so line ``n`` here is line ``n`` for ``wc`` and for
every other tool. The ``\r`` of a ``\r\n`` ending and one byte order mark at the start are not text
and go. Memory does not grow with the file.
"""

import contextlib
import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, TextIO, cast

from dragoman.base.errors import CorpusFormatError
from dragoman.base.files import atomic_file, explained

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STANDARD_STREAM = "-"
"""The location that means standard input when reading and standard output when writing."""
COMPRESSIONS = (".gz", ".zst")
"""The suffixes that mean a compressed file."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_COMPRESSED_STEP_BYTES = 4096
_WRITE_BUFFER_BYTES = 1 << 16


@contextlib.contextmanager
def open_bytes(path: Path | str) -> Iterator[BinaryIO]:
    """The bytes of a file, decompressed by its suffix; ``"-"`` is standard input.

    Raises:
        FileAccessError: it is missing or may not be read.
        CorpusFormatError: it is compressed, and damaged or half-written.
    """
    if str(path) == STANDARD_STREAM:
        yield sys.stdin.buffer
        return
    path = Path(path)
    with explained("read", path):
        try:
            with path.open("rb") as file:
                yield _decompressed(file, path)
        except EOFError as error:
            raise _half_written(path) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise _damaged(path, error) from error


def _decompressed(file: BinaryIO, path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast("BinaryIO", io.BufferedReader(gzip.GzipFile(fileobj=file), _WRITE_BUFFER_BYTES))
    if path.suffix == ".zst":
        return cast("BinaryIO", io.BufferedReader(_ZstandardBytes(file, path), _WRITE_BUFFER_BYTES))
    return file


def _half_written(path: Path) -> CorpusFormatError:
    return CorpusFormatError(
        f"{path} ends in the middle of its compressed data: it is half-written",
        hint="copy or download the file again",
    )


def _damaged(path: Path, error: Exception) -> CorpusFormatError:
    return CorpusFormatError(
        f"{path} cannot be decompressed: {error}",
        hint=f"the file is damaged, or it is not a {path.suffix} file at all",
    )


class _ZstandardBytes(io.RawIOBase):
    """The bytes of a ``.zst`` file of any number of frames.

    ``zstandard``'s own reader takes a file cut in the middle of a frame for a whole one; this one does not.
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        import zstandard

        self._file = file
        self._path = path
        self._decompressor = zstandard.ZstdDecompressor()
        self._error = zstandard.ZstdError
        self._frame = self._decompressor.decompressobj()
        self._inside_frame = False
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Yes: this is for reading."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill ``buffer`` with the next bytes; 0 at the end."""
        while not self._ready:
            compressed = self._file.read(_COMPRESSED_STEP_BYTES)
            if not compressed:
                if self._inside_frame:
                    raise _half_written(self._path)
                return 0
            self._ready = memoryview(self._expand(compressed))
        view = memoryview(buffer)
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _expand(self, compressed: bytes) -> bytes:
        expanded = []
        while compressed:
            try:
                expanded.append(self._frame.decompress(compressed))
            except self._error as error:
                raise _damaged(self._path, error) from error
            self._inside_frame = not self._frame.eof
            if self._inside_frame:
                break
            compressed = self._frame.unused_data
            self._frame = self._decompressor.decompressobj()
        return b"".join(expanded)


def read_lines(path: Path | str) -> Iterator[str]:
    """The lines of a UTF-8 text file without their endings; ``"-"`` is standard input.

    Raises:
        FileAccessError: it is missing or may not be read.
        CorpusFormatError: it is not UTF-8 (with file and line), or compressed and half-written.
    """
    with open_bytes(path) as file:
        yield from decode_lines(file, path)


def decode_lines(raw_lines: Iterable[bytes], path: Path | str) -> Iterator[str]:
    """``raw_lines`` of UTF-8, each with its ending, as text without it.

    Args:
        raw_lines: of one file, from its beginning.
        path: its name, for messages.

    Raises:
        CorpusFormatError: a line is not UTF-8.
    """
    for number, raw in enumerate(raw_lines, 1):
        if number == 1:
            raw = raw.removeprefix(_BYTE_ORDER_MARK)
            if not raw:
                continue
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _undecodable(path, number, raw, error) from error
        if line.endswith("\r\n"):
            yield line[:-2]
        else:
            yield line[:-1] if line.endswith("\n") else line


def _undecodable(path: Path | str, number: int, raw: bytes, error: UnicodeDecodeError) -> CorpusFormatError:
    wide = number == 1 and raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    encoding = "utf-16" if wide else "latin1"
    guess = "it looks like UTF-16" if wide else "if it is Latin-1 or Windows-1252"
    return CorpusFormatError(
        f"{path}, line {number}: not UTF-8 (byte 0x{raw[error.start]:02x} at column {error.start + 1} of the line)",
        hint=f"{guess}, convert it first: iconv -f {encoding} -t utf-8 FILE > NEWFILE",
    )


@contextlib.contextmanager
def write_text(path: Path | str) -> Iterator[TextIO]:
    """A file to write UTF-8 text to, compressed by its suffix, whole or not there; ``"-"`` is standard output.

    Line endings are written as given. What stood at ``path`` before stays until the new file is whole.

    Raises:
        FileAccessError: no permission, or a full disk.
        CorpusFormatError: the text holds half a surrogate pair, which UTF-8 cannot hold.
    """
    try:
        if str(path) == STANDARD_STREAM:
            with _text_over(sys.stdout.buffer) as text:
                yield text
            return
        path = Path(path)
        with (
            atomic_file(path) as partial,
            partial.open("wb") as file,
            _compressed(file, path.suffix) as binary,
            _text_over(binary) as text,
        ):
            yield text
    except UnicodeEncodeError as error:
        raise CorpusFormatError(
            f"{path}: cannot write {error.object[error.start : error.end]!r}, half of a surrogate pair, as UTF-8",
            hint="the text was damaged before it came here; remove such characters",
        ) from error


@contextlib.contextmanager
def _text_over(binary: IO[bytes]) -> Iterator[TextIO]:
    """A text layer over ``binary`` that leaves it open."""
    text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=False)
    try:
        yield text
        text.flush()
    finally:
        with contextlib.suppress(OSError):
            text.detach()


@contextlib.contextmanager
def _compressed(file: BinaryIO, suffix: str) -> Iterator[IO[bytes]]:
    if suffix == ".gz":
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
            yield cast("IO[bytes]", packed)
    elif suffix == ".zst":
        import zstandard

        with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as packed_by_zstandard:
            yield cast("IO[bytes]", packed_by_zstandard)
    else:
        yield file


class LineWriter:
    """Writes lines so that :func:`read_lines` gives them back exactly, or refuses.

    Args:
        text: an open file of :func:`write_text`.
        path: its name, for messages.
    """

    def __init__(self, text: TextIO, path: Path | str) -> None:
        self._text = text
        self._path = path
        self._lines = 0

    def write(self, line: str) -> None:
        """Write one line.

        Raises:
            CorpusFormatError: it holds a line break, or ends in a carriage return, which reading would take away.
        """
        if "\n" in line or line.endswith("\r"):
            raise CorpusFormatError(
                f"{self._path}, line {self._lines + 1}: the text {_start(line)} has a line break, "
                "which this format cannot hold",
                hint="write .jsonl or .tmx, which can, or turn line breaks into spaces: --join-lines",
            )
        if not self._lines and line.startswith("\ufeff"):
            self._text.write("\ufeff")  # reading takes one mark away at the start; this one is text
        self._text.write(line)
        self._text.write("\n")
        self._lines += 1


def _start(text: str) -> str:
    """The beginning of ``text``, quoted, for messages."""
    return repr(text if len(text) <= 60 else text[:60] + "…")
