"""Where a text holds what tells of a person: one finder for each kind. Knows no placeholders, and no model.

A finder looks for the form and then checks what can be checked: digits that must add up, numbers a country gives,
ranges of an address. What only context can tell (a street, a name that nobody listed) it does not find.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import AddressValueError, IPv6Address
from typing import Literal, get_args

from dragoman.safeguards.check_digits import IDENTITIES, iban_length, is_card, is_iban
from dragoman.safeguards.phones import find_phones
from dragoman.text.spans import EMAIL, URL

Kind = Literal["email", "phone", "iban", "card", "id", "ip", "name"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""All of them."""
Place = tuple[int, int]
"""Where a value begins and where what follows it begins."""
Finder = Callable[[str, str], Iterator[Place]]
"""(text, BCP-47 code of its language) → the places of one kind."""

_FREE = r"(?<![0-9A-Za-z])(?<![0-9][.,:-])"
"""Nothing of a longer number or word stands before it …"""
_FREE_BEHIND = r"(?![0-9A-Za-z])(?![.,:-][0-9])"
"""… nor behind it; a full stop may, and a stroke: two numbers are often written so."""
_EMAIL = re.compile(rf"(?:(?<![\w.+'’-])[\w.+-]{{1,64}}['’])?{EMAIL}")
_URL = re.compile(URL)
_IBAN = re.compile(r"(?<![0-9A-Za-z])(?=([A-Za-z]{2}[0-9]{2}(?:[ \u00a0-]?[0-9A-Za-z]){11,30}))")
_CARD = re.compile(
    _FREE
    + r"(?=([0-9]{13,19}|[0-9]{4}([ \u00a0-])[0-9]{4}\2[0-9]{4}\2[0-9]{1,4}(?:\2[0-9]{1,3})?"
    + r"|[0-9]{4}([ \u00a0-])[0-9]{6}\3[0-9]{4,5})"
    + _FREE_BEHIND
    + ")"
)
"""Looked for at every place, as an account is: what stands before it may look like the first half of one."""
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?<![0-9A-Za-z])(?<![0-9][.,])(?:{_OCTET}\.){{3}}{_OCTET}(?![0-9A-Za-z])(?![.,-][0-9])")
_VERSION = re.compile(
    r"(?:\bv(?:er)?\.?|\bversion(?:en|s|ed|e)?|\brelease|\bbuild|\bfirmware|\bsection|\bchapter|\babschnitt|\bkapitel"
    r"|§|版本|版|章)[ \t\u00a0:#=]{0,2}\Z",
    re.IGNORECASE,
)
"""What stands before four numbers that are no address."""
_IPV6 = re.compile(
    r"(?:(?<![0-9A-Za-z:.])|(?<=[G-Zg-z]:))(?:[0-9A-Fa-f]{1,4}:|::)(?:[0-9A-Fa-f]{0,4}:){0,7}"
    rf"(?:(?:{_OCTET}\.){{3}}{_OCTET}|[0-9A-Fa-f]{{1,4}}|(?<=::))(?![0-9A-Za-z])(?!:[0-9A-Za-z:])"
)
_IDENTITIES = [(re.compile(_FREE + f"(?:{form})" + _FREE_BEHIND), check) for form, check in IDENTITIES]
_DIGIT = re.compile(r"[0-9]")
_OF_NUMBERS = re.compile(r"[0-9A-Za-z]")
_NO_NUMBER = re.compile(r"[^0-9A-Za-z]")


def _emails(text: str, language: str) -> Iterator[Place]:
    if "@" in text:
        yield from (found.span() for found in _EMAIL.finditer(text))


def _phones(text: str, language: str) -> Iterator[Place]:
    yield from find_phones(text, language)


def _ibans(text: str, language: str) -> Iterator[Place]:
    """The form reaches into the words behind it, and into the next number, so it is cut to its country's length."""
    for found in _IBAN.finditer(text):
        number = _NO_NUMBER.sub("", found[1]).upper()[: iban_length(found[1][:2].upper())]
        end = found.start()
        for _ in number:
            end = next(place for place in range(end, found.end(1)) if text[place].isalnum()) + 1
        if is_iban(number) and not _OF_NUMBERS.match(text, end):
            yield found.start(), end


def _cards(text: str, language: str) -> Iterator[Place]:
    for found in _CARD.finditer(text):
        if is_card(_NO_NUMBER.sub("", found[1])):
            yield found.span(1)


def _identities(text: str, language: str) -> Iterator[Place]:
    for form, check in _IDENTITIES:
        for found in form.finditer(text):
            if check(_NO_NUMBER.sub("", found[0])):
                yield found.span()


def _addresses(text: str, language: str) -> Iterator[Place]:
    """IPv4, unless a word says that the numbers are a version; IPv6 with all its groups or with a gap."""
    for found in _IPV4.finditer(text):
        if not _VERSION.search(text[max(0, found.start() - 14) : found.start()]):
            yield found.span()
    for found in _IPV6.finditer(text):
        if _is_ipv6(found[0]):
            yield found.span()


def _is_ipv6(form: str) -> bool:
    if not _DIGIT.search(form) or (form.count(":") < 2):
        return False
    try:
        IPv6Address(form)
    except AddressValueError:
        return False
    return True


FINDERS: Mapping[Kind, Finder] = {
    "email": _emails,
    "iban": _ibans,
    "card": _cards,
    "id": _identities,
    "ip": _addresses,
    "phone": _phones,
}
"""In this order: of two values in one place the first one counts. Names come from a list of the user's."""


def links(text: str) -> Iterator[Place]:
    """Web addresses: one that holds a value is a value as a whole, for half of it would be a broken one."""
    if "://" in text or "www." in text:
        yield from (found.span() for found in _URL.finditer(text))
