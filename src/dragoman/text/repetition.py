"""Loops: the same words again and again. Knows no languages and no model.

Models of sequences fall into loops (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", figure 9):
what has been said twice becomes likelier each time. People repeat themselves too, so a text is only judged beside
the one it comes from.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from dragoman.text.words import split_words, word_spans

_LONGEST_UNIT, _LONGEST_UNIT_OF_SOURCE = 12, 60
_MOST_TIMES = {1: 3, 2: 3}
_MOST_TIMES_OF_LONGER, _MOST_TIMES_OF_MARKS = 2, 8
_STUTTER = re.compile(r"([^\W\d_]{1,6}?)\1{5,}+")
_REPEATED_LETTERS = re.compile(r"([^\W\d_]{1,6}?)\1{2,}+")


class Loop(NamedTuple):
    """Where words are said again and again.

    Attributes:
        start: the first word of the first time.
        unit: words of one time.
        times: how often they are said, whole.
    """

    start: int
    unit: int
    times: int


def has_loop(target: str, source: str) -> bool:
    """Whether ``target`` repeats words, or letters in a word, more often than any translation of ``source`` would."""
    most = _times_repeated(source)
    return _first_loop(_folded(target), most) is not None or (_STUTTER.search(target) is not None and most < 3)


def cut_loops(target: str, source: str) -> str:
    """``target`` with each loop said but once, or as often as ``source`` repeats anything."""
    most = _times_repeated(source)
    while loop := _first_loop(_folded(target), most):
        places = word_spans(target)
        kept = loop.start + loop.unit * max(1, most) - 1
        last = loop.start + loop.unit * loop.times - 1
        target = target[: places[kept][1]] + target[places[last][1] :]
    return _STUTTER.sub(r"\1\1", target) if most < 3 else target


def _folded(text: str) -> list[str]:
    return split_words(text.casefold())


def _times_repeated(text: str) -> int:
    """How often ``text`` says anything in a row, words or letters."""
    words = _folded(text)
    times = max(
        (loop.times for unit in _units(words, _LONGEST_UNIT_OF_SOURCE) for loop in _runs(words, unit)), default=1
    )
    letters = (len(found[0]) // len(found[1]) for found in _REPEATED_LETTERS.finditer(text.casefold()))
    return max(times, *letters, 1)


def _first_loop(words: Sequence[str], allowed: int) -> Loop | None:
    for unit in _units(words, _LONGEST_UNIT):
        for loop in _runs(words, unit):
            said = "".join(words[loop.start : loop.start + unit])
            most = _MOST_TIMES.get(unit, _MOST_TIMES_OF_LONGER)
            if not any(map(str.isalnum, said)):
                most = _MOST_TIMES_OF_MARKS
            if loop.times > max(most, allowed):
                return loop
    return None


def _units(words: Sequence[str], longest: int) -> range:
    """How many words may be said again: at the second time each of them is one that was there before."""
    return range(1, min(longest, len(words) - len(set(words))) + 1)


def _runs(words: Sequence[str], unit: int) -> list[Loop]:
    """Each place where at least two times the same ``unit`` words stand in a row."""
    runs = []
    alike = 0
    for place in range(unit, len(words) + 1):
        if place < len(words) and words[place] == words[place - unit]:
            alike += 1
            continue
        if alike >= unit:
            runs.append(Loop(place - unit - alike, unit, alike // unit + 1))
        alike = 0
    return runs
