"""Terms in a translation that is there: where they go, what stays, what is told."""

import pytest

from dragoman.text.words import word_spans
from dragoman.translator.placing import place_terms
from dragoman.translator.terminology import Terminology


def linked(source, target, *numbers):
    """Links by the numbers of words."""
    first, second = word_spans(source), word_spans(target)
    return [(first[one], second[other]) for one, other in numbers]


def placed(source, target, links, terms):
    return place_terms(target, linked(source, target, *links), Terminology(terms).find(source))


@pytest.mark.parametrize(
    ("source", "target", "links", "terms", "said"),
    [
        ("a dog runs", "ein Hund rennt", [(0, 0), (1, 1), (2, 2)], {"dog": "Köter"}, "ein Köter rennt"),
        (
            "a dog runs",
            "ein Hund rennt",
            [(1, 0), (1, 1), (2, 2)],
            {"dog": "Köter"},
            "ein Köter rennt",
        ),
        ("a dog runs", "ein Hund rennt", [(0, 0), (2, 1), (2, 2)], {"dog": "Hund"}, "ein Hund rennt"),  # said already
        ("dogs run", "Hunde rennen", [(0, 0), (1, 1)], {"dogs": "vier Beine"}, "Vier Beine rennen"),
        ("dogs run", "Hunde rennen", [(0, 0), (1, 1)], {"dogs": "iHund"}, "iHund rennen"),
        ("hot dog!", "heißer Hund!", [(0, 0), (1, 1), (2, 2)], {"hot dog": "Wurst"}, "Wurst!"),
        ("dog and dog", "Hund und Tier", [(0, 0), (1, 1), (2, 2)], {"dog": "Hund"}, "Hund und Hund"),
        ("a bicycle", "一辆自行车", [(0, 0), (0, 1), (1, 2), (1, 3), (1, 4)], {"bicycle": "单车"}, "一辆单车"),
    ],
)
def test_a_term_takes_the_place_of_what_was_said_for_it(source, target, links, terms, said):
    found = placed(source, target, links, terms)
    assert found.missing == ()
    assert found.text == said


def test_links_follow_and_what_has_no_words_is_missing():
    found = placed("my dog runs", "mein Tier rennt", [(0, 0), (1, 1), (2, 2)], {"dog": "Hündchen", "runs": "rennt"})
    assert found.text == "mein Hündchen rennt"
    assert [(first, found.text[slice(*second)]) for first, second in found.links] == [
        ((0, 2), "mein"),
        ((3, 6), "Hündchen"),
        ((7, 11), "rennt"),
    ]
    found = placed("my dog", "mein", [(0, 0)], {"dog": "Hund"})
    assert (found.text, [term.target for term in found.missing]) == ("mein", ["Hund"])


def test_what_was_typed_stays():
    links = linked("a dog", "ein Hund", (0, 0), (1, 1))
    terms = Terminology({"dog": "Tier"}).find("a dog")
    assert place_terms("ein Hund", links, terms, typed="ein Hu").text == "ein Hund"
    assert place_terms("ein Hund", links, terms, typed="ein ").text == "ein Tier"


def test_a_word_inside_an_address_is_no_term():
    text = "mail dog@dog.de about {dog} my dog"
    [found] = Terminology({"dog": "Tier"}).find(text)
    assert (found.start, found.end) == (31, 34)
    whole = Terminology({"#dog": "#Tier", "dog@dog.de": "tier@dog.de"}).find("#dog and dog@dog.de")
    assert [term.target for term in whole] == ["#Tier", "tier@dog.de"]


@pytest.mark.parametrize(
    ("source", "target", "terms", "said"),
    [
        ("my dog www.dog.de", "mein www.dog.de Tier", {"dog": "Hund"}, None),  # linked with a part of an address only
        ("my dog www.dog.de", "mein www.Hund.de", {"dog": "Hund"}, None),  # said in an address is not said
        ("my mail", "meine info@x.de", {"mail": "info@x.de"}, "meine info@x.de"),
    ],
)
def test_nothing_takes_the_place_of_a_part_of_an_address(source, target, terms, said):
    found = placed(source, target, [(1, 3)], terms)
    assert found.text == (said or target)
    assert bool(found.missing) == (said is None)
