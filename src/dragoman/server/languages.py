"""Language codes as people and programs write them, and the way from one language to another. Knows no model."""

import re
from collections import deque
from collections.abc import Collection, Iterable
from itertools import pairwise

_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_SCRIPTS = {"zh-cn": "zh-hans", "zh-sg": "zh-hans", "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}
_LONGEST_WAY = 3


def is_code(text: str) -> bool:
    """Whether ``text`` could be a BCP-47 code."""
    return len(text) <= 35 and _CODE.fullmatch(text) is not None


def match(wanted: str, known: Collection[str]) -> str | None:
    """The one of ``known`` that serves for ``wanted``: the same, a wider one (de for de-AT), or a narrower one.

    Chinese by region is Chinese by script (zh-TW is zh-Hant), as CLDR has it. Case and ``_`` do not matter.
    """
    by_form = {_form(code): code for code in sorted(known, reverse=True)}
    parts = _form(wanted).split("-")
    for length in range(len(parts), 0, -1):
        found = by_form.get("-".join(parts[:length]))
        if found is not None:
            return found
    return next((code for form, code in sorted(by_form.items()) if form.split("-")[0] == parts[0]), None)


def shortest_way(source: str, target: str, directions: Iterable[tuple[str, str]]) -> list[tuple[str, str]] | None:
    """The fewest directions that lead from ``source`` to ``target``, at most three; None where none do.

    Among equally short ways the one whose first directions come first.
    """
    onward = _onward(directions)
    ways: deque[list[str]] = deque([[source]])
    seen = {source}
    while ways:
        way = ways.popleft()
        if way[-1] == target:
            return list(pairwise(way))
        if len(way) > _LONGEST_WAY:
            continue
        for language in onward.get(way[-1], ()):
            if language not in seen:
                seen.add(language)
                ways.append([*way, language])
    return None


def _onward(directions: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source, target in directions:
        found.setdefault(source, []).append(target)
    return found


def _form(code: str) -> str:
    plain = code.replace("_", "-").lower()
    return _SCRIPTS.get(plain, plain)
