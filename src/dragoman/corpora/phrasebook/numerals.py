"""Numbers, ordinals, dates and clock times as words in both languages. Knows no sentences.

German says the ones before the tens (*einundzwanzig*), counts half hours towards the next hour (*halb acht* is half
past seven), and declines the day of a date (*am dritten Mai*).
"""

ENGLISH_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
GERMAN_SMALL = (
    "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
    "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
)  # fmt: skip
ENGLISH_TENS = (
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
GERMAN_TENS = (
    "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig",
)  # fmt: skip
ENGLISH_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
                    "nine": "ninth", "twelve": "twelfth"}  # fmt: skip
GERMAN_ORDINALS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
MONTHS = (
    ("January", "Januar"), ("February", "Februar"), ("March", "März"), ("April", "April"), ("May", "Mai"),
    ("June", "Juni"), ("July", "Juli"), ("August", "August"), ("September", "September"), ("October", "Oktober"),
    ("November", "November"), ("December", "Dezember"),
)  # fmt: skip
WEEKDAYS = (
    ("Monday", "Montag"), ("Tuesday", "Dienstag"), ("Wednesday", "Mittwoch"), ("Thursday", "Donnerstag"),
    ("Friday", "Freitag"), ("Saturday", "Samstag"), ("Sunday", "Sonntag"),
)  # fmt: skip


def english_number(number: int) -> str:
    """A number from 0 to 9999 in English: *one hundred and twenty-one*."""
    if number < 20:
        return ENGLISH_SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return ENGLISH_TENS[tens - 2] + (f"-{ENGLISH_SMALL[ones]}" if ones else "")
    size, word = (100, "hundred") if number < 1000 else (1000, "thousand")
    head, rest = divmod(number, size)
    link = " and " if rest < 100 else " "
    return f"{english_number(head)} {word}" + (link + english_number(rest) if rest else "")


def german_number(number: int) -> str:
    """A number from 0 to 9999 in German, as one word: *hunderteinundzwanzig*."""
    if number < 20:
        return GERMAN_SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        head = {0: "", 1: "einund"}.get(ones, f"{GERMAN_SMALL[ones]}und")
        return head + GERMAN_TENS[tens - 2]
    size, word = (100, "hundert") if number < 1000 else (1000, "tausend")
    head_number, rest = divmod(number, size)
    head = "ein" if head_number == 1 else german_number(head_number)
    return head + word + (german_number(rest) if rest else "")


def number_pair(number: int) -> tuple[str, str]:
    """A number in both languages."""
    return english_number(number), german_number(number)


def english_ordinal(number: int) -> str:
    """*first, twelfth, twentieth, twenty-first*."""
    head, dash, last = english_number(number).rpartition("-")
    if last in ENGLISH_ORDINALS:
        return head + dash + ENGLISH_ORDINALS[last]
    return head + dash + (last[:-1] + "ie" if last.endswith("y") else last) + "th"


def german_ordinal(number: int) -> str:
    """The stem of the ordinal, to which adjective endings are added: *erst-, dritt-, zwanzigst-*."""
    if number in GERMAN_ORDINALS:
        return GERMAN_ORDINALS[number]
    return german_number(number) + ("t" if number < 20 else "st")


def clock_time(hour: int, minute: int) -> tuple[str, str]:
    """A time of day (hour 1 to 12) as one says it: *half past seven, halb acht*."""
    upcoming = hour % 12 + 1
    if minute == 0:
        return f"{english_number(hour)} o'clock", f"{'ein' if hour == 1 else german_number(hour)} Uhr"
    if minute == 30:
        return f"half past {english_number(hour)}", f"halb {german_number(upcoming)}"
    near, english_word, german_word = (hour, "past", "nach") if minute < 30 else (upcoming, "to", "vor")
    distance = minute if minute < 30 else 60 - minute
    english, german = ("quarter", "Viertel") if distance == 15 else number_pair(distance)
    english = "a quarter" if distance == 15 else english
    return f"{english} {english_word} {english_number(near)}", f"{german} {german_word} {german_number(near)}"


def date(day: int, month: int) -> tuple[str, str]:
    """A date as a time, with its preposition: *on the third of May, am dritten Mai*."""
    english, german = MONTHS[month - 1]
    return f"on the {english_ordinal(day)} of {english}", f"am {german_ordinal(day)}en {german}"
