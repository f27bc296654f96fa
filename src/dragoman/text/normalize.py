"""Small repairs of a string that never change what it says, and the key by which texts are compared.

It does not decide whether a repair is wanted. Every function gives back the very same object when
there is nothing to repair. ``str.isprintable`` says quickly of most texts that there is nothing: it is
False for every control character, line break and space but the common one.
"""

import html
import html.entities
import re
import unicodedata
from typing import Literal

UnicodeForm = Literal["NFC", "NFKC"]

_ESCAPE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MOST_ESCAPED = 3
_CONTROL = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb]")
_LINE_BREAK = re.compile("[ \t]*[\n\r\u2028\u2029]+[ \t\n\r\u2028\u2029]*")
_SPACE_RUN = re.compile(r"[^\S\n\r\u2028\u2029]{2,}|\t")
_NOT_WORD = re.compile(r"[\W_]+")

_WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


def has_html_escape(text: str) -> bool:
    """Whether ``text`` holds an escape that a browser would replace, such as ``&amp;`` or ``&#39;``."""
    return "&" in text and any(_means_something(found[0]) for found in _ESCAPE.finditer(text))


def _means_something(escape: str) -> bool:
    return escape[1] == "#" or escape[1:] in html.entities.html5


def unescape_html(text: str) -> str:
    """``&amp;`` → ``&``, ``&#39;`` → ``'``, also when escaped twice or thrice (``&amp;lt;``).

    Only whole escapes with their semicolon are touched, so that ``?a=1&copy=2`` stays what it is.
    """
    for _ in range(_MOST_ESCAPED):
        if not has_html_escape(text):
            break
        text = _ESCAPE.sub(lambda found: html.unescape(found[0]), text)
    return text


def has_control(text: str) -> bool:
    """Whether ``text`` holds a control character other than tab and line breaks."""
    return not text.isprintable() and _CONTROL.search(text) is not None


def remove_controls(text: str) -> str:
    """``text`` without control characters.

    Those from U+0080 to U+009F are nearly always Windows-1252 text read as Latin-1 (U+0085 for ``…``,
    U+0092 for ``’``): they become what they were meant to be. Vertical tabs and form feeds become
    spaces. Byte order marks inside a text and interlinear marks go too.
    """
    if not has_control(text):
        return text
    return _CONTROL.sub(_meant, text)


def _meant(found: re.Match[str]) -> str:
    character = found[0]
    if character in "\x0b\x0c":
        return " "
    return _WINDOWS_1252.get(ord(character), "")


def normalize_unicode(text: str, form: UnicodeForm = "NFC") -> str:
    """``text`` in a Unicode normal form: one way to write ``é``, not two.

    ``NFC`` keeps every distinction a reader sees; ``NFKC`` also folds full-width letters and ligatures.
    """
    return text if unicodedata.is_normalized(form, text) else unicodedata.normalize(form, text)


def join_lines(text: str) -> str:
    """``text`` on one line: each run of line breaks, with the spaces around it, becomes one space."""
    if text.isprintable() or not _LINE_BREAK.search(text):
        return text
    return _LINE_BREAK.sub(" ", text)


def join_cells(text: str) -> str:
    """``text`` on one line and without tabs, so that every format can hold it."""
    joined = join_lines(text)
    return joined.replace("\t", " ") if "\t" in joined else joined


def collapse_spaces(text: str) -> str:
    """``text`` without spaces at its ends and with single spaces inside.

    A single no-break space stays: French puts one before ``!`` and ``?``.
    """
    stripped = text.strip()
    if stripped.isprintable() and "  " not in stripped:
        return stripped
    return _SPACE_RUN.sub(" ", stripped) if _SPACE_RUN.search(stripped) else stripped


def comparison_key(text: str) -> str:
    """What is left of ``text`` for comparing: letters and digits, case folded.

    ``"Hello, World!"`` and ``"hello world"`` have one key. A text without any letter or digit is its own key.
    """
    return _NOT_WORD.sub("", unicodedata.normalize("NFC", text).casefold()) or text.strip()
