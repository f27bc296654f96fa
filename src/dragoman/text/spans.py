"""Protected spans: what a translation must hold exactly as its source does. Knows no model.

Addresses, placeholders, emoji, codes, file names and numbers mean something to a machine or to nobody at all; a
translated one is a broken one. The patterns stand here once, for cleaning (:mod:`dragoman.corpora.cleaning`), which
asks whether two texts agree, and for translation (:mod:`dragoman.translator.robust`), which sees to it that they do.

The rule for numbers: the model may write one as its language does (1,234.5 as 1.234,5; 3 as drei), as long as the
value is there. Only a number that got lost is copied, and then letter for letter: a number in the other language's
spelling can be read, a number changed by guess cannot be trusted.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from dragoman.text.emoji import EMOJI, SMILEY
from dragoman.text.numbers import NUMBER, numbers_survive

Kind = Literal["url", "email", "placeholder", "emoji", "smiley", "tag", "file", "code", "number"]

_LETTER = "A-Za-z0-9\u00c0-\u052f"
"""Letters of the alphabets that have capitals: an address in Chinese text ends where the Chinese goes on."""
_ADDRESS = rf"[{_LETTER}_~/?#@!$&*+,;=%:.|-]"

EMAIL = rf"(?<![{_LETTER}_.+-])[{_LETTER}_.+-]{{1,64}}@[{_LETTER}_-]{{1,63}}(?:\.[{_LETTER}_-]{{1,63}}){{1,8}}"
"""The pattern of an e-mail address."""

URL = rf"(?:(?:[hH]ttps?|HTTPS?|ftp|FTP)://|(?<![{_LETTER}])(?:[wW]ww|WWW)\.)(?:{_ADDRESS}|\([{_LETTER}_-]{{0,100}}\))+(?<![.,;:!?*])"
"""The pattern of a web address."""

PLACEHOLDER = (
    r"\$?\{\{?[^{}\s][^{}]{0,60}\}\}?"
    r"|%\([\w.]{1,60}\)[sdifr]"
    r"|%(?:\d+\$)?[-+#0]?\d*(?:\.\d+)?(?:l{0,2}[diux]|[sfgc@])(?![^\W_])"
    r"|</?[A-Za-z][\w:.-]{0,40}(?:\s[^<>]{0,200})?/?>"
)
"""The pattern of what a program fills in, and of a tag of markup."""

_PATTERNS: dict[Kind, str] = {
    "placeholder": (
        rf"{PLACEHOLDER}|\{{\{{\s[^{{}}]{{0,60}}\}}\}}|\{{\}}|\{{%[^%{{}}]{{0,200}}%\}}|<!--.{{0,200}}?-->"
        r"|(?<![^\W_])__[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*__(?![^\W_])"
        r"|&(?:\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8}\d?);"
    ),
    "url": (
        rf"{URL}|(?<![{_LETTER}@.-])(?:[A-Za-z0-9-]{{1,63}}\.){{1,8}}"
        r"(?:com|org|net|edu|gov|info|io|de|uk|fr|eu|at|ch|cn|jp|ru|COM|ORG|NET|EDU|GOV|INFO|DE|EU)"
        rf"(?:/{_ADDRESS}*(?<![.,;:!?*]))?(?![{_LETTER}_@-])"
    ),
    "email": EMAIL,
    "smiley": SMILEY,
    "emoji": EMOJI,
    "tag": rf"(?<![\w&/])(?:\#(?=\w)[\w-]{{1,100}}|@[A-Za-z0-9_]{{2,30}}(?![{_LETTER}_]))",
    "file": (
        rf"(?<![{_LETTER}_./\\-])(?:[A-Za-z]:\\|~?/)?(?:[{_LETTER}_.-]{{1,100}}[/\\]){{0,20}}"
        rf"[{_LETTER}_.-]{{0,100}}[{_LETTER}_-]\.(?:pdf|docx?|xlsx?|pptx?|txt|csv|tsv|json|xml|html?|ya?ml|toml|ini|cfg"
        r"|log|md|py|js|ts|c|h|cpp|rs|go|java|sh|exe|dll|zip|gz|tar|png|jpe?g|gif|svg|mp[34]|wav|avi|mov|db|sql|bak)"
        rf"(?![{_LETTER}_])|(?<!\S)(?:~|\.{{1,2}})?(?:/[\w.-]{{0,100}}\w){{2,30}}/?|(?<!\S)[A-Za-z]:\\[\w.\\-]*\w"
    ),
    "code": (
        rf"`[^`\n\t]{{1,80}}`|(?<![{_LETTER}_])(?:[A-Za-z_][A-Za-z0-9_]{{0,60}}\(\)|[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+"
        r"|[a-z]+(?:[A-Z][a-z0-9]*)+|[A-Z]{1,5}-?\d+(?:[-/.]\d+)*[A-Z]?|v\d+(?:\.\d+)+|0x[0-9A-Fa-f]+"
        r"|(?=[0-9a-f-]*\d)(?=[0-9a-f-]*[a-f])[0-9a-f]{7,}(?:-[0-9a-f]{4,}){0,4})"
        rf"(?![{_LETTER}_])|(?<![\w-])--[a-z][a-z-]{{0,40}}"
    ),
    "number": (
        r"\+\d{1,3}(?:[ -]?\(\d{1,5}\))?(?:[ /-]?\d{2,8}){1,5}"
        rf"|[$€£¥]?(?:{NUMBER})(?:[:/-]\d+)*(?:[A-Za-zµ]{{1,3}}\b|[%‰°€])?"
    ),
}
"""Kind → pattern, the first that matches a place wins. A run of letters is looked at from its beginning alone and parts
have a longest length, so that the time is proportional to the text's length whatever it holds."""
_SPAN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_MAY_HOLD = re.compile(
    r"[\d@#<>{}%&_`/\\^=:;\u203c\u2049\u20e3\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]"
    r"|[a-z][A-Z]|\w\.\w|--|\(\)|[xX]D"
)
"""What every span holds, and most sentences do not."""
_TOUCHING = re.compile(rf"[{_LETTER}}})\]>][{_LETTER}]")
_NEVER_INVENTED = frozenset(("url", "email", "placeholder", "emoji", "smiley", "tag"))


@dataclass(frozen=True, slots=True)
class Span:
    """One protected part of a text.

    Attributes:
        start: where it begins.
        end: where what follows it begins.
        kind: what it is.
        text: itself.
    """

    start: int
    end: int
    kind: Kind
    text: str


def find_spans(text: str) -> list[Span]:
    """The protected spans of ``text`` in order; none overlaps another."""
    if not _MAY_HOLD.search(text):
        return []
    return [
        Span(found.start(), found.end(), found.lastgroup, found[0])  # type: ignore[arg-type]
        for found in _SPAN.finditer(text)
    ]


def spans_survive(source: str, target: str, *, language: str) -> bool:
    """Whether each protected span of ``source`` is in ``target`` exactly as often, and ``target`` invents none.

    A number counts by its value (see :func:`~dragoman.text.numbers.numbers_survive`); numbers, codes and file names
    that only the target has are not minded.

    Args:
        source: the text that was translated.
        target: its translation.
        language: BCP-47 tag of the target.
    """
    for exact in _exact(source):
        alone = standing_alone(exact)
        source, count = alone.subn(" ", source)
        target, count_there = alone.subn(" ", target)
        if count != count_there:
            return False
    new = Counter(span.text for span in find_spans(target) if span.kind in _NEVER_INVENTED)
    if new and new - Counter(span.text for span in find_spans(source)):
        return False
    return numbers_survive(source, target, language=language)


def without_inventions(text: str) -> str:
    """``text``, the translation of one without spans, without what nobody would write there by himself."""
    while found := [span for span in find_spans(text) if span.kind in _NEVER_INVENTED]:
        for span in reversed(found):
            text = f"{text[: span.start].rstrip()} {text[span.end :].lstrip()}".strip()
    return text


@lru_cache(maxsize=1024)
def standing_alone(part: str) -> re.Pattern[str]:
    """``part`` where it is not in the midst of a word or number; letters of scripts without capitals may touch it."""
    before = rf"(?<![{_LETTER}])" if re.match(f"[{_LETTER}]", part) else ""
    after = rf"(?![{_LETTER}])" if re.search(rf"[{_LETTER}]\Z", part) else ""
    return re.compile(before + re.escape(part) + after)


def joined(*parts: str) -> str:
    """``parts`` in a row, with a space where two of them would otherwise become one word."""
    text = ""
    for part in parts:
        text += " " + part if _TOUCHING.fullmatch(text[-1:] + part[:1]) else part
    return text


@lru_cache(maxsize=1024)
def _exact(source: str) -> tuple[str, ...]:
    """The spans of ``source`` that must stand letter for letter, those that may hold others first."""
    exact = {span.text for span in find_spans(source) if span.kind != "number"}
    return tuple(sorted(exact, key=lambda text: (-len(text), text)))
