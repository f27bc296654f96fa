"""A text without its protected spans, and the way back: cut off at the ends, hidden behind stand-ins inside.

It knows no model: stand-ins are words and numbers that most models copy; which of them this model does copy in this
sentence shows when it has done so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.text.spans import Span, joined, standing_alone

STAND_INS = (
    ("17", "23", "41", "58", "64", "79", "83", "96"),
    ("Anna", "Peter", "Maria", "Thomas", "Paul", "Julia", "Martin", "Laura"),
    ("X", "Y", "Z", "Q", "K", "W", "V", "J"),
)
"""Families of words that stand for spans, one for each; tried together."""
_BRACKETS = frozenset(("()", "[]", "（）", "【】", "«»", "“”", "„“", '""', "「」"))
_END_MARKS = ".!?…。！？"
_AFTER_HEAD = re.compile(r"(?:[:;,–—-]+(?=\s)|[：；，])?\s*")
"""A mark behind a span at the beginning: it goes with the span, for no model begins a sentence with it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A text whose spans are hidden.

    Attributes:
        before: what was cut off at its beginning, with the space after it.
        core: what is to be translated.
        after: what was cut off at its end, with the space before it.
        marks: whether the text's last marks stood behind ``after``; they are in the core now.
        hidden: (stand-in, span) of each span inside.
    """

    before: str
    core: str
    after: str
    marks: bool = False
    hidden: tuple[tuple[str, str], ...] = ()

    def restore(self, translation: str) -> str | None:
        """The translation with its spans; None when a stand-in is not there exactly once."""
        for stand_in, span in self.hidden:
            places = [found.span() for found in standing_alone(stand_in).finditer(translation)]
            if len(places) != 1:
                return None
            [(start, end)] = places
            translation = translation[:start] + span + translation[end:]
        body = translation.rstrip(_END_MARKS + " ") if self.marks else translation
        return joined(self.before, body, self.after) + translation[len(body) :]


def frames(text: str, spans: Sequence[Span]) -> list[Frame]:
    """Ways to hide the spans of ``text``: one where all are at its ends, else one for each family of stand-ins.

    Numbers stay inside, also at an end: they belong to the words beside them.
    """
    start, inside = 0, bracketed(text, spans)
    while inside and inside[0].kind != "number" and not text[start : inside[0].start].strip():
        start = inside.pop(0).end
    if (found := _AFTER_HEAD.match(text, start)) and start:
        start = found.end()
    start += len(text[start:]) - len(text[start:].lstrip())
    body = len(text.rstrip(_END_MARKS))
    end, marks = (body, True) if inside and inside[-1].end <= body else (len(text), False)
    last = end
    while inside and inside[-1].kind != "number" and not text[inside[-1].end : last].strip():
        last = inside.pop().start
    if last == end:
        end, marks = len(text), False
        last = end
    last = start + len(text[start:last].rstrip())
    whole = Frame(text[:start], text[start:last] + text[end:], text[last:end], marks and end < len(text))
    return [_hide(whole, inside, start, family) for family in STAND_INS] if inside else [whole]


def bracketed(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans with the brackets around each; a number in brackets is no part of the sentence, so it is a code."""
    return [_with_brackets(text, span) for span in spans]


def _with_brackets(text: str, span: Span) -> Span:
    if text[max(0, span.start - 1) : span.start] + text[span.end : span.end + 1] not in _BRACKETS:
        return span
    kind = "code" if span.kind == "number" else span.kind
    return Span(span.start - 1, span.end + 1, kind, text[span.start - 1 : span.end + 1])


def _hide(frame: Frame, spans: Sequence[Span], offset: int, family: Sequence[str]) -> Frame:
    """``frame`` with ``spans``, whose places count from ``offset`` before its core, behind words of ``family``.

    There are as many as the family has words that the text does not use; spans beyond stay as they are.
    """
    free = [word for word in family if not standing_alone(word).search(frame.core)]
    pieces, place, hidden = [], 0, []
    for word, span in zip(free, spans, strict=False):
        pieces += [frame.core[place : span.start - offset], word]
        hidden.append((word, span.text))
        place = span.end - offset
    core = "".join([*pieces, frame.core[place:]])
    return Frame(frame.before, core, frame.after, frame.marks, tuple(hidden))
