"""Near duplicates: what folding and MinHash find, and what they leave alone."""

import pytest

from dragoman.corpora.cleaning import Cleaner, CleaningConfig
from dragoman.corpora.cleaning.near_duplicates import fold, make_finder, make_signature
from dragoman.corpora.records import Record

LONG = (
    "The committee met on Tuesday to discuss how the harbour should be rebuilt after the storm of last winter, and "
    "what the town could pay for it."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Page 3 of 7.", "page 12 of 80"), ("Don't   panic!", "DONT PANIC"), ("第3页", "第 45 页。")],
)
def test_folding_leaves_out_case_punctuation_spaces_and_values(one, other):
    assert fold(one) == fold(other)


def test_folding_keeps_words_apart():
    assert fold("a cat") != fold("a hat")


@pytest.mark.parametrize("kind", ["folded", "minhash"])
def test_a_pair_is_seen_once(kind):
    has_seen = make_finder(kind)
    assert not has_seen("Page 3.", "Seite 3.")
    assert has_seen("page 4", "SEITE 4!")
    assert not has_seen("Page 3.", "Blatt 3.")
    assert not has_seen("", "")


def test_only_minhash_finds_one_letter_changed():
    results = {}
    for kind in ("folded", "minhash"):
        has_seen = make_finder(kind)
        has_seen(LONG, LONG)
        results[kind] = has_seen(LONG, LONG.replace("storm of", "storms of"))
    assert results == {"folded": False, "minhash": True}


def test_minhash_leaves_other_sentences_of_one_pattern_alone():
    has_seen = make_finder("minhash")
    places = ["harbour", "market hall", "old bridge", "railway station", "church tower", "school in the valley"]
    assert not any(has_seen(f"We visited the {place} today.", f"Wir waren heute da: {place}.") for place in places)


def test_signatures_are_the_same_on_every_machine():
    assert list(make_signature()("the same everywhere")) == [
        15539962864508841917,
        6673319668516817009,
        13131762797886131931,
        8620012009766294657,
    ]


def test_near_duplicates_are_counted_apart_from_duplicates():
    cleaner = Cleaner(CleaningConfig(near_duplicates="folded"), source="en", target="de")
    pairs = [("House 1", "Haus 1"), ("House 1", "Haus 1"), ("House 2", "Haus 2"), ("Garden", "Garten")]
    kept = [record.source for record in cleaner.keep(Record(*pair) for pair in pairs)]
    assert kept == ["House 1", "Garden"]
    assert cleaner.report.dropped == {"duplicate": 1, "near duplicate": 1}
