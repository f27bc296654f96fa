"""Numbers of a corpus in one pass and small memory: how much, how long, how varied, in which scripts.

Lengths and characters are counted exactly (there are few different ones); numbers of different texts are
exact up to a limit and estimates beyond, marked as such. It does not judge: that is cleaning's matter.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from dragoman.corpora.duplicates import DistinctCounter, digest
from dragoman.corpora.records import Record
from dragoman.text import scripts

PERCENTILES = (1, 5, 25, 50, 75, 95, 99, 100)
"""The percentiles reported of every length; the 100th is the longest."""


@dataclass(slots=True)
class SideStatistics:
    """Numbers of one language's side.

    Attributes:
        language: BCP-47 tag.
        words: sum of words (characters by twos where the language has no spaces).
        characters: sum of characters.
        empty: texts without a visible character.
        distinct: different texts.
        distinct_is_exact: False when ``distinct`` is an estimate.
        word_percentiles: percentile → length in words.
        character_percentiles: percentile → length in characters.
        distinct_characters: different characters.
        scripts: ISO 15924 code → share of all letters.
    """

    language: str
    words: int = 0
    characters: int = 0
    empty: int = 0
    distinct: int = 0
    distinct_is_exact: bool = True
    word_percentiles: dict[int, int] = field(default_factory=dict)
    character_percentiles: dict[int, int] = field(default_factory=dict)
    distinct_characters: int = 0
    scripts: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class CorpusStatistics:
    """Numbers of a whole corpus.

    Attributes:
        pairs: number of records.
        duplicates: pairs that stood before, word for word.
        duplicates_are_exact: False when ``duplicates`` is an estimate.
        identical: pairs whose sides are the same text.
        character_ratio: target characters per source character, over all.
        source: numbers of the source side.
        target: numbers of the target side.
        skipped: what the reader could not make pairs of, by reason.
        remarks: what the reader left out of pairs it kept.
    """

    pairs: int
    duplicates: int
    duplicates_are_exact: bool
    identical: int
    character_ratio: float
    source: SideStatistics
    target: SideStatistics
    skipped: dict[str, int] = field(default_factory=dict)
    remarks: dict[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        return asdict(self)


class _Side:
    """Gathers one side."""

    def __init__(self, language: str, limit: int) -> None:
        self.language = language
        self.word_lengths: Counter[int] = Counter()
        self.character_lengths: Counter[int] = Counter()
        self.letters: Counter[str] = Counter()
        self.distinct = DistinctCounter(limit)
        self.empty = 0

    def add(self, text: str) -> None:
        self.word_lengths[scripts.count_words(text, self.language)] += 1
        self.character_lengths[len(text)] += 1
        self.letters.update(text)
        self.distinct.add(digest(text))
        if not text or text.isspace():
            self.empty += 1

    def result(self) -> SideStatistics:
        by_script: Counter[str] = Counter()
        for character, count in self.letters.items():
            script = scripts.script_of(character)
            if script is not None:
                by_script[script] += count
        letters = sum(by_script.values())
        return SideStatistics(
            language=self.language,
            words=sum(length * count for length, count in self.word_lengths.items()),
            characters=sum(length * count for length, count in self.character_lengths.items()),
            empty=self.empty,
            distinct=self.distinct.count,
            distinct_is_exact=self.distinct.is_exact,
            word_percentiles=percentiles(self.word_lengths),
            character_percentiles=percentiles(self.character_lengths),
            distinct_characters=len(self.letters),
            scripts={script: count / letters for script, count in by_script.most_common()},
        )


def percentiles(histogram: Counter[int]) -> dict[int, int]:
    """The ``PERCENTILES`` of the lengths in ``histogram`` (length → count), by nearest rank."""
    total = histogram.total()
    ranks = iter([(percent, max(1, -(-total * percent // 100))) for percent in PERCENTILES] if total else [])
    return dict(_at_ranks(sorted(histogram.items()), ranks))


def _at_ranks(items: list[tuple[int, int]], ranks: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    percent, rank = next(ranks, (0, 0))
    below = 0
    for length, count in items:
        below += count
        while percent and below >= rank:
            yield percent, length
            percent, rank = next(ranks, (0, 0))


def measure(records: Iterable[Record], *, source: str, target: str, exact_limit: int = 200_000) -> CorpusStatistics:
    """The numbers of ``records``, in one pass.

    Args:
        records: gone through once, streaming; the reader's own counts are for the caller to add.
        source: language of the source side.
        target: language of the target side.
        exact_limit: up to this many different texts their number is exact; beyond, it is estimated with a
            standard error of about 1.2 / √limit (0.3 % by default).
    """
    sides = _Side(source, exact_limit), _Side(target, exact_limit)
    distinct_pairs = DistinctCounter(exact_limit)
    pairs = identical = 0
    for record in records:
        pairs += 1
        sides[0].add(record.source)
        sides[1].add(record.target)
        distinct_pairs.add(digest(record.source, record.target))
        identical += record.source == record.target
    results = [side.result() for side in sides]
    return CorpusStatistics(
        pairs=pairs,
        duplicates=max(0, pairs - distinct_pairs.count),
        duplicates_are_exact=distinct_pairs.is_exact,
        identical=identical,
        character_ratio=results[1].characters / results[0].characters if results[0].characters else 0.0,
        source=results[0],
        target=results[1],
    )
