"""Telephone numbers in a text, by the numbering plans of the countries (Google's libphonenumber). Knows no other kind.

A number with ``+`` is found in any text; one in a national form, where a country is asked whose language the text is
in: the same digits may be a number in one country and nothing in the next.
"""

import re
from collections.abc import Iterator

from dragoman.base.errors import MissingExtraError

REGIONS = {
    "ar": ("SA", "EG"),
    "cs": ("CZ",),
    "da": ("DK",),
    "de": ("DE", "AT", "CH"),
    "el": ("GR",),
    "en": ("US", "GB"),
    "es": ("ES", "MX"),
    "fi": ("FI",),
    "fr": ("FR", "CH"),
    "hi": ("IN",),
    "it": ("IT",),
    "ja": ("JP",),
    "ko": ("KR",),
    "nl": ("NL", "BE"),
    "pl": ("PL",),
    "pt": ("PT", "BR"),
    "ru": ("RU",),
    "sv": ("SE",),
    "tr": ("TR",),
    "uk": ("UA",),
    "zh": ("CN", "TW", "HK"),
}
"""Language → the countries whose own way to write a number is looked for."""
_TEN_DIGITS = ("US",)
"""Countries without a 0 or 8 in front: any ten digits may be a number, so it must be written in the usual groups."""
_MAY_HOLD = re.compile(r"(?:\d[\s().\-–/\u00a0]{0,3}){6}\d")
_PLUS = re.compile(r"[+＋]")


def find_phones(text: str, language: str) -> Iterator[tuple[int, int]]:
    """The places of telephone numbers in a text of this language (BCP-47).

    Raises:
        MissingExtraError: the package ``phonenumbers`` is not installed.
    """
    if not _MAY_HOLD.search(text):
        return
    try:
        from phonenumbers import Leniency, PhoneNumberMatcher
    except ImportError as error:
        raise MissingExtraError.of("phonenumbers", extra="serve") from error
    looks: list[tuple[str | None, int]] = [(None, Leniency.POSSIBLE)] if _PLUS.search(text) else []
    for region in REGIONS.get(re.split("[-_]", language)[0].lower(), ()):
        looks.append((region, Leniency.STRICT_GROUPING if region in _TEN_DIGITS else Leniency.VALID))
    for country, leniency in looks:
        for found in PhoneNumberMatcher(text, country, leniency=leniency, max_tries=len(text)):
            is_halved = found.raw_string.startswith(("(", "（", "[")) and not re.search(r"[)）\]]", found.raw_string)
            yield found.start + is_halved, found.end
