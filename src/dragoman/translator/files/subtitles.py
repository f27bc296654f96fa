"""Subtitles, SubRip (SRT) and WebVTT: what is said is translated; numbers, times, positions and styles stay.

A sentence that runs over several cues is translated whole and laid back over them (:mod:`.cues`); one with markup
inside is translated cue by cue. Lines of a dialogue, which begin with a dash, are units of their own. See
https://www.w3.org/TR/webvtt1/; SubRip was never written down.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from dragoman.base.errors import DocumentError
from dragoman.text.markup.document import Markup
from dragoman.text.markup.parts import Escape, Part, Rendered, Unit
from dragoman.text.markup.references import escape as escape_references
from dragoman.text.markup.references import html_character, text_parts
from dragoman.translator.files.cues import cuts, line_ends, share
from dragoman.translator.files.protocol import FileLimits
from dragoman.translator.files.reading import Encoding, read_text

_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_CLOCK = r"(?:(\d+):)?(\d\d):(\d\d)[,.](\d{1,3})"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?")
_TAG = re.compile(r"<(?P<closing>/)?(?P<name>[a-zA-Z]+)?[^<>\r\n]*>|\{\\[^{}\r\n]*\}")
_DASH = re.compile(r"[-‐–—]\s?(?=\S|\Z)")
_SENTENCE_END = re.compile(r"[.!?…。！？♪\-–—:;)\]][\"'”’»«)\]]*\Z")
_MOST_CUES = 4
_MOST_CHARACTERS = 300
_LONGEST_GAP_SECONDS = 3.0


@dataclass(slots=True)
class _Cue:
    """What is said at one time.

    Attributes:
        start: where its text begins in the file.
        end: where it ends.
        times: when it is shown, from and to, in seconds.
        markup: of its text.
        raw: its text.
    """

    start: int
    end: int
    times: tuple[float, float]
    raw: str
    markup: Markup

    @property
    def sentence(self) -> str | None:
        """What it says, if that could be a part of a sentence; None where it is more, or has markup inside."""
        units = self.markup.units
        return units[0].plain if len(units) == 1 and not units[0].marks else None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one of the formats writes what is said.

    Attributes:
        name: for messages.
        read: (raw text) → its parts.
        escape: writes text so that it is read as text.
        strict: whether a block without times is a mistake.
    """

    name: str
    read: Callable[[str], Iterator[Part]]
    escape: Escape
    strict: bool


class SubtitleFile:
    """Subtitles.

    Args:
        text: of the file.
        encoding: of the file.
        dialect: how it is written.

    Raises:
        DocumentError: a cue without times, or no cue at all.
    """

    notes: Sequence[str] = ()

    def __init__(self, text: str, encoding: Encoding, dialect: Dialect) -> None:
        self._text = text
        self._encoding = encoding
        found = _LINE_END.search(text)
        self._line_end = found[0] if found else "\n"
        self._cues = list(_cues(text, dialect))
        if not self._cues:
            raise DocumentError(
                f"the file has no cue of {dialect.name}", reason="wrong_format", hint="00:00:01,000 --> 00:00:02,000"
            )
        self._groups = list(_groups(self._cues))
        self.units: Sequence[Unit] = [unit for group in self._groups for unit in _units(group)]

    def render(self, translations: Sequence[Rendered]) -> tuple[bytes, int]:
        """The subtitles with ``translations``."""
        pieces: list[str] = []
        done = at = kept = 0
        for group in self._groups:
            count = len(_units(group))
            said = translations[at : at + count]
            at += count
            for cue, own in zip(group, _shared(group, said), strict=True):
                pieces.append(self._text[done : cue.start])
                text, left = self._rendered(cue, own)
                pieces.append(text)
                kept += left
                done = cue.end
        return self._encoding.write("".join(pieces) + self._text[done:]), kept

    def _rendered(self, cue: _Cue, said: Sequence[Rendered]) -> tuple[str, int]:
        if all(one.text == unit.plain for one, unit in zip(said, cue.markup.units, strict=True)):
            return cue.raw, 0
        text, kept = cue.markup.render(said)
        if len(cue.markup.units) > 1:
            lines = [line for line in _LINE_END.split(text) if line.strip()]  # a blank one would end the cue
        else:
            lines = [line.rstrip() for line in _in_lines(text, lines=len(_LINE_END.split(cue.raw)))]
        return self._line_end.join(lines), kept


def _in_lines(text: str, *, lines: int) -> Iterator[str]:
    """``text`` in lines; a tag is as wide as nothing."""
    places: list[int] = []
    visible: list[str] = []
    done = 0
    for found in [*_TAG.finditer(text), None]:
        end = found.start() if found else len(text)
        places.extend(range(done, end))
        visible.append(text[done:end])
        done = found.end() if found else end
    shown = "".join(visible)
    begin = 0
    for cut in line_ends(re.sub(r"\s", " ", shown), lines=lines):
        at = places[cut - 1] + 1  # behind the space, before a tag that opens here
        yield re.sub(r"[\r\n]+", " ", text[begin:at])
        begin = at
    yield re.sub(r"[\r\n]+", " ", text[begin:])


def _cues(text: str, dialect: Dialect) -> Iterator[_Cue]:
    lines = list(_LINE.finditer(text))
    number = 0
    while number < len(lines):
        times = _TIMES.fullmatch(lines[number][1])
        if times is None:
            if dialect.strict and lines[number][1].strip() and not _is_number(lines, number):
                raise DocumentError(
                    f"line {number + 1:,} belongs to no cue: {lines[number][1].strip()[:40]!r}",
                    reason="stray_line",
                    hint="a cue is its number, a line such as 00:00:01,000 --> 00:00:02,000, and its text",
                )
            number += 1
            continue
        first = number = number + 1
        while number < len(lines) and lines[number][1].strip() and not _begins_cue(lines, number):
            number += 1
        if number > first:
            start, end = lines[first].start(), lines[number - 1].end(1)
            raw = text[start:end]
            yield _Cue(start, end, _seconds(times), raw, Markup(list(dialect.read(raw)), dialect.escape))


def _is_number(lines: Sequence[re.Match[str]], number: int) -> bool:
    return number + 1 < len(lines) and bool(_TIMES.fullmatch(lines[number + 1][1]))


def _begins_cue(lines: Sequence[re.Match[str]], number: int) -> bool:
    """Whether a new cue begins here although no blank line stands before it."""
    line = lines[number][1].strip()
    return bool(_TIMES.fullmatch(line)) or (line.isdecimal() and _is_number(lines, number))


def _seconds(times: re.Match[str]) -> tuple[float, float]:
    found = [int(one or 0) for one in times.groups()]
    return tuple(  # type: ignore[return-value]
        3600 * hours + 60 * minutes + seconds + milliseconds / 1000
        for hours, minutes, seconds, milliseconds in (found[:4], found[4:])
    )


def _groups(cues: Sequence[_Cue]) -> Iterator[list[_Cue]]:
    """Cues that say one sentence together; every other one by itself."""
    said = [cue.sentence or "" for cue in cues]
    ends = sum(bool(_SENTENCE_END.search(one)) for one in said)
    group: list[_Cue] = []
    for cue in cues:
        if group and not _goes_on(group, cue, punctuated=2 * ends >= len(cues)):
            yield group
            group = []
        group.append(cue)
    if group:
        yield group


def _goes_on(group: Sequence[_Cue], cue: _Cue, *, punctuated: bool) -> bool:
    before, after = group[-1].sentence, cue.sentence
    if before is None or after is None or len(group) == _MOST_CUES or _SENTENCE_END.search(before):
        return False
    if sum(len(one.sentence or "") for one in group) + len(after) > _MOST_CHARACTERS:
        return False
    if not -0.5 <= cue.times[0] - group[-1].times[1] <= _LONGEST_GAP_SECONDS or before.isupper():
        return False
    return punctuated or after[0].islower() or before.endswith(",")


def _units(group: Sequence[_Cue]) -> Sequence[Unit]:
    if len(group) == 1:
        return group[0].markup.units
    return [Unit(_joined([cue.sentence or "" for cue in group]))]


def _joined(texts: Sequence[str]) -> str:
    """Texts as one, with a space between two unless both sides are of a script without spaces."""
    whole = texts[0]
    for text in texts[1:]:
        both = whole[-1] + text[0]
        whole += ("" if cuts(both) and not both.isspace() else " ") + text
    return whole


def _shared(group: Sequence[_Cue], said: Sequence[Rendered]) -> list[Sequence[Rendered]]:
    """What each cue of a group says."""
    if len(group) == 1:
        return [said]
    texts = [cue.sentence or "" for cue in group]
    if said[0].text != _joined(texts):
        texts = share(said[0].text, [len(text) for text in texts])
    return [[Rendered(text)] for text in texts]


def _parts(raw: str, read: Callable[[str], Iterator[Part]]) -> Iterator[Part]:
    """Tags, dashes that begin the line of a speaker, and text; a line end within a speech is a space."""
    pieces = re.split(f"({_LINE_END.pattern})", raw)
    for number, piece in enumerate(pieces):
        if number % 2:
            is_speech = _DASH.match(_TAG.sub("", pieces[number + 1]))
            yield Part(piece, "break") if is_speech else Part(piece, "text", " ")
        else:
            yield from _of_line(piece, read)


def _of_line(line: str, read: Callable[[str], Iterator[Part]]) -> Iterator[Part]:
    done = 0
    is_begin = True
    for found in [*_TAG.finditer(line), None]:
        text = line[done : found.start() if found else len(line)]
        dash = _DASH.match(text) if is_begin else None
        if dash:
            yield Part(dash[0], "break")
            text = text[dash.end() :]
        is_begin = is_begin and not text
        yield from read(text)
        if found:
            yield _tag(found)
            done = found.end()


def _tag(found: re.Match[str]) -> Part:
    if not found["name"]:
        return Part(found[0], "point")
    return Part(found[0], "close" if found["closing"] else "open", name=found["name"].lower())


def _plain(text: str) -> Iterator[Part]:
    if text:
        yield Part(text, "text", text)


def _escape_srt(text: str, written: Mapping[str, Sequence[str]], quote: str | None) -> str:
    """SubRip has no way to write a tag as text, so that what would be one gets a space into it."""
    return re.sub(r"<(?=[a-zA-Z/])", "< ", _on_one_line(text)).replace("-->", "→")


def _escape_vtt(text: str, written: Mapping[str, Sequence[str]], quote: str | None) -> str:
    return escape_references(_on_one_line(text), written, quote)


def _on_one_line(text: str) -> str:
    r"""``text`` without line ends, and without what players of both formats take for a position: ``{\an8}``."""
    return re.sub(r"\{(?=\\)", "{ ", re.sub(r"[\x00-\x1f\x85\u2028\u2029]+", " ", text))


_SRT = Dialect("SubRip", lambda raw: _parts(raw, _plain), _escape_srt, strict=True)
_VTT = Dialect(
    "WebVTT",
    lambda raw: _parts(raw, lambda text: text_parts(text, html_character)),
    _escape_vtt,
    strict=False,
)


class SrtFormat:
    """SubRip."""

    suffixes: ClassVar[Sequence[str]] = (".srt",)

    def open(self, data: bytes, limits: FileLimits) -> SubtitleFile:
        """Read subtitles."""
        return SubtitleFile(*read_text(data), _SRT)


class VttFormat:
    """WebVTT; notes, styles and regions are kept."""

    suffixes: ClassVar[Sequence[str]] = (".vtt",)

    def open(self, data: bytes, limits: FileLimits) -> SubtitleFile:
        """Read subtitles."""
        text, encoding = read_text(data)
        if not re.match(r"WEBVTT(?:\s|\Z)", text):
            raise DocumentError(
                "the file does not begin with WEBVTT", reason="wrong_format", hint="every WebVTT file does"
            )
        return SubtitleFile(text, encoding, _VTT)
