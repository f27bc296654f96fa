"""Whatever the model does: spans survive, lines stay lines, nothing becomes empty."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.text.spans import find_spans, spans_survive

SPANS = (
    "https://example.com/a?b=1", "a.b@example.org", "{name}", "{{x}}", "%s", "%1$d", "${x}", "<x/>", "__X__", "#tag",
    "@bob", "😀", "👩‍💻", "🇩🇪", "👋🏽", ":-)", "1,234.5", "12:30", "2024", "17", "A12-3456", "foo_bar", "iPhone",
)  # fmt: skip
WORDS = ("A", "dog", "RUNS", "In", "the", "park.", "Nice!", "No", "no", "no,", "你好", "(", ")", "und", "THIS", "HOUSE")
pieces = st.lists(st.sampled_from(SPANS + WORDS), min_size=1, max_size=12)
spaces = st.lists(st.sampled_from([" ", " ", " ", "  ", "\n", "\t", "\u00a0"]), min_size=13, max_size=13)


sentences = pieces.map(" ".join)
"""Of one segment or a few: each for itself, since what another says cannot be told from what this one should."""


@st.composite
def texts(draw):
    return "".join(part for pair in zip(draw(pieces), draw(spaces), strict=False) for part in pair)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sentences)
def test_spans_survive_any_model(babbler, text):
    for segment in babbler.plan(text).segments:
        [translation] = babbler.translate([segment])
        assert spans_survive(segment, translation.text, language="de") or not find_spans(segment), translation


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80) | texts())
def test_lines_and_white_space_survive_any_model(babbler, text):
    [translation] = babbler.translate([text])
    assert re.findall(r"[\n\t]", translation.text) == re.findall(r"[\n\t]", text)
    left, right = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    assert translation.text.startswith(left)
    assert translation.text.endswith(right)
    assert bool(translation.text.strip()) == bool(text.strip())


def test_a_long_line_is_cut(make):
    translator, engine = make(lambda text, config: text.lower())
    text = "A dog runs in the park with {name} and 3 friends. " * 2_000
    [translation] = translator.translate([text])
    assert spans_survive(text, translation.text, language="de")
    assert max(len(sentence) for asked in engine.asked for sentence in asked) <= 300


def test_a_span_longer_than_the_model_takes(make):
    translator, engine = make(lambda text, config: "hm")
    address = "https://example.com/" + "path/" * 100
    [translation] = translator.translate([f"Look at {address} today, dear friends of the long walks in the wood."])
    assert address in translation.text
    assert all(address not in text for asked in engine.asked for text in asked)
