"""Constructions about places: where things are and are put, where people are, go and travel, what there is.

German asks *where* with the dative (*auf dem Tisch*) and *where to* with the accusative (*auf den Tisch*).
"""

from dragoman.corpora.phrasebook import clauses, lexemes, modifiers, nouns, verbs
from dragoman.corpora.phrasebook.clauses import Clause, Part, object_part, time_part
from dragoman.corpora.phrasebook.german import contract
from dragoman.corpora.phrasebook.lexemes import Place, parse_verb
from dragoman.corpora.phrasebook.noun_phrases import IT, Phrase, noun_phrase, number_phrase
from dragoman.corpora.phrasebook.numerals import number_pair
from dragoman.corpora.phrasebook.sentences import (
    Draw,
    Sentence,
    asked,
    asked_subject,
    attribute,
    be,
    finished,
    subject,
    tense_for,
    told,
)

SURFACES = "=table =chair =bed =sofa =shelf =desk =carpet =cupboard =armchair"
UNDER = "=table =chair =bed =sofa =desk =cupboard =tree =bridge"
HOLDERS = "=drawer =cupboard =box =bag =suitcase =backpack =basket =car =garage"
POSITIONS = (
    ("on", "auf", SURFACES), ("under", "unter", UNDER), ("in", "in", HOLDERS),
    ("behind", "hinter", "=door =sofa =cupboard =bed =shelf"),
    ("next to", "neben", "=table =bed =lamp =door =window =computer =television"),
    ("in front of", "vor", "=door =window =mirror =television =shelf"),
)  # fmt: skip
SMALL = "flat =book =letter =newspaper =magazine =postcard =ball =doll =gift =picture =watch =toy"
STANDING = "upright =lamp =flower =radio =printer =television"


def location(draw: Draw, phrase: Phrase, *, moving: bool) -> Part:
    """Somewhere among the furniture: dative for where, accusative for where to."""
    english, german, fitting = draw.pick(POSITIONS)
    noun = draw.pick([each for each in lexemes.nouns_of(fitting) if each.english != phrase.name])
    spot = noun_phrase("the", noun)
    return Part(
        f"{english} {spot.english}", contract(german, spot.german[1 if moving else 2]), "place",
        (f"{phrase.name}+{english} {noun.english}",),
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
    combinations: tuple[str, ...] = (f"{place.noun.english}+{noun.english}",)
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
    "park": "=tree =dog =child =bird =flower", "zoo": "wild =bird =donkey",
    "forest": "=wolf =fox =tree =bird =bear =mushroom",
    "street": "=car =tree =truck =bicycle =house", "library": "=book =student =computer =novel =magazine =chair",
    "museum": "=picture =tourist =ship =airplane", "harbor": "=ship =boat =truck",
    "office": "=desk =computer =printer =telephone =chair",
    "classroom": "=pupil =table =chair =computer =map =window", "hotel": "=guest =room =tourist",
    "castle": "=tower =mirror =picture =room",
    "hospital": "=doctor =nurse =bed", "factory": "=machine =engineer =truck", "station": "=train =taxi =bus =tourist",
}  # fmt: skip


PATTERNS = {whereabouts: 830, putting: 830, staying: 780, going: 830, travelling: 680, being_there: 470, existence: 680}
