"""German declension: articles, adjective endings, the cases of a noun. Knows noun phrases, not sentences.

The idea: an article shows the case (*der, den, dem*); where it does not, the adjective must (*ein alter Mann*).
So there are three tables of endings: after *der*-words (weak), after *ein*-words (mixed), and alone (strong).
"""

from dragoman.corpora.phrasebook.lexemes import Noun

CASES = ("nominative", "accusative", "dative", "genitive")

# rows: m, f, n, plural; columns: the four cases
DER_ENDINGS = {
    "m": ("er", "en", "em", "es"),
    "f": ("e", "e", "er", "er"),
    "n": ("es", "es", "em", "es"),
    "p": ("e", "e", "en", "er"),
}
EIN_ENDINGS = {**DER_ENDINGS, "m": ("", "en", "em", "es"), "n": ("", "", "em", "es")}
DEFINITE = {
    "m": ("der", "den", "dem", "des"),
    "f": ("die", "die", "der", "der"),
    "n": ("das", "das", "dem", "des"),
    "p": ("die", "die", "den", "der"),
}
WEAK = {
    "m": ("e", "en", "en", "en"),
    "f": ("e", "e", "en", "en"),
    "n": ("e", "e", "en", "en"),
    "p": ("en", "en", "en", "en"),
}
MIXED = {**WEAK, "m": ("er", "en", "en", "en"), "n": ("es", "es", "en", "en")}
STRONG = {**DER_ENDINGS, "m": ("er", "en", "em", "en"), "n": ("es", "es", "em", "en")}

EIN_WORDS = ("ein", "kein", "mein", "dein", "sein", "ihr", "unser", "Ihr")
DER_STEMS = {"dieser": "dies", "jeder": "jed", "welcher": "welch", "alle": "all"}
CONTRACTIONS = {
    "in dem": "im", "in das": "ins", "an dem": "am", "an das": "ans", "zu dem": "zum", "zu der": "zur",
    "von dem": "vom", "bei dem": "beim",
}  # fmt: skip


def article(determiner: str, gender: str, case: int) -> str:
    """The form of a determiner, named by its masculine nominative; empty for none; a number stays as it is."""
    if determiner == "der":
        return DEFINITE[gender][case]
    if determiner in DER_STEMS:
        return DER_STEMS[determiner] + DER_ENDINGS[gender][case]
    if determiner in EIN_WORDS:
        return determiner + EIN_ENDINGS[gender][case]
    return determiner


def adjective_form(stem: str, determiner: str, gender: str, case: int) -> str:
    """An adjective before a noun, its ending chosen by what the determiner leaves unsaid."""
    if determiner == "der" or determiner in DER_STEMS:
        endings = WEAK
    elif determiner in EIN_WORDS:
        endings = MIXED
    else:
        endings = STRONG
    return attributive_stem(stem) + endings[gender][case]


def attributive_stem(adjective: str) -> str:
    """The stem to which endings are added: *teuer, teur-*; *hoch, hoh-*; *müde, müd-*."""
    if adjective == "hoch":
        return "hoh"
    if adjective.endswith("e"):
        return adjective[:-1]
    if adjective.endswith("euer"):
        return adjective[:-2] + "r"
    return adjective


def noun_form(noun: Noun, case: int, *, plural: bool) -> str:
    """The noun in a case: *dem Mann, des Mannes, den Männern, den Jungen*."""
    if plural:
        form = noun.german_plural
        return form + "n" if case == 2 and not form.endswith(("n", "s")) else form
    if noun.gender == "f" or case == 0:
        return noun.german
    if noun.is_weak:
        return weak_form(noun.german) + ("s" if case == 3 and noun.german == "Name" else "")
    return genitive(noun.german) if case == 3 else noun.german


def weak_form(german: str) -> str:
    """The n-declension: *der Junge, den Jungen*; *der Student, den Studenten*; *der Nachbar, den Nachbarn*."""
    return german + ("n" if german.endswith(("e", "er", "ar")) else "en")


def genitive(german: str) -> str:
    """*des Vaters, des Hundes, des Hauses, des Autos*: -es after one syllable and after a hiss."""
    if german.endswith("nis") or german == "Bus":
        return german + "ses"
    if german.endswith(("s", "ß", "x", "z", "sch")):
        return german + "es"
    vowels = sum(
        letter in "aeiouäöüyé" and (index == 0 or german.lower()[index - 1] not in "aeiouäöüyé")
        for index, letter in enumerate(german.lower())
    )
    foreign = german in {"Chef", "Job", "Zoo", "Park", "See", "Film", "Schal", "Kurs", "Plan", "Text"}
    short = vowels == 1 and german[-1].lower() not in "aeiouäöüyé" and not foreign
    return german + ("es" if short else "s")


def contract(preposition: str, phrase: str) -> str:
    """A preposition before a phrase: *in dem Park* becomes *im Park*."""
    first, space, rest = phrase.partition(" ")
    joined = CONTRACTIONS.get(f"{preposition} {first}")
    return f"{joined}{space}{rest}" if joined else f"{preposition} {phrase}"
