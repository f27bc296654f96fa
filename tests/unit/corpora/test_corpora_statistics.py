import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.corpora.records import Record
from dragoman.corpora.statistics import PERCENTILES, measure, percentiles


def test_a_small_corpus_by_hand() -> None:
    records = [Record("a bb", "中文字"), Record("a bb", "中文字"), Record("x", "x"), Record(" ", "я1")]
    result = measure(records, source="en", target="zh")
    assert (result.pairs, result.duplicates, result.identical) == (4, 1, 1)
    assert (result.source.words, result.source.characters, result.source.empty) == (5, 10, 1)
    assert (result.target.words, result.target.characters, result.target.empty) == (6, 9, 0)
    assert (result.source.distinct, result.target.distinct) == (3, 3)
    assert result.source.distinct_is_exact
    assert result.source.scripts == {"Latn": 1.0}
    assert result.target.scripts == {"Hani": 0.75, "Latn": 0.125, "Cyrl": 0.125}
    assert result.character_ratio == 0.9
    assert result.source.distinct_characters == 4


def test_an_empty_corpus_has_zeros() -> None:
    result = measure([], source="en", target="de")
    assert (result.pairs, result.character_ratio, result.source.word_percentiles) == (0, 0.0, {})


def test_it_becomes_json() -> None:
    values = measure([Record("a", "b")], source="en", target="de").to_dict()
    assert json.loads(json.dumps(values))["source"]["word_percentiles"]["50"] == 1


def test_estimates_are_marked() -> None:
    records = [Record(f"a {number}", "b") for number in range(3000)]
    result = measure(records, source="en", target="de", exact_limit=500)
    assert not result.source.distinct_is_exact
    assert not result.duplicates_are_exact
    assert result.target.distinct_is_exact
    assert result.source.distinct == pytest.approx(3000, rel=0.2)
    assert result.duplicates >= 0


@given(st.lists(st.integers(0, 50), min_size=1, max_size=80))
def test_percentiles_are_nearest_ranks(lengths: list[int]) -> None:
    ordered = sorted(lengths)
    result = percentiles(Counter(lengths))
    assert list(result) == list(PERCENTILES)
    for percent, length in result.items():
        assert length == ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
