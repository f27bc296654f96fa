"""German conjugation: present, preterite of the small verbs, imperative. Knows verbs, not sentences.

A person is one of ``ich du er wir ihr sie``, counted from 0. The present is made from the infinitive and, for
verbs that change their stem, the er-form: *ich nehme, du nimmst, er nimmt*.
"""

from functools import cache

IRREGULAR_PRESENT = {
    "sein": ("bin", "bist", "ist", "sind", "seid", "sind"),
    "haben": ("habe", "hast", "hat", "haben", "habt", "haben"),
    "werden": ("werde", "wirst", "wird", "werden", "werdet", "werden"),
    "können": ("kann", "kannst", "kann", "können", "könnt", "können"),
    "müssen": ("muss", "musst", "muss", "müssen", "müsst", "müssen"),
    "sollen": ("soll", "sollst", "soll", "sollen", "sollt", "sollen"),
    "wollen": ("will", "willst", "will", "wollen", "wollt", "wollen"),
    "dürfen": ("darf", "darfst", "darf", "dürfen", "dürft", "dürfen"),
    "mögen": ("mag", "magst", "mag", "mögen", "mögt", "mögen"),
    "möchten": ("möchte", "möchtest", "möchte", "möchten", "möchtet", "möchten"),
    "wissen": ("weiß", "weißt", "weiß", "wissen", "wisst", "wissen"),
    "tun": ("tue", "tust", "tut", "tun", "tut", "tun"),
}
PRETERITE_STEMS = {
    "sein": "war", "haben": "hatte", "können": "konnte", "müssen": "musste", "wollen": "wollte",
    "dürfen": "durfte", "sollen": "sollte", "wissen": "wusste", "werden": "wurde", "mögen": "mochte",
}  # fmt: skip


@cache
def present(infinitive: str, person: int, third_person: str = "") -> str:
    """The present form: *arbeiten* → *du arbeitest*; *essen, isst* → *du isst*; *wandern* → *ich wandere*."""
    if infinitive in IRREGULAR_PRESENT:
        return IRREGULAR_PRESENT[infinitive][person]
    if person in {3, 5}:
        return infinitive
    stem = infinitive[:-2] if infinitive.endswith("en") else infinitive[:-1]
    if person == 0:
        return stem[:-2] + "le" if infinitive.endswith("eln") else stem + "e"
    if third_person and person == 2:
        return third_person
    if third_person and person == 1:
        return changed_second_person(stem, third_person)
    link = "e" if needs_link(stem) else ""
    if person == 1:
        return stem + ("t" if stem.endswith(("s", "ß", "x", "z")) else link + "st")
    return stem + link + "t"


def needs_link(stem: str) -> bool:
    """Whether an e stands before the ending: *arbeitest, badest, öffnest, zeichnest*."""
    return stem.endswith(("t", "d", "chn")) or (stem.endswith(("m", "n")) and stem[-2] not in "aeiouäöülrhmn")


def changed_second_person(stem: str, third_person: str) -> str:
    """The du-form of a verb with a changed stem: *isst* → *isst*, *nimmt* → *nimmst*, *hält* → *hältst*."""
    changed = third_person if stem.endswith("t") else third_person[:-1]
    return changed + ("t" if changed.endswith(("s", "ß", "z")) else "st")


@cache
def preterite(infinitive: str, person: int) -> str:
    """The past of *sein*, *haben*, *werden* and the modal verbs."""
    stem = PRETERITE_STEMS[infinitive]
    if stem == "war":
        return stem + ("", "st", "", "en", "t", "en")[person]
    return stem + ("", "st", "", "n", "t", "n")[person]


@cache
def imperative(infinitive: str, third_person: str = "") -> str:
    """What one says to a friend: *komm, öffne, iss, fahr, lies*."""
    if infinitive == "sein":
        return "sei"
    stem = infinitive[:-2] if infinitive.endswith("en") else infinitive[:-1]
    if third_person and "ä" not in third_person:
        return third_person[:-1]
    if infinitive.endswith("eln"):
        return stem[:-2] + "le"
    if infinitive.endswith("ern") or needs_link(stem) or stem.endswith(("ig", "ier")):
        return stem + "e"
    return stem
