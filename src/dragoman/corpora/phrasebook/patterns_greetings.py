"""Constructions of meeting people: greetings by name, thanks, wishes, introductions, enquiries."""

from dragoman.corpora.phrasebook import lexemes, nouns
from dragoman.corpora.phrasebook.noun_phrases import noun_phrase
from dragoman.corpora.phrasebook.numerals import MONTHS, WEEKDAYS
from dragoman.corpora.phrasebook.sentences import Draw, Sentence, finished, person_name, relative

GREETINGS = (
    ("Hello", "Hallo", " "), ("Hello", "Hallo", " "), ("Hello", "Hallo", " "), ("Hi", "Hi", " "),
    ("Good morning", "Guten Morgen", ", "),
    ("Good day", "Guten Tag", ", "), ("Good evening", "Guten Abend", ", "), ("Good night", "Gute Nacht", ", "),
    ("Goodbye", "Auf Wiedersehen", ", "), ("Bye", "Tschüss", ", "), ("Thank you", "Danke", ", "),
    ("Thank you very much", "Vielen Dank", ", "), ("Congratulations", "Herzlichen Glückwunsch", ", "),
    ("Welcome", "Willkommen", ", "), ("Sleep well", "Schlaf gut", ", "), ("See you tomorrow", "Bis morgen", ", "),
    ("See you later", "Bis später", ", "), ("Good luck", "Viel Glück", ", "),
    ("Happy birthday", "Alles Gute zum Geburtstag", ", "),
    ("Get well soon", "Gute Besserung", ", "), ("Excuse me", "Entschuldigung", ", "),
    ("Merry Christmas", "Frohe Weihnachten", ", "),
    ("Happy New Year", "Frohes neues Jahr", ", "),
)  # fmt: skip
ADDRESSED = """
    world: Welt; everyone: alle zusammen; my friend: mein Freund; children: Kinder; mother: Mutter; father: Vater
    Grandmother: Großmutter; ladies and gentlemen: meine Damen und Herren; dear friends: liebe Freunde
"""
ENQUIRIES = (
    ("how {be} {english}", "wie geht es {dative}", "?"),
    ("how {be} {english} today", "wie geht es {dative} heute", "?"),
    ("{english} {be} fine", "{dative} geht es gut", "."),
    ("{english} {be} not feeling well", "{dative} geht es nicht gut", "."),
    ("say hello to {english}", "grüß {accusative}", "!"), ("this is {english}", "das ist {nominative}", "."),
    ("where {be} {english}", "wo {sein} {nominative}", "?"),
    ("I am sorry, {english} {be} not here", "es tut mir leid, {nominative} {sein} nicht da", "."),
    ("who is that? Is that {english}", "wer ist das? Ist das {nominative}", "?"),
    ("I miss {english}", "{nominative} {fehlen} mir", "."),
)  # fmt: skip


def greeting(draw: Draw) -> Sentence:
    """*Good morning, Anna! Hello world!*."""
    english, german, link = draw.pick(GREETINGS)
    roll = draw.random.random()
    if roll < 0.45:
        name = person_name(draw).english
        whom = name, name
    elif roll < 0.7:
        title, name = draw.pick((("Mr.", "Herr"), ("Mrs.", "Frau"))), draw.pick(nouns.FAMILY_NAMES.split())
        whom = f"{title[0]} {name}", f"{title[1]} {name}"
        if english == "Sleep well":
            english, german = "Good night", "Gute Nacht"
    else:
        whom = draw.pick(lexemes.pairs(ADDRESSED))
    return Sentence(f"{english}{link}{whom[0]}!", f"{german}{link}{whom[1]}!")


def enquiry(draw: Draw) -> Sentence:
    """*How is your sister? I miss Anna*."""
    english, german, end = draw.pick(ENQUIRIES)
    who = relative(draw) if draw.chance(0.65) else person_name(draw)
    plural = who.person == 5
    if plural and "is that" in english.lower():
        english, german = ENQUIRIES[0][:2]
    if plural and english.startswith("this is"):
        english, german = "these are {english}", "das sind {nominative}"
    slots = {
        "english": who.english, "be": "are" if plural else "is", "sein": "sind" if plural else "ist",
        "nominative": who.german[0], "accusative": who.german[1], "dative": who.german[2],
        "fehlen": "fehlen" if plural else "fehlt",
    }  # fmt: skip
    return finished(english.format(**slots), german.format(**slots), (), end)


def thanks(draw: Draw) -> Sentence:
    """*Thank you for the flowers!* is *Danke für die Blumen!*."""
    noun = draw.pick(
        lexemes.nouns_of("present drink fruit =letter =postcard =book =help =answer =soup =cake =message =idea")
    )
    plural = bool(noun.german_plural) and draw.chance(0.3)
    determiner = draw.pick(("the", "your"))
    phrase = noun_phrase(determiner, noun, plural=plural)
    start = draw.pick((("thank you", "danke"), ("thank you very much", "vielen Dank"), ("many thanks", "besten Dank")))
    return finished(f"{start[0]} for {phrase.english}", f"{start[1]} für {phrase.german[1]}", (), "!")


def introduction(draw: Draw) -> Sentence:
    """*My name is Lena. I come from Hamburg. Welcome to Vienna! See you in May!*."""
    town, german_town = draw.pick(lexemes.pairs(nouns.TOWNS))
    name = person_name(draw).english
    day, tag = draw.pick(WEEKDAYS)
    month, monat = draw.pick(MONTHS)
    owner = draw.pick(("my", "your", "his", "her", "our", "their"))
    kin = draw.pick(("brother", "son", "uncle", "friend", "neighbor", "father", "cousin"))
    phrase = noun_phrase(owner, lexemes.noun(kin))
    return draw.pick(
        (
            finished(f"my name is {name}", f"ich heiße {name}"),
            finished(f"her name is {name}", f"sie heißt {name}"),
            finished(f"is your name {name}", f"heißt du {name}", (), "?"),
            finished(f"I come from {town}", f"ich komme aus {german_town}"),
            finished(f"do you come from {town}", f"kommst du aus {german_town}", (), "?"),
            finished(f"{name} comes from {town}", f"{name} kommt aus {german_town}"),
            finished(f"{phrase.english} comes from {town}", f"{phrase.german[0]} kommt aus {german_town}"),
            finished(f"welcome to {town}", f"willkommen in {german_town}", (), "!"),
            finished(f"a ticket to {town}, please", f"eine Fahrkarte nach {german_town}, bitte", (), "!"),
            finished(f"how far is it to {town}", f"wie weit ist es bis {german_town}", (), "?"),
            finished(f"the weather in {town} is nice", f"das Wetter in {german_town} ist schön"),
            finished(f"the weather in {town} is bad", f"das Wetter in {german_town} ist schlecht"),
            finished(f"see you on {day}", f"bis {tag}", (), "!"),
            finished(f"see you in {month}", f"wir sehen uns im {monat}", (), "!"),
            finished(f"it is raining in {town}", f"in {german_town} regnet es"),
            finished(f"it is snowing in {town}", f"in {german_town} schneit es"),
            finished(f"nice to meet you, {name}", f"freut mich, dich kennenzulernen, {name}", (), "!"),
            finished(
                f"dear {name}, how are you",
                f"liebe{'' if name in nouns.FEMALE_NAMES.split() else 'r'} {name}, wie geht es dir",
                (),
                "?",
            ),
        )
    )


PATTERNS = {greeting: 520, enquiry: 420, thanks: 150, introduction: 380}
