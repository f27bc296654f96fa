"""Where words stand in a text: runs of letters, numbers, single marks; characters where a script has no spaces.

Quick and without a table of any language, for counting and for aligning words. It is no tokenizer: spaces
are left out, and there are no ids.
"""

import re
import unicodedata
from functools import lru_cache

_UNSPACED = (
    "\u0e00-\u109f\u1780-\u17ff\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3040-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Thai, Lao, Tibetan, Myanmar, Khmer, kana, Han."""


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    r"""Marks that cling to letters (vowel signs, accents) are no ``\w`` for Python, so they are named here."""
    marks = "".join(chr(code) for code in range(0x300, 0xFE30) if unicodedata.category(chr(code))[0] == "M")
    clinging = f"[{re.escape(marks)}]"
    letter = rf"(?:[^\W_{_UNSPACED}]|{clinging})"
    return re.compile(rf"\d+(?:[.,]\d+)+|{letter}+|[{_UNSPACED}]{clinging}*|[^\s]")


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where each word, number or mark of ``text`` begins and ends."""
    return [found.span() for found in _pattern().finditer(text)]


def split_words(text: str) -> list[str]:
    """The words, numbers (3.14 whole) and single marks of ``text``, without its spaces."""
    return _pattern().findall(text)


def is_word(piece: str) -> bool:
    """Whether a piece of :func:`split_words` is made of letters: no number, no mark."""
    return any(map(str.isalpha, piece)) and not any(map(str.isdecimal, piece))
