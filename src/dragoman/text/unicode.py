"""What a Python string may hold that is not Unicode text, and what readers see as one character.

It knows nothing of languages.
"""

import re
import unicodedata
from collections.abc import Iterator

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ZERO_WIDTH_JOINER = "\u200d"


def well_formed(text: str) -> str:
    """``text`` with each lone surrogate replaced by U+FFFD.

    Half of a UTF-16 pair, which an escape in a JSON file can bring in, is no character: no file can hold it.
    """
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def graphemes(text: str) -> Iterator[str]:
    """``text`` in what a reader sees as single characters; joined they are the text.

    The main rules of Unicode's annex 29: accents, emoji sequences, flags, Hangul syllables and CR LF stay whole.
    """
    start = 0
    flag_open = False
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        flag_open = _is_flag_letter(before) and not flag_open
        if not (_clings(before, after) or (flag_open and _is_flag_letter(after))):
            yield text[start:place]
            start = place
    if text:
        yield text[start:]


def _clings(before: str, after: str) -> bool:
    """Whether ``after`` belongs to the same visible character as ``before``."""
    if after < "\u0300":
        return before == "\r" and after == "\n"
    return (
        before == _ZERO_WIDTH_JOINER
        or after == _ZERO_WIDTH_JOINER
        or unicodedata.category(after)[0] == "M"
        or "\u1160" <= after <= "\u11ff"  # vowels and finals of Hangul
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= after <= "\U000e007f"  # tags, as in Scotland's flag
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
