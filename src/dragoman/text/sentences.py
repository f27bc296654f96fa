"""Where sentences end, and where a sentence too long for a model may be cut.

Nothing is lost: the parts joined are the text. The rules lean to one side: a border that is missed
costs little (two sentences are translated together), a false one tears a sentence apart. So a full
stop ends a sentence only where nothing speaks against it: an abbreviation, an initial, an ordinal,
a lower-case word after it. It knows languages by their abbreviations and ordinals; it knows no
model and no ids.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from dragoman.text.unicode import graphemes

_NARROW = ".!?…‼⁇⁈⁉؟۔।॥։"
"""Marks that end a sentence when white space follows."""
_WIDE = "。！？｡"
"""Marks of scripts without spaces: they end a sentence by themselves."""
_END = re.compile(
    rf"(?P<wide>(?<![{_WIDE}])[{_WIDE}][{_WIDE}!?]*+)(?P<wide_close>[”’」』）】》〉\"')\]]*+)(?P<wide_space>\s*+)"
    rf"|(?P<narrow>(?<![{_NARROW}])[{_NARROW}]++)(?:[\"'”’“»«›‹)\]}}]|[ \u00a0\u202f]»)*+(?:\s++|\Z)"
    r"|\n[^\S\n]*+\n\s*+"  # a blank line
)
_OPENING = re.compile(r"[\"'“„«‹»›‘‚¿¡(\[{*–—\-\s]*+")
_LAST_WORD = re.compile(r"[\w.°]*\Z")
_CLITIC = re.compile(r"\w['’][a-z]\Z")
"""The end of "don't" and "the 70's": no initial."""
_QUOTED_ON = re.compile(r"[的地得之\u3040-\u309f]|[^\s，。！？、：；,.!?:;“”「」]{0,8}[说說道問问称稱喊叫答曰]")
"""What follows a quotation in its own sentence: a particle, or who says it."""
_ROMAN = re.compile(r"[IVX]{2,}\Z")
_LONGEST_WORD = 24


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ORDINAL_LANGUAGES = _words("cs da de et fi hr hu lv nb nn no pl sk sl sr tr")
"""Languages that write ordinals with a full stop: "am 3. Mai"."""

_BEFORE_NUMBERS = _words(
    "abs art bd ch chap eq fig jan feb mar apr jun jul aug sep sept oct nov dec kap nº no nos nr núm p pag par pp pág"
    " págs s sec str tel v vers vol č стр рис гл ст"
)
"""Abbreviations when a number follows ("No. 5"), but perhaps words of their own when none does ("No.")."""

_TITLES = _words("mr mrs dr prof")
"""Abbreviations that stand before names in any language."""

_ABBREVIATIONS = {
    "en": _words("est ms messrs st gen col capt cpt lt sgt maj rev hon sen rep gov pres vs cf viz approx ft mt"),
    "de": _words(
        "dr prof hr fr frl bzw ca ggf gegr evtl inkl exkl vgl bspw sog geb gest nr abs bd kap jh jhd tel mio mrd ing"
        " dipl hl zzgl insb max min mind allg bes eigtl ehem entspr ev kath lt resp röm st"
    ),
    "fr": _words("m mm mme mmes mlle mlles dr pr me mgr st ste cf env ex av apr vol chap éd bd boul"),
    "es": _words("ee sr sra srta sres sras dr dra dña ud uds vd vds prof ej pág págs núm art av avda aprox gral lic"),
    "it": _words("sig sigg dott dr avv ing prof arch geom rag pag art fig on mons ca cfr es"),
    "cs": _words("nar např tzv tj mj resp ing mgr bc dr doc prof mudr judr phdr rndr paeddr sv čís str cca popř př"),
    "pt": _words("sr sra srs sras dr dra drs prof profa eng engo av ex exa pág págs núm art"),
    "nl": _words("dhr mevr mw dr drs ir ing prof mr bijv ca nr blz vgl jl st max min ong evt incl excl resp zgn"),
    "ru": _words("г гг стр рис им ул проф акад см ср напр тыс млн млрд обл гр тов просп пер"),
}
"""Abbreviations that hardly ever end a sentence, lower-case, without their last full stop."""

_CUTS = (
    re.compile(r"(?<=[;；])\s*|\s+(?=[–—])|(?<=[—])"),
    re.compile(r"(?<=[:：])(?:\s+|(?<=：))"),
    re.compile(r"(?<=[,，、،])(?:\s+|(?<=[，、،]))"),
    re.compile(r"\s+"),
)
"""Where a long sentence may be cut, best first; a cut lies after the match."""


def split_sentences(text: str, *, language: str) -> list[str]:
    """The sentences of ``text``, each with the white space that follows it.

    Args:
        text: any text; joined, the result is this text again.
        language: its BCP-47 code; an unknown one gets the rules that hold everywhere.
    """
    language = re.split("[-_]", language.lower(), maxsplit=1)[0]
    sentences: list[str] = []
    start = 0
    for found in _END.finditer(text):
        if start < found.end() and _ends_sentence(text, start, found, language):
            sentences.append(text[start : found.end()])
            start = found.end()
    if start < len(text):
        sentences.append(text[start:])
    return sentences


def _ends_sentence(text: str, start: int, found: re.Match[str], language: str) -> bool:
    """Whether the marks ``found`` in ``text`` end the sentence that begins at ``start``."""
    if found.end() == len(text):
        return True
    if found["wide"]:
        return not (found["wide_close"] and not found["wide_space"] and _goes_on(text, found))
    if not found["narrow"]:
        return True
    place = found.start()
    if place - start < 8 and not any(map(str.isalpha, text[start:place])):
        return False  # the number of a list item, or dots that lead in
    opening = _OPENING.match(text, found.end())
    after = opening.end() if opening else found.end()
    if text[after : after + 1].islower():
        return False
    before = text[max(start, place - _LONGEST_WORD) : place]
    return found["narrow"] != "." or not _is_short_form(before, text[after : after + 1], language)


def _goes_on(text: str, found: re.Match[str]) -> bool:
    """Whether a sentence goes on behind a closing quotation; behind an exclamation or a question in it, always."""
    if not text[found.end()].isalnum():
        return False
    return found["wide"] not in ("。", "｡") or bool(_QUOTED_ON.match(text, found.end()))


def _is_short_form(before: str, after: str, language: str) -> bool:
    """Whether the full stop between ``before`` and the character ``after`` belongs to an abbreviation or ordinal."""
    found = _LAST_WORD.search(before)
    word = found[0] if found else ""
    if language in _ORDINAL_LANGUAGES and (_ROMAN.match(word) or (word.isdecimal() and len(word) <= 2)):
        return True
    if after.isdecimal() and word.lower() in _BEFORE_NUMBERS:
        return True
    if word.lower() in _TITLES or word.lower() in _ABBREVIATIONS.get(language, ()):
        return True
    if (language == "en" and word == "I") or _CLITIC.search(before):
        return False
    letters = word.split(".")  # an initial, or letters with stops between them: J. or z.B. or U.S.
    return word != "" and all(len(letter) == 1 and letter.isalpha() for letter in letters)


def split_long(text: str, *, fits: Callable[[str], bool]) -> list[str]:
    """``text`` in parts that fit, cut at the best places there are.

    Semicolons and dashes come first, then colons, commas, spaces, and lastly any place between two visible
    characters, or even inside one. Joined, the parts are the text.

    Args:
        text: any text.
        fits: whether a part, stripped of white space around it, is short enough; a part of one that fits must fit.
            A single code point that does not fit is given back as it is.
    """
    return list(_split(text, 0, fits))


def _split(text: str, level: int, fits: Callable[[str], bool]) -> Iterator[str]:
    """Cut ``text`` at places of ``level``; what still does not fit, at places of the next one."""
    if len(text) <= 1 or fits(text.strip()):
        if text:
            yield text
        return
    pieces = _cut(text, level)
    start = 0
    while start < len(pieces):
        count = _how_many_fit(pieces, start, fits)
        if count:
            yield "".join(pieces[start : start + count])
        else:
            yield from _split(pieces[start], level + 1, fits)
        start += max(count, 1)


def _cut(text: str, level: int) -> list[str]:
    """All parts of ``text`` between places of ``level``."""
    if level > len(_CUTS):
        return list(text)
    if level == len(_CUTS):
        return list(graphemes(text))
    places = [0, *(found.end() for found in _CUTS[level].finditer(text)), len(text)]
    return [text[first:last] for first, last in pairwise(places) if first < last]


def _how_many_fit(pieces: Sequence[str], start: int, fits: Callable[[str], bool]) -> int:
    """How many of ``pieces`` from ``start`` on fit together: the count is doubled until it is too many, then halved."""

    def is_too_many(count: int) -> bool:
        return not fits("".join(pieces[start : start + count]).strip())

    most = len(pieces) - start
    bound = 1
    while bound < most and not is_too_many(bound):
        bound *= 2
    return bisect_left(range(1, min(bound, most) + 1), True, key=is_too_many)
