"""From a text to what a model translates, and back: lines, cells and, where they are too long, sentences.

A line is cut at its sentence borders: a model that was trained on pairs of sentences leaves out half of two that it
is given together. A sentence that does not fit is cut inside, never silently. White space around segments is kept
aside and put back exactly. It knows neither models nor ids: whether a segment fits, it asks.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from dragoman.text.sentences import split_long, split_sentences
from dragoman.text.spans import Span, find_spans

_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""Every character that some reader takes for the end of a line."""
_FIELD_BORDER = re.compile(rf"[^\S{_BREAKS}]*[\t{_BREAKS}]\s*|\s{{3,}}")
"""What a segment never reaches across: line ends, tabs, and the wide gaps of a table."""
_CONTROL_SPACE = re.compile(rf"\s*[\t{_BREAKS}]\s*")
_UNSPACED_LANGUAGES = frozenset(("zh", "ja", "yue", "cmn", "wuu", "lzh"))
"""Languages that put no space between sentences."""
_PRIVATE = range(0xF0000, 0x10FFFE)
"""Characters that Unicode leaves to private use: they mean nothing, to a cutter of sentences neither."""


@dataclass(frozen=True)
class Document:
    """The plan of one text.

    Attributes:
        segments: what is to be translated, in order, without white space around it.
        gaps: what stands before each segment, and after the last one.
    """

    segments: list[str]
    gaps: list[str]

    def rebuild(self, translations: Sequence[str], *, opening: str = "") -> str:
        """The translated text: ``translations``, one for each segment, in the spacing of the original.

        A line break or tab that a model writes becomes a space: the number of lines never changes.

        Args:
            translations: as the model said them.
            opening: what the text begins with, letter for letter, in place of the original's space; a translation
                that begins with it as well says it once.
        """
        if opening:
            if not translations:
                return opening
            said = translations[0]
            rest = _CONTROL_SPACE.sub(" ", said.removeprefix(opening)).rstrip() if said.startswith(opening) else ""
            return opening + rest + self.gaps[-1]
        if len(translations) != len(self.segments):
            raise ValueError(f"{len(translations)} translations for {len(self.segments)} segments")
        clean = map(cleaned, translations)
        return self.gaps[0] + "".join(part + gap for part, gap in zip(clean, self.gaps[1:], strict=True))


def cleaned(translation: str) -> str:
    """What a model said without space around it; a line break or tab in it is a space."""
    return _CONTROL_SPACE.sub(" ", translation).strip()


def plan(
    text: str,
    *,
    language: str,
    fits: Callable[[str], bool],
    target_language: str | None = None,
    whole_spans: bool = False,
    max_sentences: int | None = None,
) -> Document:
    """Choose the segments of ``text``.

    What holds no letter and no digit (blank lines, rules, bullets) is kept as it is and not translated.

    Args:
        text: a line or a whole document.
        language: BCP-47 code of the text, for its sentence borders.
        fits: whether the model takes a segment whole.
        target_language: BCP-47 code of the translation: sentences cut apart are joined with or without a space as
            this language does. Left out, as in the original.
        whole_spans: never cut a protected span (:mod:`dragoman.text.spans`); one that does not fit is a segment alone.
        max_sentences: of one segment; None for as many as fit.
    """
    segments: list[str] = []
    gaps = [""]
    pieces = partial(_pieces, language=language, fits=fits, most=max_sentences, whole_spans=whole_spans)
    for part, is_cut in _parts(text, pieces):
        core = part.strip()
        if not any(map(str.isalnum, core)):
            gaps[-1] += part
            continue
        left = part[: len(part) - len(part.lstrip())]
        right = part[len(part.rstrip()) :]
        gaps[-1] += left
        segments.append(core)
        gaps.append(_join(right, language, target_language) if is_cut else right)
    return Document(segments, gaps)


def _parts(text: str, cut: Callable[[str], Iterator[str]]) -> Iterator[tuple[str, bool]]:
    """The parts of ``text``, with all their white space; and whether the next part is of the same line, cut from it."""
    start = 0
    for border in [*_FIELD_BORDER.finditer(text), None]:
        field = text[start : border.start() if border else len(text)]
        pieces = list(cut(field))
        for number, piece in enumerate(pieces, start=1):
            yield piece, number < len(pieces)
        if border:
            yield border[0], False
            start = border.end()


def _pieces(
    field: str, *, language: str, fits: Callable[[str], bool], most: int | None, whole_spans: bool
) -> Iterator[str]:
    """``field`` whole if it fits and holds at most ``most`` sentences; else these; and parts of those too long."""
    sentences = split_sentences(field, language=language)
    if whole_spans and len(sentences) > 1:
        sentences = list(_rejoined(sentences, find_spans(field)))
    core = field.strip()
    if "  " not in core and (most is None or len(sentences) <= most) and fits(core):
        yield field
        return
    split = _split_between_spans if whole_spans else split_long
    for group in _same_spacing(sentences, most or len(field)):
        whole = "".join(group)
        if fits(whole.strip()):
            yield whole
            continue
        for sentence in group:
            yield from split(sentence, fits=fits)


def _rejoined(sentences: Sequence[str], spans: Sequence[Span]) -> Iterator[str]:
    """``sentences`` without the borders that lie inside one of ``spans``."""
    waiting = iter(spans)
    span = next(waiting, None)
    whole, end = "", 0
    for sentence in sentences:
        whole, end = whole + sentence, end + len(sentence)
        while span and span.end <= end:
            span = next(waiting, None)
        if not (span and span.start < end):
            yield whole
            whole = ""
    if whole:
        yield whole


def _split_between_spans(text: str, *, fits: Callable[[str], bool]) -> Iterator[str]:
    """As :func:`~dragoman.text.sentences.split_long`, with each protected span as one character that is not cut."""
    unused = (chr(code) for code in _PRIVATE if chr(code) not in text)
    shown, place, table = [], 0, {}
    for sign, span in zip(unused, find_spans(text), strict=False):
        shown += [text[place : span.start], sign]
        table[ord(sign)] = span.text
        place = span.end
    shown.append(text[place:])
    for piece in split_long("".join(shown), fits=lambda part: fits(part.translate(table))):
        yield piece.translate(table)


def _same_spacing(sentences: Sequence[str], most: int) -> Iterator[list[str]]:
    """Up to ``most`` sentences at a time; parted, too, where more than one space stands between: a model loses it."""
    group: list[str] = []
    for sentence in sentences:
        group.append(sentence)
        if len(group) == most or len(sentence) - len(sentence.rstrip()) > 1:
            yield group
            group = []
    if group:
        yield group


def _join(gap: str, language: str, target_language: str | None) -> str:
    """The space between two translated parts of one line, where ``gap`` stood between the originals."""
    if target_language is None or _is_unspaced(language) == _is_unspaced(target_language):
        return gap
    if _is_unspaced(target_language):
        return "" if gap == " " else gap
    return gap or " "


def _is_unspaced(language: str) -> bool:
    return re.split("[-_]", language.lower(), maxsplit=1)[0] in _UNSPACED_LANGUAGES
