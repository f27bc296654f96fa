"""The filters that look at what a pair says, each through the cleaner."""

import pytest

from dragoman.corpora.cleaning import Cleaner, CleaningConfig
from dragoman.corpora.cleaning.config import THOROUGH
from dragoman.corpora.records import Record

GERMAN = "Das Schiff verließ den Hafen früh am Morgen."
ENGLISH = "The ship left the harbour early in the morning."


def reason(source, target, **settings):
    return Cleaner(CleaningConfig(**settings), source="en", target="de").judge(Record(source, target)).reason


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("Delete {0} files?", "Dateien löschen?", "placeholders"),
        ("Look at https://example.com now.", "Sieh jetzt hier nach.", "links"),
        ("Built in 1984 here.", "Hier 1948 gebaut.", "numbers"),
        (ENGLISH, "The boat sailed out of the port at dawn.", "wrong language"),
        ("Le bateau quitta le port à l'aube.", GERMAN, "wrong language"),
        (ENGLISH, GERMAN, None),
        ("Tom?", "Tom!", None),
    ],
)
def test_thorough_finds_it_and_the_defaults_do_not(source, target, expected):
    assert reason(source, target, **THOROUGH) == expected
    assert reason(source, target) is None


def test_the_threshold_of_a_share_decides():
    pair = ("from 1914 to 1918", "von 1914 bis 1919")
    assert reason(*pair, min_number_agreement=0.5) is None
    assert reason(*pair, min_number_agreement=0.6) == "numbers"
