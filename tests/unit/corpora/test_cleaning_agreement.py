"""What stands on one side must stand on the other, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.corpora.cleaning.agreement import agreement_of_links, agreement_of_placeholders
from dragoman.text.numbers import agreement_of_numbers


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("no number", "keine Zahl"),
        ("1,000.5 km", "1.000,5 km"),
        ("1 000 people, 12.50 €", "1.000 Leute, 12,5 €"),
        ("1\u202f000\u00a0000", "1,000,000"),
        ("12/31/2010", "31.12.2010"),
        ("at 5:30 pm", "um 17.30 Uhr"),
        ("2.5 million", "2,500,000"),
        ("about 2,500,000 people", "约250万人"),
        ("7 dwarfs", "sieben Zwerge"),
        ("version 3.14.2", "Version 3.14.2"),
        ("0.125", "0,125"),
        ("page 05", "Seite 5"),
        ("room ٣٤", "Zimmer 34"),
    ],
)
def test_numbers_agree(source, target):
    assert agreement_of_numbers(source, target) == agreement_of_numbers(target, source) == 1.0


@pytest.mark.parametrize(
    ("source", "target", "agreement"),
    [
        ("in 1984", "im Jahr 1948", 0.0),
        ("in 1984", "damals", 0.0),
        ("from 1914 to 1918", "von 1914 bis 1919", 0.5),
        ("5 million in 2010", "5 Millionen im Jahr 2011", 0.5),
        ("100 mm", "1000 mm", 0.0),
    ],
)
def test_numbers_disagree(source, target, agreement):
    assert agreement_of_numbers(source, target) == pytest.approx(agreement)


@pytest.mark.parametrize(
    ("source", "target", "agreement"),
    [
        ("see https://www.example.com/en/start.", "siehe www.example.de/start", 1.0),
        ("mail info@example.com!", "E-Mail an kontakt@example.de", 1.0),
        ("en.wikipedia.org: https://en.wikipedia.org/wiki/X", "https://de.wikipedia.org/wiki/Y", 1.0),
        ("shop.example.co.uk: http://shop.example.co.uk", "http://shop.example.at", 1.0),
        ("see https://example.com", "siehe dort", 0.0),
        ("https://example.com", "https://elsewhere.com", 0.0),
        ("no address, 5@ each", "keine", 1.0),
    ],
)
def test_links(source, target, agreement):
    assert agreement_of_links(source, target) == agreement_of_links(target, source) == agreement


@pytest.mark.parametrize(
    ("source", "target", "agreement"),
    [
        ("{0} of {1} files", "{0} von {1} Dateien", 1.0),
        ("{0} of {1} files", "{1} Dateien, davon {0}", 1.0),
        ("{0} of {1} files", "{0} Dateien", 2 / 3),
        ("Hello %s, %(count)d new, ${total}", "Hallo %s, ${total} und %(count)d neu", 1.0),
        ("%1$s costs %2$.2f", "%2$.2f kostet %1$s", 1.0),
        ('<a href="x">Click</a><br/>', '<a href="y">Klick</a><br/>', 1.0),
        ("<b>bold</b>", "fett", 0.0),
        ("100 % sure, 5%.", "zu 100% sicher", 1.0),
        ("a < b and c > d", "a < b und c > d", 1.0),
        ("50%discount", "50% Rabatt", 1.0),
    ],
)
def test_placeholders(source, target, agreement):
    found = agreement_of_placeholders(source, target)
    assert found == agreement_of_placeholders(target, source) == pytest.approx(agreement)


@given(st.text("0123456789.,'% {}<x/>@www:m万 ", max_size=30), st.text("0123456789.,'% {}<x/>@www:m万 ", max_size=30))
def test_every_agreement_is_a_share_and_the_same_both_ways(source, target):
    for agreement in (agreement_of_numbers, agreement_of_links, agreement_of_placeholders):
        found = agreement(source, target)
        assert 0 <= found <= 1
        assert found == agreement(target, source)
        assert agreement(source, source) == 1
