"""Files as people have them, made here: documents of Word by python-docx and by hand, pages, subtitles."""

import io
import zipfile

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from dragoman.text.markup.parts import Rendered

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINK = f"{R}/hyperlink"

SRT = (
    b"1\r\n00:00:01,000 --> 00:00:03,000\r\n<i>We had been waiting for the train\r\nall of that long</i>\r\n\r\n"
    b"2\r\n00:00:03,100 --> 00:00:05,000 X1:40 X2:600\r\nWe had a very long\r\n\r\n"
    b"3\r\n00:00:05,100 --> 00:00:07,000\r\nand terribly cold winter, John.\r\n\r\n"
    b"4\r\n00:00:08,000 --> 00:00:09,000\r\n- <b>Hello</b> there.\r\n- Hi!\r\n\r\n"
    b"5\r\n00:00:10,000 --> 00:00:11,000\r\n{\\an8}Up here, 5 < 6."
)
VTT = (
    b"WEBVTT - a film\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE\nnot to be translated --> here\n\n"
    b"first\n00:01.000 --> 00:03.500 align:start\n<v Ada>Bread &amp; butter</v>\n\n"
    b"01:00:04.000 --> 01:00:05.000\n<c.loud>Come</c> <00:04.500>here!\n"
)
HTML = (
    b'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Caf&eacute;</title>'
    b"<style>p { color: red }</style></head>\n<body><!-- no --><p class=x>The <b>red</b> car<br>stops.</p>\n"
    b'<img alt="A car" src="a.png"><table><tr><td>One</td><td>Two &amp; three</td></tr></table>'
    b"<script>let a = '<p>no</p>'</script></body></html>\n"
)
MARKDOWN = (
    b"---\ntitle: Not this\n---\n# The *red* car\n\nA [link](https://a.b/c 'x') and `code`.\n\n"
    b"- one\n- two\n\n```\nkept\n```\n"
)
TEXT = (
    b"A title\r\n\r\nThis is a long paragraph which was broken by its writer to fit\r\n"
    b"a width of somewhat over sixty columns, and so it goes on for a\r\nwhile.\r\n\r\n\t- one\r\n\t- two\r\nlast"
)


def same(document):
    """The document with every unit translated into itself."""
    return document.render([Rendered(unit.plain) for unit in document.units])[0]


def louder(document, more=" and more"):
    """The document in capitals, each unit somewhat longer."""
    return document.render([Rendered(unit.plain.upper() + more.upper()) for unit in document.units])[0]


def element(name, **attributes):
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def a_field(paragraph, told, result):
    """A field in runs of its own, as Word writes it."""
    for kind in ("begin", None, "separate", result, "end"):
        run = paragraph.add_run()
        if kind in ("begin", "separate", "end"):
            run._r.append(element("fldChar", fldCharType=kind))
        elif kind is None:
            run._r.append(element("instrText"))
            run._r[-1].text = told
        else:
            run.text = result


def a_link(paragraph, text):
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to("https://example.org/", LINK, is_external=True))
    run = paragraph.add_run(text)
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def word_document():
    """Headings, formats, a link, fields, a table, a header and a footer, a comment, tabs and line ends."""
    made = docx.Document()
    made.add_heading("The red house", 1)
    paragraph = made.add_paragraph("The ")
    paragraph.add_run("red").bold = True
    for text in (" car is ", "very fa", "st", "."):
        paragraph.add_run(text)
    paragraph = made.add_paragraph("Name:\tAda")
    paragraph.runs[0].add_break()
    paragraph.runs[0].add_text("Fish & <chips>")
    paragraph = made.add_paragraph("Click ")
    a_link(paragraph, "this link")
    paragraph.add_run(" to go to page ")
    a_field(paragraph, " PAGEREF x ", "7")
    paragraph.add_run(" now.")
    table = made.add_table(1, 2)
    table.cell(0, 0).text = "A cell"
    table.cell(0, 1).add_table(1, 1).cell(0, 0).text = "An inner cell"
    made.sections[0].header.paragraphs[0].text = "On top"
    made.sections[0].footer.paragraphs[0].text = "Below"
    made.add_comment(made.paragraphs[1].runs, text="Is it?", author="Ada")
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def word_with(body, *, namespaces="", more=None, types=""):
    """A small document of Word with this body."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    entries = {
        "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}.document.main+xml"/>{types}</Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}" {namespaces}>'
        f"<w:body>{body}</w:body></w:document>",
        **(more or {}),
    }
    return archive(entries)


def archive(entries, **options):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, **options) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return made.getvalue()


def body_of(data, name="word/document.xml"):
    """The text of a part, what is in its body only."""
    text = zipfile.ZipFile(io.BytesIO(data)).read(name).decode()
    return text.partition("<w:body>")[2].rpartition("</w:body>")[0] or text
