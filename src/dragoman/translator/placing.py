"""Terms put into a translation that is already there, in the place of the words that became of the source term.

Where the model said the term by itself, nothing is done; else the words that are linked to the source term give way to
it. Around it everything stays as it was said, so an article or an ending may not agree with the new word. A model
trained with terms in its source (Dinu et al., 2019) would bend the sentence to them; this serves models that were not.
Addresses, placeholders and file names are no words: nothing takes the place of a part of one. Knows texts and links,
neither models nor engines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dragoman.text.changes import Change, Span, replaced
from dragoman.text.words import split_words, word_spans
from dragoman.translator.terminology import Found, find_addresses, find_words

Link = tuple[Span, Span]
"""Where a word stands in the text and where its translation stands in the other: beginning and end in characters."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A translation with its terms.

    Attributes:
        text: the translation.
        links: words of the source and of ``text``.
        missing: terms that are not said: nothing is linked to what they translate.
    """

    text: str
    links: tuple[Link, ...]
    missing: tuple[Found, ...] = ()


def place_terms(translation: str, links: Sequence[Link], terms: Sequence[Found], *, typed: str = "") -> Placed:
    """``translation`` with every term of ``terms``, one after another.

    Args:
        translation: as the model said it.
        links: words of the source and of ``translation``.
        terms: where they stand in the source, and what is to be said.
        typed: what the translation begins with, letter for letter.
    """
    placed = Placed(translation, tuple(links))
    taken: list[Span] = [(0, len(typed))] if typed else []
    taken += _addresses(translation, terms)
    waiting = []
    for term in terms:  # what the model said by itself is nobody else's place
        said = _said(placed.text, term, placed.links, taken)
        if said is None:
            waiting.append(term)
        else:
            taken.append(said)
    missing = []
    for term in waiting:
        room = _room(placed, term, taken)
        if room is None:
            missing.append(term)
            continue
        placed, change = _replaced(placed, term, room)
        taken = [change.moved(span) for span in (*taken, room)]
    return Placed(placed.text, placed.links, tuple(missing))


def _addresses(text: str, terms: Sequence[Found]) -> list[Span]:
    """What is no words of ``text``, and not what a term is about either."""
    said = [one for term in terms for one in (term.source, term.target)]
    return [place for place in find_addresses(text) if not any(text[slice(*place)] in one for one in said)]


def _said(text: str, term: Found, links: Sequence[Link], taken: Sequence[Span]) -> Span | None:
    """Where ``term`` is said as it is to be said, and not for another; rather where it is linked to its source."""
    places = [
        (start, end)
        for start, end in find_words(text, term.target)
        if _is(text, start, end, term.target) and not any(_meet((start, end), other) for other in taken)
    ]
    linked = [target for source, target in links if _meet(source, (term.start, term.end))]
    return next((place for place in places if any(_meet(place, one) for one in linked)), next(iter(places), None))


def _is(text: str, start: int, end: int, target: str) -> bool:
    """Whether the term stands there letter for letter, but for a capital at the beginning of the sentence."""
    return text[start:end] in (target, _capital(target) if start == 0 else target)


def _room(placed: Placed, term: Found, taken: Sequence[Span]) -> Span | None:
    """The run of words that the source term became; None where it became none."""
    words = word_spans(placed.text)
    linked = {target for source, target in placed.links if _meet(source, (term.start, term.end))}
    others = {target for source, target in placed.links if not _meet(source, (term.start, term.end))}
    free = [
        number
        for number, word in enumerate(words)
        if word in linked
        and any(map(str.isalnum, placed.text[slice(*word)]))
        and not any(_meet(word, span) for span in taken)
    ]
    own = [number for number in free if words[number] not in others] or free
    if not own:
        return None
    run = max(_runs(own), key=lambda run: (len(run), sum(words[number][1] - words[number][0] for number in run)))
    most = max(term.words, len(split_words(term.target)))
    run = run if _is_unspaced(placed.text, words, run) else run[-most:]  # what stands before is rather an article
    return words[run[0]][0], words[run[-1]][1]


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """``numbers`` in runs without a gap."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _is_unspaced(text: str, words: Sequence[Span], run: Sequence[int]) -> bool:
    """Whether the words of a run follow each other without a space: characters, of which many make a word."""
    return all(words[first][1] == words[second][0] for first, second in pairwise(run))


def _replaced(placed: Placed, term: Found, room: Span) -> tuple[Placed, Change]:
    """The term in its room, and what that changed."""
    said = _capital(term.target) if room[0] == 0 and placed.text[:1].isupper() else term.target
    text, change = replaced(placed.text, [(room, said)])
    links = [
        (source, change.moved(target))
        for source, target in placed.links
        if not _meet(target, room) and not _meet(source, (term.start, term.end))
    ]
    links.append(((term.start, term.end), change.moved(room)))
    return Placed(text, tuple(sorted(links, key=lambda link: link[1]))), change


def _capital(term: str) -> str:
    """The term as a sentence begins; one whose first word has capitals of its own stays as it is."""
    return term[:1].upper() + term[1:] if term.split(" ", 1)[0].islower() else term


def _meet(first: Span, second: Span) -> bool:
    return first[0] < second[1] and second[0] < first[1]
