"""From the tables of words to lexemes: nouns, verbs, adjectives, each with what a grammar must know of it.

Knows the notation of the tables (told in their own modules), and nothing of sentences. Every table is read once,
when first used.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from dragoman.corpora.phrasebook import modifiers, nouns, verbs
from dragoman.corpora.phrasebook.english import comparative_of, participle_of, plural_of, superlative_of


@dataclass(frozen=True, eq=False)
class Noun:
    """A noun in both languages; ``german_plural`` is empty for a mass noun; ``is_weak`` means the n-declension."""

    english: str
    english_plural: str
    german: str
    german_plural: str
    gender: str
    is_weak: bool
    field: str

    @property
    def is_mass(self) -> bool:
        """Whether the noun cannot be counted (*coffee*)."""
        return not self.german_plural and self.field != "place"


@dataclass(frozen=True, eq=False)
class Verb:
    """A verb in both languages: English base, past, participle; German infinitive without its separable prefix."""

    english: str
    past: str
    participle: str
    infinitive: str
    prefix: str
    third_person: str
    german_participle: str
    marks: frozenset[str]
    preposition: tuple[str, str] | None = None
    objects: tuple[Noun, ...] = ()

    @property
    def takes_sein(self) -> bool:
        """Whether the perfect is made with *sein*."""
        return "+sein" in self.marks

    @property
    def is_state(self) -> bool:
        """Whether English gives it no progressive (*know*)."""
        return "+state" in self.marks

    @property
    def is_habit(self) -> bool:
        """Whether one does it again and again."""
        return "+habit" in self.marks

    @property
    def is_reflexive(self) -> bool:
        """Whether German says *sich*."""
        return "+sich" in self.marks

    @property
    def is_always(self) -> bool:
        """Whether only the present makes sense (*love*)."""
        return "+always" in self.marks

    @property
    def is_event(self) -> bool:
        """Whether it happens to one (*lose*)."""
        return "+event" in self.marks

    @property
    def is_known(self) -> bool:
        """Whether its object is something known (*the, my*)."""
        return "+known" in self.marks

    @property
    def is_action(self) -> bool:
        """Whether one can decide to do it: no state, no accident."""
        return not (self.is_state or self.is_event)

    @cached_property
    def name(self) -> str:
        """A name for combinations: English words without space."""
        return self.english.replace(" ", "_")


@dataclass(frozen=True, eq=False)
class Adjective:
    """An adjective with its degrees; a degree is empty where comparing makes no sense (*broken*)."""

    english: str
    english_comparative: str
    english_superlative: str
    german: str
    german_comparative: str
    german_superlative: str
    nouns: tuple[Noun, ...]


@dataclass(frozen=True, eq=False)
class Place:
    """A place with its prepositions: where one is (dative) and where one goes to."""

    noun: Noun
    english_preposition: str
    where: str
    whither: str


def entries(table: str) -> Iterator[tuple[str, str]]:
    """The entries of a table, each as its English and its German side; a line without a colon goes on with the last."""
    lines: list[str] = []
    for line in table.splitlines():
        if ":" in line or not lines:
            lines.append(line)
        else:
            lines[-1] += f" {line.strip()}"
    for entry in ";".join(lines).split(";"):
        if entry.strip():
            english, german = entry.split(":", 1)
            yield english.strip(), german.strip()


@cache
def pairs(table: str) -> tuple[tuple[str, str], ...]:
    """A table of plain pairs (adverbs, times, towns) as (English, German)."""
    return tuple(entries(table))


@cache
def field(name: str) -> tuple[Noun, ...]:
    """The nouns of one field of meaning."""
    return tuple(parse_noun(english, german, name) for english, german in entries(nouns.NOUNS[name]))


def parse_noun(english: str, german: str, name: str) -> Noun:
    """One entry ``english[/plural]: article German[, plural[*]]``."""
    base, _, english_plural = english.partition("/")
    singular, _, plural = german.partition(",")
    article, singular = singular.split()
    gender = {"der": "m", "die": "f", "das": "n"}[article]
    plural = plural.strip()
    weak = plural.endswith("*")
    return Noun(base, english_plural or plural_of(base), singular, plural.rstrip("*"), gender, weak, name)


@cache
def places() -> tuple[Place, ...]:
    """Every place with its prepositions."""
    found = []
    for english, german in entries(nouns.PLACES):
        preposition, _, name = english.partition(" ")
        noun, where, whither = (part.strip() for part in german.split(","))
        found.append(Place(parse_noun(name, noun, "place"), preposition, where, whither))
    return tuple(found)


@cache
def noun_index() -> dict[str, Noun]:
    """Every noun by its English name; a countable field goes before a place."""
    index = {place.noun.english: place.noun for place in places()}
    for name in nouns.NOUNS:
        index |= {noun.english: noun for noun in field(name)}
    return index


def noun(english: str) -> Noun:
    """The noun with this English name."""
    return noun_index()[english]


def nouns_of(text: str) -> tuple[Noun, ...]:
    """The nouns that a list of fields and ``=nouns`` names, each once, in order."""
    found: dict[str, Noun] = {}
    for word in text.split():
        if word in nouns.NOUNS:
            found |= {each.english: each for each in field(word)}
        else:
            name = word.lstrip("=").replace("_", " ")
            found[name] = noun(name)
    return tuple(found.values())


def parse_verb(english: str, german: str, objects: str = "", preposition: tuple[str, str] | None = None) -> Verb:
    """One entry ``english[/past/participle]: German [er-form participle] [+marks]``."""
    base, past, participle = english.split("/") if "/" in english else (english, "", "")
    words = german.split()
    marks = {word for word in words if word.startswith("+")}
    forms = [word.replace("_", " ") for word in words if word not in marks]
    prefix, _, infinitive = forms[0].rpartition("·")
    third = forms[1] if len(forms) > 1 and forms[1] != "-" else ""
    perfect = forms[2] if len(forms) > 2 else prefix + regular_participle(infinitive)
    return Verb(
        base,
        past or participle_of(base),
        participle or participle_of(base),
        infinitive,
        prefix,
        third,
        perfect,
        frozenset(marks),
        preposition,
        nouns_of(objects),
    )


def regular_participle(infinitive: str) -> str:
    """*kaufen* → *gekauft*, *arbeiten* → *gearbeitet*, *besuchen* → *besucht*, *reparieren* → *repariert*."""
    stem = infinitive[:-2] if infinitive.endswith("en") else infinitive[:-1]
    ending = "et" if stem.endswith(("t", "d", "ffn", "chn")) else "t"
    bare = stem.endswith("ier") or stem.startswith(("be", "ge", "er", "ver", "zer", "ent"))
    return f"{'' if bare else 'ge'}{stem}{ending}"


@cache
def verb_table(table: str) -> tuple[Verb, ...]:
    """The verbs of one table, their objects resolved."""
    found = []
    for english, german in entries(table):
        forms, _, objects = german.partition(">")
        forms, *preposition = (part.strip() for part in forms.split(","))
        found.append(parse_verb(english, forms, objects, (preposition[0], preposition[1]) if preposition else None))
    return tuple(found)


@cache
def verb(english: str) -> Verb:
    """The first verb with this English name, over all tables."""
    tables = (verbs.TRANSITIVE, verbs.DATIVE, verbs.DITRANSITIVE, verbs.PREPOSITIONAL, verbs.INTRANSITIVE)
    every = (each for table in (*tables, verbs.STAYING, verbs.GOING, verbs.TRAVELLING) for each in verb_table(table))
    return next(each for each in every if each.english == english)


@cache
def adjectives() -> tuple[Adjective, ...]:
    """Every adjective with its degrees and the nouns it fits."""
    found = []
    for english, entry in entries(modifiers.ADJECTIVES):
        forms, _, fitting = entry.partition(">")
        degrees = english.split("/")
        base = degrees[0]
        comparative = degrees[1] if len(degrees) > 1 else comparative_of(base)
        superlative = degrees[2] if len(degrees) > 2 else superlative_of(comparative)
        if comparative == "-":
            comparative = superlative = ""
        german_forms = forms.split()
        if len(german_forms) == 1:
            german_forms += regular_degrees(german_forms[0])
        german, higher, highest = german_forms
        found.append(Adjective(base, comparative, superlative, german, higher, highest, nouns_of(fitting)))
    return tuple(found)


def regular_degrees(german: str) -> list[str]:
    """Comparative and the stem of the superlative: *klein, kleiner, kleinst*; *teuer, teurer, teuerst*."""
    stem = german[:-2] + "r" if german.endswith("euer") else german.removesuffix("e")
    ending = (
        "est" if german.endswith(("t", "d", "de", "s", "ß", "z", "sch", "eu")) and not german.endswith("end") else "st"
    )
    return [stem + "er", german.removesuffix("e") + ending]


@cache
def adjectives_of(noun_english: str) -> tuple[Adjective, ...]:
    """The adjectives that fit a noun."""
    return tuple(each for each in adjectives() if any(noun.english == noun_english for noun in each.nouns))
