"""Constructions about numbers and time: clock times, dates, weekdays, ages, prices, languages, names, sports."""

from dragoman.corpora.phrasebook import clauses, lexemes, modifiers, nouns
from dragoman.corpora.phrasebook.clauses import Clause, Part, time_part
from dragoman.corpora.phrasebook.conjugation import present
from dragoman.corpora.phrasebook.lexemes import parse_verb
from dragoman.corpora.phrasebook.noun_phrases import Phrase, noun_phrase, number_phrase
from dragoman.corpora.phrasebook.numerals import MONTHS, WEEKDAYS, clock_time, date, number_pair
from dragoman.corpora.phrasebook.sentences import (
    Draw,
    Sentence,
    asked,
    asked_subject,
    attribute,
    be,
    finished,
    person_name,
    relative,
    subject,
    told,
)

STARTING = (
    ("begin", "an·fangen fängt angefangen", "event show"), ("end", "enden", "event show"),
    ("arrive", "an·kommen - angekommen", "transport"),
    ("leave", "ab·fahren fährt abgefahren", "=bus =train =ship =tram =subway"),
)  # fmt: skip
CLOCK_VERBS = ("get up", "wake up", "have breakfast", "leave", "come back", "go for a walk", "watch TV", "go shopping")


def any_time(draw: Draw) -> tuple[str, str]:
    """A clock time, mostly a round one."""
    return clock_time(draw.number(4, 11), draw.pick((0, 0, 5, 10, 15, 20, 30, 30, 40, 45, 50, 55)))


def it_is(draw: Draw) -> Sentence:
    """*It is half past seven*."""
    english, german = clock_time(draw.number(1, 12), 5 * draw.number(0, 11))
    start = draw.pick(
        (
            ("it is", "es ist"),
            ("it is already", "es ist schon"),
            ("is it already", "ist es schon"),
            ("now it is", "jetzt ist es"),
        )
    )
    return finished(f"{start[0]} {english}", f"{start[1]} {german}", (), "?" if start[0].startswith("is") else ".")


def at_clock(draw: Draw) -> Sentence:
    """*My mother gets up at a quarter to seven*."""
    english, german = any_time(draw)
    verb, who = lexemes.verb(draw.pick(CLOCK_VERBS)), subject(draw)
    part = Part(f"at {english}", f"um {german}", "time", (f"{verb.name}+{english}",))
    roll = draw.random.random()
    if roll < 0.25:
        modal = draw.pick((clauses.MUST, clauses.WANT, clauses.CAN, clauses.HAVE_TO))
        return told(draw, Clause(who, verb, (part,), "modal", modal), None)
    if roll < 0.45:
        past = Clause(
            who, verb, (Part(f"{part.english} yesterday", f"gestern {part.german}", "time", part.combinations),), "past"
        )
        return told(draw, past, None)
    habit = draw.pick(
        (*lexemes.pairs("every day: jeden Tag; on Mondays: montags; on Sundays: sonntags; always: immer"), ("", ""))
    )
    if habit[0] == "always":
        return told(draw, Clause(who, verb, (part,), adverb=habit), None)
    whole = Part(f"{part.english} {habit[0]}".strip(), f"{habit[1]} {part.german}".strip(), "time", part.combinations)
    clause = Clause(who, verb, (whole,))
    return asked(clause) if roll > 0.85 else told(draw, clause, None)


def schedule(draw: Draw) -> Sentence:
    """*The train leaves at ten to nine. When does the movie begin?*."""
    english, german, fields = draw.pick(STARTING)
    verb = parse_verb(english, german)
    noun = draw.pick(lexemes.nouns_of(fields))
    phrase = noun_phrase(draw.pick(("the", "the", "our")), noun)
    if draw.chance(0.12):
        return asked(Clause(phrase, verb), ("when", "wann"))
    clock = any_time(draw)
    part = Part(f"at {clock[0]}", f"um {clock[1]}", "time", (f"{noun.english}+{clock[0]}",))
    if draw.chance(0.3):
        day, tag = draw.pick(WEEKDAYS)
        part = Part(f"{part.english} on {day}", f"am {tag} {part.german}", "time", part.combinations)
    clause = Clause(phrase, verb, (part,))
    return asked(clause) if draw.chance(0.2) else told(draw, clause, None)


def dated(draw: Draw) -> Sentence:
    """*The party is on the third of May. Her birthday is in July*."""
    day, month = draw.number(1, 28), draw.number(1, 12)
    time = date(day, month) if draw.chance(0.75) else (f"in {MONTHS[month - 1][0]}", f"im {MONTHS[month - 1][1]}")
    combinations = (f"{day}+{MONTHS[month - 1][0]}",) if time[0].startswith("on") else ()
    if draw.chance(0.35):
        who = draw.pick((relative, person_name))(draw)
        start = f"{who.english}'s birthday is" if who.person == 2 else f"{who.english}' birthday is"
        german = (
            f"{who.german[0]} hat {time[1]} Geburtstag"
            if who.person == 2
            else f"{who.german[0]} haben {time[1]} Geburtstag"
        )
        return finished(f"{start} {time[0]}", german, combinations)
    noun = draw.pick(lexemes.nouns_of("=party =wedding =concert =meeting =exam =exhibition"))
    phrase = noun_phrase(draw.pick(("the", "our", "your", "my")), noun)
    english_be, german_be = be(phrase, past=draw.chance(0.4))
    if draw.chance(0.2):
        return finished(
            f"{english_be} {phrase.english} {time[0]}", f"{german_be} {phrase.german[0]} {time[1]}", combinations, "?"
        )
    return finished(
        f"{phrase.english} {english_be} {time[0]}", f"{phrase.german[0]} {german_be} {time[1]}", combinations
    )


def weekday(draw: Draw) -> Sentence:
    """*Today is Monday, the third of May. The meeting is on Friday*."""
    day, tag = draw.pick(WEEKDAYS)
    start = draw.pick((("today is", "heute ist"), ("yesterday was", "gestern war"), ("tomorrow is", "morgen ist")))
    number, month = draw.number(1, 28), draw.number(1, 12)
    english, german = date(number, month)
    combinations = (f"{number}+{MONTHS[month - 1][0]}",)
    return finished(
        f"{start[0]} {day}, {english[3:]}", f"{start[1]} {tag}, der {german[3:].replace('en ', 'e ', 1)}", combinations
    )


def age(draw: Draw) -> Sentence:
    """*My sister is twenty-one years old*."""
    years = draw.number(2, 99)
    english, german = number_pair(years)
    who = person_name(draw) if draw.chance(0.4) else aged(draw, years)
    english_be, german_be = be(who)
    roll = draw.random.random()
    if roll < 0.7:
        return finished(
            f"{who.english} {english_be} {english} years old", f"{who.german[0]} {german_be} {german} Jahre alt"
        )
    return finished(
        f"{who.english} will be {english} years old tomorrow",
        f"{who.german[0]} {present('werden', who.person)} morgen {german} Jahre alt",
    )


def aged(draw: Draw, years: int) -> Phrase:
    """Somebody who may be of this age: no father of two years, no son of ninety."""
    kin = "son daughter brother sister cousin"
    if years > 20:
        kin = "brother sister friend neighbor colleague boss uncle aunt"
    if years > 45:
        kin = "mother father uncle aunt boss neighbor"
    if years > 65:
        kin = "grandmother grandfather"
    owner = draw.pick(("my", "your", "his", "her", "our", "their"))
    return noun_phrase(owner, lexemes.noun(draw.pick(kin.split())))


def price(draw: Draw) -> Sentence:
    """*The red coat costs forty-five euros*."""
    noun = draw.pick(
        lexemes.nouns_of(
            "clothes flat device furniture upright present instrument vehicle baked =book =newspaper =magazine"
        )
    )
    low, high = {
        "vehicle": (200, 990),
        "furniture": (50, 600),
        "device": (30, 500),
        "baked": (2, 9),
        "instrument": (90, 900),
    }.get(noun.field, (3, 99))
    amount = draw.number(low, high) if high < 100 else 50 * draw.number(low // 50 + 1, high // 50)
    english, german = number_pair(amount)
    phrase = noun_phrase(draw.pick(("the", "this")), noun, attribute(draw, noun, 0.4))
    if draw.chance(0.1):
        return finished(
            f"how much does {phrase.english} cost", f"wie viel kostet {phrase.german[0]}", phrase.combinations, "?"
        )
    verb = parse_verb("cost/cost/cost", "kosten")
    clause = Clause(phrase, verb, (Part(f"{english} euros", f"{german} Euro", "object", is_definite=True),))
    if draw.chance(0.15):
        clause = clause.but(parts=(Part(f"only {english} euros", f"nur {german} Euro", "object", is_definite=True),))
    return told(draw, clause, None)


def sums(draw: Draw) -> Sentence:
    """*Seven and twenty is twenty-seven*."""
    first, second = draw.number(1, 50), draw.number(1, 49)
    texts = [number_pair(number) for number in (first, second, first + second)]
    plus = draw.pick((("plus", "plus"), ("and", "und")))
    return finished(
        f"{texts[0][0]} {plus[0]} {texts[1][0]} is {texts[2][0]}",
        f"{texts[0][1]} {plus[1]} {texts[1][1]} ist {texts[2][1]}",
    )


def language(draw: Draw) -> Sentence:
    """*Does she speak German? He is learning Spanish. They play chess*."""
    who = asked_subject(draw)
    verb, table = draw.pick(
        (
            (parse_verb("speak/spoke/spoken", "sprechen spricht gesprochen +habit"), modifiers.LANGUAGES),
            (parse_verb("learn", "lernen"), modifiers.LANGUAGES),
            (parse_verb("play", "spielen +habit"), modifiers.SPORTS),
            (parse_verb("play", "spielen +habit"), instruments()),
            (parse_verb("understand", "verstehen"), modifiers.LANGUAGES),
        )
    )
    english, german = draw.pick(lexemes.pairs(table))
    part = Part(english, german, "object", (f"{verb.name}+{english}",), is_definite=table is not modifiers.SPORTS)
    roll = draw.random.random()
    if roll < 0.3:
        return asked(Clause(who, verb, (part,)))
    if roll < 0.5:
        modal = draw.pick((clauses.CAN, clauses.WANT, clauses.WOULD_LIKE, clauses.HAVE_TO))
        return told(draw, Clause(who, verb, (part,), "modal", modal), None)
    if roll < 0.65:
        negative = Part(
            english,
            f"kein {german}" if table is modifiers.LANGUAGES else german,
            "place",
            part.combinations,
            is_negative=table is modifiers.LANGUAGES,
        )
        return told(draw, Clause(who, verb, (negative,), is_negated=True), None)
    times = modifiers.HABITS if verb.english != "understand" else "now: jetzt; today: heute"
    return told(draw, Clause(who, verb, (part,)), time_part(draw.pick(lexemes.pairs(times))))


def instruments() -> str:
    """The instruments as a table: *play the piano, Klavier spielen*."""
    return "; ".join(f"the {noun.english}: {noun.german}" for noun in lexemes.field("instrument"))


def polite_question(draw: Draw) -> Sentence:
    """*Mrs. Koch, do you speak English?* is asked with *Sie*."""
    title = draw.pick((("Mr.", "Herr"), ("Mrs.", "Frau")))
    name = draw.pick(nouns.FAMILY_NAMES.split())
    roll = draw.random.random()
    if roll < 0.35:
        english, german = draw.pick(lexemes.pairs(modifiers.LANGUAGES))
        verb = draw.pick((("speak", "sprechen"), ("understand", "verstehen"), ("learn", "lernen")))
        question = f"do you {verb[0]} {english}?", f"{verb[1]} Sie {german}?", f"{verb[0]}+{english}"
    elif roll < 0.65:
        english, german = draw.pick(lexemes.pairs(nouns.TOWNS))
        question = f"do you live in {english}?", f"wohnen Sie in {german}?", f"live+{english}"
    else:
        english, german = draw.pick(POLITE)
        question = english, german, ""
    return Sentence(
        f"{title[0]} {name}, {question[0]}", f"{title[1]} {name}, {question[1]}", (question[2],) if question[2] else ()
    )


POLITE = (
    ("how are you?", "wie geht es Ihnen?"), ("can you help me?", "können Sie mir helfen?"),
    ("do you have time today?", "haben Sie heute Zeit?"), ("could you repeat that?", "könnten Sie das wiederholen?"),
    ("where do you come from?", "woher kommen Sie?"), ("please sit down!", "bitte setzen Sie sich!"),
    ("are you tired?", "sind Sie müde?"), ("please come in!", "bitte kommen Sie herein!"),
    ("thank you for your help!", "danke für Ihre Hilfe!"), ("have you already eaten?", "haben Sie schon gegessen?"),
    ("do you know my wife?", "kennen Sie meine Frau?"), ("when are you coming?", "wann kommen Sie?"),
)  # fmt: skip


def shopping_list(draw: Draw) -> Sentence:
    """*We need three tomatoes and two lemons*."""
    fields = ("fruit", "vegetable", "baked", "dish")
    uncounted = {"noodle", "bean", "soup", "salad"}
    foods = [each for name in fields for each in lexemes.field(name) if each.english not in uncounted]
    first, second = draw.pick(foods), draw.pick(foods)
    one = counted(draw, first)
    other = counted(draw, second if second is not first else lexemes.noun("roll" if first.english != "roll" else "egg"))
    verb = draw.pick(
        [parse_verb("buy/bought/bought", "kaufen"), parse_verb("need", "brauchen"), parse_verb("have/had/had", "haben")]
    )
    part = Part(
        f"{one.english} and {other.english}", f"{one.german[1]} und {other.german[1]}", "object",
        (*one.combinations, *other.combinations, f"{first.english}&{second.english}"),
    )  # fmt: skip
    who = subject(draw)
    if verb.english == "buy":
        return told(draw, Clause(who, verb, (part,), "past"), time_part(draw.pick(lexemes.pairs(modifiers.PAST_TIMES))))
    return told(draw, Clause(who, verb, (part,)), None)


def counted(draw: Draw, noun: lexemes.Noun) -> Phrase:
    """A few of a thing."""
    return number_phrase(number_pair(draw.number(2, 12)), noun, attribute(draw, noun, 0.2))


PATTERNS = {
    it_is: 160, at_clock: 680, schedule: 570, dated: 470, weekday: 260, age: 470, price: 780, sums: 260,
    language: 680, polite_question: 260, shopping_list: 470,
}  # fmt: skip
