"""The rules a pair must pass, one function each, all in one table. Knows nothing of files or of counting.

A rule's maker takes the configuration and the two languages and gives either a check
``(source, target) → is it bad?`` or None when the rule is switched off. Rules are asked in the order of
the table and the first that objects is the reason, so cheap and certain ones come first.
"""

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from dragoman.base.config import Section
from dragoman.corpora.duplicates import DigestSet, digest
from dragoman.text import scripts
from dragoman.text.normalize import has_control, has_html_escape

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Check = Callable[[str, str], bool]

_LETTER = re.compile(r"[^\W\d_]")
_RATIO_MARGIN = 15.0
_FEWEST_LETTERS_FOR_SCRIPT = 4


class CleaningConfig(Section):
    """What to repair and what to drop. The defaults suit sentence pairs from the web and from memories."""

    unescape_html: bool = True
    """Repair: turn ``&amp;``, ``&#39;`` and the like into the characters they stand for."""
    remove_controls: bool = True
    """Repair: remove control characters; those that are misread Windows-1252 become what they were meant to be."""
    unicode_form: Literal["NFC", "NFKC", "none"] = "NFC"
    """Repair: one way to write each character. NFKC also folds full-width letters and ligatures, which loses
    distinctions a reader can see; none leaves the text alone."""
    join_lines: bool = True
    """Repair: a line break inside a text becomes a space, because one record is one line in most formats."""
    collapse_spaces: bool = True
    """Repair: no spaces at the ends, single spaces inside; single no-break spaces stay."""

    drop_empty: bool = True
    """Drop pairs in which a side has no visible character."""
    min_words: Count = 0
    """Drop pairs in which a side has fewer words; 0 keeps them. Where a language has no spaces, two characters
    count as a word. Single words are good dictionary entries, so the default keeps them."""
    max_words: Count = 200
    """Drop pairs in which a side has more words (counted likewise); 0 keeps them. Sentences hardly pass 100."""
    max_characters: Count = 2000
    """Drop pairs in which a side has more characters; 0 keeps them. Catches unbroken junk of a single 'word'."""
    drop_replacement_characters: bool = True
    """Drop pairs with U+FFFD: it stands where a character was already lost."""
    drop_controls: bool = True
    """Drop pairs with control characters (there are none left when remove_controls is on)."""
    drop_html_escapes: bool = True
    """Drop pairs with HTML escapes (there are hardly any left when unescape_html is on)."""
    max_ratio: Annotated[float, Field(ge=0)] = 3.0
    """Drop pairs in which one side is this many times longer than the other; 0 keeps them. Lengths are in
    characters, weighted so that a language with short writing (Chinese) is measured like one with long, and 15
    are added to both, because short texts vary more."""
    drop_identical: bool = True
    """Drop pairs whose two sides are the same text (case aside): most are not translated at all."""
    identical_words: Count = 2
    """…but keep them up to this many words, for names, 'OK' and units; 0 drops those as well."""
    keep_identical_numbers: bool = True
    """…and keep them when they hold no letter at all: 1984 is 1984 everywhere."""
    min_script_share: Share = 0.4
    """Drop pairs in which less than this share of a side's letters is in the script of its language; 0 keeps
    them. A Chinese character counts as three letters. Only texts of at least four letters are judged, and only
    languages whose script is known. Half would cost Chinese sentences full of Latin names."""
    drop_duplicates: bool = True
    """Drop pairs whose source and target both stood together before (after the repairs)."""


def _empty(config: CleaningConfig, source: str, target: str) -> Check | None:
    return (lambda s, t: not s.strip() or not t.strip()) if config.drop_empty else None


def _either(is_bad: Callable[[str], bool]) -> Check:
    return lambda s, t: is_bad(s) or is_bad(t)


def _replacement(config: CleaningConfig, source: str, target: str) -> Check | None:
    return _either(lambda text: "\ufffd" in text) if config.drop_replacement_characters else None


def _controls(config: CleaningConfig, source: str, target: str) -> Check | None:
    return _either(has_control) if config.drop_controls and not config.remove_controls else None


def _html(config: CleaningConfig, source: str, target: str) -> Check | None:
    return _either(has_html_escape) if config.drop_html_escapes else None


def _too_long(config: CleaningConfig, source: str, target: str) -> Check | None:
    words, characters = config.max_words or None, config.max_characters or None
    if words is None and characters is None:
        return None

    def is_too_long(text: str, language: str) -> bool:
        if characters is not None and len(text) > characters:
            return True
        # A word and its space take two characters, so most texts are known to be short without counting.
        return words is not None and len(text) > words and scripts.count_words(text, language) > words

    return lambda s, t: is_too_long(s, source) or is_too_long(t, target)


def _too_short(config: CleaningConfig, source: str, target: str) -> Check | None:
    if not config.min_words:
        return None
    fewest = config.min_words
    return lambda s, t: scripts.count_words(s, source) < fewest or scripts.count_words(t, target) < fewest


def _ratio(config: CleaningConfig, source: str, target: str) -> Check | None:
    if not config.max_ratio:
        return None
    most = config.max_ratio
    source_worth, target_worth = scripts.letters_worth(source), scripts.letters_worth(target)

    def is_lopsided(s: str, t: str) -> bool:
        ratio = (len(s) * source_worth + _RATIO_MARGIN) / (len(t) * target_worth + _RATIO_MARGIN)
        return ratio > most or ratio * most < 1

    return is_lopsided


def _identical(config: CleaningConfig, source: str, target: str) -> Check | None:
    if not config.drop_identical:
        return None

    def is_identical(s: str, t: str) -> bool:
        if s is not t and s.casefold().strip() != t.casefold().strip():
            return False
        if config.keep_identical_numbers and not _LETTER.search(s):
            return False
        return scripts.count_words(s, source) > config.identical_words

    return is_identical


def _wrong_script(config: CleaningConfig, source: str, target: str) -> Check | None:
    least = config.min_script_share
    if not least:
        return None

    def is_foreign(text: str, expected: frozenset[str] | None) -> bool:
        if expected is None or (text.isascii() and "Latn" in expected):
            return False
        share = scripts.share_in(text, expected)
        return share is not None and share < least and len(_LETTER.findall(text)) >= _FEWEST_LETTERS_FOR_SCRIPT

    of_source, of_target = scripts.expected_scripts(source), scripts.expected_scripts(target)
    return lambda s, t: is_foreign(s, of_source) or is_foreign(t, of_target)


def _duplicate(config: CleaningConfig, source: str, target: str) -> Check | None:
    if not config.drop_duplicates:
        return None
    seen = DigestSet()
    return lambda s, t: not seen.add(digest(s, t))


FILTERS: dict[str, Callable[[CleaningConfig, str, str], Check | None]] = {
    "empty": _empty,
    "replacement characters": _replacement,
    "control characters": _controls,
    "HTML escapes": _html,
    "too long": _too_long,
    "too short": _too_short,
    "length ratio": _ratio,
    "identical": _identical,
    "wrong script": _wrong_script,
    "duplicate": _duplicate,
}
"""Reason → maker of its check. The duplicate rule comes last: it must remember only what all others let through."""
