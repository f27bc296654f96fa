"""Lines of subtitles: a sentence laid back over the cues it was spoken in, a cue over its lines. Knows no format.

Where a sentence runs over several cues each gets as much of the translation as it had of the original, cut between
words, rather behind a mark than elsewhere. A line holds 42 columns and a cue two lines, as broadcasters have it (the
BBC's and Netflix's guides); a character of Chinese, Japanese or Korean is two columns wide.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from dragoman.text.words import word_spans

LINE_COLUMNS = 42
LINES = 2
_AFTER_MARK = 0.12
"""How much of a text a cut may move to stand behind a mark."""
_WIDEST = 1000
"""Columns of a cue that could never be lines of a screen; it is left in one."""
_MARKS = frozenset(".,;:!?…–—。，、；：！？")


@lru_cache(maxsize=4096)
def _columns_of(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 0 if unicodedata.combining(character) else 1


def columns(text: str) -> int:
    """How wide ``text`` is."""
    return sum(map(_columns_of, text))


def cuts(text: str) -> list[int]:
    """Where ``text`` can be cut: before words after spaces, and between characters where a script has no spaces."""
    found = []
    for start, end in word_spans(text):
        if start == 0:
            continue
        is_wide = _columns_of(text[start]) == 2 and text[start] not in _MARKS and text[start:end].isalnum()
        if text[start - 1].isspace() or is_wide:
            found.append(start)
    return found


def share(text: str, weights: Sequence[int]) -> list[str]:
    """``text`` in as many parts as there are weights, each as long as its weight says; white space between is lost.

    A part is empty only where there are fewer words than parts.
    """
    places = cuts(text)
    total, length = max(1, sum(weights)), len(text)
    parts: list[str] = []
    begin = weight = used = 0
    for number, one in enumerate(weights[:-1], start=1):
        weight += one
        left = len(weights) - number
        free = places[used : max(used, len(places) - left + 1)]
        if not free:
            parts.append("")
            continue
        wanted = weight * length / total
        best = min(free, key=lambda place: _distance(text, place, wanted))
        used = places.index(best, used) + 1
        parts.append(text[begin:best].strip())
        begin = best
    return [*parts, text[begin:].strip()]


def _distance(text: str, place: int, wanted: float) -> float:
    """How bad a cut is: how far from where it should be, less where it stands behind a mark."""
    bonus = _AFTER_MARK * len(text) if text[:place].rstrip()[-1:] in _MARKS else 0.0
    return abs(place - wanted) - bonus


def line_ends(text: str, *, lines: int) -> list[int]:
    """Where the lines of a cue begin, but the first: none where it fits in one, else as even as can be.

    Args:
        text: of the cue, in one line.
        lines: that the cue had.
    """
    wide = columns(text)
    if wide > _WIDEST:
        return []
    wanted = 1 if wide <= LINE_COLUMNS else max(LINES, min(lines, -(-wide // LINE_COLUMNS)))
    places = cuts(text)
    found: list[int] = []
    begin = 0
    for left in range(wanted, 1, -1):
        free = [place for place in places if place > begin]
        if not free:
            break
        best = min(free, key=lambda place: _line_cost(text[begin:place], text[place:], left - 1))
        found.append(best)
        begin = best
    return found


def _line_cost(line: str, rest: str, lines_left: int) -> float:
    """What is too wide counts most, then unevenness, then a cut that is not behind a mark."""
    here, there = columns(line.rstrip()), columns(rest) / lines_left
    over = max(0.0, here - LINE_COLUMNS) + max(0.0, there - LINE_COLUMNS)
    return 100 * over + abs(here - there) - (4 if line.rstrip()[-1:] in _MARKS else 0)
