"""A text without its protected spans, and the way back: cut off at the ends, hidden behind stand-ins inside.

It knows no model: stand-ins are words and numbers that most models copy; which of them this model does copy in this
sentence shows when it has done so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dragoman.text.changes import Change, replaced
from dragoman.text.changes import Span as Place
from dragoman.text.spans import Span, find_spans, joined, standing_alone
from dragoman.text.words import word_spans
from dragoman.translator.moving import relinked, shift
from dragoman.translator.placing import Link

STAND_INS = (
    ("17", "23", "41", "58", "64", "79", "83", "96"),
    ("Anna", "Peter", "Maria", "Thomas", "Paul", "Julia", "Martin", "Laura"),
    ("X", "Y", "Z", "Q", "K", "W", "V", "J"),
)
"""Families of words that stand for spans, one for each; tried together."""
_BRACKETS = frozenset(("()", "[]", "（）", "【】", "«»", "“”", "„“", '""', "「」"))
_PARTNERS = {")": "(", "]": "[", "}": "{", "）": "（", "】": "【", "」": "「"}
_MOST_IN_BRACKETS = 8
END_MARKS = ".!?…。！？"
"""What ends a sentence."""
_AFTER_HEAD = re.compile(r"(?:[:;,–—-]+(?=\s)|[：；，])?\s*")
"""A mark behind a span at the beginning: it goes with the span, for no model begins a sentence with it."""


Hidden = tuple[Place, str, str]
"""Where a stand-in is in the core, itself, and the span that it stands for."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A text whose spans are hidden.

    Attributes:
        before: what was cut off at its beginning, with the space after it.
        core: what is to be translated.
        after: what was cut off at its end, with the space before it.
        marks: the text's last marks, where they stood behind ``after``; they end the core now.
        hidden: the spans inside.
    """

    before: str
    core: str
    after: str
    marks: str = ""
    hidden: tuple[Hidden, ...] = ()

    def restore(self, translation: str, links: Sequence[Link] = ()) -> tuple[str, tuple[Link, ...]] | None:
        """The translation with its spans, and the links of the text with it; None when a stand-in is not there once.

        Args:
            translation: of the core.
            links: of the core with it. What they say of stand-ins is not minded: which span is which is known.
        """
        found = []
        for _, stand_in, span in self.hidden:
            places = [found.span() for found in standing_alone(stand_in).finditer(translation)]
            if len(places) != 1:
                return None
            found.append((places[0], span))
        body = translation.rstrip(END_MARKS + " ") if self.marks else translation
        with_spans = replaced(body, sorted(found))[0]
        head = joined(self.before, with_spans)
        before = head[: len(head) - len(with_spans)]
        after = joined(head, self.after)[len(head) :]
        said, here = replaced(translation, [((0, 0), before), *sorted(found), ((len(body), len(body)), after)])
        return said, self._linked(said, here, [place for place, _ in found], links)

    def _linked(self, said: str, here: Change, found: Sequence[Place], links: Sequence[Link]) -> tuple[Link, ...]:
        """Links of the whole text with ``said``, a translation whose stand-ins, found there, became spans ``here``."""
        end = len(self.core) - len(self.marks)
        hidden = [(place, span) for place, _, span in self.hidden]
        text, there = replaced(self.core, [((0, 0), self.before), *hidden, ((end, end), self.after)])
        own = [(there.moved(first), here.moved(other)) for (first, _), other in zip(hidden, found, strict=True)]
        free = [(first, other) for first, other in links if not (there.meets(first) or here.meets(other))]
        moved = relinked(free, source=there.moved, target=here.moved)
        behind = len(text) - len(self.marks) - len(self.after)
        last = here.places[-1][1][1] - len(self.after)
        ends = relinked(span_links(self.after), source=shift(behind), target=shift(last))
        return (*span_links(self.before), *moved, *own, *ends)


def span_links(text: str) -> tuple[Link, ...]:
    """The links of a text that stands in its translation as it is: each span as a whole, each word beside them."""
    spans = [(span.start, span.end) for span in find_spans(text)]
    words = (word for word in word_spans(text) if not any(word[0] < end and start < word[1] for start, end in spans))
    return tuple((one, one) for one in sorted((*spans, *words)))


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
    body = len(text.rstrip(END_MARKS))
    end = body if inside and inside[-1].end <= body else len(text)
    last = end
    while inside and inside[-1].kind != "number" and not text[inside[-1].end : last].strip():
        last = inside.pop().start
    if last == end:
        last = end = len(text)
    last = start + len(text[start:last].rstrip())
    whole = Frame(text[:start], text[start:last] + text[end:], text[last:end], text[end:])
    return [_hide(whole, inside, start, family) for family in STAND_INS] if inside else [whole]


def bracketed(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans with the brackets around each, or around several that no word parts, which are one span then.

    A number in brackets is no part of the sentence, so it is a code.
    """
    return _enclosed(text, _enclosed(text, spans, 1), _MOST_IN_BRACKETS)


def torn_brackets(text: str, spans: Sequence[Span]) -> list[Span]:
    """The brackets that one of ``spans`` parts from their partners, as spans: a part alone would lose its half."""
    opened: list[tuple[int, int]] = []
    torn: list[int] = []
    place = 0
    for number, part in enumerate(between(text, spans)):
        for at, character in enumerate(part, start=place):
            if character in _PARTNERS.values():
                opened.append((at, number))
            elif opened and text[opened[-1][0]] == _PARTNERS.get(character):
                partner, home = opened.pop()
                torn += [partner, at] if home != number else []
        place = spans[number].end if number < len(spans) else len(text)
    return [Span(at, at + 1, "code", text[at]) for at in torn]


def between(text: str, spans: Sequence[Span]) -> list[str]:
    """What stands before, between and after the spans."""
    places = [0, *(place for span in spans for place in (span.start, span.end)), len(text)]
    return [text[start:end] for start, end in zip(places[::2], places[1::2], strict=True)]


def _enclosed(text: str, spans: Sequence[Span], most: int) -> list[Span]:
    """The spans, with brackets those that have some around up to ``most`` together."""
    found: list[Span] = []
    waiting = list(spans)
    while waiting:
        near = _in_a_row(text, waiting[:most])
        held = next((count for count in range(1, near + 1) if _encloses(text, waiting[:count])), 0)
        found.append(_with_brackets(text, waiting[:held]) if held else waiting[0])
        del waiting[: held or 1]
    return found


def _in_a_row(text: str, spans: Sequence[Span]) -> int:
    """How many of the first spans no word parts."""
    for count, (one, other) in enumerate(pairwise(spans), start=1):
        if any(map(str.isalnum, text[one.end : other.start])):
            return count
    return len(spans)


def _encloses(text: str, spans: Sequence[Span]) -> bool:
    """Whether brackets stand around ``spans`` as a whole."""
    start, end = spans[0].start, spans[-1].end
    return text[max(0, start - 1) : start] + text[end : end + 1] in _BRACKETS


def _with_brackets(text: str, spans: Sequence[Span]) -> Span:
    start, end = spans[0].start - 1, spans[-1].end + 1
    kind = "code" if len(spans) > 1 or spans[0].kind == "number" else spans[0].kind
    return Span(start, end, kind, text[start:end])


def _hide(frame: Frame, spans: Sequence[Span], offset: int, family: Sequence[str]) -> Frame:
    """``frame`` with ``spans``, whose places count from ``offset`` before its core, behind words of ``family``.

    There are as many as the family has words that the text does not use; spans beyond stay as they are.
    """
    free = [word for word in family if not standing_alone(word).search(frame.core)]
    behind = list(zip(free, spans, strict=False))
    core, change = replaced(frame.core, [((span.start - offset, span.end - offset), word) for word, span in behind])
    hidden = tuple((place, word, span.text) for (word, span), (_, place) in zip(behind, change.places, strict=True))
    return replace(frame, core=core, hidden=hidden)
