"""In which language is this? Offline, from the letters alone. Knows nothing of files or of what the answer is for.

A naive Bayes model over byte n-grams (Lui and Baldwin 2012, "langid.py: An off-the-shelf language
identification tool") in the form of ``py3langid``: 140 labels, the model inside the package, no network.

The idea: *unsure is not wrong*. Two words may be three languages at once, so a text is only called foreign when
some language is likely **and** the wanted one is not. Which of two near relatives it is (Mandarin or Cantonese
in Chinese characters, Croatian or Serbian) is not asked: their probabilities are added up.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNDETERMINED = "und"
"""The BCP-47 tag of a text in which there is nothing to see: no letters at all."""
LEAST_PROBABILITY = 0.1
"""A language less likely than this is not the text's. Of 4,200 texts in five languages, none was wrongly called
foreign (see the results)."""
LEAST_CERTAINTY = 0.4
"""The likeliest language must be this likely before a text is called foreign; short texts stay below."""

_NEXT_TO_NOTHING = 0.001
"""Languages less likely than this together are not the text's, whichever is (see the results)."""
_CENSUS_LINES, _CENSUS_LETTERS, _FOREIGN_SHARE = 1000, 20, 0.2
_JUDGED_CHARACTERS = 400
"""Time grows with the length and certainty does not: the beginning is enough."""
_KIN = (
    ("zh", "cmn", "yue", "wuu", "lzh"),
    ("ar", "ary", "arz"),
    ("no", "nb", "nn"),
    ("sr", "hr", "bs", "sh"),
    ("uz", "uzs"),
    ("ku", "ckb", "sdh"),
    ("el", "grc"),
    ("he", "iw", "hbo"),
    ("id", "ms", "in"),
    ("tl", "fil"),
    ("ro", "mo"),
)
_FAMILIES = {language: family for family in _KIN for language in family}
_NOT_A_LANGUAGE = "zxx"


def identify(text: str) -> tuple[str, float]:
    """The likeliest language of ``text`` as a BCP-47 tag, and its probability from 0 to 1.

    The probability is honest about length: "Va !" gets 0.05. A text without letters is ``("und", 0.0)``.
    """
    if not _has_letters(text):
        return UNDETERMINED, 0.0
    language, probability = _identifier().classify(text[:_JUDGED_CHARACTERS])
    return (UNDETERMINED if language == _NOT_A_LANGUAGE else language), probability


def is_language(
    text: str, wanted: str, *, threshold: float = LEAST_PROBABILITY, certainty: float = LEAST_CERTAINTY
) -> bool:
    """Whether ``text`` may be in the language ``wanted``: False only when it is surely in another.

    Args:
        text: any text; without letters it may be in every language.
        wanted: a BCP-47 tag; of a language the model does not know, every text is believed.
        threshold: a less likely language is not the text's.
        certainty: …provided that the likeliest language is at least this likely.
    """
    family = _family(wanted)
    if not _has_letters(text) or not family & known_languages():
        return True
    shown = text[:_JUDGED_CHARACTERS]
    best, probability = _identifier().classify(shown)
    if best in family or best == _NOT_A_LANGUAGE or probability < certainty:
        return True
    return _sum(_identifier().rank(shown), family) >= threshold


def probability_of(text: str, wanted: str) -> float:
    """How likely ``text`` is in the language ``wanted``, its near relatives included, from 0 to 1."""
    return _sum(_identifier().rank(text[:_JUDGED_CHARACTERS]), _family(wanted)) if _has_letters(text) else 0.0


def rank_languages(text: str, among: Sequence[str]) -> list[tuple[str, float]]:
    """Each language of ``among`` with its share of the probability that they have together, likeliest first.

    Near relatives share theirs. Where nothing can be told, all are equal and stay in the order given. A text that is
    surely in none of them gives them no shares, but what little probability they have.
    """
    ranked = _identifier().rank(text[:_JUDGED_CHARACTERS]) if _has_letters(text) else []
    likely = {language: _sum(ranked, _family(language)) for language in among}
    total = sum(likely.values())
    can_tell = all(_family(language) & known_languages() for language in among)
    if not (can_tell and _is_elsewhere(ranked, total)):
        likely = {language: value / total if total else 1 / len(likely) for language, value in likely.items()}
    return sorted(likely.items(), key=lambda item: -item[1])


def known_languages() -> frozenset[str]:
    """The languages the model can tell, as BCP-47 tags."""
    return _labels()


class LanguageCensus:
    """Looks at the first longer lines of a text that should be in one language.

    Args:
        language: the one it should be in.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._judged = 0
        self._foreign: Counter[str] = Counter()

    def note(self, line: str) -> None:
        """Look at one line; short ones, and all after the first thousand longer ones, are passed over."""
        if self._judged < _CENSUS_LINES and sum(map(str.isalpha, line)) >= _CENSUS_LETTERS:
            self._judged += 1
            if not is_language(line, self._language):
                self._foreign[identify(line)[0]] += 1

    def warning(self, name: str) -> str | None:
        """What to warn of when much of the text called ``name`` is in another language."""
        if self._foreign.total() <= _FOREIGN_SHARE * self._judged:
            return None
        guess, count = self._foreign.most_common(1)[0]
        return (
            f"{self._foreign.total():,} of the first {self._judged:,} longer lines of {name} do not look like "
            f"{self._language!r} ({count:,} look like {guess!r}); is it the right text?"
        )


def _is_elsewhere(ranked: Sequence[tuple[str, float]], probability: float) -> bool:
    """Whether a text is surely in none of some languages that have this probability together."""
    if not ranked or ranked[0][0] == _NOT_A_LANGUAGE:
        return False
    return probability < _NEXT_TO_NOTHING or (probability < LEAST_PROBABILITY and ranked[0][1] >= LEAST_CERTAINTY)


def _sum(ranked: Iterable[tuple[str, float]], family: frozenset[str]) -> float:
    return sum(probability for language, probability in ranked if language in family)


@cache
def _family(language: str) -> frozenset[str]:
    """The primary subtag of ``language`` and those it is not told apart from."""
    primary = language.replace("_", "-").split("-")[0].lower()
    return frozenset(_FAMILIES.get(primary, (primary,)))


def _has_letters(text: str) -> bool:
    return any(map(str.isalpha, text))


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _labels() -> frozenset[str]:
    return frozenset(_identifier().labels) - {_NOT_A_LANGUAGE}
