"""Constructions about how things are: qualities, comparisons, owners, likings, professions."""

from functools import cache

from dragoman.corpora.phrasebook import clauses, lexemes, modifiers, verbs
from dragoman.corpora.phrasebook.clauses import Clause, Part, object_part, time_part
from dragoman.corpora.phrasebook.english import with_article
from dragoman.corpora.phrasebook.german import adjective_form, article, noun_form
from dragoman.corpora.phrasebook.lexemes import Adjective, Noun, parse_verb
from dragoman.corpora.phrasebook.noun_phrases import IT, Phrase, noun_phrase, number_phrase
from dragoman.corpora.phrasebook.numerals import number_pair
from dragoman.corpora.phrasebook.sentences import (
    FOOD,
    OWNED,
    Draw,
    Sentence,
    asked,
    asked_subject,
    attribute,
    be,
    finished,
    person,
    person_name,
    relative,
    subject,
    thing,
    told,
)

PROFESSIONS = (
    ("doctor", "Arzt"), ("teacher", "Lehrer"), ("engineer", "Ingenieur"), ("baker", "Bäcker"), ("farmer", "Bauer"),
    ("painter", "Maler"), ("gardener", "Gärtner"), ("lawyer", "Anwalt"), ("actor", "Schauspieler"), ("pilot", "Pilot"),
    ("salesman", "Verkäufer"), ("writer", "Schriftsteller"), ("driver", "Fahrer"), ("mechanic", "Mechaniker"),
    ("waiter", "Kellner"), ("student", "Student"), ("policeman", "Polizist"),
)  # fmt: skip
MEN = ["father", "brother", "son", "uncle", "grandfather", "friend", "neighbor", "boss", "cousin"]
BODY_PAIRS = ("head", "hand", "foot", "arm", "leg", "knee", "back", "stomach", "throat", "nose", "finger", "eye", "ear")


@cache
def described() -> tuple[tuple[Adjective, Noun], ...]:
    """Every fitting pair of adjective and noun."""
    return tuple((adjective, noun) for adjective in lexemes.adjectives() for noun in adjective.nouns)


def named(draw: Draw, noun: Noun, *, plural: bool = False) -> Phrase:
    """A known thing: *my car, the car, this car*, or somebody's aunt."""
    if noun.field == "family":
        return noun_phrase(draw.pick(("my", "your", "his", "her", "our")), noun, plural=plural)
    if noun.field in OWNED and draw.chance(0.4):
        return noun_phrase(draw.pick(("my", "your", "his", "her", "our", "their")), noun, plural=plural)
    return noun_phrase("the" if plural or draw.chance(0.7) else "this", noun, plural=plural)


def quality(draw: Draw) -> Sentence:
    """*My car is very old. Is the soup hot?*."""
    adjective, noun = draw.pick(described())
    phrase = named(draw, noun, plural=bool(noun.german_plural) and draw.chance(0.2))
    degree = (
        draw.pick(lexemes.pairs(modifiers.DEGREES)) if adjective.english_comparative and draw.chance(0.5) else ("", "")
    )
    past = draw.chance(0.25)
    english_be, german_be = be(phrase, past=past)
    combinations = (f"{adjective.english}+{noun.english}",)
    english, german = f"{degree[0]} {adjective.english}".strip(), f"{degree[1]} {adjective.german}".strip()
    if draw.chance(0.2) and degree[0] != "not very":
        return finished(
            f"{english_be} {phrase.english} {english}", f"{german_be} {phrase.german[0]} {german}", combinations, "?"
        )
    if not degree[0] and draw.chance(0.3):
        english, german = f"not {english}", f"nicht {german}"
    return finished(
        f"{phrase.english} {english_be} {english}", f"{phrase.german[0]} {german_be} {german}", combinations
    )


def comparison(draw: Draw) -> Sentence:
    """*Her brother is taller than Anna. The blue hat is as expensive as the red one*, simply put."""
    adjective = draw.pick([each for each in lexemes.adjectives() if each.english_comparative])
    noun = draw.pick(adjective.nouns)
    similar = [each for each in adjective.nouns if each.field == noun.field and each is not noun and not each.is_mass]
    if noun.is_mass or not similar:
        return quality(draw)
    phrase, other = named(draw, noun), named(draw, draw.pick(similar))
    english_be, german_be = be(phrase)
    combinations = (f"{adjective.english}+{noun.english}",)
    if draw.chance(0.6):
        english, german = f"{adjective.english_comparative} than", f"{adjective.german_comparative} als"
    elif draw.chance(0.5):
        english, german = f"as {adjective.english} as", f"so {adjective.german} wie"
    else:
        english, german = f"not as {adjective.english} as", f"nicht so {adjective.german} wie"
    return finished(
        f"{phrase.english} {english_be} {english} {other.english}",
        f"{phrase.german[0]} {german_be} {german} {other.german[0]}", combinations,
    )  # fmt: skip


def superlative(draw: Draw) -> Sentence:
    """*That is the most expensive car. He bought the cheapest hat*."""
    adjective = draw.pick([each for each in lexemes.adjectives() if each.english_superlative])
    noun = draw.pick(adjective.nouns)
    combinations = (f"{adjective.english}+{noun.english}",)
    german = [
        f"{article('der', noun.gender, case)} {adjective_form(adjective.german_superlative, 'der', noun.gender, case)} "
        f"{noun_form(noun, case, plural=False)}"
        for case in range(2)
    ]
    english = f"the {adjective.english_superlative} {noun.english}"
    if noun.field in {"family", "people"} or draw.chance(0.4):
        return finished(f"that is {english}", f"das ist {german[0]}", combinations)
    phrase = Phrase(english, english, (german[0], german[1], "", ""), 2, noun.english, combinations=combinations)
    fitting = [verb for verb in lexemes.verb_table(verbs.TRANSITIVE) if noun in verb.objects and verb.is_action]
    if not fitting:
        return finished(f"is that {english}", f"ist das {german[0]}", combinations, "?")
    verb, who = draw.pick(fitting), subject(draw)
    if draw.chance(0.5):
        time = time_part(draw.pick(lexemes.pairs(modifiers.PAST_TIMES)))
        return told(draw, Clause(who, verb, (object_part(verb, phrase),), "past"), time)
    return told(draw, Clause(who, verb, (object_part(verb, phrase),), "modal", clauses.WANT), None)


def possession(draw: Draw) -> Sentence:
    """*That is my brother's car. The car belongs to my brother. Whose …?*."""
    owner = draw.pick((relative, person, person_name))(draw)
    noun = draw.pick([each for field in sorted(OWNED) for each in lexemes.field(field)])
    phrase = noun_phrase("the", noun)
    if draw.chance(0.45):
        negated = draw.chance(0.2)
        verb = parse_verb("belong to", "gehören - gehört")
        clause = Clause(owner, verb).but(subject=phrase, parts=(object_part(verb, owner, 2),), is_negated=negated)
        return told(draw, clause, None) if negated or draw.chance(0.7) else asked(clause)
    adjective = attribute(draw, noun, 0.35)
    whose = f"{owner.english}'" + ("" if owner.english.endswith("s") and owner.person == 5 else "s")
    words = f"{adjective.english} {noun.english}" if adjective else noun.english
    combinations = (f"{adjective.english}+{noun.english}",) if adjective else ()
    if " " in owner.german[0]:
        held = noun_phrase("the", noun, adjective).german[0] + " " + owner.german[3]
    else:
        ending = adjective_form(adjective.german, "", noun.gender, 0) + " " if adjective else ""
        held = f"{genitive_name(owner.german[0])} {ending}{noun.german}"
    start = draw.pick((("that is", "das ist"), ("is that", "ist das"), ("where is", "wo ist"), ("here is", "hier ist")))
    end = "?" if start[0] in {"is that", "where is"} else "."
    return finished(f"{start[0]} {whose} {words}", f"{start[1]} {held}", combinations, end)


def genitive_name(name: str) -> str:
    """*Annas, Peters*; after a hiss only an apostrophe: *Thomas’, Max’*."""
    return f"{name}'" if name.endswith(("s", "x", "z", "ß")) else f"{name}s"


def owning(draw: Draw) -> Sentence:
    """*I have two sisters. Does he have a car? We don't have a dog*."""
    who = asked_subject(draw)
    noun = draw.pick([each for field in ("family", *sorted(OWNED)) for each in lexemes.field(field)])
    if noun.english in {"mother", "father", "grandfather", "grandmother", "boss"}:
        noun = lexemes.noun("sister")
    verb = parse_verb("have/had/had", "haben")
    adjective = attribute(draw, noun) if noun.field != "family" else None
    roll = draw.random.random()
    if roll < 0.25:
        phrase = noun_phrase("no", noun, adjective)
        return told(draw, Clause(who, verb, (object_part(verb, phrase),), is_negated=True), None)
    if roll < 0.6:
        phrase = number_phrase(number_pair(draw.number(2, 5)), noun, adjective)
    else:
        phrase = noun_phrase("a", noun, adjective)
    clause = Clause(who, verb, (object_part(verb, phrase),))
    return asked(clause) if draw.chance(0.3) else told(draw, clause, None)


def liking(draw: Draw) -> Sentence:
    """*I like cheese* is *Ich mag Käse*; *I like the coat* is *Der Mantel gefällt mir*; *the soup tastes good*."""
    who = asked_subject(draw)
    roll = draw.random.random()
    if roll < 0.45:
        noun = draw.pick([each for field in sorted(FOOD) for each in lexemes.field(field)])
        verb = parse_verb("like", "mögen", "")
        negated = draw.chance(0.3)
        phrase = thing(draw, noun, None, negated=negated, habit=True)
        clause = Clause(who, verb, (object_part(verb, phrase),), is_negated=negated)
        return asked(clause) if not negated and draw.chance(0.3) else told(draw, clause, None)
    if roll < 0.75:
        noun = draw.pick(
            lexemes.nouns_of("clothes present building show =book =novel =car =bicycle =city =garden =museum")
        )
        phrase = noun_phrase(draw.pick(("the", "this")), noun, attribute(draw, noun))
        english = Clause(who, parse_verb("like", "mögen"), (object_part(lexemes.verb("see"), phrase),))
        whom = Part("", who.german[2], "pronoun" if who.is_pronoun else "object", is_definite=True)
        negated = draw.chance(0.25)
        german = Clause(phrase, parse_verb("please", "gefallen gefällt gefallen"), (whom,), is_negated=negated)
        combinations = (*phrase.combinations, f"like+{noun.english}")
        return finished(english.but(is_negated=negated).english(), german.german(), combinations)
    noun = draw.pick([each for field in ("baked", "dish", "drink", "staple") for each in lexemes.field(field)])
    phrase = noun_phrase(draw.pick(("the", "this", "your")), noun, attribute(draw, noun))
    taste = draw.pick(
        (
            ("good", "gut"),
            ("very good", "sehr gut"),
            ("bad", "schlecht"),
            ("delicious", "köstlich"),
            ("strange", "seltsam"),
        )
    )
    return finished(
        f"{phrase.english} tastes {taste[0]}",
        f"{phrase.german[0]} schmeckt {taste[1]}",
        (*phrase.combinations, f"taste+{noun.english}"),
    )


def profession(draw: Draw) -> Sentence:
    """*My uncle is a doctor* needs no article in German: *Mein Onkel ist Arzt*."""
    english, german = draw.pick(PROFESSIONS)
    man = draw.pick(MEN)
    owner = draw.pick(("my", "your", "his", "her", "our", "their"))
    phrase = noun_phrase(owner, lexemes.noun(man))
    roll = draw.random.random()
    combinations = (f"{man}+{english}",)
    if roll < 0.25:
        return finished(
            f"is {phrase.english} {with_article(english)}", f"ist {phrase.german[0]} {german}", combinations, "?"
        )
    if roll < 0.45:
        return finished(
            f"{phrase.english} wants to become {with_article(english)}",
            f"{phrase.german[0]} will {german} werden",
            combinations,
        )
    if roll < 0.6:
        return finished(
            f"{phrase.english} is not {with_article(english)}", f"{phrase.german[0]} ist kein {german}", combinations
        )
    return finished(f"{phrase.english} is {with_article(english)}", f"{phrase.german[0]} ist {german}", combinations)


def body(draw: Draw) -> Sentence:
    """*My foot hurts* is *Mein Fuß tut weh*."""
    noun = lexemes.noun(draw.pick(BODY_PAIRS))
    owner = draw.pick(("my", "your", "his", "her"))
    plural = noun.english in {"hand", "foot", "arm", "leg", "knee", "eye", "ear"} and draw.chance(0.4)
    phrase = noun_phrase(owner, noun, plural=plural)
    clause = Clause(phrase, parse_verb("hurt/hurt/hurt", "weh·tun tut wehgetan"))
    often = ("often", "oft") if draw.chance(0.25) else None
    time = None
    if not often and draw.chance(0.7):
        time = time_part(draw.pick(lexemes.pairs("today: heute; again: wieder; now: jetzt")))
    clause = clause.but(adverb=often)
    if draw.chance(0.35):
        return asked(clause.but(parts=(time,) if time else ()))
    return told(draw, clause.but(parts=(time,) if time else ()), None)


def two_sentences(draw: Draw) -> Sentence:
    """*I am looking for the key. Do you see it?*: the German pronoun has the gender of its noun."""
    noun = draw.pick(
        [
            each
            for field in ("clothes", "flat", "upright", "device", "vehicle", "reading")
            for each in lexemes.field(field)
        ]
    )
    phrase = noun_phrase("this" if draw.chance(0.3) else "the", noun, attribute(draw, noun))
    it = IT[noun.gender]
    first, second = draw.pick(IT_STORIES)
    english = f"{first[0].format(phrase.english)} {second[0]}"
    answer = second[1].format(nominative=it.german[0].capitalize(), accusative=it.german[1])
    german = f"{first[1].format(phrase.german[1])} {answer}"
    return Sentence(english, german, phrase.combinations)


IT_STORIES = (
    (("I am looking for {}.", "Ich suche {}."), ("Do you see it?", "Siehst du {accusative}?")),
    (("I need {}.", "Ich brauche {}."), ("Can you bring it?", "Kannst du {accusative} bringen?")),
    (("Do you have {}?", "Hast du {}?"), ("I need it.", "Ich brauche {accusative}.")),
    (("I don't want to buy {}.", "Ich will {} nicht kaufen."), ("It is too expensive.", "{nominative} ist zu teuer.")),
    (("We can't find {}.", "Wir können {} nicht finden."), ("Have you seen it?", "Hast du {accusative} gesehen?")),
    (("She doesn't like {}.", "Sie mag {} nicht."), ("She wants to sell it.", "Sie will {accusative} verkaufen.")),
    (("Give me {}, please!", "Gib mir bitte {}!"), ("It is mine.", "{nominative} gehört mir.")),
    (("Look at {}!", "Sieh dir {} an!"), ("It is new.", "{nominative} ist neu.")),
    (("Take {}!", "Nimm {}!"), ("I don't need it.", "Ich brauche {accusative} nicht.")),
    (("He bought {}.", "Er hat {} gekauft."), ("Now he doesn't like it.", "Jetzt mag er {accusative} nicht.")),
)

PATTERNS = {
    quality: 1870, comparison: 1040, superlative: 680, possession: 880,
         owning: 680, liking: 940,
    profession: 360, body: 80, two_sentences: 780,
}  # fmt: skip
