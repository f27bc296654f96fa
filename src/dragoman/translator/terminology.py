"""Terms and their translations: which of them a text holds, by words. Knows no ids.

A term of small letters is found in any case, one with capitals ("US", "Apple") only as it is written. Where terms
overlap the longest counts. A word inside an address, a placeholder or a file's name is no term.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from dragoman.text.spans import find_spans
from dragoman.text.words import split_words, word_spans

_NO_WORDS = frozenset(("url", "email", "placeholder", "tag", "file"))
"""Kinds of protected spans."""


@dataclass(frozen=True, slots=True)
class Found:
    """A term in a text.

    Attributes:
        start: where it begins in the text.
        end: where it ends.
        source: the term as it was given, to be looked for.
        target: what is to be said for it.
        words: how many words of the text it is.
    """

    start: int
    end: int
    source: str
    target: str
    words: int


@dataclass(frozen=True)
class Terminology:
    """Source term → target term.

    Attributes:
        terms: as they are to be found, and to be said.
    """

    terms: Mapping[str, str]

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
        """Terms as words, by the first one in small letters; long ones first."""
        found: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        for source, target in self.terms.items():
            if words := tuple(split_words(source)):
                found.setdefault(words[0].lower(), []).append((words, source, target))
        return {first: sorted(terms, key=lambda term: -len(term[0])) for first, terms in found.items()}

    def wanted(self, text: str) -> list[str]:
        """The target terms of the source terms in ``text``, each once, in their order there."""
        return list(dict.fromkeys(found.target for found in self.find(text)))

    def find(self, text: str) -> list[Found]:
        """The terms in ``text``, in their order; none within another."""
        borders = word_spans(text)
        words = [text[start:end] for start, end in borders]
        terms = []
        place = 0
        while place < len(words):
            fitting = (
                (term, source, target)
                for term, source, target in self._by_first.get(words[place].lower(), ())
                if _is_at(words[place : place + len(term)], term)
            )
            term, source, target = next(fitting, ((), "", ""))
            if term:
                terms.append(Found(borders[place][0], borders[place + len(term) - 1][1], source, target, len(term)))
            place += len(term) or 1
        if not terms:
            return terms
        addresses = find_addresses(text)
        return [term for term in terms if not any(_is_part((term.start, term.end), place) for place in addresses)]


def _is_at(words: list[str], term: tuple[str, ...]) -> bool:
    return len(words) == len(term) and all(
        word == part or (part.islower() and word.lower() == part) for word, part in zip(words, term, strict=True)
    )


def _is_part(place: tuple[int, int], address: tuple[int, int]) -> bool:
    """Whether ``place`` holds some of ``address``, and not all of it."""
    meets = place[0] < address[1] and address[0] < place[1]
    return meets and not (place[0] <= address[0] and address[1] <= place[1])


def find_addresses(text: str) -> list[tuple[int, int]]:
    """Where ``text`` holds what is no words: addresses, placeholders, tags, names of files."""
    return [(span.start, span.end) for span in find_spans(text) if span.kind in _NO_WORDS]


def find_words(text: str, phrase: str) -> list[tuple[int, int]]:
    """Where ``phrase`` stands in ``text`` as whole words, in any case."""
    wanted = [word.casefold() for word in split_words(phrase)]
    spans = word_spans(text)
    words = [text[start:end].casefold() for start, end in spans]
    places = range(len(words) - len(wanted) + 1) if wanted else ()
    return [(spans[at][0], spans[at + len(wanted) - 1][1]) for at in places if words[at : at + len(wanted)] == wanted]
