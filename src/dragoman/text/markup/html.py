"""HTML as parts, cut where a browser would cut it (WHATWG HTML 13.2.5), every letter kept. Knows no translation.

It builds no tree: what a browser mends (tags left open, closed twice, crossed) stays as it came.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dragoman.text.markup.document import Markup
from dragoman.text.markup.parts import MarkupRules, Part, Value
from dragoman.text.markup.references import escape, html_character, text_parts


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BREAKS = _names(
    "address article aside audio base blockquote body br button canvas caption center col colgroup dd details dialog"
    " dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html"
    " legend li link main map menu meta nav noscript object ol optgroup option p param picture search section select"
    " slot source summary table tbody td template tfoot th thead title tr track ul video"
)
"""Elements that no sentence reaches across; any other may stand in a sentence."""
KEPT = _names("script style pre code textarea kbd samp var svg math")
"""Elements whose content is not translated."""
_RAW = _names("script style textarea iframe noembed noframes xmp")
"""Elements that no tag inside is read of."""
_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_VALUES = _names("title alt placeholder aria-label aria-description aria-placeholder aria-roledescription")
_S = "[ \\t\\n\\r\\f]"
_TAG_NAME = re.compile(r"</?([a-zA-Z][^ \t\n\r\f/>]*+)")
_ATTRIBUTE = re.compile(
    r"[ \t\n\r\f/]*+(?P<name>=?[^ \t\n\r\f/>=]++|=[^ \t\n\r\f/>=]*+)"
    rf"""(?:{_S}*+={_S}*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'"""
    r"""|(?P<bare>[^ \t\n\r\f>"'][^ \t\n\r\f>]*+)|(?=>)|(?P<open>["'])))?+"""
)
_TAG_END = re.compile(r"[ \t\n\r\f/]*+>")
_RAISED = re.compile(r"(?:</?(?:a|b|i|span)\b[^<>]*>|[^<>a-zA-Z]){0,40}+</su[bp]\s*>(?!&?[^\W_])")
"""The rest of a raised or lowered number behind a word, as of the sign of a note or of m²: it is no part of it."""
_COMMENT_END = re.compile(r"--!?>")
_PROGRAMS = (("<?php", "?>"), ("<?=", "?>"), ("<%", "%>"))
"""What a server puts in before a browser sees the page (PHP, ERB, EJS, JSP); PHP may go on to the end of a file."""
_LONGEST_PROGRAM = 10_000


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag as it stands in the text."""

    raw: str
    name: str
    is_closing: bool
    is_kept: bool
    values: tuple[Value, ...]


def parse_html(text: str, rules: MarkupRules | None = None) -> Markup:
    """The units of ``text``, a document of HTML or a part of one."""
    return Markup(list(html_parts(text, rules or MarkupRules())), escape)


def html_parts(text: str, rules: MarkupRules) -> Iterator[Part]:
    """The parts of ``text``."""
    at = 0
    while at < len(text):
        opening = text.find("<", at)
        found = None if opening < 0 else _cut(text, opening, rules)
        while found is None and opening >= 0:  # "a < b" is text
            opening = text.find("<", opening + 1)
            found = None if opening < 0 else _cut(text, opening, rules)
        end = opening if opening >= 0 else len(text)
        if at < end:
            yield from text_parts(text[at:end], html_character)
        if found is None:
            return
        if isinstance(found, str):
            yield Part(found, "point")
            at = end + len(found)
            continue
        part, at = _element(text, end, found, rules)
        yield part
        if found.name == "title" and not found.is_closing:
            stop = _closing(text, at, "title")
            yield from text_parts(text[at:stop], html_character)
            at = stop


def _cut(text: str, at: int, rules: MarkupRules) -> _Tag | str | None:
    """The tag, or the comment or the like, that begins at ``at``; None where it is a mere ``<``."""
    following = text[at + 1 : at + 2]
    if text.startswith("<!--", at):
        if text.startswith((">", "->"), at + 4):
            return text[at : text.index(">", at) + 1]
        found = _COMMENT_END.search(text, at + 4)
        return text[at : found.end() if found else len(text)]
    if text.startswith("<![CDATA[", at):
        end = text.find("]]>", at)
        return text[at : end + 3 if end >= 0 else len(text)]
    for beginning, ending in _PROGRAMS:
        if text.startswith(beginning, at):
            end = text.find(ending, at, None if following == "?" else at + _LONGEST_PROGRAM)
            return text[at : end + len(ending)] if end >= 0 else text[at:] if following == "?" else None
    is_closing = following == "/"
    letter = text[at + 2 : at + 3] if is_closing else following
    if letter.isascii() and letter.isalpha():
        return _tag(text, at, is_closing=is_closing, rules=rules)
    if following in ("!", "?") or (is_closing and letter):
        end = text.find(">", at)
        return text[at : end + 1 if end >= 0 else len(text)]
    return None


def _tag(text: str, at: int, *, is_closing: bool, rules: MarkupRules) -> _Tag | str:
    """The tag that begins at ``at``, or the rest of the text where it never ends."""
    start = _TAG_NAME.match(text, at)
    assert start is not None
    name, place = start[1].lower(), start.end()
    values: list[Value] = []
    seen: dict[str, str] = {}
    while not (end := _TAG_END.match(text, place)):
        found = _ATTRIBUTE.match(text, place)
        if found is None or found["open"]:
            return text[at:]
        place = found.end()
        key = found["name"].lower()
        group = next((one for one in ("double", "single", "bare") if found[one] is not None), None)
        if key in seen:
            continue
        seen[key] = found[group] if group else ""
        if group and key in _VALUES and rules.attributes and not is_closing:
            quote = {"double": '"', "single": "'"}.get(group, "")
            parts = tuple(text_parts(found[group], lambda one: html_character(one, in_value=True)))
            values.append(Value(found.start(group) - at, found.end(group) - at, quote, parts))
    kept = (
        name in KEPT | _RAW | rules.ignored
        or seen.get("translate", "").lower() == "no"
        or "notranslate" in seen.get("class", "").split()
    )
    return _Tag(text[at : end.end()], name, is_closing, kept and not is_closing, tuple(values))


def _element(text: str, at: int, tag: _Tag, rules: MarkupRules) -> tuple[Part, int]:
    """The part that begins with ``tag`` at ``at``, and where it ends: the tag, or all of an element that is kept."""
    end = at + len(tag.raw)
    is_break = (tag.name in BREAKS or tag.name in rules.splitting) and tag.name not in rules.inline
    if tag.name == "plaintext" and not tag.is_closing:
        return Part(text[at:], "break"), len(text)
    if tag.is_kept and tag.name not in _VOID:
        end = _end_of_kept(text, end, tag.name, rules)
        is_apart = is_break or tag.name in ("script", "style", "pre", "textarea", "iframe", "xmp")
        return Part(text[at:end], "break" if is_apart else "point"), end
    if tag.name in ("sup", "sub") and not tag.is_closing and (number := _RAISED.match(text, end)):
        return Part(text[at : number.end()], "point"), number.end()
    values = () if tag.is_kept else tag.values
    if is_break or tag.name in _VOID:
        return Part(tag.raw, "break" if is_break else "point", values=values), end
    return Part(tag.raw, "close" if tag.is_closing else "open", name=tag.name, values=values), end


def _end_of_kept(text: str, at: int, name: str, rules: MarkupRules) -> int:
    """Where the element ``name``, whose content begins at ``at``, ends; the end of the text if nowhere."""
    if name in _RAW:
        return _end_of_tag(text, _closing(text, at, name), rules)
    deep = 1
    while deep:
        at = text.find("<", at)
        if at < 0:
            return len(text)
        found = _cut(text, at, rules)
        if isinstance(found, _Tag) and found.name in _RAW and not found.is_closing:
            at = _end_of_tag(text, _closing(text, at + len(found.raw), found.name), rules)
            continue
        if isinstance(found, _Tag) and found.name == name:
            deep += -1 if found.is_closing else 1
        at += len(found.raw if isinstance(found, _Tag) else found or "<")
    return at


def _closing(text: str, at: int, name: str) -> int:
    """Where the closing tag of ``name`` begins, after ``at``."""
    found = re.compile(rf"</{name}(?=[ \t\n\r\f/>])", re.IGNORECASE | re.ASCII).search(text, at)
    return found.start() if found else len(text)


def _end_of_tag(text: str, at: int, rules: MarkupRules) -> int:
    found = _cut(text, at, rules) if at < len(text) else ""
    return at + len(found.raw if isinstance(found, _Tag) else found or "")
