"""The nouns of decoding: a sentence that goes in and the hypotheses that come out, as ids. Needs no torch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """One source to decode.

    Attributes:
        ids: source ids, EOS at the end.
    """

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to say it.

    Attributes:
        ids: target ids, EOS left out.
        score: what hypotheses are ranked by: log-probability after the length penalty.
        log_probability: sum over the ids and EOS, in nats.
        ended: False when the longest length cut it off.
    """

    ids: list[int]
    score: float
    log_probability: float
    ended: bool = True
