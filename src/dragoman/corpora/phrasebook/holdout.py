"""Which pairs are learnt from and which are kept for the exam.

The exam asks for *combinations* of known words that were never seen together: somebody who has read *buy a hat* and
*sell a car* should be able to translate *sell a hat*. Every combination (verb and object, adjective and noun, verb and
place, …) belongs to one part, by a keyed hash of its name; a sentence with a combination of the test belongs to the
test, wherever that combination occurs. A sentence of the test or validation part is kept only if all its words occur
several times in the training part, and neither of its sides occurs there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from dragoman.base import randomness
from dragoman.corpora.phrasebook.sentences import Sentence

TEST_PERCENT, VALIDATION_PERCENT = 4, 2
VALIDATION_SIZE, TEST_SIZE = 500, 1000
LEAST_SEEN = 3
PUNCTUATION = str.maketrans("", "", ".,!?")


def part_of(combination: str) -> str:
    """The part to which a combination of words belongs."""
    place = randomness.key("phrasebook", "combination", combination) % 100
    if place < TEST_PERCENT:
        return "test"
    return "validation" if place < TEST_PERCENT + VALIDATION_PERCENT else "train"


def part_of_sentence(sentence: Sentence) -> str:
    """The strictest of the parts of its combinations."""
    parts = {part_of(combination) for combination in sentence.combinations}
    return next((part for part in ("test", "validation") if part in parts), "train")


def words(text: str) -> list[str]:
    """The words of a text without punctuation, in lower case."""
    return text.translate(PUNCTUATION).lower().split()


def words_of_sides(sentence: Sentence) -> list[tuple[str, str]]:
    """The words of both sides, each with its language: *die* is not the same word in both."""
    english = [("en", word) for word in words(sentence.english)]
    return english + [("de", word) for word in words(sentence.german)]


def split(sentences: Iterable[Sentence]) -> dict[str, list[Sentence]]:
    """The three parts of the phrasebook, each in a shuffled order that is always the same."""
    parts: dict[str, list[Sentence]] = {"train": [], "validation": [], "test": []}
    for sentence in sentences:
        parts[part_of_sentence(sentence)].append(sentence)
    train = shuffled(parts["train"])
    sides = {text for sentence in train for text in (sentence.english, sentence.german)}
    seen = Counter(word for sentence in train for word in words_of_sides(sentence))
    result = {"train": train}
    for name, size in (("test", TEST_SIZE), ("validation", VALIDATION_SIZE)):
        fair = [sentence for sentence in shuffled(parts[name]) if is_fair(sentence, sides, seen)]
        result[name] = one_per_target(fair, sides)[:size]
        sides |= {text for sentence in result[name] for text in (sentence.english, sentence.german)}
    return result


def is_fair(sentence: Sentence, sides: set[str], seen: Counter[tuple[str, str]]) -> bool:
    """Whether every word can be known and neither side was seen."""
    if sentence.english in sides or sentence.german in sides:
        return False
    return all(seen[word] >= LEAST_SEEN for word in words_of_sides(sentence))


def one_per_target(sentences: Sequence[Sentence], sides: set[str]) -> list[Sentence]:
    """The sentences without those whose German came before (two sources may share a target)."""
    found: dict[str, Sentence] = {}
    for sentence in sentences:
        if sentence.german not in sides:
            found.setdefault(sentence.german, sentence)
    return list(found.values())


def shuffled(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences in the order of a keyed hash of their English."""
    return sorted(sentences, key=lambda each: randomness.key("phrasebook", "order", each.english))
