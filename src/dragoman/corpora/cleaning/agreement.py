"""Addresses and placeholders: what stands on one side must stand on the other. Knows no languages.

Each function gives the share of such elements, of both sides together, that have their like on the other side;
1.0 when there are none. The idea is that of :func:`~dragoman.text.numbers.agreement_of_numbers`: forgive what
translators rightly change. example.com/en leads to the same place as example.de.
"""

import re
from collections import Counter
from collections.abc import Iterable

from dragoman.text.spans import EMAIL, PLACEHOLDER, URL

_LINK = re.compile(f"{URL}|{EMAIL}", re.IGNORECASE)
_LONGEST_COUNTRY = 3
"""Labels of a host up to this length say country or kind (com, co, uk, en), not whose it is."""

_PLACEHOLDER = re.compile(PLACEHOLDER)
_TAG_NAME = re.compile(r"<(/?)([\w:.-]+).*?(/?)>", re.DOTALL)


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
