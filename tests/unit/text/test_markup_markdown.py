"""Markdown: what is text and what is not, and that no translation changes how a text is marked up."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dragoman.text.markup.markdown import parse_markdown
from dragoman.text.markup.parts import Rendered
from dragoman.text.words import word_spans

PAGE = """# The *red* car #

Some **bold _and_ nested** text with `code` and [a link](http://a.b/c_d "t") and
![img](x.png) and <span class="x">html</span> &amp; \\* star.\x20\x20
Hard break. snake_case [ref] <http://auto.link>

> quoted text
> goes **on
> here** now
- item one
  1. sub ~~strike~~ item

| a b | `c` d |
|---|:-:|
| one | two **x** |

    code block

```py
fenced
```
<div>html</div>

[ref]: http://x.y
Setext
======
"""
BITS = st.sampled_from(
    [
        *(
            "one ",
            "two",
            " three",
            "snake_case",
            "é",
            "你好",
            "1. ",
            "- ",
            "# ",
            "> ",
            "    ",
            "\n",
            "\r\n",
            "\n\n",
            "  \n",
        ),
        *(
            "*",
            "**",
            "_",
            "`",
            "[",
            "](x_y)",
            "]",
            "[a][r]",
            "\n\n[r]: http://r.s\n\n",
            "![i](j)",
            "<b>",
            "</b>",
            "<br>",
        ),
        *(
            "<code>",
            "</code>",
            "&amp;",
            "&nbsp;",
            "\\",
            "\\*",
            "~~",
            "|",
            "\na|b\n-|-\n",
            "```\n",
            "\t",
            "---",
            "!",
            "<",
            "&",
        ),
        *("[^1]", "\n[^1]: ", "$", "$$", "[ ] ", "\n::: x\n", "\n: ", ":x:", "[[", "]]", "{#a}", "[!NOTE]\n"),
    ]
)
TEXTS = st.lists(BITS, max_size=25).map("".join)
WORDS = """alpha beta, *x* _y_ [z](w) ![v](u) <b>q</b> `c` 1. - # + > ``` ~~s~~ &amp; | --- \\ ! 你好"""
NONSENSE = WORDS.split(" ")
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read(text):
    """The blocks, in order, and the marks with what they point at, as often as they are there."""
    blocks, marks = [], Counter()
    for token in READER.parse(text):
        blocks.append((token.type, token.tag, token.level))
        if token.type in ("fence", "code_block", "html_block"):
            marks[token.type, token.content] += 1
        for child in token.children or ():
            if child.type not in ("text", "softbreak"):
                said = child.content if child.type in ("code_inline", "html_inline") else ""
                marks[child.type, str(sorted(child.attrs.items())), said] += 1
    return blocks, marks


def translated(text, chance):
    markup = parse_markdown(text)
    found = []
    for unit in markup.units:
        said = " ".join(chance.choices(NONSENSE, k=chance.randint(1, 9)))
        source, target = word_spans(unit.plain), word_spans(said)
        links = [(chance.choice(source), chance.choice(target)) for _ in range(chance.randint(0, 9))]
        found.append(Rendered(said, links))
    return markup.render(found)[0]


@given(TEXTS | st.text(max_size=60))
def test_what_is_translated_into_itself_comes_back_letter_for_letter(text):
    markup = parse_markdown(text)
    assert markup.render([Rendered(unit.plain) for unit in markup.units]) == (text, 0)


@settings(max_examples=200)
@given(TEXTS, st.randoms(use_true_random=False))
def test_nonsense_changes_no_block_and_no_mark(text, chance):
    assert read(translated(text, chance)) == read(text)


def test_what_stands_beside_a_unit_makes_no_other_mark_of_it():
    text = "one **<b>*\n\nA dog."
    markup = parse_markdown(text)
    said = [Rendered({"A dog.": "Ein Hund."}.get(unit.plain, "eins")) for unit in markup.units]
    assert markup.render(said) == ("one **<b>*\n\nEin Hund.", 1)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_page(end):
    page = PAGE.replace("\n", end)
    markup = parse_markdown(page)
    assert [unit.plain for unit in markup.units] == [
        "The red car",
        "Some bold and nested text with and a link and and html & * star.",
        "Hard break. snake_case",
        "quoted text goes on here now",
        "item one",
        "sub strike item",
        "a b",
        "d",
        "one",
        "two x",
        "Setext",
    ]
    said, kept = markup.render([Rendered(unit.plain.upper()) for unit in markup.units])
    assert kept == 0
    assert read(said) == read(page)
    for line in (
        "# THE *RED* CAR #",
        "- ITEM ONE",
        "> QUOTED TEXT GOES **ON HERE** NOW",
        "| ONE | TWO **X** |",
        "======",
    ):
        assert line + end in said
    assert '[A LINK](http://a.b/c_d "t")' in said
    assert '<span class="x">HTML</span> &amp; \\* STAR.  ' in said


@pytest.mark.parametrize(
    "text",
    [
        "Use **`npm`** now",
        "see [`x`](y) for it",
        "a **[`x`](y)** **b** c",
        "run *of `x`* when",
        "[#1](x) **the `a` of `b` and `c`**",
        "the <i></i> dog",
    ],
)
def test_spaces_beside_what_is_not_translated(text):
    markup = parse_markdown(text)
    said, kept = markup.render([Rendered(f"{unit.plain} ja") for unit in markup.units])
    assert (said.replace(" ja", "").replace("\\#", "#"), kept) == (text, 0)


EXTENDED = """# Title {#top}

- [ ] a task *here*
- [x] done

> [!NOTE]
> Words of note.

A claim[^1] with $x_1 + y_2$ and $a*b*c$, costs $5 and $10 (US$).[^n]
At 10:30:45 it was $3. (US$) or *$4*, a :rocket: of [[Home Page]].

[^1]: The text.
[^n]: Other words
that go on.

:::tip Title
Words in it.
:::

Term
: What it is.

$$
x = *y*
$$

See [a [^1] b](http://x) and [^1](u).
{: .class}
"""


def test_what_other_readers_know_stays_as_it_is():
    markup = parse_markdown(EXTENDED)
    assert [unit.plain for unit in markup.units] == [
        "Title",
        "a task here",
        "done",
        "Words of note.",
        "A claim with and , costs $5 and $10 (US$). At 10:30:45 it was $3. (US$) or $4, a of .",
        "The text.",
        "Other words that go on.",
        "Words in it.",
        "Term",
        "What it is.",
        "See a b and ^1.",
    ]
    said, kept = markup.render([Rendered(unit.plain.upper()) for unit in markup.units])
    assert kept == 0
    for line in (
        "# TITLE {#top}",
        "- [ ] A TASK *HERE*",
        "> [!NOTE]\n> WORDS OF NOTE.",
        "A CLAIM[^1] WITH $x_1 + y_2$ AND $a*b*c$, COSTS $5 AND $10 (US$).[^n] AT",
        "OR *$4*, A :rocket: OF [[Home Page]].",
        "[^1]: THE TEXT.\n[^n]: OTHER WORDS THAT GO ON.",
        ":::tip Title\nWORDS IN IT.\n:::",
        "TERM\n: WHAT IT IS.",
        "$$\nx = *y*\n$$",
        "SEE [A [^1] B](http://x) AND [^1](u).\n{: .class}",
    ):
        assert f"{line}" in said


def test_marks_that_would_not_be_read_are_written_otherwise_or_the_sentence_is_kept():
    markup = parse_markdown("the _red_ car")
    assert markup.render([Rendered("我红车", [((4, 7), (1, 2))])]) == ("我*红*车", 0)
    markup = parse_markdown("the **red** car")
    assert markup.render([Rendered("")]) == ("the **red** car", 1)


@pytest.mark.parametrize(
    "text", ["[a" * 2000, "*_" * 3000, "**a** " * 3000, "> " * 3000 + "a", "`a" * 3000, "[x](y) " * 3000]
)
def test_much_is_no_trouble(text):
    markup = parse_markdown(text)
    assert markup.render([Rendered(unit.plain) for unit in markup.units]) == (text, 0)
    markup.render([Rendered(unit.plain.upper() + " *") for unit in markup.units])
