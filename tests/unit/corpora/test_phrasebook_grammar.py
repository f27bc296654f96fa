"""Forms of both languages against a grammar book."""

import pytest

from dragoman.corpora.phrasebook import clauses, lexemes, numerals
from dragoman.corpora.phrasebook.clauses import Clause, object_part, time_part
from dragoman.corpora.phrasebook.conjugation import imperative, present, preterite
from dragoman.corpora.phrasebook.english import participle_of, plural_of, progressive_of, third_person_of, with_article
from dragoman.corpora.phrasebook.german import contract, genitive
from dragoman.corpora.phrasebook.lexemes import adjectives, noun, parse_verb, regular_participle, verb
from dragoman.corpora.phrasebook.noun_phrases import HE, SHE, YOU, I, noun_phrase, number_phrase


def adjective(english: str) -> lexemes.Adjective:
    return next(each for each in adjectives() if each.english == english)


@pytest.mark.parametrize(
    ("determiner", "name", "attribute", "plural", "expected"),
    [
        ("the", "man", "old", False, "der alte Mann|den alten Mann|dem alten Mann|des alten Mannes"),
        ("a", "man", "old", False, "ein alter Mann|einen alten Mann|einem alten Mann|eines alten Mannes"),
        ("my", "sister", "friendly", False, "meine freundliche Schwester|meine freundliche Schwester|"
         "meiner freundlichen Schwester|meiner freundlichen Schwester"),
        ("no", "book", "new", False, "kein neues Buch|kein neues Buch|keinem neuen Buch|keines neuen Buches"),
        ("the", "child", "tired", True, "die müden Kinder|die müden Kinder|den müden Kindern|der müden Kinder"),
        ("", "apple", "sweet", True, "süße Äpfel|süße Äpfel|süßen Äpfeln|süßer Äpfel"),
        ("", "wine", "red", False, "roter Wein|roten Wein|rotem Wein|roten Weins"),
        ("", "milk", "fresh", False, "frische Milch|frische Milch|frischer Milch|frischer Milch"),
        ("", "water", "cold", False, "kaltes Wasser|kaltes Wasser|kaltem Wasser|kalten Wassers"),
        ("the", "boy", None, False, "der Junge|den Jungen|dem Jungen|des Jungen"),
        ("a", "student", None, False, "ein Student|einen Studenten|einem Studenten|eines Studenten"),
        ("this", "neighbor", None, False, "dieser Nachbar|diesen Nachbarn|diesem Nachbarn|dieses Nachbarn"),
        ("our", "car", "expensive", False, "unser teures Auto|unser teures Auto|"
         "unserem teuren Auto|unseres teuren Autos"),
        ("the", "mountain", "high", True, "die hohen Berge|die hohen Berge|den hohen Bergen|der hohen Berge"),
        ("their", "friend", None, True, "ihre Freunde|ihre Freunde|ihren Freunden|ihrer Freunde"),
    ],
)  # fmt: skip
def test_declension(determiner: str, name: str, attribute: str | None, plural: bool, expected: str) -> None:
    phrase = noun_phrase(determiner, noun(name), adjective(attribute) if attribute else None, plural=plural)
    # "red wine" in the genitive: both Weins and Weines are good German
    assert "|".join(phrase.german).replace("Weines", "Weins") == expected


def test_counted_things_take_strong_endings() -> None:
    phrase = number_phrase(("three", "drei"), noun("house"), adjective("old"))
    assert (phrase.english, phrase.german[0], phrase.german[2]) == (
        "three old houses",
        "drei alte Häuser",
        "drei alten Häusern",
    )


@pytest.mark.parametrize(
    ("infinitive", "third", "forms"),
    [
        ("kaufen", "", "kaufe kaufst kauft kaufen kauft kaufen"),
        ("arbeiten", "", "arbeite arbeitest arbeitet arbeiten arbeitet arbeiten"),
        ("öffnen", "", "öffne öffnest öffnet öffnen öffnet öffnen"),
        ("zeichnen", "", "zeichne zeichnest zeichnet zeichnen zeichnet zeichnen"),
        ("lernen", "", "lerne lernst lernt lernen lernt lernen"),
        ("tanzen", "", "tanze tanzt tanzt tanzen tanzt tanzen"),
        ("wandern", "", "wandere wanderst wandert wandern wandert wandern"),
        ("spielen", "", "spiele spielst spielt spielen spielt spielen"),
        ("essen", "isst", "esse isst isst essen esst essen"),
        ("nehmen", "nimmt", "nehme nimmst nimmt nehmen nehmt nehmen"),
        ("lesen", "liest", "lese liest liest lesen lest lesen"),
        ("fahren", "fährt", "fahre fährst fährt fahren fahrt fahren"),
        ("laden", "lädt", "lade lädst lädt laden ladet laden"),
        ("waschen", "wäscht", "wasche wäschst wäscht waschen wascht waschen"),
        ("sein", "", "bin bist ist sind seid sind"),
        ("haben", "", "habe hast hat haben habt haben"),
        ("wollen", "", "will willst will wollen wollt wollen"),
        ("müssen", "", "muss musst muss müssen müsst müssen"),
    ],
)
def test_present(infinitive: str, third: str, forms: str) -> None:
    assert " ".join(present(infinitive, person, third) for person in range(6)) == forms


def test_preterite() -> None:
    assert [preterite("sein", person) for person in range(6)] == ["war", "warst", "war", "waren", "wart", "waren"]
    assert [preterite("müssen", person) for person in (0, 1, 3, 4)] == ["musste", "musstest", "mussten", "musstet"]


@pytest.mark.parametrize(
    ("infinitive", "third", "form"),
    [("kommen", "", "komm"), ("öffnen", "", "öffne"), ("essen", "isst", "iss"), ("nehmen", "nimmt", "nimm"),
     ("lesen", "liest", "lies"), ("fahren", "fährt", "fahr"), ("warten", "", "warte"), ("reparieren", "", "repariere")],
)  # fmt: skip
def test_imperative(infinitive: str, third: str, form: str) -> None:
    assert imperative(infinitive, third) == form


@pytest.mark.parametrize(
    ("infinitive", "participle"),
    [("kaufen", "gekauft"), ("arbeiten", "gearbeitet"), ("besuchen", "besucht"), ("reparieren", "repariert"),
     ("öffnen", "geöffnet"), ("verkaufen", "verkauft"), ("erklären", "erklärt"), ("wandern", "gewandert")],
)  # fmt: skip
def test_participle(infinitive: str, participle: str) -> None:
    assert regular_participle(infinitive) == participle


def test_genitive_and_contractions() -> None:
    forms = [genitive(word) for word in ("Vater", "Hund", "Haus", "Auto", "Kind", "Chef", "Geheimnis", "Gast")]
    assert forms == ["Vaters", "Hundes", "Hauses", "Autos", "Kindes", "Chefs", "Geheimnisses", "Gastes"]
    assert contract("in", "dem Park") == "im Park"
    assert contract("in", "das Kino") == "ins Kino"
    assert contract("zu", "der Post") == "zur Post"
    assert contract("auf", "den Markt") == "auf den Markt"


def test_degrees() -> None:
    forms = {
        each.english: f"{each.english_comparative} {each.german_comparative} {each.german_superlative}"
        for each in adjectives()
    }
    assert forms["good"] == "better besser best"
    assert forms["expensive"] == "more expensive teurer teuerst"
    assert forms["big"] == "bigger größer größt"
    assert forms["happy"] == "happier glücklicher glücklichst"
    assert forms["high"] == "higher höher höchst"
    assert forms["tired"] == "more tired müder müdest"
    assert forms["new"] == "newer neuer neuest"


def test_english_forms() -> None:
    assert [plural_of(word) for word in ("box", "city", "toy", "potato", "church")] == [
        "boxes", "cities", "toys", "potatoes", "churches",
    ]  # fmt: skip
    assert [third_person_of(word) for word in ("buy", "carry", "watch TV", "go", "have breakfast")] == [
        "buys", "carries", "watches TV", "goes", "has breakfast",
    ]  # fmt: skip
    assert [progressive_of(word) for word in ("write", "swim", "get up", "listen to", "see")] == [
        "writing", "swimming", "getting up", "listening to", "seeing",
    ]  # fmt: skip
    assert [participle_of(word) for word in ("love", "carry", "cook")] == ["loved", "carried", "cooked"]
    assert [with_article(word) for word in ("apple", "university", "old man", "house")] == [
        "an apple", "a university", "an old man", "a house",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "english", "german"),
    [(1, "one", "eins"), (16, "sixteen", "sechzehn"),
     (17, "seventeen", "siebzehn"), (21, "twenty-one", "einundzwanzig"),
     (30, "thirty", "dreißig"), (66, "sixty-six", "sechsundsechzig"), (77, "seventy-seven", "siebenundsiebzig"),
     (101, "one hundred and one", "einhunderteins"), (245, "two hundred and forty-five", "zweihundertfünfundvierzig")],
)  # fmt: skip
def test_numbers(number: int, english: str, german: str) -> None:
    assert numerals.number_pair(number) == (english, german)


def test_times_and_dates() -> None:
    assert numerals.clock_time(7, 30) == ("half past seven", "halb acht")
    assert numerals.clock_time(12, 30) == ("half past twelve", "halb eins")
    assert numerals.clock_time(1, 0) == ("one o'clock", "ein Uhr")
    assert numerals.clock_time(6, 45) == ("a quarter to seven", "Viertel vor sieben")
    assert numerals.clock_time(3, 10) == ("ten past three", "zehn nach drei")
    assert numerals.date(3, 5) == ("on the third of May", "am dritten Mai")
    assert numerals.date(21, 12) == ("on the twenty-first of December", "am einundzwanzigsten Dezember")
    assert numerals.date(7, 1)[1] == "am siebten Januar"


def test_known_objects_stand_before_schon() -> None:
    book = object_part(verb("read"), noun_phrase("the", noun("book")))
    letters = object_part(verb("read"), noun_phrase("", noun("letter"), plural=True))
    clause = Clause(HE, verb("read"), (book,), "perfect", adverb=("already", "schon"))
    assert clause.german() == "er hat das Buch schon gelesen"
    assert clause.but(parts=(letters,)).german() == "er hat schon Briefe gelesen"
    assert clause.but(adverb=("finally", "endlich")).german() == "er hat endlich das Buch gelesen"


def test_separable_verb_in_every_position() -> None:
    early = time_part(("early", "früh"))
    clause = Clause(I, verb("get up"), (early,))
    assert clause.german() == "ich stehe früh auf"
    assert clause.german_subordinate() == "ich früh aufstehe"
    assert clause.german_question() == "stehe ich früh auf"
    assert clause.but(tense="past").german() == "ich bin früh aufgestanden"
    assert clause.but(tense="modal", modal=clauses.MUST).german("morgen") == "morgen muss ich früh aufstehen"
    assert clause.but(tense="future").german_subordinate() == "ich früh aufstehen werde"


def test_negation() -> None:
    book = object_part(verb("read"), noun_phrase("the", noun("book")))
    clause = Clause(SHE, verb("read"), (book,), is_negated=True)
    assert (clause.english(), clause.german()) == ("she doesn't read the book", "sie liest das Buch nicht")
    past = clause.but(tense="past")
    assert (past.english(), past.german()) == ("she didn't read the book", "sie hat das Buch nicht gelesen")
    none = clause.but(parts=(object_part(verb("read"), noun_phrase("no", noun("book"))),))
    assert (none.english(), none.german()) == ("she doesn't read a book", "sie liest kein Buch")
    must = clause.but(tense="modal", modal=clauses.MUST)
    assert (must.english(), must.german()) == ("she must not read the book", "sie darf das Buch nicht lesen")
    have = clause.but(tense="modal", modal=clauses.HAVE_TO)
    assert (have.english(), have.german()) == ("she doesn't have to read the book", "sie muss das Buch nicht lesen")


def test_datives_and_reflexives() -> None:
    clause = Clause(HE, verb("help"), (object_part(verb("help"), noun_phrase("my", noun("grandmother")), 2),))
    assert (clause.english(), clause.german()) == ("he helps my grandmother", "er hilft meiner Großmutter")
    assert clause.but(subject=YOU).german_question() == "hilfst du meiner Großmutter"
    assert Clause(YOU, verb("rest")).german() == "du ruhst dich aus"
    assert Clause(I, parse_verb("wait for", "warten"), tense="progressive").english() == "I am waiting for"


def test_every_verb_ends_as_german_verbs_do() -> None:
    tables = (lexemes.verbs.TRANSITIVE, lexemes.verbs.DATIVE, lexemes.verbs.DITRANSITIVE, lexemes.verbs.INTRANSITIVE)
    every = [each for table in tables for each in lexemes.verb_table(table)]
    assert len(every) > 80
    for each in every:
        assert each.infinitive.endswith(("en", "ern", "eln"))
        assert not each.third_person or each.third_person.endswith("t")
        assert each.german_participle.endswith(("t", "en"))
        assert each.german_participle.startswith(each.prefix)
