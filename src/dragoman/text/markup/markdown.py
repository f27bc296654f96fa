"""Markdown (CommonMark with tables and strikethrough) as parts, every letter kept. Knows no translation.

markdown-it reads the blocks and what is inside them; here its rules are watched at work, for it does not tell where in
the text it found what. A block that cannot be found again in the text letter for letter is left as it is, and so is a
unit whose translation would be read otherwise than it was. See https://spec.commonmark.org.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from markdown_it import MarkdownIt, rules_inline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from dragoman.text.markup.document import Markup
from dragoman.text.markup.extensions import find_extension
from dragoman.text.markup.html import KEPT, html_parts
from dragoman.text.markup.parts import MarkupRules, Part, Rendered

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SPECIAL = frozenset("*_[]~|")
_NO_MARKS = frozenset(("text", "text_special", "softbreak", "hardbreak"))
_MOST_TRIED = 1_000_000
"""Units times characters of a text whose units are tried one by one."""
_NAMED = {"\\": "&#92;", "`": "&#96;", "<": "&lt;", ">": "&gt;", "&": "&amp;"}
"""What a backslash does not guard everywhere: not in code, in tags and before the | of a table."""
_FRONT = re.compile(r"[ ]*(?:([#+=:-])|(\d+)([.)]))")
_DELIMITED = {
    "em_open": "*",
    "em_close": "*",
    "strong_open": "**",
    "strong_close": "**",
    "s_open": "~~",
    "s_close": "~~",
}
_SOFTER = {"_": "*", "__": "**"}
_RULES = {
    "newline": rules_inline.newline,
    "escape": rules_inline.escape,
    "backticks": rules_inline.backtick,
    "strikethrough": rules_inline.strikethrough.tokenize,
    "emphasis": rules_inline.emphasis.tokenize,
    "link": rules_inline.link,
    "image": rules_inline.image,
    "autolink": rules_inline.autolink,
    "html_inline": rules_inline.html_inline,
    "entity": rules_inline.entity,
}


@dataclass(frozen=True, slots=True)
class _Found:
    """What a rule found in the text of a block.

    Attributes:
        start: where it begins.
        end: where it ends.
        rule: its name.
        label_end: of a link, where its text ends.
    """

    start: int
    end: int
    rule: str
    label_end: int = 0


@dataclass(slots=True)
class _Watch:
    """What the rules found in one block."""

    found: list[_Found] = field(default_factory=list)
    delimiters: list[tuple[int, Token]] = field(default_factory=list)


def _reader(watch: _Watch | None = None) -> MarkdownIt:
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    if watch is not None:
        for name, rule in _RULES.items():
            reader.inline.ruler.at(name, _watched(name, rule, watch))
        reader.inline.ruler.push("extension", _extension(watch))
    return reader


def _extension(watch: _Watch) -> Callable[[StateInline, bool], bool]:
    def extension(state: StateInline, silent: bool) -> bool:
        found = None if silent else find_extension(state.src, state.pos)  # what is a link is seen as without it
        if found is None or found[0] > state.posMax:
            return False
        watch.found.append(_Found(state.pos, found[0], found[1]))
        state.pos = found[0]
        return True

    return extension


def _watched(
    name: str, rule: Callable[[StateInline, bool], bool], watch: _Watch
) -> Callable[[StateInline, bool], bool]:
    def watched(state: StateInline, silent: bool) -> bool:
        if silent:
            return rule(state, True)
        start, before = state.pos, len(state.delimiters)
        end = state.md.helpers.parseLinkLabel(state, start, True) if name == "link" and state.src[start] == "[" else 0
        state.pos = start
        if not rule(state, False):
            return False
        if name == "backticks" and (state.pending or state.tokens[-1].type != "code_inline"):
            return True  # a backtick that is text
        if name in ("emphasis", "strikethrough"):
            _note(state.tokens, state.delimiters[before:], state.pos, watch)
        else:
            watch.found.append(_Found(start, state.pos, name, end))
        return True

    return watched


def _note(tokens: Sequence[Token], delimiters: Sequence[Delimiter], end: int, watch: _Watch) -> None:
    """Where the marks of emphasis stand that end at ``end``; what becomes of them is seen later."""
    for one in reversed(delimiters):
        token = tokens[one.token]
        end -= len(token.content)
        watch.delimiters.append((end, token))


def parse_markdown(text: str, rules: MarkupRules | None = None) -> Markup:
    """The units of ``text``."""
    watch = _Watch()
    reader, plain = _reader(watch), _reader()
    environment: dict[str, Any] = {}
    tokens: list[Token] = []
    reader.block.parse(_normalized(text), reader, environment, tokens)
    parts: list[Part] = []
    done = 0
    for content, places in _blocks(tokens, text):
        parts.append(Part(text[done : places[0][1]], "break"))
        watch.found, watch.delimiters = [], []
        reader.inline.parse(content, reader, environment, [])
        marks = [*_marks(watch.found, content), *_emphasis(watch.delimiters)]
        inside = list(_inside(content, sorted(marks, key=lambda mark: mark[:2]), _Places(text, places)))
        parts.extend(_with_kept(inside))
        done = places[-1][1] + places[-1][2]
    parts.append(Part(text[done:], "break"))

    def reads_alike(before: str, after: str) -> bool:
        if after.strip() != after and before.strip() == before:
            return False
        blocks = plain.parse(after, dict(environment))
        if [token.type for token in blocks] != ["paragraph_open", "inline", "paragraph_close"]:
            return False
        return _signature(plain, before, environment) == _signature(plain, after, environment)

    return _Page(parts, escape_markdown, reads_alike, lambda raw: _SOFTER.get(raw, raw))


class _Page(Markup):
    """A text of Markdown: none of its blocks becomes another one."""

    def render(self, translations: Sequence[Rendered]) -> tuple[str, int]:
        """The text with ``translations``; units that would change its blocks or its marks stay as they came.

        A unit is read by itself when it is written; what stands beside it may make something else of a mark. Then each
        is tried alone; a text too long for that stays as it came.
        """
        before = "".join(part.raw for part in self._parts)
        wanted = _outline(before)
        after, kept = super().render(translations)
        if _outline(after) == wanted:
            return after, kept
        every = len(self.units)
        if every * len(before) > _MOST_TRIED:
            return before, every
        own, write = [Rendered(unit.plain) for unit in self.units], super().render
        said = [
            one if _outline(write([*own[:place], one, *own[place + 1 :]])[0]) == wanted else own[place]
            for place, one in enumerate(translations)
        ]
        after, kept = super().render(said)
        kept += sum(one is mine for one, mine in zip(said, own, strict=True))
        return (after, kept) if _outline(after) == wanted else (before, every)


def _outline(text: str) -> list[tuple[str, object, int]]:
    """Kinds and depths of all blocks, in order, what is in those that are kept, and how many marks in the others."""
    return [
        (one.type, _marks_of(one) if one.type == "inline" else one.tag + one.content, one.level)
        for one in _reader().parse(_normalized(text))
    ]


def _marks_of(block: Token) -> Counter[str]:
    return Counter(one.type for one in block.children or () if one.type not in _NO_MARKS)


def _normalized(text: str) -> str:
    return re.sub(r"\r\n|\r", "\n", text).replace("\0", "\ufffd")


def _blocks(tokens: Sequence[Token], text: str) -> Iterator[tuple[str, list[tuple[int, int, int]]]]:
    """The text of each block, and for each line of it: where it begins in that, where in the source, and its length."""
    lines = [found.span() for found in _LINE.finditer(text)]
    done = 0
    for number, token in enumerate(tokens):
        if token.type != "inline" or not token.content or token.map is None:
            continue
        kind = tokens[number - 1].type
        if kind in ("th_open", "td_open") and token.level > 4:
            continue
        places: list[tuple[int, int, int]] = []
        start = 0
        content = token.content.split("\n")
        for row, line in enumerate(content, start=token.map[0]):
            at = _find(text, lines[row], line, kind, done) if row < len(lines) else -1
            if at < done:
                break
            places.append((start, at, len(line)))
            done, start = at + len(line), start + len(line) + 1
        if len(places) == len(content):
            yield token.content, places


def _find(text: str, line: tuple[int, int], content: str, kind: str, done: int) -> int:
    """Where ``content`` stands in a line of the source; -1 where it does not, letter for letter."""
    start, end = line
    whole = text[start:end].rstrip("\r\n")
    content = content.replace("\ufffd", "\0") if "\0" in whole else content
    if kind in ("th_open", "td_open"):
        return text.find(content, max(start, done), end)
    if kind == "heading_open":
        at = whole.rfind(content)
    else:
        at = next((len(one) - len(content) for one in (whole, whole.rstrip()) if one.endswith(content)), -1)
    return start + at if at >= 0 else -1


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the letters of a block stand in the source."""

    text: str
    lines: Sequence[tuple[int, int, int]]

    def raw(self, start: int, end: int) -> str:
        """What stands in the source from ``start`` to ``end`` of the block."""
        return self.text[self._at(start) : self._at(end)]

    def _at(self, place: int) -> int:
        start, at, _ = self.lines[bisect_right(self.lines, place, key=lambda line: line[0]) - 1]
        return at + place - start


_Mark = tuple[int, int, str, str]
"""Where a mark begins and ends, its role (or the name of the rule that found it), and its name."""


def _marks(found: Sequence[_Found], content: str) -> Iterator[_Mark]:
    """Marks of all kinds but emphasis; one inside another that is kept is left out later."""
    for one in found:
        if one.rule == "newline":
            yield one.start, one.end, "break" if content[: one.start].endswith("  ") else "space", ""
        elif one.rule == "escape":
            yield one.start, one.end, "break" if content[one.start + 1] == "\n" else "escape", ""
        elif (one.rule == "link" and content[one.end - 1] != "]") or (
            one.rule == "link" and content[one.label_end + 1 : one.label_end + 2] == "[" and one.end > one.label_end + 3
        ):
            yield one.start, one.start + 1, "open", "["
            yield one.label_end, one.end, "close", "["
        elif one.rule == "apart":
            yield one.start, one.end, "break", ""
        else:
            yield one.start, one.end, one.rule if one.rule in ("entity", "html_inline") else "point", ""


def _emphasis(delimiters: Sequence[tuple[int, Token]]) -> Iterator[_Mark]:
    for place, token in delimiters:
        marks = _DELIMITED.get(token.type)
        if marks:
            start = place - 1 if token.type == "strong_open" else place
            yield start, start + len(marks), "open" if token.nesting > 0 else "close", token.tag


def _inside(content: str, marks: Sequence[_Mark], places: _Places) -> Iterator[Part]:
    """The parts of a block; a mark that begins inside the one before it is a part of that."""
    done = 0
    for start, end, role, name in marks:
        if start < done:
            continue
        if done < start:
            yield Part(places.raw(done, start), "text", content[done:start])
        yield from _part(content[start:end], (role, name), places.raw(start, end))
        done = end
    if done < len(content):
        yield Part(places.raw(done, len(content)), "text", content[done:])


def _part(content: str, mark: tuple[str, str], raw: str) -> Iterator[Part]:
    """The part that a mark is."""
    role, name = mark
    if role == "html_inline":
        yield from html_parts(raw, MarkupRules(attributes=False))
    elif role in ("space", "escape", "entity"):
        said = " " if role == "space" else content[1:] if role == "escape" else unescape(raw)
        is_text = role != "entity" or (len(said) == 1 and said.isprintable() and said != " ")
        yield Part(raw, "text", said) if is_text else Part(raw, "point")
    elif role in ("open", "close"):
        yield Part(raw, "open" if role == "open" else "close", name=name)
    else:
        yield Part(raw, "break" if role == "break" else "point")


_KEPT_TAG = re.compile(
    rf"""<(?P<name>{"|".join(sorted(KEPT))})[\s/>]|<(?P<other>[a-zA-Z][^\s/>]*)[^>]*\s"""
    r"""(?:translate\s*=\s*["']?no\b|class\s*=\s*["'][^"']*\bnotranslate\b)""",
    re.IGNORECASE,
)


def _with_kept(parts: Sequence[Part]) -> Iterator[Part]:
    """HTML that is not to be translated, from its opening to its closing tag, made one part."""
    number = 0
    while number < len(parts):
        part = parts[number]
        found = _KEPT_TAG.match(part.raw) if part.role in ("point", "break", "open") else None
        last = number
        if found:
            closing = f"</{(found['name'] or found['other']).lower()}"
            ends = (place for place in range(number + 1, len(parts)) if parts[place].raw.lower().startswith(closing))
            last = next(ends, len(parts) - 1)
            part = Part("".join(one.raw for one in parts[number : last + 1]), "point")
        yield part
        number = last + 1


def _signature(reader: MarkdownIt, text: str, environment: Mapping[str, Any]) -> Counter[tuple[str, ...]]:
    """How a unit is marked up: each mark with those it stands in."""
    found: Counter[tuple[str, ...]] = Counter()
    inside: list[str] = []
    for block in reader.parseInline(text, dict(environment)):
        for token in block.children or ():
            if token.type in ("text", "softbreak", "hardbreak"):
                continue
            if token.nesting < 0:
                inside.pop()
                continue
            content = token.content if token.type != "text_special" else ""
            name = f"{token.type} {sorted(token.attrs.items())} {content}" if content or token.nesting else token.type
            if token.type != "text_special":
                found[(*inside, name)] += 1
            if token.nesting > 0:
                inside.append(name)
    return found


def escape_markdown(text: str, written: Mapping[str, Sequence[str]], quote: str | None) -> str:
    """``text`` so that Markdown reads it as text, wherever it stands."""
    text = re.sub(r"[\t\n\r\f\v\0]", " ", text)
    pieces = []
    front = _FRONT.match(text)
    guarded = (front.start(1) if front[1] else front.start(3)) if front else -1
    for place, character in enumerate(text):
        ways = written.get(character)
        raw = ways[-1] if ways else character
        if isinstance(ways, list) and len(ways) > 1:
            ways.pop()
        if character in _NAMED:
            raw = raw if raw.startswith("&") else _NAMED[character]
        elif raw == character and (character in _SPECIAL or place == guarded):
            raw = f"\\{character}"
        elif character == "!" and place == len(text) - 1:
            raw = r"\!"
        pieces.append(raw)
    return "".join(pieces)
