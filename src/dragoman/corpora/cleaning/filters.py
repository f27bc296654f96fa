"""The rules a pair must pass, one function each, all in one table. Knows nothing of files or of counting.

A rule's maker takes the configuration and the two languages and gives either a check
``(source, target) → is it bad?`` or None when the rule is switched off. Rules are asked in the order of
the table and the first that objects is the reason, so cheap and certain ones come first.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from dragoman.base.catalog import nearest
from dragoman.base.errors import UnknownNameError
from dragoman.corpora.cleaning.agreement import agreement_of_links, agreement_of_placeholders
from dragoman.corpora.cleaning.config import CleaningConfig
from dragoman.corpora.cleaning.near_duplicates import make_finder
from dragoman.corpora.duplicates import DigestSet, digest
from dragoman.text import scripts
from dragoman.text.language import is_language
from dragoman.text.normalize import has_control, has_html_escape
from dragoman.text.numbers import agreement_of_numbers

Check = Callable[[str, str], bool]

_LETTER = re.compile(r"[^\W\d_]")
_RATIO_MARGIN = 15.0
_FEWEST_LETTERS_FOR_SCRIPT = 4


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


def _near_duplicate(config: CleaningConfig, source: str, target: str) -> Check | None:
    return None if config.near_duplicates == "none" else make_finder(config.near_duplicates)


def _disagreement(least: float, agreement: Callable[[str, str], float]) -> Check | None:
    return (lambda s, t: agreement(s, t) < least) if least else None


def _placeholders(config: CleaningConfig, source: str, target: str) -> Check | None:
    return _disagreement(config.min_placeholder_agreement, agreement_of_placeholders)


def _links(config: CleaningConfig, source: str, target: str) -> Check | None:
    return _disagreement(config.min_link_agreement, agreement_of_links)


def _numbers(config: CleaningConfig, source: str, target: str) -> Check | None:
    return _disagreement(config.min_number_agreement, agreement_of_numbers)


def _wrong_language(config: CleaningConfig, source: str, target: str) -> Check | None:
    least = config.min_language_probability
    if not least:
        return None
    return lambda s, t: not is_language(s, source, threshold=least) or not is_language(t, target, threshold=least)


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
    "placeholders": _placeholders,
    "links": _links,
    "numbers": _numbers,
    "wrong language": _wrong_language,
    "duplicate": _duplicate,
    "near duplicate": _near_duplicate,
}
"""Reason → maker of its check. Duplicates come last: they must remember only what all others let through."""


_SWITCHES: dict[str, dict[str, Any]] = {
    "empty": {"drop_empty": False},
    "replacement characters": {"drop_replacement_characters": False},
    "control characters": {"drop_controls": False},
    "HTML escapes": {"drop_html_escapes": False},
    "too long": {"max_words": 0, "max_characters": 0},
    "too short": {"min_words": 0},
    "length ratio": {"max_ratio": 0},
    "identical": {"drop_identical": False},
    "wrong script": {"min_script_share": 0},
    "placeholders": {"min_placeholder_agreement": 0},
    "links": {"min_link_agreement": 0},
    "numbers": {"min_number_agreement": 0},
    "wrong language": {"min_language_probability": 0},
    "duplicate": {"drop_duplicates": False},
    "near duplicate": {"near_duplicates": "none"},
}


def switched_off(reasons: Iterable[str]) -> dict[str, Any]:
    """The settings with which nothing is dropped for ``reasons``; hyphens may stand for spaces.

    Raises:
        UnknownNameError: no such reason.
    """
    values: dict[str, Any] = {}
    by_name = {reason.lower(): reason for reason in FILTERS}
    for reason in reasons:
        known = by_name.get(reason.lower().replace("-", " "))
        if known is None:
            guess = nearest(reason, FILTERS)
            advice = f"did you mean {guess!r}?" if guess else f"known reasons: {', '.join(FILTERS)}"
            raise UnknownNameError(f"nothing is dropped for the reason {reason!r}", hint=advice)
        values |= _SWITCHES[known]
    return values
