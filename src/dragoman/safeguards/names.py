"""Names from a list of the user's, found in a text as whole words. Knows no names of its own.

A name is found as it is written in the list and in capitals, so that ``Mark`` is one and ``mark`` is not; one that the
list has in small letters is found in any. Where a script sets no spaces between words, as Chinese does, a name is
found wherever its characters stand. The time depends on the text, not on how many names there are.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from dragoman.base.errors import ConfigError
from dragoman.base.files import explained

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+")
"""What a name is looked up by: a character where words have no spaces between them, else a word."""
_SPACED_LETTER = rf"[^\W_{_UNSPACED}]"


class NameList:
    """Names to be found.

    Args:
        names: each as it is usually written; without a letter it is none.
    """

    def __init__(self, names: Iterable[str]) -> None:
        written: dict[str, None] = {}
        for name in map(str.strip, names):
            for form in (name, name.upper()):
                written |= {unicodedata.normalize("NFC", form): None, unicodedata.normalize("NFD", form): None}
        by_word: dict[str, list[str]] = {}
        for name in sorted(written, key=len, reverse=True):
            if first := _WORD.match(name):
                by_word.setdefault(first[0].casefold(), []).append(name)
        self._patterns = {word: _pattern(names) for word, names in by_word.items()}

    def __len__(self) -> int:
        return len(self._patterns)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """The places of names; the longest of those that begin in one place."""
        done = 0
        for word in _WORD.finditer(text):
            pattern = self._patterns.get(word[0].casefold())
            if pattern is not None and word.start() >= done and (found := pattern.match(text, word.start())):
                done = found.end()
                yield found.span()


def _pattern(names: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_form, names)))


def _form(name: str) -> str:
    form = r"\s+".join(map(re.escape, name.split()))
    form = f"(?i:{form})" if name == name.lower() != name.upper() else form
    behind = rf"(?!{_SPACED_LETTER})" if re.search(rf"{_SPACED_LETTER}\Z", name) else ""
    return form + behind


def read_names(path: Path) -> NameList:
    """The names in a file, one in a line; lines that begin with # are none.

    Raises:
        FileAccessError: it cannot be read.
        ConfigError: it is not UTF-8, or holds no name.
    """
    with explained("read", path):
        raw = path.read_bytes()
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 (byte {error.start:,})", hint="save it as UTF-8") from error
    names = NameList(line for line in lines if not line.lstrip().startswith("#"))
    if not names:
        raise ConfigError(f"{path} holds no name", hint="write one name in each line")
    return names
