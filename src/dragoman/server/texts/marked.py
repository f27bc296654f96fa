"""Marked-up texts: read into units, and put together from their translations. Knows nothing of models and the web."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from dragoman.server.ask import Ask, RefusedError, TextFormat
from dragoman.server.speaker import Link
from dragoman.server.texts.hops import UNALIGNED, Hopped
from dragoman.text.markup.document import Markup
from dragoman.text.markup.html import parse_html
from dragoman.text.markup.markdown import parse_markdown
from dragoman.text.markup.parts import Links, MarkupError, MarkupRules, Rendered, Unit
from dragoman.text.markup.positions import in_markup
from dragoman.text.markup.xml import parse_xml
from dragoman.text.words import split_words
from dragoman.translator.moving import follow, relinked

FORMATS: Mapping[TextFormat, Callable[[str, MarkupRules], Markup]] = {
    "html": parse_html,
    "xml": parse_xml,
    "markdown": parse_markdown,
}
"""How each format is read."""
LONG = 4000
"""Characters from which on a text is read in a thread; below it that takes a few milliseconds."""
Travel = Callable[[Unit], Awaitable[Hopped]]
"""Has one unit translated."""


async def read_aside(text: str, ask: Ask) -> Markup | None:
    """As :func:`read`; a long text is read in a thread, while others are answered."""
    if ask.format == "text" or len(text) < LONG:
        return read(text, ask)
    return await asyncio.to_thread(read, text, ask)


def read(text: str, ask: Ask) -> Markup | None:
    """The units of ``text``; None where it is plain.

    Raises:
        RefusedError: the markup is not what it should be.
    """
    if ask.format == "text":
        return None
    try:
        return FORMATS[ask.format](text, ask.markup)
    except MarkupError as error:
        raise RefusedError("bad_markup", f"{error}; {error.hint}") from error


def put_together(markup: Markup, found: Sequence[Hopped], ask: Ask | None = None) -> Hopped:
    """The marked-up translations, best first: the k-th is made of the k-th of each unit, or of its last.

    Args:
        markup: the text.
        found: what became of each unit.
        ask: what it is part of, where words are to be aligned.
    """
    texts = []
    kept = 0
    for rank in range(max((len(one.texts) for one in found), default=1)):
        said = [Rendered(one.texts[min(rank, len(one.texts) - 1)], () if rank else _whole(one)) for one in found]
        text, left = markup.render(said)
        texts.append(text)
        kept += left if not rank else 0
    flags = dict.fromkeys(flag for one in found for flag in one.flags if flag != UNALIGNED)
    flags |= {"markup-kept": None} if kept else {}
    links: tuple[Link, ...] | None = ()
    if ask is not None and ask.alignments:
        links = _aligned(markup, read(texts[0], ask), found)
        flags |= {UNALIGNED: None} if links is None or any(UNALIGNED in one.flags for one in found) else {}
    return Hopped(tuple(dict.fromkeys(texts)), tuple(flags), links or ())


def _aligned(markup: Markup, answer: Markup | None, found: Sequence[Hopped]) -> tuple[Link, ...] | None:
    """The links of all units, in the marked-up texts; None where the answer does not read as what was said.

    The answer is read again: so each place is where a reader of the markup finds the word.
    """
    if answer is None or len(answer.units) != len(markup.units):
        return None
    links: list[Link] = []
    sides = zip(found, answer.units, markup.positions(), answer.positions(), strict=True)
    for one, unit, source, target in sides:
        said = one.texts[0]
        if split_words(said) != split_words(unit.plain):
            return None
        links += in_markup(relinked(one.links, target=follow(said, unit.plain)), source, target)
    return tuple(links)


def _whole(found: Hopped) -> Links:
    """Links of all that was said; where some are missing, none: guessed ones are then better for the whole."""
    return () if UNALIGNED in found.flags else found.links
