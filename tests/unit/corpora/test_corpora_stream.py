import gzip
import io
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from dragoman.base.errors import CorpusFormatError, FileAccessError
from dragoman.corpora.stream import LineWriter, read_lines, write_text


def lines_of(tmp_path: Path, content: bytes, name: str = "text") -> list[str]:
    path = tmp_path / name
    path.write_bytes(content)
    return list(read_lines(path))


@pytest.mark.parametrize("inner", ["\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\r"])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, inner: str) -> None:
    assert lines_of(tmp_path, f"a{inner}b\nc\n".encode()) == [f"a{inner}b", "c"]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"a", ["a"]),
        (b"a\nb", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\r\r\n", ["a\r"]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        (b"\xef\xbb\xbf", []),
        (b"\xef\xbb\xbf\n", [""]),
        (b"\xef\xbb\xbf\xef\xbb\xbfa", ["\ufeffa"]),
        (b"a\n\xef\xbb\xbfb", ["a", "\ufeffb"]),
    ],
)
def test_line_endings_and_byte_order_mark(tmp_path: Path, content: bytes, lines: list[str]) -> None:
    assert lines_of(tmp_path, content) == lines


def test_undecodable_bytes_are_located(tmp_path: Path) -> None:
    with pytest.raises(CorpusFormatError, match=r"text, line 2: not UTF-8 \(byte 0xf6 at column 3") as caught:
        lines_of(tmp_path, b"good\ngr\xf6\xdfer\n")
    assert caught.value.hint is not None
    assert "iconv -f latin1" in caught.value.hint


def test_utf_16_is_recognized(tmp_path: Path) -> None:
    with pytest.raises(CorpusFormatError) as caught:
        lines_of(tmp_path, "hello".encode("utf-16"))
    assert caught.value.hint is not None
    assert "UTF-16" in caught.value.hint


@pytest.mark.parametrize("content", [b"\xed\xa0\x80\n", b"\xc0\xaf\n", b"\xf5\x80\x80\x80\n", b"\xe4\xb8\n"])
def test_utf_8_is_strict(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CorpusFormatError):
        lines_of(tmp_path, content)


def test_compressed_files_of_several_members(tmp_path: Path) -> None:
    assert lines_of(tmp_path, gzip.compress(b"a\n") + gzip.compress(b"b\n"), "x.gz") == ["a", "b"]
    frames = zstandard.compress(b"a\n" * 40_000) + zstandard.compress(b"") + zstandard.compress(b"b\n")
    assert lines_of(tmp_path, frames, "x.zst") == ["a"] * 40_000 + ["b"]


@pytest.mark.parametrize("cut", [1, 5, 30, 200])
@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_half_written_compressed_files(tmp_path: Path, suffix: str, cut: int) -> None:
    content = "\n".join(f"line {number * 7919 % 1000}" for number in range(3000)).encode()
    packed = gzip.compress(content) if suffix == ".gz" else zstandard.compress(content)
    with pytest.raises(CorpusFormatError, match="half-written"):
        lines_of(tmp_path, packed[:-cut], f"x{suffix}")


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_damaged_or_falsely_named_compressed_files(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(CorpusFormatError, match="cannot be decompressed"):
        lines_of(tmp_path, b"just plain text that somebody renamed\n", f"x{suffix}")


def test_missing_file_and_directory(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="no such file"):
        list(read_lines(tmp_path / "none"))
    with pytest.raises(FileAccessError, match="directory"):
        list(read_lines(tmp_path))


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\x0bb\nc\n")))
    assert list(read_lines("-")) == ["a\x0bb", "c"]


def test_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with write_text("-") as text:
        text.write("größer\r\n")
    sys.stdout.write("still open")
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == "größer\r\nstill open".encode()


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_equal_text_gives_equal_files(tmp_path: Path, suffix: str) -> None:
    for name in "ab":
        with write_text(tmp_path / f"{name}{suffix}") as text:
            text.write("same\n" * 100)
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_a_failure_leaves_nothing_behind(tmp_path: Path, suffix: str) -> None:
    def fail() -> None:
        with write_text(tmp_path / f"x{suffix}") as text:
            text.write("half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_a_full_disk_is_one_clear_error(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(b"old")
    script = (
        "import os, resource, signal\n"
        "from dragoman.base.errors import FileAccessError\n"
        "from dragoman.corpora.stream import write_text\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n"
        f"    with write_text({str(path)!r}) as text:\n"
        "        for _ in range(100): text.write(os.urandom(9000).hex())\n"
        "except FileAccessError as error:\n"
        "    print(error)\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "the file grew past the allowed size" in result.stdout
    assert result.stderr == ""
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("bad", ["a\nb", "a\r", "\n"])
def test_a_line_writer_refuses_what_would_not_come_back(bad: str) -> None:
    writer = LineWriter(io.StringIO(), "out")
    writer.write("fine \r inside")
    with pytest.raises(CorpusFormatError, match=r"out, line 2: .* line break"):
        writer.write(bad)
