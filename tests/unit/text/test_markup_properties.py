"""Whatever a model says: markup comes back as it came, and what the model said is never markup."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.markup.html import parse_html
from dragoman.text.markup.markdown import parse_markdown
from dragoman.text.markup.parts import MarkupError, Rendered
from dragoman.text.markup.xml import parse_xml
from dragoman.text.words import word_spans

BITS = st.sampled_from(
    [
        *("<b>", "</b>", "<i class='x'>", "</i>", '<a href="x?a=1&b=2" title=\'A &amp; "b"\'>', "</a>", "<BR/>"),
        *("<p>", "</p>", "<img alt='a dog' src=x>", "<code>", "</code>", "<script>", "</script>", "<!-- no -->"),
        *("<!doctype html>", "<span translate=no>", "</span>", "<title>", "</title>", "<td", ">", "<", "&", "'", '"'),
        *(
            "one",
            "two ",
            " three",
            "\n",
            " ",
            "&amp;",
            "&lt;",
            "&nbsp;",
            "&#233;",
            "é",
            "5 < 6",
            "AT&T",
            "&copy",
            "你好",
        ),
    ]
)
FRAGMENTS = st.lists(BITS, max_size=25).map("".join)
TREES = st.recursive(
    st.sampled_from(["one", "two ", " ", "a &lt; b", "&#160;", "<x/>", "<!-- no -->", "&foo;", "<?p i?>", "AT&T. "]),
    lambda inner: st.builds(
        lambda name, inside: f"<{name} id='1'>{''.join(inside)}</{name}>",
        st.sampled_from("bip"),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)
WORDS = r"""alpha beta, <b>gamma</b> & </p> <script>x</script> ]]> " ' <!-- &lt; * ` 你好"""
NONSENSE = WORDS.split(" ")
TAG = re.compile(r"<[^<>]*>")


def nonsense(unit, chance):
    """A translation that has nothing to do with the text, linked at random or not at all."""
    text = " ".join(chance.choices(NONSENSE, k=chance.randint(0, 12)))
    source, target = word_spans(unit.plain), word_spans(text)
    links = [(chance.choice(source), chance.choice(target)) for _ in range(chance.randint(0, 9)) if target]
    return Rendered(text, links)


def tree_of(text):
    """Each tag with the tags it stands in, as often as it stands there."""
    inside, found = [], Counter()
    for tag in TAG.findall(text):
        if tag.startswith("</"):
            assert inside.pop() == tag[2:-1], "not nested"
        else:
            found[(*inside, tag)] += 1
            if not (tag.endswith("/>") or tag[1] in "!?"):
                inside.append(tag[1:].split()[0].rstrip(">"))
    assert not inside
    return found


@given(FRAGMENTS | st.text(max_size=60) | st.text("<>/ab=\"'!-&; \n", max_size=40))
def test_html_that_is_translated_into_itself_comes_back_letter_for_letter(text):
    markup = parse_html(text)
    assert markup.render([Rendered(unit.plain) for unit in markup.units]) == (text, 0)


@given(FRAGMENTS | st.text(max_size=60) | st.text("<>/ab=\"'!-&; \n", max_size=40))
def test_every_character_of_a_unit_is_found_in_the_text(text):
    for parse in (parse_html, parse_markdown):
        markup = parse(text)
        for unit, places in zip(markup.units, markup.positions(), strict=True):
            assert len(places) == len(unit.plain)
            for character, (start, end) in zip(unit.plain, places, strict=True):
                raw = text[start:end]
                assert raw in (character, "\0") or character == " " or raw[0] in "&\\"


@given(st.text(max_size=60) | st.text("<>/ab=\"'!-&; \n", max_size=30) | st.lists(TREES).map("".join))
def test_xml_that_is_translated_into_itself_comes_back_letter_for_letter(text):
    try:
        markup = parse_xml(text)
    except MarkupError:
        return
    assert markup.render([Rendered(unit.plain) for unit in markup.units]) == (text, 0)


@given(st.lists(TREES).map("".join), st.randoms(use_true_random=False))
def test_nonsense_leaves_every_tag_of_xml_where_it_was_nested(text, chance):
    markup = parse_xml(text)
    said, _ = markup.render([nonsense(unit, chance) for unit in markup.units])
    assert tree_of(said) == tree_of(text)
    parse_xml(said)


@given(FRAGMENTS, st.randoms(use_true_random=False))
def test_nonsense_leaves_every_tag_of_html_there_once_and_makes_none(text, chance):
    markup = parse_html(text, None)
    said, _ = markup.render([nonsense(unit, chance) for unit in markup.units])
    assert tags_of(said) == tags_of(text)


def tags_of(text):
    """What is no text, without the values that are translated."""
    parts = parse_html(text)._parts
    raws = ("".join(part.raw for part in [*reversed(list(_cut(part)))]) for part in parts if part.role != "text")
    return Counter(raws)


def _cut(part):
    """The pieces of a tag between its values, last one first."""
    end = len(part.raw)
    for value in reversed(part.values):
        yield type(part)(part.raw[value.end : end], "point")
        end = value.start
    yield type(part)(part.raw[:end], "point")


@pytest.mark.parametrize(
    ("text", "units", "said"),
    [
        ("<p>a <?php if ($a > 1) echo '<b>'; ?> dog</p>", ["a dog"], "<p>A <?php if ($a > 1) echo '<b>'; ?> DOG</p>"),
        ("<?= $x ?> <p>dog</p> <?php echo 1 > 2;", ["dog"], "<?= $x ?> <p>DOG</p> <?php echo 1 > 2;"),
        ("<% if a > b %><p>the <%= name %> dog", ["the dog"], "<% if a > b %><p>THE <%= name %> DOG"),
        ("a <% b", ["a <% b"], "A &lt;% B"),
        ("a dog<sup>1</sup> of 5 m<sup> 2 </sup>.", ["a dog of 5 m."], "A DOG<sup>1</sup> OF 5 M<sup> 2 </sup>."),
        (
            "dog<sup class=x><a href='#n1'>&#91;1&#93;</a></sup> ran",
            ["dog ran"],
            "DOG<sup class=x><a href='#n1'>&#91;1&#93;</a></sup> RAN",
        ),
        ("H<sub>2</sub>O and 1<sup>st</sup>", ["H2O and 1st"], "<sub>H2O</sub> AND <sup>1ST</sup>"),
    ],
)
def test_what_is_no_word_is_kept(text, units, said):
    markup = parse_html(text)
    assert [unit.plain for unit in markup.units] == units
    assert markup.render([Rendered(unit.plain.upper()) for unit in markup.units]) == (said, 0)


@pytest.mark.parametrize("parse", [parse_html, parse_xml])
@pytest.mark.parametrize(
    "text",
    [
        "<b>" * 10_000 + "one two" + "</b>" * 10_000,
        "<i>one</i> " * 5_000,
        "<i>one</i> <x y='" + "z" * 90_000 + "'/>",
        "one <x/>" * 5_000,
    ],
    ids=["deep", "wide", "long", "points"],
)
def test_much_is_no_trouble(parse, text):
    markup = parse(text)
    said, _ = markup.render([Rendered(unit.plain.upper() + " <") for unit in markup.units])
    assert Counter(TAG.findall(said)) == Counter(TAG.findall(text))
