"""Files with layout: what is to be translated of them, and that nothing else changes."""

import pytest
from file_samples import HTML, MARKDOWN, SRT, TEXT, VTT, louder, same, word_document
from hypothesis import given
from hypothesis import strategies as st

from dragoman.base.errors import DocumentError
from dragoman.text.markup.parts import Rendered
from dragoman.translator.files.cues import LINE_COLUMNS, columns, line_ends, share
from dragoman.translator.files.opening import open_document, suffixes
from dragoman.translator.files.protocol import FileLimits

SAMPLES = {"a.srt": SRT, "a.vtt": VTT, "a.html": HTML, "a.md": MARKDOWN, "a.txt": TEXT}
WORDS = st.text(st.sampled_from("ab Z<&*_-#.\n\r\té中😀{}0"), max_size=60)


def plain(name, data):
    return [unit.plain for unit in open_document(name, data).units]


class TestEveryFormat:
    @pytest.mark.parametrize("name", SAMPLES)
    @pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    def test_the_same_bytes(self, name, coding, line_end):
        text = SAMPLES[name].decode().replace("\r\n", "\n").replace("\n", line_end)
        if coding == "utf-16":
            text = text.replace('<meta charset="utf-8">', "")
        for one in (text, text.rstrip(), f"{text}\n\n"):
            data = one.encode(coding)
            document = open_document(name, data)
            assert document.units
            assert same(document) == data
            after = louder(document).decode(coding)
            assert after != one
            assert ("\r\n" in after) == (line_end == "\r\n")
            assert louder(document).startswith(data[:2]) or coding == "utf-8"

    @given(WORDS)
    def test_whatever_text(self, text):
        for name, data in (
            ("a.txt", text),
            ("a.md", text),
            ("a.html", f"<p>{text}"),
            ("a.srt", f"1\n00:00:01,000 --> 00:00:02,000\n{text.strip()}"),
            ("a.vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}"),
        ):
            try:
                document = open_document(name, data.encode())
            except DocumentError:
                continue
            assert same(document) == data.encode()
            louder(document).decode()

    @pytest.mark.parametrize(
        ("name", "data", "reason", "words"),
        [
            ("a.txt", b"", "empty_file", "empty"),
            ("a.txt", b" \r\n", "empty_file", "empty"),
            ("a.txt", b"one\ncaf\xe9", "wrong_encoding", r"byte 7 \(0xe9\), in line 2"),
            ("a.txt", b"\xef\xbb\xbfone\n\xff", "wrong_encoding", "byte 7 .0xff., in line 2"),
            ("a.txt", b"\xff\xfea\x00\n\x00\x00\xd8", "wrong_encoding", "UTF-16-LE: byte 6"),
            ("a.txt", b"a\0b", "wrong_encoding", "line 1 holds a zero byte"),
            ("a.txt", b"a\0\0\0", "wrong_encoding", "zero byte"),
            ("a.txt", b"\xff\xfe\0\0a\0\0\0", "wrong_encoding", "UTF-32"),
            ("a.txt", b"%PDF-1.4", "wrong_format", "a PDF, not .txt"),
            ("a.html", b"PK\x03\x04...", "wrong_format", "an archive"),
            ("a.md", b"\x1f\x8b...", "wrong_format", "gzip"),
            ("a.srt", b"Hello\n", "stray_line", "line 1 belongs to no cue"),
            (
                "a.srt",
                b"1\n00:00:01,000 --> 00:00:02,000\nHi\n\nlost words\n",
                "stray_line",
                "line 5 belongs to no cue",
            ),
            ("a.srt", b"12\n", "stray_line", "belongs to no cue"),
            ("a.vtt", b"Hello", "wrong_format", "WEBVTT"),
            ("a.vtt", b"WEBVTT\n\nHello", "wrong_format", "no cue"),
            ("a.pdf", b"%PDF", "unsupported_format", "'.pdf'"),
            ("a.docm", b"PK", "unsupported_format", "'.docm'"),
            ("docx", b"PK", "unsupported_format", "without an end"),
        ],
    )
    def test_refused(self, name, data, reason, words):
        with pytest.raises(DocumentError, match=words) as refused:
            open_document(name, data)
        assert refused.value.reason == reason
        assert refused.value.hint

    def test_limits(self):
        for limits in (FileLimits(max_file_bytes=10), FileLimits(max_file_characters=10)):
            with pytest.raises(DocumentError, match="max_file_") as refused:
                open_document("a.txt", b"eleven char", limits)
            assert refused.value.reason == "too_much"

    def test_names(self):
        assert {".docx", ".htm", ".html", ".md", ".srt", ".txt", ".vtt"} <= set(suffixes())
        assert plain("C:\\A.B\\C.TXT", b"x") == ["x"]


class TestPages:
    def test_a_page_in_an_old_encoding(self):
        page = '<meta charset="ISO-8859-1"><p>Caf\xe9 “'.encode("cp1252")
        document = open_document("a.html", page)
        assert [unit.plain for unit in document.units] == ["Café “"]
        assert same(document) == page
        after, _ = document.render([Rendered("ä 中")])
        assert after == b'<meta charset="ISO-8859-1"><p>\xe4 &#20013;'

    def test_what_is_translated(self):
        assert plain("a.html", HTML) == ["A car", "Café", "The red car", "stops.", "One", "Two & three"]
        assert plain("a.md", MARKDOWN) == ["The red car", "A link and .", "one", "two"]


class TestPlainText:
    def test_paragraphs_and_lines(self):
        found = plain("a.txt", TEXT)
        assert found[0] == "A title"
        assert found[1].startswith("This is a long paragraph which was broken by its writer to fit a width")
        assert found[2:] == ["one", "two", "last"]

    def test_a_paragraph_is_broken_again(self):
        lines = louder(open_document("a.txt", TEXT)).decode().split("\r\n")
        width = max(len(line) for line in TEXT.decode().split("\r\n"))
        assert len(lines) == 9
        assert all(len(line) <= width for line in lines)

    def test_sentences_in_lines_are_no_paragraph(self):
        lines = ["A man in a red coat walks along the street.", "Two women in blue coats look at the sea now."]
        assert plain("a.txt", "\n".join(lines).encode()) == lines

    def test_indentation(self):
        text = b"    This paragraph is indented by four spaces, as in a\n    quotation, and its lines were broken.\n"
        document = open_document("a.txt", text)
        assert len(document.units) == 1
        assert all(line.startswith(b"    ") for line in louder(document).splitlines())


class TestSubtitles:
    def test_cues(self):
        assert plain("a.srt", SRT) == [
            "We had been waiting for the train all of that long",
            "We had a very long and terribly cold winter, John.",
            "Hello there.",
            "Hi!",
            "Up here, 5 < 6.",
        ]
        assert plain("a.vtt", VTT) == ["Bread & butter", "Come here!"]

    def test_times_stay_and_sentences_are_laid_back(self):
        said = louder(open_document("a.srt", SRT)).decode()
        before, after = SRT.decode().split("\r\n\r\n"), said.split("\r\n\r\n")
        assert [cue.split("\r\n")[:2] for cue in after] == [cue.split("\r\n")[:2] for cue in before]
        said = " ".join(line for cue in after[1:3] for line in cue.split("\r\n")[2:])
        assert said == "WE HAD A VERY LONG AND TERRIBLY COLD WINTER, JOHN. AND MORE"
        assert all(columns(line) <= LINE_COLUMNS for cue in after for line in cue.split("\r\n")[2:])
        assert after[3].split("\r\n")[2:] == ["- <b>HELLO</b> THERE. AND MORE", "- HI! AND MORE"]
        assert after[4].split("\r\n")[2] == "{\\an8}UP HERE, 5 < 6. AND MORE"
        assert after[0].split("\r\n")[2].startswith("<i>")
        assert after[0].endswith("</i>")

    def test_vtt(self):
        after = louder(open_document("a.vtt", VTT)).decode()
        assert "<v Ada>BREAD &amp; BUTTER AND MORE</v>" in after
        assert "<c.loud>COME</c> <00:04.500>HERE! AND MORE" in after
        assert "not to be translated --> here" in after

    def test_nothing_that_is_said_is_markup(self):
        document = open_document("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHi")
        after, _ = document.render([Rendered("<b>x\n\n2\n00:00:01,000 --> 00:00:02,000")])
        assert len(open_document("a.srt", after).units) == 1
        assert b"<b>" not in after
        document = open_document("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi")
        after, _ = document.render([Rendered("<b>x\n\n00:01.000 --> 00:02.000")])
        assert len(open_document("a.vtt", after).units) == 1

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_nothing_said_in_the_midst_ends_no_cue(self, end):
        front = ["1", "00:00:01,000 --> 00:00:02,000"]
        text = end.join([*front, "Hi!", "- Ho!", "- He!", ""])
        after, _ = open_document("a.srt", text.encode()).render([Rendered(one) for one in ("", "Hallo!", "He!")])
        assert after.decode().split(end) == [*front, "- Hallo!", "- He!", ""]

    def test_no_position_is_said(self):
        cue = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi"
        after, _ = open_document("a.vtt", cue).render([Rendered("{\\an8}Hi\u2028")])
        assert after.endswith(b"\n{ \\an8}Hi")

    def test_who_pauses_or_ends_says_another_sentence(self):
        cue = "{}\n00:00:0{},000 --> 00:00:0{},900\n{}\n\n".format
        apart = cue(1, 1, 1, "One thing.") + cue(2, 2, 2, "Another") + cue(3, 8, 8, "thing.")
        assert plain("a.srt", apart.encode()) == ["One thing.", "Another", "thing."]

    @given(st.text(st.sampled_from("abc ,.中文"), max_size=80), st.lists(st.integers(1, 50), min_size=2, max_size=4))
    def test_sharing_loses_nothing(self, text, weights):
        parts = share(text, weights)
        assert len(parts) == len(weights)
        assert "".join("".join(parts).split()) == "".join(text.split())

    @given(st.text(st.sampled_from("abcde  ,.中"), max_size=200), st.integers(1, 4))
    def test_lines(self, text, lines):
        ends = line_ends(text, lines=lines)
        assert ends == sorted(set(ends))
        assert len(ends) < max(2, lines)
        assert ends or columns(text) <= LINE_COLUMNS or not any(map(str.isspace, text.strip())) or lines == 0


def test_a_word_document_too():
    data = word_document()
    assert same(open_document("a.docx", data)) == data
