"""Writing systems: which script a language is written in, and how much of a text is in it.

Scripts have their ISO 15924 codes (``Latn``, ``Cyrl``, ``Hani``…), languages their BCP-47 tags. It does
not tell languages of one script apart: German and English are the same here.

The idea of weights: one Chinese character says about as much as three Latin letters, so a Chinese text
with an English product name in it is still a Chinese text, and its length in characters must be
multiplied before it is compared with an English one.
"""

import re
from functools import lru_cache

_RANGES: dict[str, str] = {
    "Latn": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1d00-\u1dbf\u1e00-\u1eff\u2c60-\u2c7f"
    "\ua720-\ua7ff\uab30-\uab6f\ufb00-\ufb06\uff21-\uff3a\uff41-\uff5a\u0300-\u036f",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Cyrl": "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f",
    "Armn": "\u0530-\u058f\ufb13-\ufb17",
    "Hebr": "\u0590-\u05ff\ufb1d-\ufb4f",
    "Arab": "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "Thaa": "\u0780-\u07bf",
    "Deva": "\u0900-\u097f\ua8e0-\ua8ff",
    "Beng": "\u0980-\u09ff",
    "Guru": "\u0a00-\u0a7f",
    "Gujr": "\u0a80-\u0aff",
    "Orya": "\u0b00-\u0b7f",
    "Taml": "\u0b80-\u0bff",
    "Telu": "\u0c00-\u0c7f",
    "Knda": "\u0c80-\u0cff",
    "Mlym": "\u0d00-\u0d7f",
    "Sinh": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Laoo": "\u0e80-\u0eff",
    "Tibt": "\u0f00-\u0fff",
    "Mymr": "\u1000-\u109f\uaa60-\uaa7f",
    "Geor": "\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f",
    "Hang": "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff",
    "Ethi": "\u1200-\u139f\u2d80-\u2ddf\uab00-\uab2f",
    "Khmr": "\u1780-\u17ff",
    "Mong": "\u1800-\u18af",
    "Hira": "\u3041-\u309f",
    "Kana": "\u30a0-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    "Hani": "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
}

_WRITTEN_IN: dict[str, str] = {
    "Latn": "af bs ca ceb cs cy da de en eo es et eu fi fil fo fr fy ga gd gl ha hr ht hu id ig is it jv la lb lt lv "
    "mg mi ms mt nb nl nn no oc pl pt qu rm ro rw sk sl sm sn so sq st su sv sw tk tl tn tr uz vi wa xh yo zu",
    "Cyrl": "ba be bg ce cv kk ky mk mn os ru sah tg tt uk",
    "Grek": "el",
    "Armn": "hy",
    "Hebr": "he iw yi",
    "Arab": "ar arz ckb dv fa ps sd ug ur",
    "Deva": "bho hi mai mr ne sa",
    "Beng": "as bn",
    "Guru": "pa",
    "Gujr": "gu",
    "Orya": "or",
    "Taml": "ta",
    "Telu": "te",
    "Knda": "kn",
    "Mlym": "ml",
    "Sinh": "si",
    "Thai": "th",
    "Laoo": "lo",
    "Tibt": "bo dz",
    "Mymr": "my shn",
    "Geor": "ka",
    "Ethi": "am ti",
    "Khmr": "km",
    "Hani": "lzh wuu yue zh cmn",
}
_SCRIPTS: dict[str, frozenset[str]] = {
    **{language: frozenset({script}) for script, languages in _WRITTEN_IN.items() for language in languages.split()},
    "sr": frozenset({"Cyrl", "Latn"}),
    "az": frozenset({"Latn", "Cyrl", "Arab"}),
    "uz": frozenset({"Latn", "Cyrl"}),
    "ku": frozenset({"Latn", "Arab"}),
    "dv": frozenset({"Thaa"}),
    "ja": frozenset({"Hani", "Hira", "Kana"}),
    "ko": frozenset({"Hang", "Hani"}),
}
_SUBTAGS: dict[str, frozenset[str]] = {
    "hans": frozenset({"Hani"}),
    "hant": frozenset({"Hani"}),
    "jpan": frozenset({"Hani", "Hira", "Kana"}),
    "kore": frozenset({"Hang", "Hani"}),
    **{script.lower(): frozenset({script}) for script in _RANGES},
}

_UNSPACED = frozenset({"Hani", "Hira", "Kana", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
_LETTERS_WORTH: dict[str, float] = {"Hani": 3.1, "Hira": 2.2, "Kana": 2.2, "Hang": 2.0, "Hebr": 1.3, "Arab": 1.2}
CHARACTERS_PER_UNSPACED_WORD = 2
"""How many characters count as a word where words have no spaces between them (Chinese averages 1.6)."""

_LETTERS = re.compile(r"[^\W\d_]+")


def expected_scripts(language: str) -> frozenset[str] | None:
    """The scripts ``language`` is written in; None when this table does not know it.

    A script in the tag (``sr-Latn``) decides alone.
    """
    primary, *others = language.replace("_", "-").lower().split("-")
    for subtag in others:
        if subtag in _SUBTAGS:
            return _SUBTAGS[subtag]
    return _SCRIPTS.get(primary)


def has_spaces(language: str) -> bool:
    """Whether words of ``language`` stand apart, so that they can be counted (unknown languages: yes)."""
    scripts = expected_scripts(language) or frozenset()
    return "Hang" in scripts or not scripts & _UNSPACED


def letters_worth(language: str) -> float:
    """How many English letters one character of ``language`` is worth: 3.1 for Chinese, 1 for most.

    Chinese is measured: Flores-200 2.97, TICO-19 3.00, Tatoeba 3.15, newstest2017 3.41; the others are rounded
    experience (Japanese 2.2, Korean 2.0, Hebrew 1.3, Arabic 1.2).
    """
    scripts = expected_scripts(language) or frozenset()
    if "Hira" in scripts:
        return _LETTERS_WORTH["Hira"]
    if "Hang" in scripts:
        return _LETTERS_WORTH["Hang"]
    return max((_LETTERS_WORTH.get(script, 1.0) for script in scripts), default=1.0)


def count_words(text: str, language: str) -> int:
    """Words between spaces, or characters by twos where a language has no spaces."""
    if has_spaces(language):
        return len(text.split())
    return -(-len(text) // CHARACTERS_PER_UNSPACED_WORD)


@lru_cache(maxsize=64)
def _in_scripts(scripts: frozenset[str]) -> re.Pattern[str]:
    return re.compile(f"[{''.join(_RANGES[script] for script in sorted(scripts))}]+")


def share_in(text: str, scripts: frozenset[str]) -> float | None:
    """Which share of the letters of ``text`` is in ``scripts``, by weight; None when it has no letters."""
    if text.isascii() and "Latn" in scripts:
        return 1.0 if _LETTERS.search(text) else None
    rest = _in_scripts(scripts).sub("", text)
    foreign = sum(map(len, _LETTERS.findall(rest)))
    weight = max(_LETTERS_WORTH.get(script, 1.0) for script in scripts)
    if foreign:
        own = sum(map(len, _LETTERS.findall(text))) - foreign
        return own * weight / (own * weight + foreign)
    return 1.0 if len(rest) < len(text) else None


@lru_cache(maxsize=1 << 16)
def script_of(character: str) -> str | None:
    """The script of a letter; None for what is no letter, ``"Zzzz"`` for a script this table does not know."""
    if not character.isalpha():
        return None
    for script in _RANGES:
        if _in_scripts(frozenset({script})).match(character):
            return script
    return "Zzzz"
