"""What is protected in a text, and whether a translation kept it."""

import pytest

from dragoman.text.spans import find_spans, joined, spans_survive


def found(text):
    return [(span.kind, span.text) for span in find_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://example.com/a(b)?x=1.", [("url", "https://example.com/a(b)?x=1")]),
        ("访问https://x.com谢谢", [("url", "https://x.com")]),
        ("发到a@b.com谢谢", [("email", "a@b.com")]),
        ("mail a.b+c@d-e.co.uk!", [("email", "a.b+c@d-e.co.uk")]),
        ("VISIT HTTPS://A.B OR WWW.C.DE OR D.COM.", [("url", part) for part in ("HTTPS://A.B", "WWW.C.DE", "D.COM")]),
        ("The end.At last. Go.De", []),
        ("go to example.com.", [("url", "example.com")]),
        ("👩‍💻👋🏽🇩🇪🇨🇳1️⃣", [("emoji", sign) for sign in ("👩‍💻", "👋🏽", "🇩🇪", "🇨🇳", "1️⃣")]),
        ("hi :-) and <3", [("smiley", ":-)"), ("smiley", "<3")]),
        ("{name} {{x}} %s %1$d ${x} <x/> __X__ {}", [("placeholder", part) for part in
                                                   ("{name}", "{{x}}", "%s", "%1$d", "${x}", "<x/>", "__X__", "{}")]),
        ("{% if a < b %} {{ y }}", [("placeholder", "{% if a < b %}"), ("placeholder", "{{ y }}")]),
        ("1,234.5 at 12:30 on 2024-05-01, 20th", [("number", part) for part in
                                                ("1,234.5", "12:30", "2024-05-01", "20th")]),
        ("+49 30 1234567 (12)", [("number", "+49 30 1234567"), ("number", "12")]),
        ("#travel with @bob_b", [("tag", "#travel"), ("tag", "@bob_b")]),
        ("run foo_bar() in C:\\a\\b.txt", [("code", "foo_bar()"), ("file", "C:\\a\\b.txt")]),
        ("my iPhone, A12-34, v1.2.3, --help", [("code", part) for part in ("iPhone", "A12-34", "v1.2.3", "--help")]),
        ("3个人在2015年", [("number", "3"), ("number", "2015")]),
    ],
)  # fmt: skip
def test_what_is_found(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A dog runs in the park.",
        "He said: (yes) T-shirt; and/or 'no'…",
        "Der Hund – ein „Freund“ – läuft!",
        "",
        "BBC NEWS",
    ],
)
def test_where_there_is_nothing(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("source", "target", "holds"),
    [
        ("see {x} and {x}", "{x} und {x}", True),
        ("see {x} and {x}", "{x} und", False),
        ("see {x}", "{x} {x}", False),
        ("see {x}", "{x} {y}", False),
        ("a dog", "ein Hund 😀", False),
        ("costs 1,234.5", "kostet 1.234,5", True),
        ("costs 1,234.5", "kostet 1.234", False),
        ("3 dogs", "drei Hunde", True),
        ("3 dogs", "vier Hunde", False),
        ("3 dogs", "Dreirad", True),
        ("30 dogs", "dreißig Hunde", False),
        ("at 5 pm", "um 17 Uhr", True),
        ("at 5 am", "um 17 Uhr", False),
        ("2.5 million", "2,5 Millionen", True),
        ("12 dogs", "12 12 Hunde", False),
        ("room A1", "Raum A12", False),
        ("two dogs", "2 Hunde", True),
    ],
)
def test_whether_they_survive(source, target, holds):
    assert spans_survive(source, target, language="de") is holds


def test_a_text_keeps_its_own_spans():
    source = "{a {b} c} https://x.de/{y} 1.2.3 :) a@b.de@c <a <b>>"
    assert spans_survive(source, source, language="de")


def test_parts_are_joined_as_words():
    assert joined("to", "a@b.de", "。", "x") == "to a@b.de。x"


@pytest.mark.parametrize("piece", ["a", "1 111 ", "a_", "a.", "a/", "<a ", "{a", "ab@", "#中", "😀", "((", "a@b."])
def test_the_time_is_in_proportion_to_the_length(piece):
    """A search that looked at each place of a run anew would not come back for minutes."""
    find_spans(piece * (100_000 // len(piece)))
