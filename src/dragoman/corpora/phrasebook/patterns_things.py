"""Constructions about how things are and where they are: qualities, comparisons, owners, places, ways, likings."""

from functools import cache

from dragoman.corpora.phrasebook import clauses, lexemes, modifiers, nouns, verbs
from dragoman.corpora.phrasebook.clauses import Clause, Part, object_part, time_part
from dragoman.corpora.phrasebook.english import with_article
from dragoman.corpora.phrasebook.german import adjective_form, article, contract, noun_form
from dragoman.corpora.phrasebook.lexemes import Adjective, Noun, Place, parse_verb
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
    finished,
    person,
    person_name,
    relative,
    subject,
    tense_for,
    thing,
    told,
)

SURFACES = "=table =chair =bed =sofa =shelf =desk =carpet =cupboard =armchair"
UNDER = "=table =chair =bed =sofa =desk =cupboard =tree =bridge"
HOLDERS = "=drawer =cupboard =box =bag =suitcase =backpack =basket =car =garage"
POSITIONS = (
    ("on", "auf", SURFACES), ("under", "unter", UNDER), ("in", "in", HOLDERS), ("behind", "hinter", "=door =sofa =cupboard =bed =shelf"),
    ("next to", "neben", "=table =bed =lamp =door =window =computer =television"), ("in front of", "vor", "=door =window =mirror =television =shelf"),
)  # fmt: skip
SMALL = "flat =book =letter =newspaper =magazine =postcard =ball =doll =gift =picture =watch =toy"
STANDING = "upright =lamp =flower =radio =chair =printer =television"
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


def be(phrase: Phrase, *, past: bool = False) -> tuple[str, str]:
    """*is, ist* or *was, war*, for a subject."""
    if past:
        return ("was" if phrase.person in {0, 2} else "were"), clauses.preterite("sein", phrase.person)
    return ("am", "are", "is", "are", "are", "are")[phrase.person], clauses.present("sein", phrase.person)


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
    noun = draw.pick([each for each in adjective.nouns])
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


def location(draw: Draw, phrase: Phrase, *, moving: bool) -> Part:
    """Somewhere among the furniture: dative for where, accusative for where to."""
    english, german, fitting = draw.pick(POSITIONS)
    noun = draw.pick([each for each in lexemes.nouns_of(fitting) if each.english != phrase.name])
    spot = noun_phrase("the", noun)
    return Part(
        f"{english} {spot.english}", contract(german, spot.german[1 if moving else 2]), "place",
        (f"{english}+{noun.english}",),
    )  # fmt: skip


def whereabouts(draw: Draw) -> Sentence:
    """*The key is on the table. Where is the key? It is under the bed*."""
    noun = draw.pick((*lexemes.nouns_of(SMALL), *lexemes.nouns_of(STANDING)))
    adjective = attribute(draw, noun, 0.25)
    phrase = (
        noun_phrase("the", noun, adjective)
        if draw.chance(0.6)
        else noun_phrase(draw.pick(("my", "your", "his", "her")), noun, adjective)
    )
    part = location(draw, phrase, moving=False)
    combinations = (*phrase.combinations, *part.combinations)
    roll = draw.random.random()
    if roll < 0.35:
        it = IT[noun.gender]
        return finished(
            f"where is {phrase.english}? It is {part.english}",
            f"wo ist {phrase.german[0]}? {it.german[0].capitalize()} ist {part.german}", combinations,
        )  # fmt: skip
    if roll < 0.5:
        return finished(
            f"is {phrase.english} {part.english}", f"ist {phrase.german[0]} {part.german}", combinations, "?"
        )
    no = ("not ", "nicht ") if roll < 0.6 else ("", "")
    return finished(
        f"{phrase.english} is {no[0]}{part.english}", f"{phrase.german[0]} ist {no[1]}{part.german}", combinations
    )


def putting(draw: Draw) -> Sentence:
    """*He is putting the book on the table*: *legen* for what lies, *stellen* for what stands."""
    lies = draw.chance(0.6)
    verb = parse_verb("put/put/put", "legen" if lies else "stellen")
    noun = draw.pick(lexemes.nouns_of(SMALL if lies else STANDING))
    who = subject(draw)
    phrase = noun_phrase(draw.pick(("the", "the", who.possessive)), noun, attribute(draw, noun, 0.2))
    tense, time, adverb = tense_for(draw, verb)
    parts = (object_part(verb, phrase), location(draw, phrase, moving=True))
    parts = (Part(parts[0].english, parts[0].german, "object", phrase.combinations, True), parts[1])
    roll = draw.random.random()
    if roll < 0.2:
        order = clauses.joined(["bitte", "leg" if lies else "stell", *(part.german for part in parts)])
        phrase_combinations = Clause(who, verb, parts).combinations
        if who.possessive in phrase.english.split():
            return told(draw, Clause(who, verb, parts, "modal", clauses.MUST), None)
        return finished(
            clauses.joined(["please put", *(part.english for part in parts)]), order, phrase_combinations, "!"
        )
    if roll < 0.35:
        return told(
            draw, Clause(who, verb, parts, "modal", draw.pick((clauses.MUST, clauses.CAN, clauses.SHOULD))), None
        )
    return told(draw, Clause(who, verb, parts, tense, adverb=adverb), time)


def place_part(draw: Draw, place: Place, *, moving: bool) -> Part:
    """Being in a place, or going to it: *im Park, in den Park, zum Bahnhof, zur Post*."""
    phrase = noun_phrase("the", place.noun)
    if not moving:
        return Part(f"{place.english_preposition} {phrase.english}", contract(place.where, phrase.german[2]), "place")
    case = 2 if place.whither == "zu" else 1
    return Part(f"to {phrase.english}", contract(place.whither, phrase.german[case]), "place")


def staying(draw: Draw) -> Sentence:
    """*The children are playing in the garden*."""
    verb, place = draw.pick(lexemes.verb_table(verbs.STAYING)), draw.pick(lexemes.places())
    return somewhere(draw, verb, place_part(draw, place, moving=False), place.noun.english)


def going(draw: Draw) -> Sentence:
    """*Anna goes to the market on Saturdays*."""
    verb, place = draw.pick(lexemes.verb_table(verbs.GOING)), draw.pick(lexemes.places())
    rooms = {"kitchen", "bathroom", "bedroom", "living room", "cellar", "classroom", "office", "garden"}
    if verb.english == "drive" and place.noun.english in rooms:
        verb = lexemes.verb("go")
    return somewhere(draw, verb, place_part(draw, place, moving=True), place.noun.english)


def travelling(draw: Draw) -> Sentence:
    """*We will fly to Rome next year. They live in Berlin*."""
    english, german = draw.pick(lexemes.pairs(nouns.TOWNS))
    if draw.chance(0.3):
        verb = draw.pick((parse_verb("live", "wohnen"), parse_verb("work", "arbeiten")))
        who = asked_subject(draw)
        clause = Clause(who, verb, (Part(f"in {english}", f"in {german}", "place", (f"{verb.name}+{english}",)),))
        return asked(clause) if draw.chance(0.3) else told(draw, clause.but(is_negated=draw.chance(0.25)), None)
    verb = draw.pick(lexemes.verb_table(verbs.TRAVELLING))
    part = Part(f"to {english}", f"nach {german}", "place", (f"{verb.name}+{english}",))
    who = subject(draw)
    roll = draw.random.random()
    if roll < 0.4:
        time = time_part(draw.pick(lexemes.pairs(modifiers.FAR_TIMES)))
        return told(draw, Clause(who, verb, (part,), "future", None, draw.chance(0.15)), time)
    if roll < 0.65:
        time = time_part(draw.pick(lexemes.pairs(modifiers.LONG_AGO)))
        return told(draw, Clause(who, verb, (part,), "past"), time)
    if roll < 0.8:
        modal = draw.pick((clauses.WANT, clauses.WOULD_LIKE, clauses.CAN, clauses.MUST))
        return told(draw, Clause(who, verb, (part,), "modal", modal), None)
    if verb.english == "move":
        verb, part = lexemes.verb("travel"), Part(part.english, part.german, "place", (f"travel+{english}",))
    return told(draw, Clause(who, verb, (part,)), time_part(draw.pick(lexemes.pairs(modifiers.SEASONS))))


def somewhere(draw: Draw, verb: lexemes.Verb, part: Part, name: str) -> Sentence:
    """Somebody does something at a place or towards it."""
    part = Part(part.english, part.german, "place", (f"{verb.name}+{name}",))
    who = subject(draw)
    tense, time, adverb = tense_for(draw, verb)
    roll = draw.random.random()
    if roll < 0.15:
        modal = draw.pick((clauses.MUST, clauses.WANT, clauses.CAN, clauses.HAVE_TO, clauses.WOULD_LIKE))
        return told(draw, Clause(who, verb, (part,), "modal", modal), None)
    if roll < 0.3:
        return asked(Clause(who, verb, (part, *((time,) if time else ())), tense, adverb=adverb))
    negated = not adverb and draw.chance(0.15)
    return told(draw, Clause(who, verb, (part,), tense, None, negated, adverb), time)


def being_there(draw: Draw) -> Sentence:
    """*My father is in the garden. Was she at the zoo yesterday?*."""
    place = draw.pick(lexemes.places())
    part = place_part(draw, place, moving=False)
    who = asked_subject(draw)
    past = draw.chance(0.5)
    english_be, german_be = be(who, past=past)
    times = modifiers.PAST_TIMES if past else "today: heute; now: jetzt; again: wieder; often: oft"
    time = draw.pick(lexemes.pairs(times)) if past or draw.chance(0.4) else ("", "")
    if draw.chance(0.3):
        return finished(
            clauses.joined([english_be, who.english, part.english, time[0]]),
            clauses.joined([german_be, who.german[0], time[1], part.german]), (f"be+{place.noun.english}",), "?",
        )  # fmt: skip
    no = ("not", "nicht") if draw.chance(0.2) else ("", "")
    return finished(
        clauses.joined([who.english, english_be, no[0], part.english, time[0]]),
        clauses.joined([who.german[0], german_be, time[1], no[1], part.german]), (f"be+{place.noun.english}",),
    )  # fmt: skip


def existence(draw: Draw) -> Sentence:
    """*There are three old houses in the village* is *Es gibt drei alte Häuser im Dorf*."""
    place = draw.pick([each for each in lexemes.places() if each.noun.english in EXISTING])
    noun = draw.pick(lexemes.nouns_of(EXISTING[place.noun.english]))
    adjective = attribute(draw, noun, 0.5)
    if adjective and not adjective.english_comparative:
        adjective = None
    part = place_part(draw, place, moving=False)
    combinations = (f"{place.noun.english}+{noun.english}",)
    if draw.chance(0.5):
        number = number_pair(draw.number(2, 12))
        phrase, is_there = number_phrase(number, noun, adjective), "are"
    else:
        phrase, is_there = noun_phrase("a", noun, adjective), "is"
    combinations += phrase.combinations
    if draw.chance(0.2) and is_there == "is":
        return finished(
            f"is there {phrase.english} {part.english}", f"gibt es {phrase.german[1]} {part.german}", combinations, "?"
        )
    if draw.chance(0.4):
        return finished(
            f"{part.english} there {is_there} {phrase.english}",
            f"{part.german} gibt es {phrase.german[1]}",
            combinations,
        )
    return finished(
        f"there {is_there} {phrase.english} {part.english}", f"es gibt {phrase.german[1]} {part.german}", combinations
    )


EXISTING = {
    "kitchen": "=table =chair =oven =window =lamp", "living room": "furniture =television =piano =lamp =window",
    "bedroom": "=bed =cupboard =mirror =lamp =window", "garden": "=tree =bush =rose =flower =bird =cat =rabbit",
    "village": "=house =horse =farmer =cow", "city": "=tower =house =student =tourist",
    "park": "=tree =dog =child =bird =flower", "zoo": "wild =bird =donkey", "forest": "=wolf =fox =tree =bird =bear =mushroom",
    "street": "=car =tree =truck =bicycle =house", "library": "=book =student =computer =novel =magazine =chair",
    "museum": "=picture =tourist =ship =airplane", "harbor": "=ship =boat =truck", "office": "=desk =computer =printer =telephone =chair",
    "classroom": "=pupil =table =chair =computer =map =window", "hotel": "=guest =room =tourist", "castle": "=tower =mirror =picture =room",
    "hospital": "=doctor =nurse =bed", "factory": "=machine =engineer =truck", "station": "=train =taxi =bus =tourist",
}  # fmt: skip


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
    german = f"{first[1].format(phrase.german[1])} {second[1].format(nominative=it.german[0].capitalize(), accusative=it.german[1])}"
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
    quality: 1870, comparison: 1040, superlative: 680, possession: 880, whereabouts: 830, putting: 830,
    staying: 780, going: 830, travelling: 680, being_there: 470, existence: 680, owning: 680, liking: 940,
    profession: 360, body: 80, two_sentences: 780,
}  # fmt: skip
