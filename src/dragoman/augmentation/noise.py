"""Noise and shape: pairs as people really type them, so that a model trained on them stands up to real typing.

Two sorts. *Slips* change the source only: the model learns to translate "teh dog" as it translates "the dog".
*Shapes* change both sides alike: what is shouted is translated in capitals, an address is copied, two sentences stay
two (longer context). Training on noise of a kind helps against that kind (Belinkov and Bisk 2018; Karpukhin et al.
2019), so there are many kinds. Every draw belongs to (seed, line, copy) and can be made again. It knows no files.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import Field, field_validator

from dragoman.augmentation import insertions, slips
from dragoman.base.catalog import nearest
from dragoman.base.config import Section
from dragoman.base.randomness import generator
from dragoman.corpora.records import Record
from dragoman.text.scripts import has_spaces

SLIPS: dict[str, dict[str, slips.Slip]] = {
    "casing": {
        "lowercase": slips.lowercase,
        "titlecase": slips.titlecase,
        "casing-slips": slips.casing_slips,
    },
    "punctuation": {
        "punctuation-dropped": slips.punctuation_dropped,
        "punctuation-doubled": slips.punctuation_doubled,
        "punctuation-wrong": slips.punctuation_wrong,
    },
    "spelling": {
        "swapped-letters": slips.swapped_letters,
        "dropped-letters": slips.dropped_letters,
        "doubled-letters": slips.doubled_letters,
        "neighbouring-keys": slips.neighbouring_letters,
    },
    "spacing": {
        "doubled-spaces": slips.doubled_spaces,
        "missing-spaces": slips.missing_spaces,
        "spaces-at-marks": slips.spaces_at_marks,
    },
    "shouting": {"uppercase": slips.uppercase},
}
"""Group → kind → what it does to the source; the target stays as it is."""

INSERTIONS: dict[str, Callable[[random.Random], str]] = {
    "url": insertions.url,
    "email": insertions.email,
    "number": insertions.number,
    "emoji": insertions.emoji,
}
"""Kind → what is put into both sides."""

CAPITALS, CONCATENATION = "all-capitals", "concatenation"

GROUPS: dict[str, tuple[str, ...]] = {
    **{group: tuple(kinds) for group, kinds in SLIPS.items()},
    "insertion": tuple(INSERTIONS),
    "capitals": (CAPITALS,),
    "context": (CONCATENATION,),
}
"""Group → its kinds; the last three change both sides."""

DEFAULT_GROUPS = tuple(group for group in GROUPS if group != "shouting")
"""Without capitals in the source alone: beside capitals on both sides a model could not know what is wanted."""

UNCHANGED = "unchanged"
"""What a line's kind is called that no kind could change."""

_SLIP_OF = {kind: slip for kinds in SLIPS.values() for kind, slip in kinds.items()}
_EXAMPLES = 3


class NoiseConfig(Section):
    """How much noise, and which."""

    kinds: tuple[str, ...] = DEFAULT_GROUPS
    """Groups or single kinds to draw from; each group is equally likely, and each of its kinds within it."""
    share: Annotated[float, Field(ge=0, le=1)] = 0.3
    """How many of the lines get noise, in each copy."""
    copies: Annotated[int, Field(ge=0)] = 1
    """How many noised copies of the drawn lines are added behind the clean ones; 0 puts noise in their place."""
    strength: Annotated[float, Field(gt=0, le=1)] = 0.15
    """Which share of the words (or spaces) of a line a slip hits; always at least one."""
    seed: int = 1
    """Another seed, other noise."""

    @field_validator("kinds")
    @classmethod
    def _known(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        known = [*GROUPS, *(kind for group in GROUPS.values() for kind in group)]
        for kind in kinds:
            if kind not in known:
                guess = nearest(kind, known)
                advice = f"did you mean {guess!r}?" if guess else f"known: {', '.join(known)}"
                raise ValueError(f"no kind {kind!r}; {advice}")
        if not kinds:
            raise ValueError("at least one kind is wanted")
        return kinds


@dataclass(slots=True)
class NoiseReport:
    """What was done.

    Attributes:
        read: pairs read.
        written: pairs written.
        changed: pairs with noise, by kind.
        unchanged: pairs that were drawn, but had nothing that any of the kinds could change.
        examples: a few pairs of each kind, before and after.
    """

    read: int = 0
    written: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    examples: dict[str, list[tuple[Record, Record]]] = field(default_factory=dict)

    def note(self, kind: str, before: Record, after: Record) -> None:
        """Count one pair that was drawn."""
        if kind == UNCHANGED:
            self.unchanged += 1
            return
        self.changed[kind] += 1
        shown = self.examples.setdefault(kind, [])
        if len(shown) < _EXAMPLES:
            shown.append((before, after))


class Noise:
    """Makes noise by key.

    Args:
        config: which kinds, how much.
        source: language of the source, for its keyboard and its capitals.
        target: language of the target.
    """

    def __init__(self, config: NoiseConfig, *, source: str, target: str) -> None:
        self.config = config
        self._source = source
        self._target = target
        self.report = NoiseReport()

    def augment(self, records: Iterable[Record]) -> Iterator[Record]:
        """The pairs of a larger (or, with no copies, noisier) corpus, in order; counted in ``report``."""
        before: Record | None = None
        for line, record in enumerate(records, 1):
            self.report.read += 1
            if self.config.copies:
                yield self._written(record)
            for copy in range(max(1, self.config.copies)):
                if generator("noise share", self.config.seed, line, copy).random() < self.config.share:
                    noised, kind = self._noted(record, line, copy, before)
                    if kind != UNCHANGED or not self.config.copies:
                        yield self._written(noised)
                elif not self.config.copies:
                    yield self._written(record)
            before = record

    def make_set(self, records: Iterable[Record]) -> Iterator[tuple[Record, str]]:
        """Every pair with noise of one kind, and which; as many pairs as there were."""
        before: Record | None = None
        for line, record in enumerate(records, 1):
            self.report.read += 1
            noised, kind = self._noted(record, line, "set", before)
            yield self._written(noised), kind
            before = record

    def apply(
        self, record: Record, *, line: int, copy: int | str = 0, before: Record | None = None
    ) -> tuple[Record, str]:
        """``record`` with noise of one kind, and the kind; ``UNCHANGED`` when none of them can change it.

        Args:
            record: a clean pair.
            line: its number, part of the key.
            copy: which of several copies, or of what, part of the key.
            before: the pair that stands before it, for concatenation.
        """
        draw = generator("noise", self.config.seed, line, copy)
        for kind in self._order(draw):
            noised = self._changed(kind, record, draw, before)
            if noised is not None and noised.source.strip() and noised.source != record.source:
                return noised, kind
        return record, UNCHANGED

    def _order(self, draw: random.Random) -> Iterator[str]:
        """The kinds, one drawn first and the others after it, should it have nothing to change."""
        groups = [GROUPS.get(kind, (kind,)) for kind in self.config.kinds]
        for kinds in draw.sample(groups, len(groups)):
            yield from draw.sample(kinds, len(kinds))

    def _changed(self, kind: str, record: Record, draw: random.Random, before: Record | None) -> Record | None:
        if kind in _SLIP_OF:
            slipped = _SLIP_OF[kind](record.source, draw, self._source, self.config.strength)
            return replace(record, source=slipped)
        if not record.source.strip() or not record.target.strip():
            return None
        if kind in INSERTIONS:
            source, target = insertions.insert(INSERTIONS[kind], record.source, record.target, draw)
            return replace(record, source=source, target=target)
        if kind == CAPITALS:
            return replace(
                record,
                source=slips.upper(record.source, self._source),
                target=slips.upper(record.target, self._target),
            )
        return self._joined(before, record) if before and before.source.strip() and before.target.strip() else None

    def _joined(self, before: Record, record: Record) -> Record:
        return replace(
            record,
            source=_join(before.source, record.source, self._source),
            target=_join(before.target, record.target, self._target),
        )

    def _noted(self, record: Record, line: int, copy: int | str, before: Record | None) -> tuple[Record, str]:
        noised, kind = self.apply(record, line=line, copy=copy, before=before)
        self.report.note(kind, record, noised)
        return noised, kind

    def _written(self, record: Record) -> Record:
        self.report.written += 1
        return record


def _join(first: str, second: str, language: str) -> str:
    return f"{first}{' ' if has_spaces(language) else ''}{second}"
