"""The challenge set through a real, tiny model: what is promised holds, in batches of every size."""

import json
from pathlib import Path

import pytest

from dragoman.text.repetition import has_loop
from dragoman.text.spans import spans_survive
from dragoman.translator.translator import Translator

DATA = Path(__file__).parents[3] / "data"
CASES = [json.loads(line) for line in (DATA / "challenge" / "challenge.jsonl").read_text("utf-8").split("\n") if line]
TEXTS = [case["text"] for case in CASES]


@pytest.fixture(scope="module")
def greedy():
    return Translator.load(DATA / "golden-bundle", device="cpu", beam=1)


@pytest.fixture(scope="module")
def translations(greedy):
    return greedy.translate(TEXTS)


def test_there_are_enough_cases():
    assert len(CASES) >= 300
    assert {case["language"] for case in CASES} == {"en", "de", "zh"}


def test_what_is_promised_holds(translations):
    for source, translation in zip(TEXTS, translations, strict=True):
        assert bool(translation.text.strip()) == bool(source.strip()), source
        assert len(translation.text.splitlines()) == len(source.splitlines()), source


def test_spans_and_loops_of_every_segment(greedy):
    """A line that is too long is several segments; what holds, holds for each."""
    segments = list(dict.fromkeys(segment for text in TEXTS[::3] for segment in greedy.plan(text).segments))
    for source, translation in zip(segments, greedy.translate(segments), strict=True):
        assert spans_survive(source, translation.text, language="de"), (source, translation)
        assert not has_loop(translation.text, source), (source, translation)


def test_the_size_of_batches_changes_nothing(greedy):
    """Retries included; benchmarks/decoding/ctranslate2_engine.py does so with thousands of lines."""
    texts = [text for text in TEXTS if len(text) < 40][::6]
    assert len(texts) > 25
    by_size = [
        [one for start in range(0, len(texts), size) for one in greedy.translate(texts[start : start + size])]
        for size in (len(texts), 7, 1)
    ]
    assert [one.text for one in by_size[0]] == [one.text for one in by_size[1]] == [one.text for one in by_size[2]]
    assert [one.notes for one in by_size[0]] == [one.notes for one in by_size[1]] == [one.notes for one in by_size[2]]
