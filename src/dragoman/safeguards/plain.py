"""A text for who looks for numbers in it: the digits, dashes and spaces of any script as ASCII has them.

Character for character, so that a place in one is a place in the other. Knows no values.
"""

import string
import sys
import unicodedata
from functools import cache


def plainly(text: str) -> str:
    """``text`` with plain digits, dashes and spaces, and full-width letters as narrow ones.

    A full-width comma or colon stays: nobody writes one inside a number, and it parts two.
    """
    return text if text.isascii() else text.translate(_table())


@cache
def _table() -> dict[int, str]:
    wide = {ord(one) + 0xFEE0: one for one in f"{string.ascii_letters}@.+-_()"}
    digits = {code: str(unicodedata.decimal(chr(code))) for code in range(128, sys.maxunicode) if chr(code).isdecimal()}
    dashes = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
    spaces = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " ")
    return {**digits, **wide, **dashes, **spaces}
