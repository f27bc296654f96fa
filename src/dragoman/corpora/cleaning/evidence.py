"""What speaks against a pair beside its words: numbers, lengths, languages, as logarithms that add up.

Like the factors of a naive Bayes classifier, each is zero when nothing is wrong and falls with the doubt. The
weights are round numbers, the same for all corpora, set by hand after a look at a few others on labelled web text
(see the results). It knows no model of words.
"""

import math
from functools import lru_cache

from dragoman.corpora.cleaning.scoring import Evidence
from dragoman.text import scripts
from dragoman.text.language import probability_of
from dragoman.text.numbers import agreement_of_numbers

_LEAST_AGREEMENT = 0.05
_LEAST_PROBABILITY = 0.02
_LANGUAGE_WEIGHT = 0.5
"""Half, because a short text is unsure without being wrong."""
_LENGTH_WEIGHT = 2.0
_LENGTH_MARGIN = 15.0
_REMEMBERED_TEXTS = 16_384


def make_evidence(source: str, target: str) -> Evidence:
    """A function from the two texts of a pair to what speaks against it, 0 or below.

    Args:
        source: language of the source side.
        target: language of the target side.
    """
    worth = scripts.letters_worth(source), scripts.letters_worth(target)

    @lru_cache(maxsize=_REMEMBERED_TEXTS)  # each text is asked for twice: in its pair, and beside a stranger
    def doubt(text: str, language: str) -> float:
        if not any(map(str.isalpha, text)):
            return 0.0
        return _LANGUAGE_WEIGHT * math.log(max(_LEAST_PROBABILITY, probability_of(text, language)))

    def evidence(pair: tuple[str, str]) -> float:
        here, there = pair
        ratio = (len(there) * worth[1] + _LENGTH_MARGIN) / (len(here) * worth[0] + _LENGTH_MARGIN)
        numbers = math.log(max(_LEAST_AGREEMENT, agreement_of_numbers(here, there)))
        return numbers - _LENGTH_WEIGHT * abs(math.log(ratio)) + min(doubt(here, source), doubt(there, target))

    return evidence
