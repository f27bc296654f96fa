"""Numbers, addresses and placeholders: what stands on one side must stand on the other. Knows no languages.

Each function gives the share of such elements, of both sides together, that have their like on the other side;
1.0 when there are none. The idea: compare values, not spellings, and forgive what translators rightly change:
1,000.5 is 1.000,5 and 1 000.5; small numbers are written out; 5 pm is 17 Uhr; two million is 2,000,000 and
200万; example.com/en leads to the same place as example.de.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_DIGIT = re.compile(r"\d")
_RUN = re.compile(r"\d+")
_WRITTEN = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"([1-9]\d{0,2})((?:[.,\s'’]\d{3})+)(?:[.,](\d+))?")
_SEPARATORS = re.compile(r"[.,\s'’]")
_LARGEST_NUMBER_WRITTEN_OUT = 12
_MAGNITUDES = re.compile(
    r"(?<![^\W\d_])(?:(?:hundred|hundert|thousand|tausend|tis[ií]c|mill?ion|miliard|bill?ion|dozen|dutzend)\w*"
    r"|cent|mille|mila?|k|tsd|m|mi[ol]|mln|bn|mrd|mia|mld)(?![^\W_])|[百千万萬亿億]",
    re.IGNORECASE,
)

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'«»()\[\]]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_LONGEST_COUNTRY = 3
"""Labels of a host up to this length say country or kind (com, co, uk, en), not whose it is."""

_PLACEHOLDER = re.compile(
    r"\$?\{\{?[^{}\s][^{}]{0,60}\}\}?"
    r"|%\([\w.]{1,60}\)[sdifr]"
    r"|%(?:\d+\$)?[-+#0]?\d*(?:\.\d+)?(?:l{0,2}[diux]|[sfgc@])(?![^\W_])"
    r"|</?[A-Za-z][\w:.-]{0,40}(?:\s[^<>]{0,200})?/?>"
)
_TAG_NAME = re.compile(r"<(/?)([\w:.-]+).*?(/?)>", re.DOTALL)


def agreement_of_numbers(source: str, target: str) -> float:
    """Which share of the numbers has its like on the other side."""
    if not _DIGIT.search(source) and not _DIGIT.search(target):
        return 1.0
    if sorted(_WRITTEN.findall(source)) == sorted(_WRITTEN.findall(target)):
        return 1.0  # nearly all pairs; the rest is for 1,000 and 1.000 and what else may differ
    by_value = _agreement(Counter(_numbers(source)), Counter(_numbers(target)), f"{source} {target}")
    if by_value == 1.0:
        return by_value
    return max(by_value, _agreement(Counter(_parts(source)), Counter(_parts(target)), ""))  # 17.30 may be 5:30 pm


def _agreement(ours: Counter[str], theirs: Counter[str], text: str) -> float:
    total = ours.total() + theirs.total()
    ours, theirs = ours - theirs, theirs - ours
    if text and _MAGNITUDES.search(text):
        leading = Counter(_leading(ours)), Counter(_leading(theirs))
        alone = (leading[0] - leading[1]).total() + (leading[1] - leading[0]).total()
    else:
        alone = _alone(ours, theirs) + _alone(theirs, ours)
    return 1 - alone / total


def _alone(ours: Counter[str], theirs: Counter[str]) -> int:
    """How many of ``ours`` neither may be written out on the other side nor are the other half of a clock."""
    return sum(count for number, count in ours.items() if not _is_forgiven(number, theirs))


def _is_forgiven(number: str, theirs: Counter[str]) -> bool:
    if not number.isdecimal() or len(number) > 2:
        return False
    value = int(number)
    return value <= _LARGEST_NUMBER_WRITTEN_OUT or (value <= 24 and str(value - 12) in theirs)


def _leading(numbers: Counter[str]) -> Iterator[str]:
    """The digits of each number without zeros at its ends: the same for 2.5 million and 2,500,000."""
    for number in numbers.elements():
        if not (number.isdecimal() and len(number) <= 2 and int(number) <= _LARGEST_NUMBER_WRITTEN_OUT):
            yield number.replace(".", "").strip("0")


def _numbers(text: str) -> Iterator[str]:
    """The values of the numbers in ``text``, one spelling each; dates and versions as their parts."""
    for match in _NUMBER.finditer(text):
        yield from _values(match[0])


def _parts(text: str) -> Iterator[str]:
    return map(_plain, _RUN.findall(text))


def _values(written: str) -> Iterable[str]:
    if written.isdecimal():
        return (_plain(written),)
    if grouped := _THOUSANDS.fullmatch(written):
        whole = _plain(_SEPARATORS.sub("", grouped[1] + grouped[2]))
        return (_decimal(whole, grouped[3] or ""),)
    parts = _SEPARATORS.split(written)
    if len(parts) == 2:
        return (_decimal(_plain(parts[0]), parts[1]),)
    return [_plain(part) for part in parts]


def _plain(digits: str) -> str:
    """Digits of any script as ASCII, without zeros in front."""
    return digits.lstrip("0") or "0" if digits.isascii() else str(int(digits))


def _decimal(whole: str, fraction: str) -> str:
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def agreement_of_links(source: str, target: str) -> float:
    """Which share of the web and e-mail addresses leads to the same place on the other side."""
    if not _may_have_link(source) and not _may_have_link(target):
        return 1.0
    return _share_in_common(map(_owner, _LINK.findall(source)), map(_owner, _LINK.findall(target)))


def _may_have_link(text: str) -> bool:
    return "@" in text or "://" in text or "www." in text or "WWW." in text


def _owner(link: str) -> str:
    """Whose address it is: the longest telling label of the host."""
    host = link.casefold().partition("@")[2] or link.casefold().partition("://")[2] or link.casefold()
    labels = re.split(r"[/?#:]", host, maxsplit=1)[0].strip(".,;!").removeprefix("www.").split(".")
    telling = [label for label in labels[:-1] if len(label) > _LONGEST_COUNTRY] or labels
    return telling[-1] if len(labels) > 1 else labels[0]


def agreement_of_placeholders(source: str, target: str) -> float:
    """Which share of the placeholders and tags stands on the other side as well, in any order."""
    if not _may_have_placeholder(source) and not _may_have_placeholder(target):
        return 1.0
    return _share_in_common(map(_bare, _PLACEHOLDER.findall(source)), map(_bare, _PLACEHOLDER.findall(target)))


def _may_have_placeholder(text: str) -> bool:
    return "{" in text or "%" in text or "<" in text


def _bare(placeholder: str) -> str:
    """A tag by its name alone, since attributes may hold text; anything else as it stands."""
    return _TAG_NAME.sub(r"<\1\2\3>", placeholder) if placeholder[0] == "<" else placeholder


def _share_in_common(source: Iterable[str], target: Iterable[str]) -> float:
    ours, theirs = Counter(source), Counter(target)
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 1.0
