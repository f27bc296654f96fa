"""Noun phrases in both languages: determiner, adjective, noun; pronouns; names.

A phrase is a finished value: its English text, its German text in four cases, and what a verb must know of it
(person, plural). It also carries the combinations of words that were made in it, for the hold-out.
"""

from dataclasses import dataclass
from functools import cache

from dragoman.corpora.phrasebook.english import with_article
from dragoman.corpora.phrasebook.german import adjective_form, article, noun_form
from dragoman.corpora.phrasebook.lexemes import Adjective, Noun

# English determiner → German, named by its masculine nominative
DETERMINERS = {
    "the": "der", "a": "ein", "no": "kein", "my": "mein", "your": "dein", "his": "sein", "her": "ihr", "our": "unser",
    "their": "ihr", "this": "dieser", "these": "dieser", "every": "jeder", "which": "welcher", "all": "alle", "": "",
    "your (formal)": "Ihr",
}  # fmt: skip


@dataclass(frozen=True)
class Phrase:
    """A noun phrase in both languages.

    Attributes:
        english: the text as a subject (*he, the old man*).
        english_object: the text as an object (*him, the old man*).
        german: nominative, accusative, dative, genitive.
        person: 0…5 for ich, du, er, wir, ihr, sie.
        name: the English noun, for combinations.
        is_definite: whether German *nicht* follows it.
        is_negative: whether it says no by itself (*kein Brot*).
    """

    english: str
    english_object: str
    german: tuple[str, str, str, str]
    person: int
    name: str = ""
    gender: str = "m"
    is_pronoun: bool = False
    is_definite: bool = True
    is_negative: bool = False
    combinations: tuple[str, ...] = ()

    @property
    def possessive(self) -> str:
        """The English possessive that points back to the phrase (*Anna … her*)."""
        if self.german[0] == "Sie":
            return "your (formal)"
        if self.person == 2:
            return {"m": "his", "f": "her", "n": "his"}[self.gender]
        return ("my", "your", "", "our", "your", "their")[self.person]


def pronoun(english: str, english_object: str, german: str, person: int, gender: str = "m") -> Phrase:
    """A personal pronoun, its German cases given as three words."""
    nominative, accusative, dative = german.split()
    cases = (nominative, accusative, dative, "")
    return Phrase(english, english_object, cases, person, english, gender, is_pronoun=True)


I = pronoun("I", "me", "ich mich mir", 0)  # noqa: E741
YOU = pronoun("you", "you", "du dich dir", 1)
HE = pronoun("he", "him", "er ihn ihm", 2)
SHE = pronoun("she", "her", "sie sie ihr", 2, "f")
WE = pronoun("we", "us", "wir uns uns", 3)
THEY = pronoun("they", "them", "sie sie ihnen", 5)
FORMAL_YOU = pronoun("you", "you", "Sie Sie Ihnen", 5)
PRONOUNS = (I, YOU, HE, SHE, WE, THEY)
IT = {
    "m": pronoun("it", "it", "er ihn ihm", 2),
    "f": pronoun("it", "it", "sie sie ihr", 2, "f"),
    "n": pronoun("it", "it", "es es ihm", 2, "n"),
}


@cache
def name_phrase(name: str, gender: str, german: str = "") -> Phrase:
    """A person's name; the genitive takes an s (*Annas Auto*)."""
    german = german or name
    return Phrase(name, name, (german, german, german, german + "s"), 2, name, gender)


@cache
def names_phrase(first: str, second: str) -> Phrase:
    """Two people by name: *Anna and Peter*."""
    english, german = f"{first} and {second}", f"{first} und {second}"
    return Phrase(english, english, (german, german, german, german), 5, "")


@cache
def noun_phrase(determiner: str, noun: Noun, adjective: Adjective | None = None, *, plural: bool = False) -> Phrase:
    """A phrase such as *my old friend, mein alter Freund*; ``determiner`` is English (*the, a, no, my, …, ""*).

    *no* stands for German *kein*; its English side is what follows *not*: *a friend*, *coffee*, *friends*.
    """
    return quantified_phrase(determiner, DETERMINERS[determiner], noun, adjective, plural=plural)


@cache
def number_phrase(number: tuple[str, str], noun: Noun, adjective: Adjective | None = None) -> Phrase:
    """Several things, counted: *three red apples, drei rote Äpfel*."""
    return quantified_phrase(number[0], number[1], noun, adjective, plural=True)


def quantified_phrase(
    english_determiner: str, german_determiner: str, noun: Noun, adjective: Adjective | None, *, plural: bool
) -> Phrase:
    """A phrase whose determiner is given in both languages."""
    number = "p" if plural else noun.gender
    german = []
    for case in range(4):
        words = [article(german_determiner, number, case)]
        if adjective:
            words.append(adjective_form(adjective.german, german_determiner, number, case))
        words.append(noun_form(noun, case, plural=plural))
        german.append(" ".join(word for word in words if word))
    english = english_text(english_determiner, noun, adjective, plural=plural)
    combinations = (f"{adjective.english}+{noun.english}",) if adjective else ()
    definite = german_determiner not in {"", "ein", "kein"} and english_determiner not in {"two", "three"}
    return Phrase(
        english, english, (german[0], german[1], german[2], german[3]), 5 if plural else 2, noun.english,
        person_gender(noun), is_definite=definite, is_negative=german_determiner == "kein", combinations=combinations,
    )  # fmt: skip


def english_text(determiner: str, noun: Noun, adjective: Adjective | None, *, plural: bool) -> str:
    """The English words of a phrase."""
    words = f"{adjective.english} " if adjective else ""
    words += noun.english_plural if plural else noun.english
    if determiner == "a" or (determiner == "no" and not plural and not noun.is_mass):
        return with_article(words)
    if determiner in {"", "no"}:
        return words
    return f"{determiner.split()[0]} {words}"


def person_gender(noun: Noun) -> str:
    """How English speaks of the noun: a girl is a *she*, whatever her German article says."""
    return "f" if noun.english == "girl" else noun.gender
