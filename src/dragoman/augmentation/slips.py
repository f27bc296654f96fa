"""Slips of a hand at a keyboard: case, punctuation, spelling, spacing. They change one text; what it says stays.

Each slip takes a text, a generator to draw from, the language and the share of words to hit, and gives the text
back, changed or, where there is nothing to change, as it was. (Belinkov and Bisk 2018 show what such slips do to
translation; Michel and Neubig 2018 collected what people really write.) It knows no pairs and no files.
"""

import random
import re
from collections.abc import Callable, Sequence

from dragoman.augmentation.keyboards import neighbouring_keys

Slip = Callable[[str, random.Random, str, float], str]
"""(text, generator, language, share of words) → text."""

_RUN = re.compile(r"[^\W\d_]+")
_FEWEST_LETTERS = 3
_LETTERS_IN_A_WORD = 5
_MARK = re.compile(r"(?<!\d)[.,;:!?。，！？、；：](?!\d|[.,;:!?])|(?<=\d)[.,;:!?。，！？、；：](?=\s|$)")
"""A mark of a sentence; not the point of 3.14, not one of several in a row."""
_SPACE = re.compile(r"(?<=\S) (?=\S)")
_WRONG_MARKS = {
    ".": ",!;",
    ",": ".;",
    ";": ",:",
    ":": ";.",
    "!": ".1?",
    "?": ".!",
    "。": "，.",
    "，": "。,",
    "！": "。!",
    "？": "。?",
    "、": "，",
    "；": "，;",
    "：": "；:",
}
_DOTTED_I = frozenset({"tr", "az"})


def upper(text: str, language: str) -> str:
    """``text`` in capitals, as ``language`` writes them."""
    return (text.replace("i", "İ") if language.partition("-")[0] in _DOTTED_I else text).upper()


def lower(text: str, language: str) -> str:
    """``text`` in small letters, as ``language`` writes them."""
    if language.partition("-")[0] in _DOTTED_I:
        text = text.replace("I", "ı").replace("İ", "i")
    return text.lower()


def lowercase(text: str, draw: random.Random, language: str, share: float) -> str:
    """No capitals at all."""
    return lower(text, language)


def uppercase(text: str, draw: random.Random, language: str, share: float) -> str:
    """CAPITALS ONLY, though the translation wanted has none."""
    return upper(text, language)


def titlecase(text: str, draw: random.Random, language: str, share: float) -> str:
    """Every Word With A Capital."""
    return re.sub(r"(?<![\w'’])[^\W\d_]", lambda found: upper(found[0], language), text)


def casing_slips(text: str, draw: random.Random, language: str, share: float) -> str:
    """The first letter small, TWo large ones, or one lArge inside."""
    runs = [found.span() for found in _RUN.finditer(text) if found[0].lower() != found[0].upper()]
    for start, end in _chosen(runs, draw, share):
        word = text[start:end]
        text = text[:start] + _miscased(word, draw, language) + text[end:]
    return text


def _miscased(word: str, draw: random.Random, language: str) -> str:
    if draw.random() < 0.5 or len(word) == 1:
        return word[0].swapcase() + word[1:]
    place = 1 if draw.random() < 0.5 else draw.randrange(1, len(word))
    return word[:place] + upper(word[place], language) + word[place + 1 :]


def punctuation_dropped(text: str, draw: random.Random, language: str, share: float) -> str:
    """No marks, or not the last one."""
    marks = list(_MARK.finditer(text))
    for found in reversed(marks if draw.random() < 0.5 else marks[-1:]):
        text = text[: found.start()] + text[found.end() :]
    return text


def punctuation_doubled(text: str, draw: random.Random, language: str, share: float) -> str:
    """One mark (the last mostly) two to four times over."""
    marks = list(_MARK.finditer(text))
    if not marks:
        return text
    found = marks[-1] if draw.random() < 0.7 else draw.choice(marks)
    return text[: found.start()] + found[0] * draw.randint(2, 4) + text[found.end() :]


def punctuation_wrong(text: str, draw: random.Random, language: str, share: float) -> str:
    """One mark instead of another."""
    marks = list(_MARK.finditer(text))
    if not marks:
        return text
    found = draw.choice(marks)
    return text[: found.start()] + draw.choice(_WRONG_MARKS[found[0]]) + text[found.end() :]


def swapped_letters(text: str, draw: random.Random, language: str, share: float) -> str:
    """Two letters in the worng order; never the first of a word, which people see."""
    places = [place for place in _inner_letters(text) if _swaps(text, place)]
    for place in _chosen_letters(text, places, draw, share):
        text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text


def _swaps(text: str, place: int) -> bool:
    after = text[place + 1 : place + 2]
    return after.isalpha() and after != text[place]


def dropped_letters(text: str, draw: random.Random, language: str, share: float) -> str:
    """A leter left out; never the first of a word."""
    for place in _chosen_letters(text, _inner_letters(text), draw, share):
        text = text[:place] + text[place + 1 :]
    return text


def doubled_letters(text: str, draw: random.Random, language: str, share: float) -> str:
    """A letter typped twice."""
    for place in _chosen_letters(text, _inner_letters(text), draw, share):
        text = text[: place + 1] + text[place] + text[place + 1 :]
    return text


def neighbouring_letters(text: str, draw: random.Random, language: str, share: float) -> str:
    """A key beside the one that was meamt, on the keyboard of the language."""
    keys = neighbouring_keys(language)
    places = [place for place in _inner_letters(text, first=0) if text[place].lower() in keys]
    for place in _chosen_letters(text, places, draw, share):
        letter = draw.choice(keys[text[place].lower()])
        text = text[:place] + (letter.upper() if text[place].isupper() else letter) + text[place + 1 :]
    return text


def doubled_spaces(text: str, draw: random.Random, language: str, share: float) -> str:
    """Two or  three spaces where one belongs."""
    for start, end in _chosen(_spaces(text), draw, share):
        text = text[:start] + " " * draw.randint(2, 3) + text[end:]
    return text


def missing_spaces(text: str, draw: random.Random, language: str, share: float) -> str:
    """Words runtogether."""
    for start, end in _chosen(_spaces(text), draw, share):
        text = text[:start] + text[end:]
    return text


def spaces_at_marks(text: str, draw: random.Random, language: str, share: float) -> str:
    """A space before a mark ,or none after it ."""
    places = [found.span() for found in _MARK.finditer(text)]
    for start, end in _chosen(places, draw, max(share, 0.5)):
        before = " " if draw.random() < 0.7 else ""
        after = text[end:].lstrip(" ") if not before or draw.random() < 0.5 else text[end:]
        text = text[:start] + before + text[start:end] + after
    return text


def _spaces(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _SPACE.finditer(text)]


def _chosen(spans: Sequence[tuple[int, int]], draw: random.Random, share: float) -> list[tuple[int, int]]:
    """So large a share of ``spans``, at least one, last first so that the others stay where they are."""
    if not spans:
        return []
    count = min(len(spans), max(1, round(share * len(spans))))
    return sorted(draw.sample(spans, count), reverse=True)


def _inner_letters(text: str, first: int = 1) -> list[int]:
    """Where letters of words of three letters or more stand, from the word's letter ``first`` on."""
    return [
        place
        for found in _RUN.finditer(text)
        if found.end() - found.start() >= _FEWEST_LETTERS
        for place in range(found.start() + first, found.end())
    ]


def _chosen_letters(text: str, places: Sequence[int], draw: random.Random, share: float) -> list[int]:
    """One of ``places`` for each word that is hit, five letters counting as a word; last first."""
    letters = sum(found.end() - found.start() for found in _RUN.finditer(text))
    count = min(len(places), max(1, round(share * letters / _LETTERS_IN_A_WORD)))
    return sorted(draw.sample(places, count), reverse=True)
