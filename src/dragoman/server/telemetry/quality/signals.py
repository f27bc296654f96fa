"""What can be seen of one translation without a reference. Knows no model, keeps no text.

Each signal alone says little: a name is rightly the same in both languages, a list rightly repeats itself. How often
they come says much, when it is compared with how often they usually do (``drift.py``).
"""

from dataclasses import dataclass

from dragoman.server.speaker import Said
from dragoman.text.language import is_language
from dragoman.text.repetition import has_loop

SIGNALS = {
    "empty": "the translation has no letters, the text has some",
    "copy": "the translation is the text itself",
    "loop": "words are said again and again",
    "length": "much shorter or much longer than translations usually are here",
    "foreign": "the translation is surely not in the target language",
    "foreign-source": "the text is surely not in the source language",
    "rescued": "something had to be done to make the translation sound",
    "unsure": "the model gives it a lower probability than it usually does here",
}
"""Signal → what it says. Usual is what was seen first ("length" and "unsure")."""
_RESCUES = frozenset({"restored", "parts", "kept", "again", "cut", "invented", "empty"})
_FEW_LETTERS = 8
_FIRST_WIDE = 0x2E80
_WIDTH = 3
"""Characters of an alphabet that say about as much as one Chinese character."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of one translation.

    Attributes:
        signals: those of :data:`SIGNALS` that can be told at once.
        ratio: length of the translation by that of the text.
        score: log-probability that the model gave it, a word piece on average; None where it gave none.
    """

    signals: frozenset[str]
    ratio: float
    score: float | None = None


def look_at(text: str, said: Said, *, source: str, target: str) -> Look:
    """What is to be seen of the translation of ``text`` from ``source`` into ``target``."""
    best = said.texts[0] if said.texts else ""
    letters = sum(map(str.isalpha, text))
    seen: dict[str, bool] = {
        "empty": bool(letters) and not any(map(str.isalnum, best)),
        "copy": letters >= _FEW_LETTERS and best.strip() == text.strip(),
        "loop": has_loop(best, text),
        "foreign": not is_language(best, target),
        "foreign-source": not is_language(text, source),
        "rescued": not _RESCUES.isdisjoint(said.notes),
    }
    return Look(frozenset(name for name, is_so in seen.items() if is_so), _width(best) / _width(text), said.score)


def _width(text: str) -> int:
    return 1 + sum(_WIDTH if ord(character) >= _FIRST_WIDE else 1 for character in text)
