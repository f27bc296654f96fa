"""The nouns of marked-up text: a text as parts that, joined, are the text again. Knows no language of markup."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Span = tuple[int, int]
Links = Sequence[tuple[Span, Span]]
"""Where a word stands in a text and where its translation stands in the other: beginning and end in characters."""
Role = Literal["text", "open", "close", "point", "break"]


class MarkupError(ValueError):
    """A text that is not marked up as it must be.

    Args:
        message: what is wrong, and where.
        hint: what to do.
    """

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Value:
    """Text inside a tag that is translated by itself, such as a title.

    Attributes:
        start: of the value in the tag, without its quotes.
        end: of the value in the tag.
        quote: around it; "" where it has none.
        parts: of the value.
    """

    start: int
    end: int
    quote: str
    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a marked-up text.

    Attributes:
        raw: as it came, letter for letter.
        role: text; the opening or closing tag of a pair within a sentence; a point in it, which moves with its
            neighbours and is never translated; or a break, across which no sentence reaches.
        plain: what a text says: for ``&amp;`` it is ``&``.
        name: of a pair; an opening tag meets the closing one of the same name.
        values: what is translated inside a tag.
    """

    raw: str
    role: Role
    plain: str = ""
    name: str = ""
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A pair of tags around words of a unit, or a point between them; a pair around no text is a point, too.

    Attributes:
        start: where it begins in the unit's plain text.
        end: where it ends; the same for a point.
        parent: number of the mark it stands in; -1 for none.
        opening: number of its first part.
        last: number of its last part.
        is_point: whether it stands between words.
        spaces: whether white space stands before a point, and after it.
    """

    start: int
    end: int
    parent: int
    opening: int
    last: int
    is_point: bool = False
    spaces: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True)
class Unit:
    """What is translated as one text.

    Attributes:
        plain: without markup, its white space made single spaces.
        marks: what stands in it; each after the one that it stands in.
        first: number of its first part.
        last: number behind its last part.
        quote: around it, where it is the value of an attribute.
    """

    plain: str
    marks: tuple[Mark, ...] = ()
    first: int = 0
    last: int = 0
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class MarkupRules:
    """What the one who asks knows of the markup; names of tags in lower case for HTML.

    Attributes:
        ignored: tags whose content is kept as it is.
        splitting: tags that no sentence reaches across.
        inline: tags that stand within sentences.
        outline: for XML: whether tags between which no text stands are taken for structure.
        attributes: for HTML: whether titles and the like are translated too.
    """

    ignored: frozenset[str] = frozenset()
    splitting: frozenset[str] = frozenset()
    inline: frozenset[str] = frozenset()
    outline: bool = True
    attributes: bool = True


class Escape(Protocol):
    """Writes text so that it can never be read as markup."""

    def __call__(self, text: str, written: Mapping[str, Sequence[str]], quote: str | None) -> str:
        """``text`` escaped.

        Args:
            text: any.
            written: for a character of the original how it was written each time, where it was not written plainly.
            quote: around the text, where it is the value of an attribute.
        """
        ...


@dataclass(frozen=True, slots=True)
class Rendered:
    """The translation of a unit.

    Attributes:
        text: plain.
        links: of words, with places in :attr:`Unit.plain` and in ``text``; none where they are not known.
    """

    text: str
    links: Links = field(default=())
