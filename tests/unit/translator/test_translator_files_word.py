"""Word documents: runs are joined, formats placed, everything else copied."""

import io
import zipfile
from xml.dom import minidom

import docx
import pytest
from file_samples import R, archive, body_of, louder, same, word_document, word_with

from dragoman.base.errors import DocumentError
from dragoman.text.markup.parts import Rendered
from dragoman.translator.files.opening import open_document
from dragoman.translator.files.protocol import FileLimits


def run(text, properties=""):
    own = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{own}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content):
    return f"<w:p>{''.join(content)}</w:p>"


def plain(body, **options):
    return [unit.plain for unit in open_document("a.docx", word_with(body, **options)).units]


def rendered(body, *said, **options):
    """The body with other words: for each unit a text, and links of words where they matter."""
    document = open_document("a.docx", word_with(body, **options))
    texts = [one if isinstance(one, Rendered) else Rendered(one) for one in said]
    after = document.render(texts)[0]
    minidom.parseString(zipfile.ZipFile(io.BytesIO(after)).read("word/document.xml"))
    return body_of(after)


def linked(source, target, pairs):
    """A translation whose words are linked by their numbers."""
    places = [[(text.index(word), text.index(word) + len(word)) for word in text.split()] for text in (source, target)]
    return Rendered(target, [(places[0][one], places[1][other]) for one, other in pairs])


class TestWholeDocuments:
    def test_python_docx_reads_what_we_write(self):
        data = word_document()
        document = open_document("a.docx", data)
        assert [unit.plain for unit in document.units] == [
            "The red house",
            "The red car is very fast.",
            "Name:",
            "Ada",
            "Fish & <chips>",
            "Click this link to go to page now.",
            "A cell",
            "An inner cell",
            "On top",
            "Below",
            "Is it?",
        ]
        after = docx.Document(io.BytesIO(louder(document)))
        first = after.paragraphs[1]
        assert [(one.text, one.bold) for one in first.runs][:3] == [
            ("THE ", None),
            ("RED", True),
            (" CAR IS VERY FAST. AND MORE", None),
        ]
        assert after.paragraphs[2].text == "NAME: AND MORE\tADA AND MORE\nFISH & <CHIPS> AND MORE"
        link = after.paragraphs[3].hyperlinks[0]
        assert (link.text, link.address, link.runs[0].font.underline) == ("THIS LINK", "https://example.org/", True)
        assert after.paragraphs[0].style.name == "Heading 1"
        assert after.tables[0].cell(0, 1).tables[0].cell(0, 0).text == "AN INNER CELL AND MORE"
        assert after.sections[0].header.paragraphs[0].text == "ON TOP AND MORE"
        assert [one.text for one in after.comments] == ["IS IT? AND MORE"]

    def test_other_entries_are_copied(self):
        data = word_document()
        before, after = (zipfile.ZipFile(io.BytesIO(one)) for one in (data, louder(open_document("a.docx", data))))
        assert before.namelist() == after.namelist()
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
        assert changed == {"word/document.xml", "word/header1.xml", "word/footer1.xml", "word/comments.xml"}

    def test_a_paragraph_that_stays_is_copied_byte_for_byte(self):
        odd = "<w:p  w:rsidR='1' >\n<w:r w:rsidR=\"2\"><w:t>Stays</w:t></w:r><!-- so --></w:p>"
        assert rendered(odd + paragraph(run("Goes")), "Stays", "Geht") == odd + paragraph(run("Geht"))


class TestFormats:
    def test_runs_with_equal_formats_are_one(self):
        body = paragraph(
            run("One ", '<w:lang w:val="en-US"/>'), '<w:proofErr w:type="spellStart"/>', run("tw"), run("o")
        )
        assert plain(body) == ["One two"]
        assert rendered(body, "Eins zwei") == paragraph(run("Eins zwei"))

    def test_formats_follow_their_words(self):
        body = paragraph(run("a "), run("red", "<w:b/>"), run(" car"))
        said = linked("a red car", "une voiture rouge", [(0, 0), (1, 2), (2, 1)])
        assert rendered(body, said) == paragraph(run("une voiture "), run("rouge", "<w:b/>"))

    def test_a_link_and_a_footnote(self):
        note = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
        link = ('<w:hyperlink r:id="r7">', "</w:hyperlink>")
        body = paragraph(run("see "), link[0], run("here", "<w:u/>"), link[1], run(" now"), note, run(" ok"))
        assert plain(body) == ["see here now ok"]
        said = linked("see here now ok", "jetzt hier siehe gut", [(0, 2), (1, 1), (2, 0), (3, 3)])
        assert rendered(body, said) == paragraph(
            run("jetzt"), note, run(" "), link[0], run("hier", "<w:u/>"), link[1], run(" siehe gut")
        )

    def test_fields(self):
        field = "".join(
            f"<w:r>{one}</w:r>"
            for one in (
                '<w:fldChar w:fldCharType="begin"/>',
                "<w:instrText> {} </w:instrText>",
                '<w:fldChar w:fldCharType="separate"/>',
            )
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        page = field.replace("{}", "PAGE") + run("7") + end
        assert plain(paragraph(run("on page "), page, run(" now"))) == ["on page now"]
        link = field.replace("{}", 'HYPERLINK "x"')
        body = paragraph(run("click "), link, run("this"), end)
        assert plain(body) == ["click this"]
        assert rendered(body, "klick dies") == paragraph(run("klick "), link, run("dies"), end)
        begins, goes_on = paragraph(link, run("one")), paragraph(run("two"), end)
        assert plain(begins + goes_on) == ["one", "two"]
        assert rendered(begins + goes_on, "eins", "zwei") == paragraph(link, run("eins")) + paragraph(run("zwei"), end)

    def test_thousands_of_fields_inside_each_other(self):
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>{}</w:instrText>'
            '<w:fldChar w:fldCharType="separate"/></w:r>'
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        for told, units in (("HYPERLINK", ["x"]), ("PAGE", []), ("", [])):
            body = paragraph(begin.format(told) * 3000, run("x"), end * 3000)
            assert plain(body) == units
        assert plain(paragraph(begin.format("PAGE") * 3000, run("x"))) == ["x"]

    def test_tabs_and_line_ends_part_units(self):
        body = paragraph("<w:r><w:rPr><w:b/></w:rPr><w:t>Name</w:t><w:tab/><w:t>Ada</w:t><w:br/></w:r>")
        assert plain(body) == ["Name", "Ada"]
        said = rendered(body, "Nom", "Ada")
        bold = "<w:r><w:rPr><w:b/></w:rPr>{}</w:r>".format
        assert said == paragraph(run("Nom", "<w:b/>"), bold("<w:tab/>"), run("Ada", "<w:b/>"), bold("<w:br/>"))

    def test_bookmarks_never_end_before_they_begin(self):
        start, end = '<w:bookmarkStart w:id="3" w:name="x"/>', '<w:bookmarkEnd w:id="3"/>'
        body = paragraph(run("one "), start, run("two "), end, run("three"))
        said = rendered(body, linked("one two three", "drei zwei eins", [(0, 2), (1, 1), (2, 0)]))
        assert said.index(start) < said.index(end)

    def test_hidden_text_equations_and_inline_controls(self):
        hidden = run("secret", "<w:vanish/>")
        math = "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"
        control = "<w:sdt><w:sdtPr><w:id/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>".format
        names = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
        body = paragraph(run("a "), hidden, run("b "), math, run(" c "), control(run("d")))
        assert plain(body, namespaces=names) == ["a b c d"]
        said = rendered(body, "A B C D", namespaces=names)
        assert said == paragraph(run("A "), hidden, run("B "), math, run(" C "), control(run("D")))

    def test_raised_numbers(self):
        raised = '<w:vertAlign w:val="superscript"/>'
        one, zero, two = run("1", raised), run("0", raised), run("2", raised.replace("super", "sub"))
        body = paragraph(run("a dog"), one, zero, run(" ran, H"), two, run("O, 1"), run("st", raised))
        assert plain(body) == ["a dog ran, H2O, 1st"]
        said = rendered(body, linked("a dog ran, H2O, 1st", "ein Hund rennt, H2O, 1er", [(1, 1), (2, 2)]))
        assert f"{run('ein Hund')}{one}{zero}{run(' rennt, ')}" in said

    def test_what_a_frame_tells_of_itself(self):
        told = '<w:smartTagPr><w:attr w:name="x" w:val="y"/></w:smartTagPr>'
        tag = ('<w:smartTag w:element="place">', "</w:smartTag>")
        body = paragraph(run("in "), tag[0], told, run("Paris"), tag[1])
        assert rendered(body, "à Paris") == paragraph(run("à "), tag[0], told, run("Paris"), tag[1])

    def test_a_text_box(self):
        box = "<w:r><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></w:r>".format
        body = paragraph(run("outside "), box(paragraph(run("inside"))), run("again"))
        assert plain(body) == ["inside", "outside again"]
        assert rendered(body, "innen", "aussen wieder") == paragraph(
            run("aussen "), box(paragraph(run("innen"))), run("wieder")
        )
        assert rendered(body, "innen", "outside again") == body.replace("inside", "innen")
        assert rendered(body, "inside", "aussen wieder").count("inside") == 1

    def test_tracked_changes(self):
        who = 'w:id="1" w:author="A"'
        deleted = f"<w:del {who}><w:r><w:delText>old</w:delText></w:r></w:del>"
        body = paragraph(run("a "), deleted, f"<w:ins {who}>", run("new"), "</w:ins>", run(" car"))
        assert plain(body) == ["a new car"]
        assert open_document("a.docx", word_with(body)).opened.notes == ("tracked-changes",)
        said = rendered(body, "ein neues Auto")
        assert deleted in said
        assert f"<w:ins {who}>{run('neues')}</w:ins>" in said

    def test_other_prefixes_and_the_strict_vocabulary(self):
        strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
        body = f'<x:p xmlns:x="{strict}"><x:r><x:t>One</x:t></x:r></x:p>'
        assert plain(body) == ["One"]
        assert rendered(body, "Eins") == body.replace("<x:t>One", '<x:t xml:space="preserve">Eins')

    def test_what_is_said_is_text(self):
        body = paragraph(run("One"))
        assert rendered(body, "<w:b/>&\x00\x01\x02 ]]>") == paragraph(run("&lt;w:b/&gt;&amp;    ]]&gt;"))


def entries_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def refusal(data, limits=None):
    with pytest.raises(DocumentError) as refused:
        open_document("a.docx", data, limits)
    return refused.value


class TestHostileDocuments:
    def test_limits(self):
        many = word_with(paragraph(run("a")), more={f"x{number}": "" for number in range(50)})
        assert "max_file_entries" in refusal(many, FileLimits(max_file_entries=20)).message
        bomb = word_with(paragraph(run("a")), more={"word/media/image.png": b"\0" * 5_000_000})
        assert len(bomb) < 10_000
        assert "max_unpacked_bytes" in refusal(bomb, FileLimits(max_unpacked_bytes=1_000_000)).message
        large = word_with(paragraph(run("a" * 100_000)))
        assert "max_part_bytes" in refusal(large, FileLimits(max_part_bytes=10_000)).message
        deep = word_with("<w:x>" * 300 + "</w:x>" * 300)
        assert "max_xml_depth" in refusal(deep).message
        many_elements = word_with("<w:p/>" * 500_001)
        assert len(many_elements) < 20_000
        assert "max_xml_elements" in refusal(many_elements).message
        assert all(
            refusal(one, FileLimits(max_file_entries=20, max_part_bytes=1)).reason == "too_much"
            for one in (many, large)
        )

    def test_a_size_that_lies(self):
        honest = word_with(paragraph(run("a")), more={"word/media/image.png": b"\0" * 5_000_000})
        place = honest.rindex(b"word/media/image.png") - 46 + 24
        lying = honest[:place] + (10).to_bytes(4, "little") + honest[place + 4 :]
        document = open_document("a.docx", lying)
        with pytest.raises(DocumentError, match="cannot be unpacked"):
            document.render([Rendered("b")])

    @pytest.mark.parametrize(
        ("front", "words"),
        [
            ('<!DOCTYPE w:document [<!ENTITY a "b">]>', "document type"),
            ('<!DOCTYPE x SYSTEM "file:///etc/passwd">', "document type"),
            ('<?xml version="1.0" encoding="ISO-8859-1"?>', "not in UTF-8"),
            ("<w:p>", "not well-formed"),
        ],
    )
    def test_xml(self, front, words):
        data = word_with("")
        entries = {
            name: zipfile.ZipFile(io.BytesIO(data)).read(name) for name in ("[Content_Types].xml", "_rels/.rels")
        }
        body = f'{front}<w:document xmlns:w="urn:x"/>'
        assert words in refusal(archive({**entries, "word/document.xml": body})).message

    def test_utf_16(self):
        data = word_with("")
        entries = {
            name: zipfile.ZipFile(io.BytesIO(data)).read(name) for name in ("[Content_Types].xml", "_rels/.rels")
        }
        assert "UTF-16" in refusal(archive({**entries, "word/document.xml": "<a/>".encode("utf-16")})).message

    def test_macros(self):
        macros = '<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        data = word_with(paragraph(run("a")), more={"word/vbaProject.bin": "x"}, types=macros)
        assert "macros" in refusal(data).message

    def test_no_document(self):
        assert "content types" in refusal(archive({"a.txt": "x"})).message
        assert "no Word document" in refusal(archive({"[Content_Types].xml": "<Types/>"})).message
        assert "damaged" in refusal(word_document()[:-200]).message

    def test_a_damaged_entry(self):
        data = bytearray(word_with(paragraph(run("a"))))
        place = data.index(b"word/document.xml") + 20
        data[place : place + 20] = bytes(20)
        assert "cannot be unpacked" in refusal(bytes(data)).message

    def test_encrypted_and_doubled(self):
        data = bytearray(word_with(paragraph(run("a"))))
        data[data.rindex(b"PK\x01\x02") + 8] |= 1
        assert "encrypted" in refusal(bytes(data)).message
        double = io.BytesIO(word_with(paragraph(run("a"))))
        with zipfile.ZipFile(double, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("word/document.xml", "x")
        assert "one name" in refusal(double.getvalue()).message

    def test_archives_inside_are_copied_unread(self):
        inner = archive({"x": b"\0" * 1000})
        data = word_with(paragraph(run("a")), more={"word/embeddings/a.xlsx": inner})
        after = louder(open_document("a.docx", data))
        assert zipfile.ZipFile(io.BytesIO(after)).read("word/embeddings/a.xlsx") == inner
        assert same(open_document("a.docx", data)) == data

    def test_a_relationship_is_never_followed(self):
        body = paragraph(f'<w:hyperlink xmlns:q="{R}" q:id="none">', run("a"), "</w:hyperlink>")
        assert rendered(body, "b") == body.replace(">a<", ">b<")
