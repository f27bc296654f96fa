"""Which keys lie beside each other on the keyboard of a language. Knows letters, no text.

Rows of a keyboard are shifted against each other by about a third of a key, so the neighbours of a key are those
whose middle is less than one and a half keys away.
"""

from functools import lru_cache

_LAYOUTS: dict[str, tuple[str, str, str]] = {
    "qwerty": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "qwertz": ("qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    "qwertz-cz": ("qwertzuiop", "asdfghjklů", "yxcvbnm"),
    "azerty": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    "spanish": ("qwertyuiop", "asdfghjklñ", "zxcvbnm"),
    "nordic": ("qwertyuiopå", "asdfghjklöä", "zxcvbnm"),
    "danish": ("qwertyuiopå", "asdfghjklæø", "zxcvbnm"),
    "turkish": ("qwertyuıopğü", "asdfghjklşi", "zxcvbnmöç"),
    "russian": ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    "ukrainian": ("йцукенгшщзхї", "фівапролджє", "ячсмитьбю"),
    "greek": ("ςερτυθιοπ", "ασδφγηξκλ", "ζχψωβνμ"),
    "hebrew": ("קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ"),
    "arabic": ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ"),
}
_USED_FOR = {
    "qwertz": "de gsw hu hr sl bs",
    "qwertz-cz": "cs sk",
    "azerty": "fr wa",
    "spanish": "es gl",
    "nordic": "sv fi",
    "danish": "da nb nn no",
    "turkish": "tr az",
    "russian": "ru be kk",
    "ukrainian": "uk",
    "greek": "el",
    "hebrew": "he iw yi",
    "arabic": "ar fa ur",
}
_LAYOUT_OF = {language: layout for layout, languages in _USED_FOR.items() for language in languages.split()}
_SHIFTS = (0.0, 0.3, 0.8)
_REACH = 1.5


@lru_cache(maxsize=32)
def neighbouring_keys(language: str) -> dict[str, str]:
    """Lower-case letter → the letters beside it, on the keyboard of ``language`` (QWERTY where none is known)."""
    rows = _LAYOUTS[_LAYOUT_OF.get(language.partition("-")[0].lower(), "qwerty")]
    places = {
        letter: (number, column + _SHIFTS[number])
        for number, row in enumerate(rows)
        for column, letter in enumerate(row)
    }
    return {
        letter: "".join(other for other, place in places.items() if other != letter and _touches(here, place))
        for letter, here in places.items()
    }


def _touches(here: tuple[int, float], there: tuple[int, float]) -> bool:
    return (here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2 < _REACH**2
