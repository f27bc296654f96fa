"""Many texts, each with a way of its own, decoded together. Knows neither models nor what is asked for.

Each text's way is a generator: it yields what it wants to have decoded and is sent the drafts, as often as it
likes, and returns its result. All ways go on in step, so that what a thousand texts ask for in one round is one call
of the engine; and since no way sees another, a text's result does not depend on its company.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from dragoman.translator.placing import Link
from dragoman.translator.tokens import NO_TOKENS, Tokens

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Draft:
    """One way to translate a text.

    Attributes:
        text: the translation.
        score: what drafts of one text are ranked by.
        ended: False when the longest length cut it off.
        links: words of what was translated and of ``text``; none where they are not asked for or cannot be had.
        tokens: that the model read and wrote for it; not those of other drafts that it took the place of.
    """

    text: str
    score: float
    ended: bool = True
    links: tuple[Link, ...] = ()
    tokens: Tokens = NO_TOKENS


@dataclass(frozen=True, slots=True)
class Ask:
    """What one way wants to have decoded.

    Attributes:
        texts: each gets its drafts.
        guarded: with a guard against repetition, and more drafts to choose from.
    """

    texts: tuple[str, ...]
    guarded: bool = False


Drafts = list[Draft]
Way = Generator[Ask, list[Drafts], Result]
Decode = Callable[[Sequence[str], bool], list[Drafts]]
"""Decodes distinct texts, guarded or not: drafts of each, best first; none of a text too long for the model."""


def go(ways: Sequence[Way[Result]], decode: Decode) -> list[Result]:
    """The result of each way, in order."""
    results: dict[int, Result] = {}
    asked: dict[int, Ask] = {}
    for number, way in enumerate(ways):
        _step(number, way, None, asked, results)
    while asked:
        found = {guarded: _together(asked, decode, guarded) for guarded in (False, True)}
        answers = {number: [found[ask.guarded][text] for text in ask.texts] for number, ask in asked.items()}
        asked.clear()
        for number, answer in answers.items():
            _step(number, ways[number], answer, asked, results)
    return [results[number] for number in range(len(ways))]


def _step(
    number: int, way: Way[Result], answer: list[Drafts] | None, asked: dict[int, Ask], results: dict[int, Result]
) -> None:
    try:
        asked[number] = next(way) if answer is None else way.send(answer)
    except StopIteration as end:
        results[number] = end.value


def _together(asked: dict[int, Ask], decode: Decode, guarded: bool) -> dict[str, Drafts]:
    texts = list(dict.fromkeys(text for ask in asked.values() if ask.guarded == guarded for text in ask.texts))
    return dict(zip(texts, decode(texts, guarded), strict=True)) if texts else {}
