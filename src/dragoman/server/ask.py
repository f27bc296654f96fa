"""The nouns of the service: what is asked, what is answered, and why something is refused. Knows no dialect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dragoman.text.markup.parts import Links, MarkupRules

TextFormat = Literal["text", "html", "xml", "markdown"]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for translations, in no dialect.

    Attributes:
        texts: each is translated by itself; one in, one out.
        target: BCP-47 code of the wanted language.
        source: BCP-47 code of the texts; None to have it detected, each text for itself.
        alternatives: further translations wanted of each text.
        format: what the texts are; markup is kept and never translated.
        alignments: whether to say which word became which.
        terms: source term → target term, for this request only.
        context: text around the texts, which is not translated; it helps to tell their language.
        markup: what is known of the markup, where there is any.
        mask: kinds of values to be hidden from the models beside those that the server hides anyway; "all" for every
            one.
    """

    texts: tuple[str, ...]
    target: str
    source: str | None = None
    alternatives: int = 0
    format: TextFormat = "text"
    alignments: bool = False
    terms: Mapping[str, str] = field(default_factory=dict)
    context: str = ""
    markup: MarkupRules = field(default_factory=MarkupRules)
    mask: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Translated:
    """The translation of one text.

    Attributes:
        text: the best one.
        source: BCP-47 code of what the text is in, as told or as detected.
        confidence: of the detection, 0 to 1; 1 where the language was told.
        alternatives: further ones, best first.
        via: languages between source and target, where no model translates directly.
        flags: what the reader should know of it, such as "untranslated"; empty when there is nothing.
        alignment: where a word stands in the text and where its translation stands in the best one, in code points;
            only where that was asked for.
    """

    text: str
    source: str
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    alignment: Links = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an :class:`Ask` gets: one translation for each text, in order.

    Attributes:
        translations: in the order of the texts.
        characters: of all texts, as usage is counted.
    """

    translations: tuple[Translated, ...]
    characters: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a translation, as it comes.

    Attributes:
        number: of the text, from 0.
        text: to be put behind the pieces that the same text had before.
        source: BCP-47 code of what the text is in, as told or as detected.
        flags: what the reader should know of this piece.
    """

    number: int
    text: str
    source: str
    flags: tuple[str, ...] = ()


class RefusedError(Exception):
    """A request that is not answered, and why; each dialect says it in its own words.

    Args:
        reason: a short name for programs, such as "unknown_language".
        message: what happened and what to do, for people.
        status: of HTTP.
        retry_seconds: when trying again may help; None when it will not.
    """

    def __init__(self, reason: str, message: str, *, status: int = 400, retry_seconds: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.status = status
        self.retry_seconds = retry_seconds
