"""All sentences of the phrasebook: every pattern draws its share, and no English sentence occurs twice."""

from collections.abc import Callable, Mapping

from dragoman.corpora.phrasebook import (
    patterns_actions,
    patterns_greetings,
    patterns_places,
    patterns_things,
    patterns_time,
)
from dragoman.corpora.phrasebook.phrases import set_phrases
from dragoman.corpora.phrasebook.sentences import Draw, Sentence

Pattern = Callable[[Draw], Sentence]
TRIES_PER_SENTENCE = 3
LONGEST_WORDS = 20


def patterns() -> Mapping[Pattern, int]:
    """Every pattern and how many sentences it should give."""
    modules = (patterns_greetings, patterns_actions, patterns_things, patterns_places, patterns_time)
    return {pattern: count for module in modules for pattern, count in module.PATTERNS.items()}


def sentences() -> list[Sentence]:
    """The whole phrasebook, the set phrases first; always the same."""
    found = {english: Sentence(english, german) for english, german in set_phrases()}
    for pattern, count in patterns().items():
        draw = Draw(pattern.__name__)
        wanted = len(found) + count
        for _ in range(count * TRIES_PER_SENTENCE):
            if len(found) >= wanted:
                break
            sentence = pattern(draw)
            if len(sentence.english.split()) <= LONGEST_WORDS:
                found.setdefault(sentence.english, sentence)
    return list(found.values())
