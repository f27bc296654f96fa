"""Clauses in both languages: one meaning, and the orders in which each language says it.

A clause holds a subject, a verb, its parts, a tense, perhaps a modal verb, perhaps a *not*. It can be told as a
statement (German: the finite verb comes second), as a question (first), or after *weil* (last). The German middle
is ordered by slots: pronouns, definite objects and times, *nicht*, then places; what is left of the verb ends it.
"""

from dataclasses import dataclass, replace
from typing import Literal

from dragoman.corpora.phrasebook.conjugation import present, preterite
from dragoman.corpora.phrasebook.english import progressive_of, third_person_of
from dragoman.corpora.phrasebook.lexemes import Verb
from dragoman.corpora.phrasebook.noun_phrases import Phrase

Tense = Literal["present", "progressive", "past", "perfect", "future", "modal"]
Slot = Literal["pronoun", "object", "time", "manner", "place"]

REFLEXIVES = (("mich", "mir"), ("dich", "dir"), ("sich", "sich"), ("uns", "uns"), ("euch", "euch"), ("sich", "sich"))


@dataclass(frozen=True)
class Modal:
    """A modal verb: English positive and negative auxiliaries (or a *do*-verb), German infinitive and tense."""

    positive: str
    negative: str
    infinitive: str
    is_past: bool = False
    third_person: str = ""


CAN = Modal("can", "can't", "können")
MUST = Modal("must", "must not", "müssen")
SHOULD = Modal("should", "shouldn't", "sollen", is_past=True)  # the subjunctive *sollte* has the past form
MAY = Modal("may", "may not", "dürfen")
WANT = Modal("want to", "", "wollen", third_person="wants to")
HAVE_TO = Modal("have to", "", "müssen", third_person="has to")
WOULD_LIKE = Modal("would like to", "", "möchten")
COULD = Modal("could", "couldn't", "können", is_past=True)
HAD_TO = Modal("had to", "", "müssen", is_past=True)
WANTED = Modal("wanted to", "", "wollen", is_past=True)


@dataclass(frozen=True)
class Part:
    """One piece of a clause: its words in both languages and its German slot."""

    english: str
    german: str
    slot: Slot
    combinations: tuple[str, ...] = ()
    is_definite: bool = False
    is_negative: bool = False


@dataclass(frozen=True)
class Clause:
    """One meaning, not yet in an order. ``front`` is a part that opens a statement (*Tomorrow …*)."""

    subject: Phrase
    verb: Verb
    parts: tuple[Part, ...] = ()
    tense: Tense = "present"
    modal: Modal | None = None
    is_negated: bool = False
    adverb: tuple[str, str] | None = None

    @property
    def combinations(self) -> tuple[str, ...]:
        """Every combination of words made in the clause."""
        return self.subject.combinations + tuple(each for part in self.parts for each in part.combinations)

    def but(self, **changes: object) -> "Clause":
        """The same clause with something changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    # English ---------------------------------------------------------------

    def english(self, front: str = "") -> str:
        """The English statement."""
        helper, main = self.english_verb()
        words = [front, self.subject.english, helper, self.adverb[0] if self.adverb else "", main]
        return joined(words + [part.english for part in self.parts])

    def english_question(self, word: str = "") -> str:
        """The English question, perhaps after a question word."""
        helper, main = self.english_verb(asks=True)
        words = [word, helper, self.subject.english, self.adverb[0] if self.adverb else "", main]
        return joined(words + [part.english for part in self.parts])

    def english_verb(self, *, asks: bool = False) -> tuple[str, str]:
        """The English helping verb (it may be empty) and the main verb."""
        base = self.verb.english
        if self.tense == "modal" and self.modal:
            return self.english_modal(self.modal, asks=asks)
        if self.tense == "future":
            return ("won't" if self.is_negated else "will"), base
        if self.tense == "perfect":
            return self.negatable(self.pick("have", "have", "has")), self.verb.participle
        if self.tense == "progressive":
            return self.be(), progressive_of(base)
        if asks or self.is_negated:
            helper = "did" if self.tense == "past" else self.pick("do", "do", "does")
            return self.negatable(helper), base
        if self.tense == "past":
            return "", self.verb.past
        return "", third_person_of(base) if self.subject.person == 2 else base

    def english_modal(self, modal: Modal, *, asks: bool) -> tuple[str, str]:
        """*can, can't* stand alone; *want to, have to* behave like verbs and need *do*."""
        base = self.verb.english
        if modal.positive == "would like to":
            return "would", f"like to {base}"
        if modal.negative:
            return (modal.negative if self.is_negated else modal.positive), base
        if asks or self.is_negated:
            stem = "have to" if modal.infinitive == "müssen" else "want to"
            helper = "did" if modal.is_past else self.pick("do", "do", "does")
            return self.negatable(helper), f"{stem} {base}"
        third = self.subject.person == 2 and modal.third_person
        return "", f"{modal.third_person if third else modal.positive} {base}"

    def be(self) -> str:
        """*am, are, is*, negated where needed."""
        if self.is_negated and self.subject.person == 0:
            return "am not"
        return self.negatable(self.pick("am", "are", "is"))

    def negatable(self, helper: str) -> str:
        """The helping verb, with *n't* in a negated clause."""
        return helper + "n't" if self.is_negated else helper

    def pick(self, first: str, other: str, third: str) -> str:
        """The form for the person of the subject."""
        return {0: first, 2: third}.get(self.subject.person, other)

    # German ----------------------------------------------------------------

    def german(self, front: str = "") -> str:
        """The German statement: the finite verb is second, whatever comes first."""
        finite, tail = self.german_verb()
        subject = self.subject.german[0]
        opening = [front, finite, *self.after_verb(subject)] if front else [subject, finite, *self.middle()]
        return joined([*opening, *tail])

    def german_question(self, word: str = "") -> str:
        """The German question: the finite verb first, or after the question word."""
        finite, tail = self.german_verb()
        return joined([word, finite, *self.after_verb(self.subject.german[0]), *tail])

    def german_subordinate(self) -> str:
        """The German clause after a conjunction: the finite verb is last, and takes its prefix back."""
        finite, tail = self.german_verb()
        if self.verb.prefix and tail == (self.verb.prefix.strip(),):
            end = [self.verb.prefix + finite]
        else:
            end = [*tail, finite]
        return joined([*self.after_verb(self.subject.german[0]), *end])

    def german_infinitive(self) -> str:
        """The German infinitive with its parts, without a subject: *das Fenster öffnen*."""
        return joined([*self.middle(), self.verb.prefix + self.verb.infinitive])

    def after_verb(self, subject: str) -> list[str]:
        """The subject and the middle."""
        return [subject, *self.middle()]

    def german_verb(self) -> tuple[str, tuple[str, ...]]:
        """The finite verb and what stands at the end of the clause."""
        verb, person = self.verb, self.subject.person
        whole = verb.prefix + verb.infinitive
        if self.tense == "modal" and self.modal:
            infinitive = self.modal.infinitive
            if infinitive == "müssen" and self.modal is MUST and self.is_negated:
                infinitive = "dürfen"
            finite = preterite(infinitive, person) if self.modal.is_past else present(infinitive, person)
            return finite, (whole,)
        if self.tense == "future":
            return present("werden", person), (whole,)
        if self.tense in {"past", "perfect"}:
            return present("sein" if verb.takes_sein else "haben", person), (verb.german_participle,)
        finite = present(verb.infinitive, person, verb.third_person)
        return finite, (verb.prefix.strip(),) if verb.prefix else ()

    def middle(self) -> list[str]:
        """The German middle: pronouns, times and objects, *nicht*, manners and places."""
        by_slot: dict[str, list[Part]] = {"pronoun": [], "object": [], "time": [], "manner": [], "place": []}
        for part in self.parts:
            by_slot[part.slot].append(part)
        words = [REFLEXIVES[self.subject.person][0]] if self.verb.is_reflexive else []
        words += [part.german for part in by_slot["pronoun"]]
        adverb = [self.adverb[1]] if self.adverb else []
        times = adverb + [part.german for part in by_slot["time"]]
        objects = [part.german for part in by_slot["object"]]
        says_no = self.is_negated and not any(part.is_negative for part in self.parts)
        known = any(part.is_definite for part in by_slot["object"])
        objects_first = says_no or (known and adverb == ["schon"])
        words += objects + times if objects_first else times + objects
        if says_no:
            words.append("nicht")
        return words + [part.german for slot in ("place", "manner") for part in by_slot[slot]]


def joined(words: list[str]) -> str:
    """Words with single spaces; empty ones are left out."""
    return " ".join(word for word in words if word)


def object_part(verb: Verb, phrase: Phrase, case: int = 1) -> Part:
    """A phrase as the object of a verb: the accusative, or the dative (``case`` 2)."""
    combinations = phrase.combinations
    if phrase.name and not phrase.is_pronoun:
        combinations += (f"{verb.name}+{phrase.name}",)
    slot: Slot = "pronoun" if phrase.is_pronoun else "object"
    return Part(phrase.english_object, phrase.german[case], slot, combinations, phrase.is_definite, phrase.is_negative)


def time_part(pair: tuple[str, str]) -> Part:
    """A time such as *tomorrow*."""
    return Part(pair[0], pair[1], "time")
