"""Links of texts with values: a value is linked with itself and with nothing else, a word with a word."""

import asyncio
import re
from dataclasses import replace
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st
from server_fakes import make_service
from test_server_texts import Reverser

from dragoman.safeguards.masking import Masker
from dragoman.server.ask import Ask
from dragoman.server.gate import Credentials
from dragoman.text.words import word_spans

VALUES = ("anna@kern.example.org", "192.168.17.4", "+49 30 901820", "4111 1111 1111 1111", "https://x.de/?m=a@b.de")
WORDS = ("mail", "my", "dog,", "(no)", "😀", "你好", "{1}", "a.")
texts = st.lists(st.sampled_from((*VALUES, *WORDS)), min_size=1, max_size=9)


class Forgetful(Reverser):
    """Loses what stands in braces."""

    def run(self, kind, segments):
        return [self._without(said) for said in super().run(kind, segments)]

    def _without(self, said):
        text = re.sub(r"\{\d+\}", "", said.texts[0])
        return said if text == said.texts[0] else replace(said, texts=(text,), alignment=())


MARKED = (
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<p>",
    "<br>",
    "a",
    "dog",
    " ",
    "\n",
    "&amp;",
    "x&#233;",
    VALUES[0],
    '<img alt="big cat">',
)


def answer(speaker, text, **more):
    ask = Ask((text,), "de", "en", alignments=True, **more)
    [found] = asyncio.run(make_service(speaker).answer(ask, Credentials())).translations
    return found


def is_sound(text, found):
    masked = Masker().mask(text, language="en")
    values = [place for _, place in masked.original.change.places]
    there = [text[slice(*place)] for place in values]
    linked = dict(found.alignment)
    for place, value in zip(values, there, strict=True):
        assert found.text[slice(*linked[place])] == value
    for first, second in found.alignment:
        borders = word_spans(text) + values
        assert first[0] in {start for start, _ in borders}
        assert first[1] in {end for _, end in borders}
        assert 0 <= second[0] < second[1] <= len(found.text)
        if found.text[slice(*second)] in there:
            assert text[slice(*first)] == found.text[slice(*second)]


@settings(max_examples=40, deadline=None)
@given(texts.map(" ".join))
def test_values_are_linked_with_themselves(text):
    is_sound(text, answer(Reverser("en", "de"), text))


@settings(max_examples=40, deadline=None)
@given(texts.map(" ".join))
def test_also_where_the_model_lost_them(text):
    is_sound(text, answer(Forgetful("en", "de"), text))


def test_words_between_rescued_values_are_linked():
    text = "my dog wrote anna@kern.example.org and 192.168.17.4."
    found = answer(Forgetful("en", "de"), text)
    assert found.text == "wrote dog my anna@kern.example.org and 192.168.17.4."
    assert found.flags == ("values-rescued",)
    assert {text[slice(*one)]: found.text[slice(*other)] for one, other in found.alignment} == {
        one: one for one in ("my", "dog", "wrote", "anna@kern.example.org", "and", "192.168.17.4", ".")
    }


def said_by(raw):
    return unescape(re.sub(r"<[^>]*>", "", raw))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(MARKED), min_size=1, max_size=14).map("".join), st.sampled_from(("html", "markdown")))
def test_links_of_marked_up_texts_are_of_the_same_words(text, kind):
    found = answer(Reverser("en", "de"), text, format=kind)
    if kind == "html" and any(map(str.isalnum, said_by(text))):  # Markdown keeps blocks of HTML
        assert found.alignment or "no-alignment" in found.flags
    for first, second in found.alignment:
        assert said_by(text[slice(*first)]).split() == said_by(found.text[slice(*second)]).split() != []
