"""Numbers in a text: their values, whatever way they are written, and whether two texts say the same ones.

The idea: compare values, not spellings, and forgive what translators rightly change: 1,000.5 is 1.000,5 and 1 000.5;
small numbers are written out; 5 pm is 17 Uhr; two million is 2,000,000 and 200万. It knows the words for small numbers
in a few languages and nothing else of any.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

NUMBER = r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*"
"""The pattern of a number in digits, separators included."""
_NUMBER = re.compile(NUMBER)
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

_AFTERNOON = re.compile(r"\bp\.?m\b|下午|晚上", re.IGNORECASE)
_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve",
    "de": "zwei|zwo drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "zh": "二|两|兩 三 四 五 六 七 八 九 十 十一 十二",
}
"""How 2 to 12 begin when they are written out. One is left out: it looks like an article in most of them."""


def numbers_survive(source: str, target: str, *, language: str) -> bool:
    """Whether each number of ``source`` is in ``target`` as often, in whatever way it is written.

    What :func:`agreement_of_numbers` forgives has to be shown here: a small number that is not there in digits must
    be there as a word, 17 for 5 only where the source says pm. Numbers that only the target has are not minded.

    Args:
        source: the text that was translated.
        target: its translation.
        language: BCP-47 tag of the target, for the words of small numbers.
    """
    if not _DIGIT.search(source):
        return True
    ours, theirs = Counter(_numbers(source)), Counter(_numbers(target))
    wrong = {number for number, count in ours.items() if theirs[number] != count}
    if not wrong:
        return True
    if all(_is_said(number, ours[number] - theirs[number], source, target, language) for number in wrong):
        return True
    if _MAGNITUDES.search(source) and _MAGNITUDES.search(target):
        return not Counter(_leading(ours)) - Counter(_leading(theirs))
    ours, theirs = Counter(_parts(source)), Counter(_parts(target))
    return all(theirs[part] == count for part, count in ours.items())


def _is_said(number: str, missing: int, source: str, target: str, language: str) -> bool:
    """Whether a number that is not there in digits is there in another way, as often as it is ``missing``."""
    if missing < 1 or not number.isdecimal() or len(number) > 2:
        return False
    if _AFTERNOON.search(source) and str(int(number) + 12) in _numbers(target):
        return True
    words = _WORDS.get(language.replace("_", "-").split("-")[0].lower(), "").split()
    if not 2 <= int(number) < 2 + len(words):
        return False
    beginning = "" if language.startswith("zh") else r"(?<![^\W\d_])"
    found = re.findall(f"{beginning}(?:{words[int(number) - 2]})", target, re.IGNORECASE)
    return len(found) >= missing


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
    if not digits.isascii():
        digits = "".join(str(unicodedata.decimal(digit)) for digit in digits)
    return digits.lstrip("0") or "0"


def _decimal(whole: str, fraction: str) -> str:
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
