"""What a language is called, in English or in another language, and by its codes (from CLDR, by Babel)."""

from functools import cache


@cache
def language_name(code: str, *, in_language: str = "en") -> str:
    """The name of the language ``code``; the code itself where it has none."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code.replace("-", "_")).get_display_name(in_language.replace("-", "_")) or code
    except (UnknownLocaleError, ValueError):
        return code


def short_code(code: str) -> str:
    """``code`` with two letters where three were given and two are usual: en for eng, en-US for eng-US."""
    from babel.core import get_global

    language, dash, rest = code.partition("-")
    return (
        (get_global("language_aliases").get(language.lower(), language) if len(language) == 3 else language)
        + dash
        + rest
    )
