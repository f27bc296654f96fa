import tracemalloc
from pathlib import Path

import pytest

from dragoman.base.errors import CorpusFormatError, EmptyCorpusError
from dragoman.corpora.formats.protocol import ReadReport
from dragoman.corpora.formats.tmx import TmxFormat, matching_language
from dragoman.corpora.records import Record


def unit(*variants: tuple[str, str], attribute: str = "xml:lang", before: str = "") -> str:
    inner = "".join(f'<tuv {attribute}="{language}"><seg>{text}</seg></tuv>' for language, text in variants)
    return f"<tu>{before}{inner}</tu>"


def tmx(*units: str, doctype: str = "", declaration: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{declaration}{doctype}<tmx version="1.4"><header/><body>{"".join(units)}</body></tmx>'


def read(content: str | bytes, folder: Path, source: str = "en", target: str = "de") -> tuple[list[Record], ReadReport]:
    path = folder / "memory.tmx"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    report = ReadReport()
    return list(TmxFormat().read([path], source=source, target=target, report=report)), report


def texts(records: list[Record]) -> list[tuple[str, str]]:
    return [(record.source, record.target) for record in records]


@pytest.mark.parametrize("attribute", ["lang", "xml:lang"])
@pytest.mark.parametrize("tags", [("en", "de"), ("EN-US", "DE-DE"), ("en_GB", "de_AT")])
def test_both_language_attributes_and_any_region(tmp_path: Path, attribute: str, tags: tuple[str, str]) -> None:
    records, _ = read(tmx(unit((tags[0], "house"), (tags[1], "Haus"), attribute=attribute)), tmp_path)
    assert records == [Record("house", "Haus", 1)]


@pytest.mark.parametrize(
    ("tag", "languages", "expected"),
    [
        ("en", ["en", "de"], "en"),
        ("EN-US", ["en", "de"], "en"),
        ("en", ["en-GB", "de"], "en-GB"),
        ("en-US", ["en-GB", "de"], None),
        ("pt-BR", ["pt-BR", "pt-PT"], "pt-BR"),
        ("pt-PT", ["pt-BR", "pt-PT"], "pt-PT"),
        ("zh-Hant-TW", ["zh", "zh-Hant"], "zh-Hant"),
        ("eng", ["en", "de"], None),
        ("", ["en", "de"], None),
    ],
)
def test_matching_language(tag: str, languages: list[str], expected: str | None) -> None:
    assert matching_language(tag, languages) == expected


def test_the_reverse_direction(tmp_path: Path) -> None:
    content = tmx(unit(("en", "house"), ("de", "Haus")))
    assert texts(read(content, tmp_path, "de", "en")[0]) == [("Haus", "house")]


@pytest.mark.parametrize(
    ("segment", "text", "with_sub"),
    [
        ('Click <bpt i="1">&lt;b&gt;</bpt>here<ept i="1">&lt;/b&gt;</ept> now', "Click here now", False),
        ('a<ph x="1">{0}</ph>b<it pos="begin">&lt;i&gt;</it>c<ut>\\tab </ut>d', "abcd", False),
        ("see <hi type='term'>the <hi>inner</hi> term</hi>.", "see the inner term.", False),
        ('x<ph>&lt;a title="<sub>a title</sub>"&gt;</ph>y', "xy", True),
        ("x<ph>a<sub>b<hi>c</hi><ph>d</ph></sub>e</ph>y", "xy", True),
    ],
)
def test_inline_tags_as_tmx_14b_says(tmp_path: Path, segment: str, text: str, with_sub: bool) -> None:
    records, report = read(tmx(unit(("en", segment), ("de", "Text"))), tmp_path)
    assert records[0].source == text
    assert report.remarks["segments with inline tags, whose codes were left out"] == 1
    assert bool(report.remarks["sub-flow texts (footnotes, link titles) left out"]) == with_sub


def test_variants_give_every_combination(tmp_path: Path) -> None:
    content = tmx(unit(("en", "hi"), ("de", "hallo"), ("de-AT", "servus"), ("en-GB", "hello"), ("fr", "salut")))
    records, report = read(content, tmp_path)
    assert texts(records) == [("hi", "hallo"), ("hi", "servus"), ("hello", "hallo"), ("hello", "servus")]
    assert {record.line for record in records} == {1}
    assert report.remarks["units with several variants, one record for each combination"] == 1


def test_units_without_a_side_are_counted(tmp_path: Path) -> None:
    content = tmx(
        unit(("en", "a"), ("de", "")),
        unit(("en", " \n "), ("de", "b")),
        unit(("en", "a")),
        unit(("fr", "a")),
        unit(("en", "c"), ("de", "d")),
    )
    records, report = read(content, tmp_path)
    assert records == [Record("c", "d", 5)]
    assert report.skipped == {"empty de text": 1, "empty en text": 1, "no de text": 1, "no en text": 1}


def test_missing_language_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(EmptyCorpusError, match=r"no text in 'de'; its languages are: en-US \(1\), fr \(1\)"):
        read(tmx(unit(("en-US", "a"), ("fr", "b"))), tmp_path)


def test_a_memory_without_units_is_empty_not_an_error(tmp_path: Path) -> None:
    assert read(tmx(), tmp_path)[0] == []


def test_notes_come_along(tmp_path: Path) -> None:
    content = tmx(
        '<tu tuid="7"><note>mind</note><prop type="file">a.txt</prop><prop type="file">b.txt</prop>'
        '<tuv xml:lang="en"><prop type="x">not this</prop><seg>a</seg></tuv><tuv xml:lang="de"><seg>b</seg></tuv></tu>'
    )
    assert read(content, tmp_path)[0][0].notes == {"tuid": "7", "note": "mind", "file": "a.txt; b.txt"}


def test_notes_come_back(tmp_path: Path) -> None:
    path = tmp_path / "x.tmx"
    records = [
        Record("a\r\n<b>", "c & d", 1, {"tuid": 'a"b', "note": "n\r", "domain <x>": "tab\t"}),
        Record("e", "f", 2),
    ]
    TmxFormat().write(records, [path], source="en-US", target="zh-Hans")
    assert list(TmxFormat().read([path], source="en", target="zh", report=ReadReport())) == records


def test_line_breaks_and_spaces_inside_a_segment_stay(tmp_path: Path) -> None:
    assert read(tmx(unit(("en", " a\n\tb "), ("de", "c"))), tmp_path)[0][0].source == " a\n\tb "


@pytest.mark.parametrize("name", ["tmx11.dtd", "tmx14.dtd"])
def test_the_bare_doctype_is_let_through_and_never_loaded(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('<!ENTITY evil "evil">')
    content = tmx(unit(("en", "a"), ("de", "b")), doctype=f'<!DOCTYPE tmx SYSTEM "{name}">')
    assert texts(read(content, tmp_path)[0]) == [("a", "b")]


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE tmx [<!ENTITY a "aaaa">]>',
        "<!DOCTYPE tmx []>",
        '<!DOCTYPE tmx SYSTEM "tmx14.dtd" [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE tmx [<!ENTITY % p SYSTEM "http://example.org/x.dtd"> %p;]>',
        '<!DOCTYPE tmx SYSTEM "http://example.org/tmx14.dtd">',
        '<!DOCTYPE tmx SYSTEM "/etc/passwd">',
        '<!DOCTYPE tmx PUBLIC "-//X//Y" "tmx14.dtd">',
        '<!DOCTYPE html SYSTEM "tmx14.dtd">',
        "<!DOCTYPE tmx>",
    ],
)
def test_any_other_doctype_is_refused(tmp_path: Path, doctype: str) -> None:
    with pytest.raises(CorpusFormatError, match=r"memory.tmx, line 1: refused: a document type"):
        read(tmx(unit(("en", "a"), ("de", "b")), doctype=doctype), tmp_path)


def test_an_entity_of_the_unread_document_type_is_refused_not_dropped(tmp_path: Path) -> None:
    content = tmx(unit(("en", "caf&eacute;"), ("de", "b")), doctype='<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n')
    with pytest.raises(CorpusFormatError, match="line 2: refused: the entity &eacute;"):
        read(content, tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<tmx>\n<body>\n<tu></body></tmx>", "line 3: broken XML: mismatched tag"),
        (tmx(unit(("en", "a"), ("de", "b")))[:-20], "broken XML: "),
        (tmx(unit(("en", "a & b"), ("de", "b"))), "line 1: broken XML: not well-formed"),
        (tmx(unit(("en", "a\x01"), ("de", "b"))), "broken XML: not well-formed"),
        (tmx(unit(("en", "&nope;"), ("de", "b"))), "broken XML: undefined entity"),
        ("", "broken XML: no element found"),
        ("just text", "broken XML"),
    ],
)
def test_broken_xml_is_located(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(CorpusFormatError, match=message) as caught:
        read(content, tmp_path)
    assert "memory.tmx, line" in str(caught.value)


def test_utf_16_is_read(tmp_path: Path) -> None:
    content = tmx(unit(("en", "a"), ("de", "größer")), declaration='<?xml version="1.0" encoding="UTF-16"?>')
    assert texts(read(content.encode("utf-16"), tmp_path)[0]) == [("a", "größer")]


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_characters_xml_cannot_hold_are_refused(tmp_path: Path, character: str) -> None:
    with pytest.raises(CorpusFormatError, match=f"unit 2: .*U\\+{ord(character):04X}"):
        TmxFormat().write([Record("a", "b"), Record("a", f"b{character}")], [tmp_path / "x"], source="en", target="de")
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "big.tmx"
    TmxFormat().write((Record(f"text {n} " * 20, "Text " * 20) for n in range(8000)), [path], source="en", target="de")
    size = path.stat().st_size
    tracemalloc.start()
    try:
        count = sum(1 for _ in TmxFormat().read([path], source="en", target="de", report=ReadReport()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 8000
    assert peak < size / 4
