"""Terms and their translations: which of them a text holds, by words. Knows no ids.

A term of small letters is found in any case, one with capitals ("US", "Apple") only as it is written. Where terms
overlap the longest counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from dragoman.text.words import split_words, word_spans


@dataclass(frozen=True)
class Terminology:
    """Source term → target term.

    Attributes:
        terms: as they are to be found, and to be said.
    """

    terms: Mapping[str, str]

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        """Terms as words, by the first one in small letters; long ones first."""
        found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for source, target in self.terms.items():
            if words := tuple(split_words(source)):
                found.setdefault(words[0].lower(), []).append((words, target))
        return {first: sorted(terms, key=lambda term: -len(term[0])) for first, terms in found.items()}

    def wanted(self, text: str) -> list[str]:
        """The target terms of the source terms in ``text``, each once, in their order there."""
        words = split_words(text)
        wanted: dict[str, None] = {}
        place = 0
        while place < len(words):
            fitting = (
                (term, target)
                for term, target in self._by_first.get(words[place].lower(), ())
                if _is_at(words[place : place + len(term)], term)
            )
            term, target = next(fitting, ((), ""))
            if term:
                wanted[target] = None
            place += len(term) or 1
        return list(wanted)


def _is_at(words: list[str], term: tuple[str, ...]) -> bool:
    return len(words) == len(term) and all(
        word == part or (part.islower() and word.lower() == part) for word, part in zip(words, term, strict=True)
    )


def find_words(text: str, phrase: str) -> list[tuple[int, int]]:
    """Where ``phrase`` stands in ``text`` as whole words, in any case."""
    wanted = [word.casefold() for word in split_words(phrase)]
    spans = word_spans(text)
    words = [text[start:end].casefold() for start, end in spans]
    places = range(len(words) - len(wanted) + 1) if wanted else ()
    return [(spans[at][0], spans[at + len(wanted) - 1][1]) for at in places if words[at : at + len(wanted)] == wanted]
