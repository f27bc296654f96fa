"""Capitals: whether a text shouts or is written as a title, and how it reads in ordinary letters and back.

A model learns words as they are mostly written; THE SAME WORDS IN CAPITALS are to it rare letters in a row. It knows
the special cases of a few languages (German ß, Turkish dotless ı, Greek accents); it knows no model: how usual a
spelling is, it asks.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

Shape = Literal["capitals", "title"]
Rarity = Callable[[str], int]
"""How unusual a spelling is, such as the pieces a tokenizer needs for it."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"(?:\A|[.!?…:]['\"”’)]*\s)[^\w]*\Z")
_SHARE_OF_CAPITALS = 0.7
_FEWEST_LETTERS = 8
"""Shorter ones are mostly names: NATO, BBC NEWS."""
_FEWEST_WORDS = 4
_SHARE_OF_TITLE_WORDS = 0.5
_LONGEST_SMALL_WORD = 3
"""Titles leave words up to this length in small letters: of, the."""
_NOUNS_IN_CAPITALS = frozenset(("de", "lb", "nds"))
_DOTTED = frozenset(("tr", "az"))
_ACCENT = "\u0301"


def shape_of(text: str, *, language: str) -> Shape | None:
    """Whether ``text`` is in capitals or in the capitals of a title; None for ordinary text and for little of it.

    Args:
        text: without what is not to be judged.
        language: BCP-47 tag; in German, where nouns have capitals anyway, every word must have one.
    """
    if text.islower() or not (capitals := sum(map(str.isupper, text))):
        return None
    letters = capitals + sum(map(str.islower, text))
    if letters >= _FEWEST_LETTERS and capitals > _SHARE_OF_CAPITALS * letters:
        return "capitals"
    words = _WORD.findall(text)
    if len(words) < _FEWEST_WORDS:
        return None
    small = [word for word in words if word.islower()]
    if any(len(word) > _LONGEST_SMALL_WORD for word in small) or not any(word.istitle() for word in words[1:]):
        return None
    most = 0.0 if _primary(language) in _NOUNS_IN_CAPITALS else 1 - _SHARE_OF_TITLE_WORDS
    return "title" if len(small) <= most * len(words) else None


def sentence_case(
    text: str, *, language: str, rarity: Rarity = lambda word: 0, kept: Iterable[tuple[int, int]] = ()
) -> str:
    """``text`` in small letters, with a capital where a sentence begins and where a word is usual with one.

    Args:
        text: in capitals, or in those of a title.
        language: BCP-47 tag.
        rarity: of two spellings of a word the less rare one is taken, of equal ones that in small letters.
        kept: (start, end) of the parts that stay as they are.
    """
    kept = list(kept)

    def rewritten(found: re.Match[str]) -> str:
        if any(start < found.end() and found.start() < end for start, end in kept):
            return found[0]
        small = lower(found[0], language=language)
        titled = upper(small[0], language=language) + small[1:]
        if _primary(language) == "en" and re.fullmatch(r"i(?:['’].*)?", small):
            return titled
        if _SENTENCE_START.search(text, max(0, found.start() - 8), found.start()):
            return titled
        return min((small, titled, found[0]), key=rarity)

    return _WORD.sub(rewritten, text)


def upper(text: str, *, language: str, kept: Sequence[str] = ()) -> str:
    """``text`` in the capitals of ``language``: STRASSE in German, İ and I in Turkish, no accents in Greek.

    Args:
        text: any text.
        language: BCP-47 tag.
        kept: words and signs that stay as they are.
    """
    if kept:
        parts = re.split("(" + "|".join(map(re.escape, sorted(kept, key=len, reverse=True))) + ")", text)
        return "".join(part if part in kept else upper(part, language=language) for part in parts)
    primary = _primary(language)
    if primary in _DOTTED:
        text = text.replace("i", "İ").replace("ı", "I")
    if primary == "el":
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).replace(_ACCENT, ""))
    return text.upper()


def lower(text: str, *, language: str) -> str:
    """``text`` in the small letters of ``language``."""
    if _primary(language) in _DOTTED:
        text = text.replace("I", "ı").replace("İ", "i")
    return text.lower()


def _primary(language: str) -> str:
    return re.split("[-_]", language.lower(), maxsplit=1)[0]
