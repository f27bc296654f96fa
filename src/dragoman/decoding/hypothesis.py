"""The nouns of decoding: a sentence that goes in and the hypotheses that come out, as ids. Needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass

Phrase = tuple[int, ...]
"""Target ids in a row, at least one."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One source to decode, and what is wished of its hypotheses.

    Attributes:
        ids: source ids, EOS at the end.
        prefix: target ids that every hypothesis begins with.
        spelling: how it goes on after the prefix, where what was typed ends inside a piece: at place k only the ids of
            ``spelling[k]`` may be said, and each leads to the place it is mapped to; past the last one all may be.
        include: phrases that every hypothesis holds, in any order, none within another.
        exclude: phrases that no hypothesis holds.
    """

    ids: tuple[int, ...]
    prefix: Phrase = ()
    spelling: tuple[Mapping[int, int], ...] = ()
    include: tuple[Phrase, ...] = ()
    exclude: tuple[Phrase, ...] = ()

    @property
    def wishes(self) -> set[str]:
        """Which wishes it has: an engine that cannot fulfil one of them refuses the sentence."""
        return {name for name in ("prefix", "spelling", "include", "exclude") if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to say it.

    Attributes:
        ids: target ids, EOS left out.
        score: what hypotheses are ranked by: log-probability after the length penalty.
        log_probability: sum over the ids and EOS, in nats.
        ended: False when the longest length cut it off.
        alignment: for each of ``ids`` the place of the source id that the model looked at most; None if not asked for.
    """

    ids: list[int]
    score: float
    log_probability: float
    ended: bool = True
    alignment: list[int] | None = None
