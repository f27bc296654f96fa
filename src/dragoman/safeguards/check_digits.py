"""Check digits: which runs of digits are an account, a card or a person's number. Knows no text around them.

Every function gets letters and digits alone, without spaces and dashes. A form that anything may have (nine digits) is
not enough: only numbers with a check, a date or a fixed way to be written are told from order numbers and prices.
"""

import re
from collections.abc import Callable
from datetime import date
from itertools import cycle

_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24,
    "XK": 20,
}  # fmt: skip
_CARD = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}|(?:50|5[6-9]|6[013789])\d{14,17}"
)
"""The first digits of the issuers and the lengths of their cards."""
_ODD_PLACES = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "BAFHJNPRTVBAFHJNPRTVCESULDGIMOQKWZYX")
"""What a character counts in an odd place of an Italian tax code, as the letter with that number."""


def iban_length(country: str) -> int:
    """How long an account number of this country is (ISO 13616); 0 where there is none."""
    return _IBAN_LENGTHS.get(country, 0)


def is_iban(number: str) -> bool:
    """An international bank account number: ISO 7064, mod 97-10."""
    if not number or len(number) != iban_length(number[:2]):
        return False
    return int("".join(str(int(one, 36)) for one in number[4:] + number[:4])) % 97 == 1


def is_card(number: str) -> bool:
    """A payment card: an issuer's first digits, and Luhn's check (ISO/IEC 7812-1)."""
    return _CARD.fullmatch(number) is not None and len(set(number)) > 1 and _luhn(number)


def _luhn(number: str) -> bool:
    doubled = (int(digit) * factor for digit, factor in zip(reversed(number), cycle((1, 2)), strict=False))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _weighted(number: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_chinese_id(number: str) -> bool:
    """A resident's number: a birthday and ISO 7064, mod 11-2 (GB 11643-1999)."""
    if not _is_date(int(number[6:10]), int(number[10:12]), int(number[12:14])) or not "18" <= number[6:8] <= "20":
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[_weighted(number, weights) % 11] == number[17].upper()


def is_german_id(number: str) -> bool:
    """A tax number: one digit two or three times among the first ten, and ISO 7064, mod 11,10."""
    counts = sorted(map(number[:10].count, set(number[:10])))
    if number[0] == "0" or counts[-1] not in (2, 3) or counts[-2:-1] not in ([1], []):
        return False
    product = 10
    for digit in number[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[10])


def is_spanish_id(number: str) -> bool:
    """A DNI or NIE: the letter is the rest by 23."""
    digits = number[:-1].upper()
    if digits[0] in "XYZ":
        digits = str("XYZ".index(digits[0])) + digits[1:]
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == number[-1].upper()


def is_american_id(number: str) -> bool:
    """A social security number has no check digit; some numbers are never given."""
    return number[:3] not in ("000", "666") and number[0] != "9" and number[3:5] != "00" and number[5:] != "0000"


def is_french_id(number: str) -> bool:
    """A NIR: a key by 97, departments of Corsica counted as 19 and 18."""
    corsica = {"2A": "19", "2B": "18"}
    department = corsica.get(number[5:7].upper(), number[5:7])
    body = number[:5] + department + number[7:13]
    return body.isdecimal() and 97 - int(body) % 97 == int(number[13:])


def is_italian_id(number: str) -> bool:
    """A codice fiscale: the last letter is a sum by 26, odd places counted by a table."""
    number = number.upper()
    odd = sum(ord(one) - 65 for one in number[0:15:2].translate(_ODD_PLACES))
    even = sum(int(one) if one.isdecimal() else ord(one) - 65 for one in number[1:15:2])
    return (odd + even) % 26 == ord(number[15]) - 65


def is_polish_id(number: str) -> bool:
    """A PESEL: a birthday, its century in the month, and a weighted sum."""
    month = int(number[2:4])
    year = (1900, 2000, 2100, 2200, 1800)[month // 20] + int(number[:2])
    if not _is_date(year, month % 20, int(number[4:6])):
        return False
    return _weighted(number, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def is_brazilian_id(number: str) -> bool:
    """A CPF: two sums by 11."""
    if len(set(number)) == 1:
        return False
    for length in (9, 10):
        rest = sum(int(digit) * (length + 1 - place) for place, digit in enumerate(number[:length])) * 10 % 11 % 10
        if rest != int(number[length]):
            return False
    return True


def is_swiss_id(number: str) -> bool:
    """An AHV number: the sum of an article number (EAN-13), and it begins with 756."""
    return number.startswith("756") and _weighted(number, (1, 3) * 7) % 10 == 0


def is_british_id(number: str) -> bool:
    """A national insurance number has no check digit; some beginnings are never given."""
    return number[:2].upper() not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ")


IDENTITIES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (r"[1-9]\d{16}[\dXx]", is_chinese_id),
    (r"\d{2} ?\d{3} ?\d{3} ?\d{3}", is_german_id),
    (r"(?:\d{8}|[XYZxyz]-?\d{7})-?[A-Za-z]", is_spanish_id),
    (r"\d{3}-\d{2}-\d{4}", is_american_id),
    (r"[12] ?\d\d ?\d\d ?(?:\d\d|2[ABab]) ?\d{3} ?\d{3} ?\d\d", is_french_id),
    (r"[A-Za-z]{6}\d\d[A-EHLMPR-Ta-ehlmpr-t]\d\d[A-Za-z]\d{3}[A-Za-z]", is_italian_id),
    (r"\d{11}", is_polish_id),
    (r"\d{3}\.\d{3}\.\d{3}-\d{2}", is_brazilian_id),
    (r"756\.\d{4}\.\d{4}\.\d{2}|756\d{10}", is_swiss_id),
    (r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]", is_british_id),
)
"""How a person's number is written, and which ones of those there can be."""
