"""What a language is called, in English or in another language (from CLDR, by Babel)."""

from functools import cache


@cache
def language_name(code: str, *, in_language: str = "en") -> str:
    """The name of the language ``code``; the code itself where it has none."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code.replace("-", "_")).get_display_name(in_language.replace("-", "_")) or code
    except (UnknownLocaleError, ValueError):
        return code
