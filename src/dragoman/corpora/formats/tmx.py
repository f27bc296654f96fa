"""TMX, the translation memory exchange format: versions 1.1 to 1.4, ``lang`` and ``xml:lang``.

Read as a stream with expat, so that memory does not grow with the file. What is text and what is
not follows the TMX 1.4b specification (LISA OSCAR, 2005): the content of ``bpt ept it ph ut`` is the
native code of some other program and is left out; ``hi`` only marks text, so its content stays;
``sub`` inside a code is a text of its own (a footnote, a link title), not part of this sentence, and
is left out. Segments with such tags, and left-out ``sub`` texts, are counted in the remarks.

Several variants of a language in one unit give one record for every combination of source and
target. Units without one of the sides, or with an empty one, are skipped and counted.

A TMX file can name a document type, which in general lets a file read other files or grow without
bound. Only the bare, well-known reference is let through, and it is never loaded; see
``docs/decisions/0002-tmx-doctype.md``.
"""

import re
import xml.parsers.expat as expat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar
from xml.sax.saxutils import escape, quoteattr

from dragoman.base.errors import CorpusFormatError, EmptyCorpusError
from dragoman.base.version import __version__
from dragoman.corpora.formats.protocol import Location, ReadReport
from dragoman.corpora.records import Record
from dragoman.corpora.stream import open_bytes, write_text

_CHUNK_BYTES = 1 << 16
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut", "sub"})
_INLINE = _CODES | {"hi"}
_KNOWN_DOCTYPES = frozenset({"tmx11.dtd", "tmx12.dtd", "tmx13.dtd", "tmx14.dtd"})
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAX_LISTED_LANGUAGES = 40


class TmxFormat:
    """Translation units to records and back."""

    files_per_corpus: ClassVar[int] = 1

    def read(self, paths: Sequence[Location], *, source: str, target: str, report: ReadReport) -> Iterator[Record]:
        """The records; ``Record.line`` is the number of the translation unit.

        Raises:
            CorpusFormatError: broken XML, or a document type or entity that is refused (file and line are given).
            EmptyCorpusError: no unit has a text in one of the languages; the message lists those there are.
        """
        units = _Units(paths[0], source, target, report)
        with open_bytes(paths[0]) as file:
            while chunk := file.read(_CHUNK_BYTES):
                units.feed(chunk)
                yield from units.take()
            units.feed(b"", last=True)
            yield from units.take()
        units.check_languages()

    def write(self, records: Iterable[Record], paths: Sequence[Location], *, source: str, target: str) -> int:
        """Write a TMX 1.4 file; the notes ``tuid`` and ``note`` and all others (as ``prop``) are kept.

        Raises:
            CorpusFormatError: a text holds a character that XML 1.0 cannot hold in any form.
        """
        count = 0
        with write_text(paths[0]) as text:
            text.write(
                '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
                f'<header creationtool="dragoman" creationtoolversion="{__version__}" segtype="sentence" '
                f'o-tmf="dragoman" adminlang="en" srclang={quoteattr(source)} datatype="plaintext"/>\n<body>\n'
            )
            for count, record in enumerate(records, 1):
                unit = _unit(record, source, target)
                bad = _NOT_IN_XML.search(unit)
                if bad:
                    raise CorpusFormatError(
                        f"{paths[0]}, unit {count}: the text has the control character U+{ord(bad[0]):04X}, "
                        "which XML cannot hold",
                        hint="write .jsonl, which can, or run `dragoman corpus clean` first, which removes it",
                    )
                text.write(unit)
            text.write("</body>\n</tmx>\n")
        return count


def _unit(record: Record, source: str, target: str) -> str:
    """One ``<tu>`` element."""
    tuid = f" tuid={quoteattr(record.notes['tuid'])}" if "tuid" in record.notes else ""
    notes = [f"<note>{_escaped(record.notes['note'])}</note>"] if "note" in record.notes else []
    props = [
        f"<prop type={quoteattr(name)}>{_escaped(value)}</prop>"
        for name, value in record.notes.items()
        if name not in ("tuid", "note")
    ]
    variants = [
        f"<tuv xml:lang={quoteattr(language)}><seg>{_escaped(text)}</seg></tuv>"
        for language, text in ((source, record.source), (target, record.target))
    ]
    return f"<tu{tuid}>{''.join((*notes, *props))}\n{chr(10).join(variants)}\n</tu>\n"


def _escaped(text: str) -> str:
    """``text`` as XML; a carriage return is written as a reference, for readers turn bare ones into line feeds."""
    return escape(text, {"\r": "&#13;"})


def matching_language(tag: str, languages: Sequence[str]) -> str | None:
    """The one of ``languages`` that a file's ``tag`` is a text of: ``EN-US`` and ``en_US`` are ``en``.

    Tags match when one is the beginning of the other, subtag by subtag; the longest match wins, so a file
    with ``pt-BR`` and ``pt-PT`` can be read from one into the other.
    """
    given = _subtags(tag)
    best, best_length = None, 0
    for language in languages:
        wanted = _subtags(language)
        length = min(len(given), len(wanted))
        if given[:length] == wanted[:length] and length > best_length:
            best, best_length = language, length
    return best


def _subtags(tag: str) -> list[str]:
    return tag.strip().replace("_", "-").casefold().split("-")


class _Units:
    """Collects translation units from the parser's events.

    Text is taken only while a segment is open and no native code is; ``_depth_of_code`` counts the latter.
    """

    def __init__(self, path: Location, source: str, target: str, report: ReadReport) -> None:
        self._path = path
        self._languages = (source, target)
        self._report = report
        self._ready: list[Record] = []
        self._count = 0
        self._languages_met: Counter[str] = Counter()
        self._tag_matches: dict[str, str | None] = {}
        self._texts: dict[str, list[str]] = {}
        self._notes: dict[str, str] = {}
        self._inside: list[str] = []
        self._tag = ""
        self._note_name: str | None = None
        self._text: list[str] | None = None
        self._depth_of_code = 0
        self._has_inline = False
        self._parser = self._new_parser()

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._on_doctype
        parser.EntityDeclHandler = self._on_entity
        parser.SkippedEntityHandler = self._on_skipped_entity
        parser.StartElementHandler = self._on_start
        parser.EndElementHandler = self._on_end
        parser.CharacterDataHandler = self._on_text
        return parser

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """Parse the next bytes."""
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            reason = expat.errors.messages[error.code]
            half = error.code in _HALF_WRITTEN
            raise CorpusFormatError(
                f"{self._path}, line {error.lineno}: broken XML: {reason}",
                hint="the file is empty or half-written; copy or export it again"
                if half
                else "export the file again, or mend this line (an XML editor shows the spot)",
            ) from error

    def take(self) -> list[Record]:
        """The records completed since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def check_languages(self) -> None:
        """Complain if the file had units but none in one of the languages."""
        met = {self._tag_matches[tag] for tag in self._languages_met}
        missing = [language for language in self._languages if language not in met]
        if self._count and missing:
            listed = [f"{tag} ({count:,})" for tag, count in self._languages_met.most_common(_MAX_LISTED_LANGUAGES)]
            raise EmptyCorpusError(
                f"{self._path} has no text in {' nor '.join(map(repr, missing))}; "
                f"its languages are: {', '.join(listed) or 'none'}",
                hint="choose --source and --target among them",
            )

    def _on_doctype(self, name: str, system: str | None, public: str | None, has_internal_subset: bool) -> None:
        if has_internal_subset or public is not None or name != "tmx" or system not in _KNOWN_DOCTYPES:
            what = "with declarations of its own" if has_internal_subset else f"{name!r} {public or ''} {system!r}"
            raise self._refused(f"a document type {' '.join(what.split())}")

    def _on_entity(self, name: str, *rest: object) -> None:
        raise self._refused(f"the declaration of the entity {name!r}")

    def _on_skipped_entity(self, name: str, is_parameter: bool) -> None:
        raise self._refused(f"the entity &{name}; which nothing declares")

    def _refused(self, what: str) -> CorpusFormatError:
        return CorpusFormatError(
            f"{self._path}, line {self._parser.CurrentLineNumber}: refused: {what}",
            hint='remove it; only <!DOCTYPE tmx SYSTEM "tmx14.dtd"> (or tmx11.dtd) is let through, as it is '
            "harmless, and characters are written as themselves or as numbers (&#160;)",
        )

    def _on_start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._text is not None and name in _INLINE:
            self._has_inline = True
            if name in _CODES:
                self._depth_of_code += 1
            if name == "sub":
                self._report.remarks["sub-flow texts (footnotes, link titles) left out"] += 1
        elif name == "tu":
            self._count += 1
            self._texts = {}
            self._notes = {"tuid": attributes["tuid"]} if "tuid" in attributes else {}
        elif name == "tuv":
            self._tag = attributes.get("xml:lang") or attributes.get("lang") or ""
        elif name == "seg":
            self._text, self._depth_of_code, self._has_inline = [], 0, False
        elif name in ("prop", "note") and self._inside and self._inside[-1] == "tu":
            self._note_name = attributes.get("type", "prop") if name == "prop" else "note"
            self._text = []
        self._inside.append(name)

    def _on_text(self, text: str) -> None:
        if self._text is not None and not self._depth_of_code:
            self._text.append(text)

    def _on_end(self, name: str) -> None:
        self._inside.pop()
        if name in _CODES and self._depth_of_code:
            self._depth_of_code -= 1
        elif name == "seg":
            self._end_of_segment()
        elif name in ("prop", "note") and self._note_name is not None:
            earlier = self._notes.get(self._note_name)
            value = "".join(self._text or ())
            self._notes[self._note_name] = value if earlier is None else f"{earlier}; {value}"
            self._note_name = self._text = None
        elif name == "tu":
            self._end_of_unit()

    def _end_of_segment(self) -> None:
        text, self._text = "".join(self._text or ()), None
        if self._tag not in self._tag_matches:
            self._tag_matches[self._tag] = matching_language(self._tag, self._languages)
        self._languages_met[self._tag] += 1
        language = self._tag_matches[self._tag]
        if language is None:
            return
        if self._has_inline:
            self._report.remarks["segments with inline tags, whose codes were left out"] += 1
        self._texts.setdefault(language, []).append(text)

    def _end_of_unit(self) -> None:
        sides = []
        for language in self._languages:
            texts = self._texts.get(language)
            kept = [text for text in texts or () if text.strip()]
            if not kept:
                self._report.skipped[f"no {language} text" if texts is None else f"empty {language} text"] += 1
                return
            sides.append(kept)
        pairs = [(source, target) for source in sides[0] for target in sides[1]]
        if len(pairs) > 1:
            self._report.remarks["units with several variants, one record for each combination"] += 1
        self._ready.extend(Record(source, target, self._count, self._notes) for source, target in pairs)


_HALF_WRITTEN = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
