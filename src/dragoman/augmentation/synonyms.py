"""Words replaced by others that mean the same, so that the pair stays a pair. Nothing is downloaded.

Where synonyms come from is a function handed in: the corpus itself (:mod:`dragoman.augmentation.paraphrases`), a
masked language model (:mod:`dragoman.augmentation.masked_words`), a user's table. What all share is here: which words
may be touched, how many, in which case, by which draw, and the counting.

A word may be touched when it has three letters and is linked to the target, one to one, and not to itself: an unlinked
word, a number and a name stay. Every draw belongs to (seed, line, copy). It knows no files and no models.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Annotated

from pydantic import Field

from dragoman.alignment.aligner import Aligner
from dragoman.alignment.symmetrization import Link
from dragoman.base.config import Section
from dragoman.base.randomness import generator
from dragoman.corpora.records import Record
from dragoman.text.words import is_word, word_spans

_EXAMPLES = 10
_RECORDS_AT_ONCE = 256
_FEWEST_LETTERS = 3
"""Shorter words are articles and the like, which grammar chooses; in Chinese a character is a part of a word."""
_JOINERS = frozenset("'’-‐‑_@/\\")
"""Marks that make one word of two: a part of it is not replaced."""

Span = tuple[int, int]


class SynonymsConfig(Section):
    """How many words are replaced."""

    share: Annotated[float, Field(gt=0, le=1)] = 0.15
    """Share of the source's words that are replaced in a copy, at least one."""
    copies: Annotated[int, Field(ge=1)] = 1
    """Copies of each pair, each with other words replaced; a copy in which nothing could be replaced is left out."""
    seed: int = 1
    """Another seed, other words."""


@dataclass(frozen=True, slots=True)
class Site:
    """A word that may be replaced.

    Attributes:
        words: the whole source, word by word, as written.
        place: which of them it is.
        target_words: the whole target.
        target_place: the word it is linked to.
        text: the source as a text.
        span: where in it the word stands.
    """

    words: Sequence[str]
    place: int
    target_words: Sequence[str]
    target_place: int
    text: str
    span: Span

    @property
    def word(self) -> str:
        """The word itself."""
        return self.words[self.place]

    @property
    def target_word(self) -> str:
        """The word it is linked to."""
        return self.target_words[self.target_place]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that may stand in its place.

    Attributes:
        word: for the source.
        target: for the target; None leaves the target as it is.
    """

    word: str
    target: str | None = None


Suggest = Callable[[Sequence[Site]], Sequence[Mapping[Candidate, float]]]
"""For each of many sites what may stand there, and how likely; nothing for a site without synonyms."""


@dataclass(slots=True)
class SynonymReport:
    """What was done.

    Attributes:
        read: pairs read.
        written: pairs written.
        copies: pairs among them that are copies with words replaced.
        replaced: replacements, by ``word → other``.
        skipped: words that were drawn and not replaced, by reason.
        examples: a few pairs before and after.
    """

    read: int = 0
    written: int = 0
    copies: int = 0
    replaced: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[Record, Record]] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    """A copy in the making: the sites drawn for it, in the order in which they are tried."""

    record: Record
    draw: random.Random
    wanted: int
    sites: list[Site]
    target_spans: list[Span]


class Synonyms:
    """Replaces words.

    Args:
        aligner: says which word of the target a word belongs to.
        suggest: says what may stand in its place.
        config: how many.
        holds: whether there is anything to suggest for a word at all, so that no other is drawn.
    """

    def __init__(
        self,
        aligner: Aligner,
        suggest: Suggest,
        config: SynonymsConfig | None = None,
        *,
        holds: Callable[[str], bool] = lambda word: True,
    ) -> None:
        self._aligner = aligner
        self._suggest = suggest
        self._holds = holds
        self._config = config or SynonymsConfig()
        self.report = SynonymReport()

    def augment(self, records: Iterable[Record]) -> Iterator[Record]:
        """Every pair, and behind it its copies with words replaced; counted in ``report``."""
        numbered = iter(enumerate(records, 1))
        while block := list(islice(numbered, _RECORDS_AT_ONCE)):
            copies = self._copies(block)
            for line, record in block:
                self.report.read += 1
                yield record
                yield from copies.get(line, [])
                self.report.written += 1 + len(copies.get(line, []))

    def _copies(self, block: Sequence[tuple[int, Record]]) -> dict[int, list[Record]]:
        """Line → its copies. All sites of a block are asked for at once, since a model likes many."""
        spans = [(word_spans(record.source), word_spans(record.target)) for _, record in block]
        cut = [
            (_cut(record.source, source), _cut(record.target, target))
            for (_, record), (source, target) in zip(block, spans, strict=True)
        ]
        links = self._aligner.align(cut)
        drafts: list[tuple[int, _Draft]] = []
        for (line, record), places, words, linked in zip(block, spans, cut, links, strict=True):
            sites = self._sites(record, places[0], words, linked)
            for number in range(self._config.copies):
                draw = generator("synonyms", self._config.seed, line, number)
                wanted = max(1, round(self._config.share * sum(map(is_word, words[0]))))
                drawn = draw.sample(sites, min(len(sites), 3 * wanted + 3))
                drafts.append((line, _Draft(record, draw, wanted, drawn, places[1])))
        suggested = iter(self._suggest([site for _, draft in drafts for site in draft.sites]))
        found: dict[int, list[Record]] = {}
        for line, draft in drafts:
            copy = self._replaced(draft, list(islice(suggested, len(draft.sites))))
            if copy is not None and copy not in found.setdefault(line, []):
                found[line].append(copy)
                self._note(draft.record, copy)
        return found

    def _sites(
        self, record: Record, spans: Sequence[Span], words: tuple[list[str], list[str]], links: Sequence[Link]
    ) -> list[Site]:
        """The words that may be touched; the others are counted."""
        by_source, by_target = Counter(source for source, _ in links), Counter(target for _, target in links)
        linked_to = dict(links)
        sites = []
        for place, word in enumerate(words[0]):
            if not is_word(word) or not self._holds(word):
                continue
            if len(word) < _FEWEST_LETTERS:
                self.report.skipped["shorter than three letters"] += 1
                continue
            target = linked_to.get(place)
            if target is None:
                self.report.skipped["not linked to the target"] += 1
            elif by_source[place] > 1 or by_target[target] > 1 or not is_word(words[1][target]):
                self.report.skipped["not linked one to one"] += 1
            elif word.casefold() == words[1][target].casefold():
                self.report.skipped["the same on both sides (a name)"] += 1
            elif _is_part(record.source, spans[place]):
                self.report.skipped["part of a compound"] += 1
            else:
                sites.append(Site(words[0], place, words[1], target, record.source, spans[place]))
        return sites

    def _replaced(self, draft: _Draft, suggested: Sequence[Mapping[Candidate, float]]) -> Record | None:
        """The copy, or None when nothing could be replaced."""
        chosen: dict[int, tuple[Site, Candidate]] = {}
        for site, candidates in zip(draft.sites, suggested, strict=True):
            if len(chosen) == draft.wanted:
                break
            if not candidates:
                self.report.skipped["no synonym that fits"] += 1
            elif {site.place - 1, site.place + 1} & chosen.keys():
                self.report.skipped["beside another replaced word"] += 1
            else:
                ordered = sorted(candidates, key=lambda one: (one.word, one.target or ""))
                weights = [candidates[one] for one in ordered]
                chosen[site.place] = site, draft.draw.choices(ordered, weights)[0]
        if not chosen:
            return None
        source, target = draft.record.source, draft.record.target
        for site, candidate in sorted(chosen.values(), key=lambda one: -one[0].place):
            source = _put(source, site.span, candidate.word)
            self.report.replaced[f"{site.word.lower()} → {candidate.word}"] += 1
        by_target = sorted(chosen.values(), key=lambda one: -one[0].target_place)
        for site, candidate in by_target:
            if candidate.target is not None:
                target = _put(target, draft.target_spans[site.target_place], candidate.target)
        return replace(draft.record, source=source, target=target)

    def _note(self, before: Record, after: Record) -> None:
        self.report.copies += 1
        if len(self.report.examples) < _EXAMPLES:
            self.report.examples.append((before, after))


def _cut(text: str, spans: Sequence[Span]) -> list[str]:
    return [text[start:end] for start, end in spans]


def _is_part(text: str, span: Span) -> bool:
    """Whether a word is a part of "T-shirt" or "don't"."""
    return text[max(0, span[0] - 1) : span[0]] in _JOINERS or text[span[1] : span[1] + 1] in _JOINERS


def _put(text: str, span: Span, word: str) -> str:
    return text[: span[0]] + in_case_of(text[slice(*span)], word) + text[span[1] :]


def in_case_of(word: str, other: str) -> str:
    """``other`` written as ``word`` is: in capitals, with one, or as it comes."""
    if word.isupper() and len(word) > 1:
        return other.upper()
    return other[:1].upper() + other[1:] if word[:1].isupper() else other
