"""What the wishes of one sentence leave open at its next id, and how long it may become. Needs no torch."""

from collections.abc import Sequence

from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Sentence


def allowed(sentence: Sentence, said: Sequence[int]) -> list[int] | None:
    """The ids that go on with what was typed; None where all do."""
    if len(said) < len(sentence.prefix):
        return [sentence.prefix[len(said)]]
    place = 0
    for id_ in said[len(sentence.prefix) :]:
        if place >= len(sentence.spelling):
            return None
        place = sentence.spelling[place].get(id_, len(sentence.spelling))  # a row without a chance goes anywhere
    return None if place >= len(sentence.spelling) else list(sentence.spelling[place])


def closing(sentence: Sentence, said: Sequence[int]) -> list[int]:
    """The ids that would finish a phrase that must not be said."""
    return [
        phrase[-1] for phrase in sentence.exclude if tuple(said[max(0, len(said) - len(phrase) + 1) :]) == phrase[:-1]
    ]


def longest_hypothesis(config: DecodingConfig, sentence: Sentence, source_length: int, max_length: int | None) -> int:
    """The longest target of a source of so many ids, EOS included: its wishes have room beside what they leave out."""
    limit = config.longest_target(source_length, max_length)
    if not sentence.wishes:
        return limit
    wished = len(sentence.prefix) + len(sentence.spelling) + sum(map(len, sentence.include))
    longest = max(limit, wished + 1 + config.max_length_offset)
    return min(longest, max_length or longest)
