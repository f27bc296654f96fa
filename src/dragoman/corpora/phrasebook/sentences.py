"""Drawing: subjects, objects, times that fit together, and the finished sentence with its combinations.

The patterns say what may be said; here is what they all need: a keyed draw, and noun phrases that make sense (a
sister is somebody's sister, coffee needs no article, one eats apples but reads a book).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from dragoman.base import randomness
from dragoman.corpora.phrasebook import lexemes, modifiers, nouns
from dragoman.corpora.phrasebook.clauses import Clause, Part, Tense, object_part, time_part
from dragoman.corpora.phrasebook.conjugation import present, preterite
from dragoman.corpora.phrasebook.lexemes import Adjective, Noun, Verb
from dragoman.corpora.phrasebook.noun_phrases import (
    FORMAL_YOU,
    PRONOUNS,
    YOU,
    I,
    Phrase,
    name_phrase,
    names_phrase,
    noun_phrase,
)

Item = TypeVar("Item")
FOOD = frozenset({"fruit", "vegetable", "baked", "dish", "staple", "drink"})
OWNED = frozenset({"clothes", "footwear", "flat", "upright", "device", "vehicle", "reading", "animal", "instrument"})
SEVERAL = frozenset(
    {"brother", "sister", "son", "daughter", "uncle", "aunt", "friend", "neighbor", "colleague", "cousin"}
)
ATTRIBUTE_CHANCE = 0.3


@dataclass(frozen=True)
class Sentence:
    """A pair of texts and the combinations of words that were made in it."""

    english: str
    german: str
    combinations: tuple[str, ...] = ()


class Draw:
    """Choices from one keyed generator; built on ``random()`` alone, which no Python version changes."""

    def __init__(self, name: str) -> None:
        self.random = randomness.generator("phrasebook", name)

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[int(self.random.random() * len(items))]

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self.random.random() < probability

    def number(self, first: int, last: int) -> int:
        """A whole number from ``first`` to ``last``."""
        return first + int(self.random.random() * (last - first + 1))


def finished(english: str, german: str, combinations: tuple[str, ...] = (), end: str = ".") -> Sentence:
    """A sentence with its capital letter and its end."""
    return Sentence(capital(english) + end, capital(german) + end, combinations)


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def person_name(draw: Draw) -> Phrase:
    """A first name."""
    gender = draw.pick("mf")
    return name_phrase(draw.pick((nouns.MALE_NAMES if gender == "m" else nouns.FEMALE_NAMES).split()), gender)


def relative(draw: Draw, possessive: str = "") -> Phrase:
    """Somebody of the family: *my sister*."""
    owner = possessive or draw.pick(("my", "my", "your", "his", "her", "our", "their"))
    noun = draw.pick(lexemes.field("family"))
    return noun_phrase(owner, noun, plural=noun.english in SEVERAL and draw.chance(0.15))


def person(draw: Draw) -> Phrase:
    """Somebody by profession or age: *the old teacher, the children*."""
    noun = draw.pick(lexemes.field("people"))
    adjective = draw.pick((*lexemes.adjectives_of(noun.english), None)) if draw.chance(0.2) else None
    return noun_phrase("the", noun, adjective, plural=draw.chance(0.25))


def subject(draw: Draw) -> Phrase:
    """Who does something."""
    roll = draw.random.random()
    if roll < 0.45:
        return draw.pick(PRONOUNS)
    if roll < 0.62:
        return person_name(draw)
    if roll < 0.66:
        return names_phrase(draw.pick(nouns.FEMALE_NAMES.split()), draw.pick(nouns.MALE_NAMES.split()))
    if roll < 0.83:
        return relative(draw)
    return person(draw)


def asked_subject(draw: Draw) -> Phrase:
    """Whom a question is about: often *you*."""
    who = subject(draw)
    return YOU if who is I or draw.chance(0.4) else who


def attribute(draw: Draw, noun: Noun, probability: float = ATTRIBUTE_CHANCE) -> Adjective | None:
    """Perhaps an adjective that fits the noun."""
    fitting = lexemes.adjectives_of(noun.english)
    return draw.pick(fitting) if fitting and draw.chance(probability) else None


def thing(
    draw: Draw,
    noun: Noun,
    owner: Phrase | None = None,
    *,
    negated: bool = False,
    habit: bool = False,
    known: bool = False,
) -> Phrase:
    """A noun phrase for an object: its determiner follows from what the noun is."""
    if noun.field == "family":
        own = owner is FORMAL_YOU or draw.chance(0.7)
        possessive = owner.possessive if owner and own else draw.pick(("my", "our", "your"))
        return noun_phrase(possessive, noun, plural=noun.english in SEVERAL and draw.chance(0.15))
    adjective = attribute(draw, noun)
    if noun.is_mass:
        bare = not known and (habit or draw.chance(0.6))
        return noun_phrase(("no" if negated else "") if bare else "the", noun, adjective)
    if noun.field in FOOD and not known and (habit or draw.chance(0.35)):
        return noun_phrase("no" if negated else "", noun, adjective, plural=True)
    roll = draw.random.random()
    if roll < 0.35 and not habit and not known:
        return noun_phrase("no" if negated else "a", noun, adjective)
    if roll < 0.6 and owner and noun.field in OWNED:
        return noun_phrase(owner.possessive, noun, adjective, plural=noun.field == "footwear")
    if roll < 0.72 and not habit:
        return noun_phrase("this", noun, adjective)
    return noun_phrase("the", noun, adjective, plural=bool(noun.german_plural) and draw.chance(0.2))


def tense_for(draw: Draw, verb: Verb, *, asks: bool = False) -> tuple[Tense, Part | None, tuple[str, str] | None]:
    """A tense with a time, or an adverb of frequency, that agree with it and with the verb."""
    if verb.is_always:
        return "present", None, None
    roll = draw.random.random()
    if verb.is_event:
        roll = 0.5 + 0.3 * roll
    if roll < 0.34 and verb.is_habit:
        if draw.chance(0.5) and not asks:
            return "present", None, draw.pick(lexemes.pairs(modifiers.FREQUENCIES))
        return "present", time_part(draw.pick(lexemes.pairs(modifiers.HABITS))), None
    if roll < 0.34:
        if verb.is_state:
            return "present", None, None
        return "progressive", time_part(draw.pick(lexemes.pairs(modifiers.PRESENT_MOMENTS))), None
    if roll < 0.45:
        return ("present" if verb.is_state else "progressive"), None, None
    if roll < 0.68:
        return "past", time_part(draw.pick(lexemes.pairs(modifiers.PAST_TIMES))), None
    if roll < 0.8 and not asks and not verb.is_state:
        return "perfect", None, draw.pick(lexemes.pairs(modifiers.DONE))
    return "future", time_part(draw.pick(lexemes.pairs(modifiers.FUTURE_TIMES))), None


def told(draw: Draw, clause: Clause, time: Part | None) -> Sentence:
    """A clause as a statement; its time opens it or stands inside."""
    if time and draw.chance(0.4) and time.english not in {"right now", "again"}:
        return finished(clause.english(time.english), clause.german(time.german), clause.combinations)
    whole = clause.but(parts=(*clause.parts, time)) if time else clause
    return finished(whole.english(), whole.german(), clause.combinations)


def asked(clause: Clause, word: tuple[str, str] = ("", "")) -> Sentence:
    """A clause as a question, perhaps after a question word."""
    return finished(clause.english_question(word[0]), clause.german_question(word[1]), clause.combinations, "?")


def object_of(
    draw: Draw, verb: Verb, owner: Phrase | None, *, negated: bool = False, habit: bool = False, case: int = 1
) -> Part:
    """An object that fits the verb."""
    noun = draw.pick(verb.objects)
    return object_part(verb, thing(draw, noun, owner, negated=negated, habit=habit, known=verb.is_known), case)


def be(phrase: Phrase, *, past: bool = False) -> tuple[str, str]:
    """*is, ist* or *was, war*, for a subject."""
    if past:
        return ("was" if phrase.person in {0, 2} else "were"), preterite("sein", phrase.person)
    return ("am", "are", "is", "are", "are", "are")[phrase.person], present("sein", phrase.person)
