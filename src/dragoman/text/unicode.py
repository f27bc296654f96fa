"""What a Python string may hold that is not Unicode text. It knows nothing of languages."""

import re

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """``text`` with each lone surrogate replaced by U+FFFD.

    Half of a UTF-16 pair, which an escape in a JSON file can bring in, is no character: no file can hold it.
    """
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)
