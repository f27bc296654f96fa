"""Character references of HTML and XML, such as ``&amp;``: read, and written as they were. Knows no tags."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape

from dragoman.text.markup.parts import Part

_REFERENCE = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,8}+;?+|#[0-9]{1,10}+;?+|[a-zA-Z][a-zA-Z0-9]{1,40}+;?+)")
_XML_NAMES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&apos;": "'"}
_NEEDED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_QUOTES = {'"': "&quot;", "'": "&#39;"}


def html_character(reference: str, *, in_value: bool = False) -> str:
    """What a browser reads for ``reference``; in the value of an attribute a name needs its semicolon."""
    if in_value and not reference.endswith(";") and reference[1] != "#":
        return reference
    return unescape(reference)


def xml_character(reference: str) -> str:
    """What ``reference`` stands for; nothing where only a document type could tell."""
    if reference in _XML_NAMES:
        return _XML_NAMES[reference]
    return unescape(reference) if reference[1] == "#" and reference.endswith(";") else ""


def text_parts(raw: str, read: Callable[[str], str]) -> Iterator[Part]:
    """``raw`` as text and references; one that is no single visible character is a point, which is kept.

    Args:
        raw: without tags.
        read: tells what a reference stands for; itself where it is none.
    """
    done = 0
    for found in _REFERENCE.finditer(raw):
        character = read(found[0])
        if character == found[0]:
            continue
        if done < found.start():
            yield Part(raw[done : found.start()], "text", raw[done : found.start()])
        done = found.end()
        is_text = len(character) == 1 and (character.isprintable() or character == "\u00a0") and character != " "
        yield Part(found[0], "text", character) if is_text else Part(found[0], "point")
    if done < len(raw):
        yield Part(raw[done:], "text", raw[done:])


def escape(text: str, written: Mapping[str, Sequence[str]], quote: str | None) -> str:
    """``text`` as HTML or XML writes it: a character as it was written before, where that is safe."""
    return "".join(_escaped(one, written, quote) for one in text)


def _escaped(character: str, written: Mapping[str, Sequence[str]], quote: str | None) -> str:
    ways = written.get(character)
    if ways:
        raw = ways[-1]
        if isinstance(ways, list) and len(ways) > 1:
            ways.pop()
        if raw != character:
            return raw if raw.endswith(";") else f"{raw};"
    if character in _NEEDED:
        return _NEEDED[character]
    if quote is not None and character in _QUOTES:
        return _QUOTES[character] if character == quote else character
    return character if character in "\t\n\r" or ord(character) >= 32 else " "
