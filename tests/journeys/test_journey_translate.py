"""Translating streams of lines: one in, one out, whatever is in them."""

import gzip
import io
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from dragoman.translator.robust.rescue import NOTES

COMMAND = [sys.executable, "-c", "from dragoman.cli.main import main\nmain()", "translate"]


@pytest.fixture
def translate(golden, tmp_path, dragoman):
    """The lines that come out for a text that goes in."""

    def run(text: str | bytes, *options: object) -> list[str]:
        path = tmp_path / "in.txt"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        result = dragoman("translate", golden, path, *options)
        assert result.code == 0, result.err
        assert all(said.partition(": ")[2] in NOTES.values() for said in result.err.splitlines()), result.err
        lines = result.out.split("\n")
        assert lines.pop() == "", "every line that comes out is ended"
        return lines

    return run


SENTENCES = ["Hello world!", "The child is eating an apple.", "", "Where is my brother?", "We have two cars."]


def test_one_line_in_one_line_out(translate):
    text = "\n".join(SENTENCES) + "\n"
    lines = translate(text)
    assert len(lines) == len(SENTENCES)
    assert [bool(line.strip()) for line in lines] == [bool(line) for line in SENTENCES]
    assert translate("") == []
    assert translate("\n") == [""]
    assert translate("\n\n") == ["", ""]


def test_no_line_end_at_the_end_of_the_file(translate):
    assert translate("Hello world!") == translate("Hello world!\n")


@pytest.mark.parametrize(
    "line",
    [
        "   ",
        "\t",
        "!!! ---",
        " ",
    ],
)
def test_what_needs_no_translation_stays(line, translate):
    assert translate(f"{line}\n") == [line]


def test_spacing_around_and_inside(translate):
    [hello, brother] = translate("Hello world!\nWhere is my brother?\n")
    assert translate("  Hello world!\t\n") == [f"  {hello}\t"]
    assert translate("Hello world!\tWhere is my brother?\n") == [f"{hello}\t{brother}"]


@pytest.mark.parametrize("separator", ["\u2028", "\u0085", "\x0b", "\x0c", "\r"], ids=ascii)
def test_other_line_ends_do_not_end_a_line(separator, translate):
    [hello, brother] = translate("Hello world!\nWhere is my brother?\n")
    assert translate(f"Hello world!{separator}Where is my brother?\n") == [f"{hello}{separator}{brother}"]


def test_windows_line_ends(translate):
    assert translate("Hello world!\r\n\r\nWe have two cars.\r\n") == translate("Hello world!\n\nWe have two cars.\n")


def test_a_byte_order_mark(translate):
    assert translate(b"\xef\xbb\xbfHello world!\n") == translate("Hello world!\n")


def test_odd_characters(translate):
    lines = translate("Hello\0world\nHello \U0001f600!\n\u0627\u0644\u0633\u0644\u0627\u0645\n\u4f60\u597d\n")
    assert len(lines) == 4


@pytest.mark.parametrize(
    "text", ["We have two cars. " * 120, "word " * 700, "x" * 2500], ids=["sentences", "words", "one word"]
)
def test_a_line_longer_than_the_model_can_read(text, translate):
    lines = translate(f"Hello world!\n{text}\nHello world!\n", "--beam", 1)
    assert len(lines) == 3
    assert lines[0] == lines[2]
    assert lines[1].strip()


def test_sentences_of_a_long_line_are_translated_each(translate):
    """Nothing is cut: a line of many equal sentences, too long for the model, gives as many equal translations."""
    [one] = translate("We have two cars.\n", "--beam", 1)
    [many] = translate("We have two cars. " * 120 + "\n", "--beam", 1)
    assert many.count(one) == 120


def test_a_line_does_not_depend_on_its_batch(translate, pairs):
    text = "".join(source + "\n" for source, _ in pairs[:16])
    alone, together = translate(text, "--batch-lines", 1), translate(text, "--batch-lines", 64)
    assert alone == together
    assert len(set(together)) > 3


def test_n_best(translate):
    rows = [line.split("\t") for line in translate("Hello world!\n\nWe have two cars.\n", "--n-best", 3)]
    assert [row[0] for row in rows] == ["1", "1", "1", "2", "3", "3", "3"]
    for number in "13":
        scores = [float(score) for which, score, _ in rows if which == number]
        assert scores == sorted(scores, reverse=True)
        assert len({text for which, _, text in rows if which == number}) == 3
    best = next(row[2] for row in rows if row[0] == "1")
    assert best == translate("Hello world!\n", "--beam", 5)[0]


def test_no_repeated_ngram(translate, pairs):
    text = "".join(source + "\n" for source, _ in pairs[:10])
    assert translate(text, "--no-repeated-ngram", 1) != translate(text)


def test_an_output_file(translate, golden, tmp_path, dragoman):
    text, output = "Hello world!\nWe have two cars.\n", tmp_path / "out.txt"
    lines = translate(text)
    assert dragoman("translate", golden, tmp_path / "in.txt", "-o", output).out == ""
    assert output.read_text() == "\n".join(lines) + "\n"
    assert dragoman("translate", golden, tmp_path / "in.txt", "-o", output, "--force").code == 0
    packed_in, packed_out = tmp_path / "in.gz", tmp_path / "out.gz"
    packed_in.write_bytes(gzip.compress(text.encode()))
    assert dragoman("translate", golden, packed_in, "-o", packed_out).code == 0
    assert gzip.decompress(packed_out.read_bytes()).decode() == output.read_text()


def test_lines_before_a_fault_are_translated(golden, tmp_path, dragoman):
    (tmp_path / "in.txt").write_bytes(b"Hello world!\nna\xefve\n")
    result = dragoman("translate", golden, tmp_path / "in.txt", "--batch-lines", 1)
    assert result.is_clear_error
    assert "line 2" in result.err
    assert len(result.out.splitlines()) == 1


# standard input and output


class SlowInput(io.BytesIO):
    """Standard input of which each read gives one piece, as a pipe does."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__()
        self._pieces = list(pieces)

    @property
    def buffer(self) -> "SlowInput":
        return self

    def read1(self, size: int | None = -1, /) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


def test_standard_input_in_any_pieces(translate, golden, dragoman, monkeypatch):
    text = "Hello world!\n\nWhere is the café?\r\nWe have two cars."
    expected = translate(text)
    raw = text.encode()
    for cuts in ([], [5], [12, 13, 14], [31, 32, 33], list(range(1, len(raw)))):
        borders = [0, *cuts, len(raw)]
        pieces = [raw[start:end] for start, end in pairwise(borders)]
        monkeypatch.setattr(sys, "stdin", SlowInput(*pieces))
        result = dragoman("translate", golden, "-")
        assert result.out.split("\n")[:-1] == expected


def test_undecodable_standard_input(golden, dragoman, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SlowInput(b"Hello world!\nna\xefve\n"))
    result = dragoman("translate", golden)
    assert result.is_clear_error
    assert "standard input, line 2" in result.err


def test_a_typed_line_is_answered_at_once(golden):
    with subprocess.Popen(
        [*COMMAND, str(golden)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"Hello world!\n")
        process.stdin.flush()
        first = process.stdout.readline()  # would wait for ever if the program waited for more lines
        process.stdin.write(b"Hello world!\n" * 3)
        process.stdin.flush()
        rest = [process.stdout.readline() for _ in range(3)]
        out, err = process.communicate()
    assert first.strip()
    assert rest == [first] * 3
    assert (out, err, process.returncode) == (b"", b"", 0)


def test_a_reader_who_leaves(golden, tmp_path):
    text = tmp_path / "many.txt"
    text.write_text("Hello world!\n" * 20_000)
    with subprocess.Popen(
        [*COMMAND, str(golden), str(text), "--n-best", "5"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    assert told == b""
    assert process.returncode != 0


def test_installed_as_a_module(golden, tmp_path: Path):
    shown = subprocess.run([sys.executable, "-m", "dragoman", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("dragoman ")


def test_protected_spans_come_back_and_it_is_said(golden, tmp_path, dragoman):
    (tmp_path / "in.txt").write_text("Hello {name}, see https://example.com/a 😀\nTHE CHILD IS EATING AN APPLE.\n")
    result = dragoman("translate", golden, tmp_path / "in.txt")
    first, second, last = result.out.split("\n")
    assert last == ""
    assert all(span in first for span in ("{name}", "https://example.com/a", "😀"))
    assert second.isupper()
    assert result.err.count("1 line: ") >= 2
    assert NOTES["capitals"] in result.err


def test_without_protection_the_model_has_its_say(golden, tmp_path, dragoman):
    (tmp_path / "in.txt").write_text("Hello {name}, see https://example.com/a 😀\n")
    result = dragoman("translate", golden, tmp_path / "in.txt", "--no-protect")
    assert "https://example.com/a" not in result.out
    assert result.err == ""
