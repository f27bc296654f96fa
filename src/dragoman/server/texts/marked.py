"""Marked-up texts: read into units, and put together from their translations. Knows nothing of models and the web."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from dragoman.server.ask import Ask, RefusedError, TextFormat
from dragoman.server.texts.hops import UNALIGNED, Hopped
from dragoman.text.markup.document import Markup
from dragoman.text.markup.html import parse_html
from dragoman.text.markup.markdown import parse_markdown
from dragoman.text.markup.parts import Links, MarkupError, MarkupRules, Rendered, Unit
from dragoman.text.markup.xml import parse_xml

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


def put_together(markup: Markup, found: Sequence[Hopped]) -> Hopped:
    """The marked-up translations, best first: the k-th is made of the k-th of each unit, or of its last."""
    texts = []
    kept = 0
    for rank in range(max((len(one.texts) for one in found), default=1)):
        said = [Rendered(one.texts[min(rank, len(one.texts) - 1)], () if rank else _whole(one)) for one in found]
        text, left = markup.render(said)
        texts.append(text)
        kept += left if not rank else 0
    flags = dict.fromkeys(flag for one in found for flag in one.flags)
    return Hopped(tuple(dict.fromkeys(texts)), (*flags, *(("markup-kept",) if kept else ())))


def _whole(found: Hopped) -> Links:
    """Links of all that was said; where some are missing, none: guessed ones are then better for the whole."""
    return () if UNALIGNED in found.flags else found.links
