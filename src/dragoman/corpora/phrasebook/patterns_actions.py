"""Constructions about what people do: objects, datives, prepositions, questions, commands, subordinate clauses."""

from functools import cache

from dragoman.corpora.phrasebook import clauses, lexemes, modifiers, nouns, verbs
from dragoman.corpora.phrasebook.clauses import Clause, Modal, Part, object_part, time_part
from dragoman.corpora.phrasebook.conjugation import imperative
from dragoman.corpora.phrasebook.german import contract
from dragoman.corpora.phrasebook.lexemes import Verb
from dragoman.corpora.phrasebook.noun_phrases import (
    FORMAL_YOU,
    HE,
    PRONOUNS,
    SHE,
    THEY,
    WE,
    I,
    Phrase,
    noun_phrase,
)
from dragoman.corpora.phrasebook.sentences import (
    Draw,
    Sentence,
    asked,
    asked_subject,
    finished,
    object_of,
    person_name,
    relative,
    subject,
    tense_for,
    thing,
    told,
)

MODALS = (clauses.CAN, clauses.MUST, clauses.SHOULD, clauses.MAY, clauses.WANT, clauses.HAVE_TO, clauses.WOULD_LIKE)
PAST_MODALS = (clauses.COULD, clauses.HAD_TO, clauses.WANTED)
UNLIKED = frozenset({"fall_asleep", "wake_up", "hurry", "cry"})
OPINIONS = (
    ("I know that", "ich weiß, dass"), ("I think that", "ich denke, dass"), ("I hope that", "ich hoffe, dass"),
    ("he says that", "er sagt, dass"), ("she believes that", "sie glaubt, dass"),
    ("it is good that", "es ist gut, dass"),
    ("we know that", "wir wissen, dass"), ("I don't believe that", "ich glaube nicht, dass"),
    ("it is a pity that", "es ist schade, dass"), ("I don't know whether", "ich weiß nicht, ob"),
    ("do you know whether", "weißt du, ob"), ("nobody knows that", "niemand weiß, dass"),
)  # fmt: skip
HINDERED = (
    (I, "I can't come", "ich kann nicht kommen"), (HE, "he has no time", "er hat keine Zeit"),
    (WE, "we are staying at home", "wir bleiben zu Hause"), (SHE, "she is in a hurry", "sie hat es eilig"),
    (THEY, "they can't wait", "sie können nicht warten"), (HE, "he is nervous", "er ist nervös"),
)  # fmt: skip
CONTENT = (
    (I, "I am happy", "ich bin glücklich"), (HE, "he is tired", "er ist müde"), (SHE, "she is laughing", "sie lacht"),
    (WE, "we are satisfied", "wir sind zufrieden"), (THEY, "they are proud", "sie sind stolz"),
)  # fmt: skip
CONDITIONS = (
    ("if it rains", "wenn es regnet"), ("if you have time", "wenn du Zeit hast"),
    ("if I am late", "wenn ich spät dran bin"),
    ("if the sun shines", "wenn die Sonne scheint"), ("if it is cold", "wenn es kalt ist"),
    ("if you want", "wenn du willst"), ("if Anna comes", "wenn Anna kommt"), ("if it snows", "wenn es schneit"),
)  # fmt: skip
PURPOSES = (
    ("I have no time to", "ich habe keine Zeit,"), ("she is trying to", "sie versucht,"),
    ("he has forgotten to", "er hat vergessen,"), ("it is difficult to", "es ist schwierig,"),
    ("it is fun to", "es macht Spaß,"), ("I hope to", "ich hoffe,"), ("we have decided to", "wir haben beschlossen,"),
    ("it is important to", "es ist wichtig,"), ("they are starting to", "sie fangen an,"),
)  # fmt: skip


@cache
def actions() -> tuple[Verb, ...]:
    """The verbs with an object that one can decide to do."""
    return tuple(verb for verb in lexemes.verb_table(verbs.TRANSITIVE) if verb.is_action)


def active(draw: Draw, who: Phrase, *, negated: bool = False, habit: bool = False) -> Clause:
    """Somebody and an action with its object, not yet in a tense."""
    verb = draw.pick(actions())
    return Clause(who, verb, (object_of(draw, verb, who, negated=negated, habit=habit),), is_negated=negated)


def transitive_statement(draw: Draw) -> Sentence:
    """*Anna is reading a long letter right now*."""
    return statement_with(draw, draw.pick(lexemes.verb_table(verbs.TRANSITIVE)), 1)


def dative_statement(draw: Draw) -> Sentence:
    """*I often help my grandmother*."""
    return statement_with(draw, draw.pick(lexemes.verb_table(verbs.DATIVE)), 2)


def statement_with(draw: Draw, verb: Verb, case: int) -> Sentence:
    """A statement with one object, in a tense that suits the verb, sometimes negated."""
    who = subject(draw)
    tense, time, adverb = tense_for(draw, verb)
    negated = not adverb and draw.chance(0.2)
    habit = tense == "present" and not verb.is_state
    part = object_of(draw, verb, who, negated=negated, habit=habit, case=case)
    return told(draw, Clause(who, verb, (part,), tense, None, negated, adverb), time)


def transitive_question(draw: Draw) -> Sentence:
    """*Did you find the key yesterday?*."""
    who, verb = asked_subject(draw), draw.pick(lexemes.verb_table(verbs.TRANSITIVE))
    tense, time, adverb = tense_for(draw, verb, asks=True)
    habit = tense == "present" and not verb.is_state
    parts = (object_of(draw, verb, who, habit=habit), *((time,) if time else ()))
    clause = Clause(who, verb, parts, tense, adverb=adverb)
    if time is None and draw.chance(0.5):
        return asked(clause, ("why", "warum"))
    return asked(clause)


def what_question(draw: Draw) -> Sentence:
    """*What is your brother repairing?* and *Who is repairing the car?*."""
    verb = draw.pick(actions())
    who = asked_subject(draw)
    tense, time, _ = tense_for(draw, verb, asks=True)
    clause = Clause(who, verb, (time,) if time else (), tense)
    if any(noun.field in {"people", "family", "animal"} for noun in verb.objects):
        someone = Phrase("who", "", ("wer", "wen", "wem", ""), 2)
        clause = Clause(someone, verb, (object_of(draw, verb, None), *clause.parts), tense)
        return finished(clause.english(), clause.german(), clause.combinations, "?")
    return asked(clause, ("what", "was"))


def modal_statement(draw: Draw) -> Sentence:
    """*We must clean the kitchen tomorrow*."""
    who, modal = subject(draw), draw.pick(MODALS)
    negated = modal not in {clauses.WOULD_LIKE, clauses.MAY} and draw.chance(0.25)
    clause = active(draw, who, negated=negated).but(tense="modal", modal=modal)
    times = modifiers.FUTURE_TIMES if draw.chance(0.7) else "today: heute; now: jetzt"
    return told(draw, clause, time_part(draw.pick(lexemes.pairs(times))) if draw.chance(0.5) else None)


def past_modal_statement(draw: Draw) -> Sentence:
    """*Yesterday he had to repair the bicycle*."""
    who, modal = subject(draw), draw.pick(PAST_MODALS)
    negated = draw.chance(0.3)
    clause = active(draw, who, negated=negated).but(tense="modal", modal=modal)
    return told(draw, clause, time_part(draw.pick(lexemes.pairs(modifiers.PAST_TIMES))))


def modal_question(draw: Draw) -> Sentence:
    """*Can you open the window?* and, to a gentleman, *Mr. Weber, can you open the window?*."""
    modal = draw.pick(
        (clauses.CAN, clauses.CAN, clauses.MUST, clauses.SHOULD, clauses.MAY, clauses.WANT, clauses.HAVE_TO)
    )
    if draw.chance(0.3):
        clause = active(draw, FORMAL_YOU).but(tense="modal", modal=modal)
        return addressed(draw, asked(clause))
    who = I if modal in {clauses.MAY, clauses.SHOULD} and draw.chance(0.7) else asked_subject(draw)
    clause = active(draw, who).but(tense="modal", modal=modal)
    may_ask = modal is not clauses.MAY and draw.chance(0.3)
    return asked(clause, draw.pick((("why", "warum"), ("when", "wann"))) if may_ask else ("", ""))


def addressed(draw: Draw, sentence: Sentence) -> Sentence:
    """The sentence said politely to somebody: *Mrs. Koch, can you…*."""
    title, german_title = draw.pick((("Mr.", "Herr"), ("Mrs.", "Frau")))
    name = draw.pick(nouns.FAMILY_NAMES.split())
    english = (
        sentence.english if sentence.english.startswith("I ") else sentence.english[0].lower() + sentence.english[1:]
    )
    german = sentence.german[0].lower() + sentence.german[1:]
    return Sentence(f"{title} {name}, {english}", f"{german_title} {name}, {german}", sentence.combinations)


def ditransitive_statement(draw: Draw) -> Sentence:
    """*I am giving my sister a book*."""
    verb, who = draw.pick(lexemes.verb_table(verbs.DITRANSITIVE)), subject(draw)
    tense, time, adverb = tense_for(draw, verb)
    receiver = (
        draw.pick([each for each in PRONOUNS if each.person != who.person])
        if draw.chance(0.4)
        else relative(draw, who.possessive)
    )
    gift = object_of(draw, verb, who)
    parts = (object_part(verb, receiver, 2), gift)
    parts = (Part(parts[0].english, parts[0].german, parts[0].slot, is_definite=True), gift)
    if draw.chance(0.25):
        modal = draw.pick(MODALS)
        return told(draw, Clause(who, verb, parts, "modal", modal), None)
    if draw.chance(0.2):
        return asked(Clause(who, verb, (*parts, *((time,) if time else ())), tense, adverb=adverb))
    return told(draw, Clause(who, verb, parts, tense, adverb=adverb), time)


def prepositional_statement(draw: Draw) -> Sentence:
    """*He is waiting for the bus*."""
    verb, who = draw.pick(lexemes.verb_table(verbs.PREPOSITIONAL)), subject(draw)
    tense, time, adverb = tense_for(draw, verb)
    part = prepositional_part(verb, thing(draw, draw.pick(verb.objects), who))
    negated = not adverb and draw.chance(0.2)
    clause = Clause(who, verb, (part,), tense, None, negated, adverb)
    if not negated and draw.chance(0.25):
        return asked(clause.but(parts=(part, *((time,) if time else ()))))
    return told(draw, clause, time)


def prepositional_part(verb: Verb, phrase: Phrase) -> Part:
    """The object of a verb with a preposition; it stands after *nicht*."""
    preposition, case = verb.preposition or ("", "accusative")
    words = contract(preposition, phrase.german[1 if case == "accusative" else 2])
    combinations = (*phrase.combinations, *((f"{verb.name}+{phrase.name}",) if not phrase.is_pronoun else ()))
    return Part(phrase.english_object, words, "place", combinations)


def intransitive_statement(draw: Draw) -> Sentence:
    """*My brother gets up at seven every morning*."""
    verb, who = draw.pick(lexemes.verb_table(verbs.INTRANSITIVE)), subject(draw)
    tense, time, adverb = tense_for(draw, verb)
    negated = not adverb and draw.chance(0.25)
    clause = Clause(who, verb, (), tense, None, negated, adverb)
    if not negated and draw.chance(0.3):
        return asked(clause.but(parts=(time,) if time else ()))
    return told(draw, clause, time)


def intransitive_modal(draw: Draw) -> Sentence:
    """*You must get up now*."""
    verb, who, modal = draw.pick(lexemes.verb_table(verbs.INTRANSITIVE)), subject(draw), draw.pick(MODALS)
    negated = modal not in {clauses.WOULD_LIKE, clauses.MAY} and draw.chance(0.25)
    clause = Clause(who, verb, (), "modal", modal, negated)
    time = time_part(draw.pick(lexemes.pairs(modifiers.FUTURE_TIMES))) if draw.chance(0.6) else None
    return told(draw, clause, time)


def pronoun_object(draw: Draw) -> Sentence:
    """*She helps us every day*."""
    table, case = draw.pick(((verbs.TRANSITIVE, 1), (verbs.DATIVE, 2)))
    people = [verb for verb in lexemes.verb_table(table) if any(noun.field == "family" for noun in verb.objects)]
    verb = draw.pick([verb for verb in people if verb.english not in {"pick up", "look for", "photograph"}])
    who = subject(draw)
    whom = draw.pick([each for each in PRONOUNS if each.person != who.person])
    tense, time, adverb = tense_for(draw, verb)
    negated = not adverb and draw.chance(0.25)
    clause = Clause(who, verb, (object_part(verb, whom, case),), tense, None, negated, adverb)
    return told(draw, clause, time)


def manner_statement(draw: Draw) -> Sentence:
    """*Your son swims very well*."""
    english, german = draw.pick(lexemes.pairs(modifiers.MANNERS))
    forms, _, fitting = german.partition(">")
    word = draw.pick(fitting.split())
    degree = draw.pick(lexemes.pairs(modifiers.DEGREES[:38])) if draw.chance(0.5) else ("", "")
    manner = dict(lexemes.pairs(modifiers.MANNER_WORDS))[word]
    part = Part(f"{degree[0]} {word}".strip(), f"{degree[1]} {manner}".strip(), "manner")
    clause = Clause(
        subject(draw), lexemes.parse_verb(english, forms), (part,), is_negated=not degree[0] and draw.chance(0.3)
    )
    if draw.chance(0.3):
        modal = draw.pick((clauses.CAN, clauses.MUST, clauses.SHOULD))
        clause = clause.but(tense="modal", modal=modal, is_negated=False)
    return told(draw, clause, None) if draw.chance(0.75) or clause.is_negated else asked(clause)


def because_clause(draw: Draw) -> Sentence:
    """*He has no time because he has to repair the car*."""
    if draw.chance(0.6):
        who, english, german = draw.pick(HINDERED)
        clause = active(draw, who).but(tense="modal", modal=draw.pick((clauses.HAVE_TO, clauses.MUST, clauses.WANT)))
    else:
        who, english, german = draw.pick(CONTENT)
        clause = active(draw, who).but(tense="perfect", adverb=draw.pick(lexemes.pairs(modifiers.DONE)))
    return finished(
        f"{english} because {clause.english()}", f"{german}, weil {clause.german_subordinate()}", clause.combinations
    )


def that_clause(draw: Draw) -> Sentence:
    """*I know that you are looking for the key*."""
    opening = draw.pick(OPINIONS)
    clause = inner_clause(draw)
    end = "?" if opening[0].startswith("do ") else "."
    return finished(
        f"{opening[0]} {clause.english()}", f"{opening[1]} {clause.german_subordinate()}", clause.combinations, end
    )


def if_clause(draw: Draw) -> Sentence:
    """*If it rains, we will watch TV*."""
    opening = draw.pick(CONDITIONS)
    clause = inner_clause(draw, timeless=True)
    finite, tail = clause.german_verb()
    words = clauses.joined([finite, *clause.after_verb(clause.subject.german[0]), *tail])
    return finished(f"{opening[0]}, {clause.english()}", f"{opening[1]}, {words}", clause.combinations)


def inner_clause(draw: Draw, *, timeless: bool = False) -> Clause:
    """A clause to stand inside another: an action with an object, or without."""
    who = subject(draw)
    tense, time, adverb = ("future", None, None) if timeless else tense_for(draw, PLAIN)
    parts = (time,) if time and draw.chance(0.4) else ()
    negated = not adverb and draw.chance(0.15)
    if draw.chance(0.4):
        verb = draw.pick(lexemes.verb_table(verbs.INTRANSITIVE))
        return Clause(who, verb, parts, tense, None, negated, adverb)
    clause = active(draw, who, negated=negated)
    if draw.chance(0.3):
        modal = draw.pick((clauses.CAN, clauses.MUST, clauses.WANT, clauses.HAVE_TO))
        return clause.but(tense="modal", modal=modal)
    return clause.but(tense=tense, parts=(*clause.parts, *parts), adverb=adverb)


PLAIN = lexemes.parse_verb("do", "machen")


def infinitive_clause(draw: Draw) -> Sentence:
    """*I have no time to clean up the kitchen*."""
    opening = draw.pick(PURPOSES)
    clause = active(draw, I if opening[0].startswith("I ") else HE)
    if " his " in clause.english() and not opening[0].startswith("he "):
        clause = active(draw, I).but(subject=THEY)
    verb = clause.verb
    if verb.english == "try":
        opening = PURPOSES[0]
    infinitive = f"{verb.prefix}zu{verb.infinitive}" if verb.prefix else f"zu {verb.infinitive}"
    english = clauses.joined([verb.english, *(part.english for part in clause.parts)])
    return finished(
        f"{opening[0]} {english}", clauses.joined([opening[1], *clause.middle(), infinitive]), clause.combinations
    )


def gladly(draw: Draw) -> Sentence:
    """*She likes to drink tea* is *Sie trinkt gern Tee*."""
    table = draw.pick((verbs.INTRANSITIVE, verbs.TRANSITIVE))
    who = subject(draw)
    verb = draw.pick([each for each in lexemes.verb_table(table) if each.is_habit and each.name not in UNLIKED])
    parts = (object_of(draw, verb, who, habit=True),) if verb.objects else ()
    like = lexemes.parse_verb(f"like to {verb.english}", "mögen")
    degree = draw.pick((("", "gern"), ("really", "sehr gern"), ("", "gern")))
    english = Clause(who, like, parts, adverb=(degree[0], ""))
    german = Clause(who, verb, parts, adverb=("", degree[1]))
    if draw.chance(0.3):
        plain = english.but(adverb=None)
        return finished(
            plain.english_question(), german.but(adverb=("", "gern")).german_question(), german.combinations, "?"
        )
    return finished(english.english(), german.german(), german.combinations)


def command(draw: Draw) -> Sentence:
    """*Please open the window!* to a friend, *Mr. Weber, please open the window!* to others."""
    verb = draw.pick(actions())
    part = object_of(draw, verb, None)
    roll = draw.random.random()
    prefix = verb.prefix.strip()
    if roll < 0.3 and " your " not in part.english:
        polite = clauses.joined(["bitte", verb.infinitive, "Sie", part.german, prefix])
        return addressed(draw, finished(f"please {verb.english} {part.english}", polite, part.combinations, "!"))
    order = imperative(verb.infinitive, verb.third_person)
    if roll < 0.5:
        english, german = f"don't {verb.english} {part.english}", [order, part.german, "nicht", prefix]
        if not part.is_definite:
            part = object_part(verb, noun_phrase("the", draw.pick(verb.objects)), 1)
            english, german = f"don't {verb.english} {part.english}", [order, part.german, "nicht", prefix]
        return finished(english, clauses.joined(german), part.combinations, "!")
    if roll < 0.7:
        together = clauses.joined(["lass uns", part.german, verb.prefix + verb.infinitive])
        return finished(f"let's {verb.english} {part.english}", together, part.combinations, "!")
    return finished(
        f"please {verb.english} {part.english}",
        clauses.joined(["bitte", order, part.german, prefix]),
        part.combinations,
        "!",
    )


def first_names_modal(draw: Draw) -> Sentence:
    """*Do you want to visit Anna?*: names as objects."""
    whom = person_name(draw)
    table, case = draw.pick(((verbs.TRANSITIVE, 1), (verbs.DATIVE, 2)))
    people = [verb for verb in lexemes.verb_table(table) if any(noun.field == "family" for noun in verb.objects)]
    verb, who = draw.pick([each for each in people if not each.is_always]), draw.pick((*PRONOUNS, HE, SHE, THEY))
    part = Part(whom.english, whom.german[case], "object", is_definite=True)
    modal: Modal = draw.pick(MODALS)
    clause = Clause(who, verb, (part,), "modal", modal)
    return asked(clause) if draw.chance(0.3) else told(draw, clause, None)


PATTERNS = {
    transitive_statement: 4680, transitive_question: 1350, what_question: 470, modal_statement: 1660,
    past_modal_statement: 730, modal_question: 940, dative_statement: 680, ditransitive_statement: 1250,
    prepositional_statement: 1140, intransitive_statement: 780, intransitive_modal: 470, pronoun_object: 470,
    manner_statement: 360, because_clause: 680, that_clause: 830, if_clause: 470, infinitive_clause: 470,
    gladly: 570, command: 780, first_names_modal: 260,
}  # fmt: skip
