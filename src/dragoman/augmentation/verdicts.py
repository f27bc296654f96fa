"""Which synthetic pairs are worth learning from. Knows nothing of how they were made.

What is checked before a text is translated saves the work; what is checked after it are a model's own faults: it says
nothing, copies its input, stops early, or says the same thing again and again.
"""

from pydantic import Field

from dragoman.base.config import Section
from dragoman.corpora.duplicates import DigestSet, digest
from dragoman.text.scripts import count_words, has_spaces, letters_worth

_RATIO_MARGIN = 15.0
_LONGEST_UNIT = 4


class SelectionConfig(Section):
    """What is not made into a pair, and which pairs are dropped."""

    max_words: int = Field(default=100, ge=1)
    """Do not translate a longer text (two characters count as a word where a language has no spaces)."""
    max_ratio: float = Field(default=3.0, gt=1)
    """Drop a pair of which one side is this many times longer than the other (characters, as in cleaning)."""
    max_repeats: int = Field(default=4, ge=2)
    """Drop a translation that says the same one to four words so many times in a row, where the text does not."""
    copies_up_to_words: int = Field(default=2, ge=0)
    """A translation equal to its text is dropped, unless it has at most so many words (names, OK, units)."""


class Selection:
    """Judges texts before and after they are translated; remembers the texts, for duplicates.

    Args:
        config: what to drop.
        language: of the real texts.
        synthetic_language: of their translations.
    """

    def __init__(self, config: SelectionConfig, *, language: str, synthetic_language: str) -> None:
        self._config = config
        self._language = language
        self._synthetic_language = synthetic_language
        self._seen = DigestSet()

    def before(self, text: str) -> str | None:
        """Why ``text`` is not translated, or None; remembers it."""
        if not any(map(str.isalnum, text)):
            return "empty" if not text.strip() else "no words"
        if not self._seen.add(digest(text.strip())):
            return "duplicate"
        return "too long" if count_words(text, self._language) > self._config.max_words else None

    def after(self, text: str, translation: str) -> str | None:
        """Why the pair is dropped, or None."""
        if not translation.strip():
            return "empty translation"
        is_copy = text.casefold().split() == translation.casefold().split()
        if is_copy and count_words(text, self._language) > self._config.copies_up_to_words:
            return "copy"
        lengths = (
            len(text) * letters_worth(self._language) + _RATIO_MARGIN,
            len(translation) * letters_worth(self._synthetic_language) + _RATIO_MARGIN,
        )
        if max(lengths) > self._config.max_ratio * min(lengths):
            return "length ratio"
        said = repeats(translation, self._synthetic_language)
        if said >= self._config.max_repeats and said > repeats(text, self._language):
            return "repetition"
        return None


def repeats(text: str, language: str) -> int:
    """How many times in a row ``text`` says the same one to four words, at most; 0 for no words."""
    words = text.casefold().split() if has_spaces(language) else [one for one in text if not one.isspace()]
    most = 1 if words else 0
    for size in range(1, _LONGEST_UNIT + 1):
        run = 0  # places in a row whose word stood ``size`` places before
        for place in range(size, len(words)):
            run = run + 1 if words[place] == words[place - size] else 0
            most = max(most, run // size + 1)
    return most
