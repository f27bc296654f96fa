"""English inflection: plurals, verb forms, degrees, articles. Knows forms, not sentences."""

VOWELS = "aeiou"
DOUBLED = ("swim", "run", "sit", "cut", "get", "put", "forget", "plan", "stop", "hit", "let", "shop", "begin")


def plural_of(noun: str) -> str:
    """The regular plural: *box, boxes*; *baby, babies*; *toy, toys*."""
    if noun in {"potato", "tomato"} or noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in VOWELS:
        return noun[:-1] + "ies"
    return noun + "s"


def third_person_of(verb: str) -> str:
    """*buy, buys*; *watch TV, watches TV*; *carry, carries*; *have, has*."""
    head, rest = split_head(verb)
    if head == "have":
        return "has" + rest
    if head.endswith(("s", "x", "ch", "sh", "go", "do")):
        return head + "es" + rest
    if head.endswith("y") and head[-2] not in VOWELS:
        return head[:-1] + "ies" + rest
    return head + "s" + rest


def participle_of(verb: str) -> str:
    """The regular past, which is the participle too: *cook, cooked*; *love, loved*; *carry, carried*."""
    head, rest = split_head(verb)
    if head.endswith("e"):
        return head + "d" + rest
    if head.endswith("y") and head[-2] not in VOWELS:
        return head[:-1] + "ied" + rest
    return (head + head[-1] if head in DOUBLED else head) + "ed" + rest


def progressive_of(verb: str) -> str:
    """*write, writing*; *swim, swimming*; *get up, getting up*."""
    head, rest = split_head(verb)
    if head in DOUBLED:
        head += head[-1]
    elif head.endswith("ie"):
        head = head[:-2] + "y"
    elif head.endswith("e") and not head.endswith("ee"):
        head = head[:-1]
    return head + "ing" + rest


def split_head(verb: str) -> tuple[str, str]:
    """The word that is inflected, and what follows it."""
    head, space, rest = verb.partition(" ")
    return head, space + rest


def comparative_of(adjective: str) -> str:
    """*small, smaller*; *happy, happier*; *large, larger*."""
    if adjective.endswith("e"):
        return adjective + "r"
    if adjective.endswith("y"):
        return adjective[:-1] + "ier"
    return adjective + "er"


def superlative_of(comparative: str) -> str:
    """From the comparative: *bigger, biggest*; *more modern, most modern*."""
    if comparative.startswith("more "):
        return "most " + comparative[5:]
    return comparative[:-1] + "st"


def with_article(words: str) -> str:
    """*an apple*, *a university*, *an old house*, *an hour*."""
    lower = words.lower()
    sounds_like_vowel = lower[0] in VOWELS and not lower.startswith(("uni", "use", "eur", "one"))
    return ("an " if sounds_like_vowel or lower.startswith("hour") else "a ") + words
