"""Marked-up texts through the service: units, languages in between, links, what is refused."""

import asyncio

import pytest
from server_fakes import Obedient, Parrot, make_service

from dragoman.server.ask import Ask, RefusedError
from dragoman.server.gate import Credentials
from dragoman.server.speaker import Said, Segments
from dragoman.server.texts.hops import Hopped, links_of, through
from dragoman.server.texts.marked import put_together, read


class Reverser(Parrot):
    """Says the words the other way round, and which is which."""

    def run(self, kind, segments):
        self.asked.extend((segment, kind.alignments) for segment in segments)
        return [self._said(segment, kind) for segment in segments]

    def _said(self, segment, kind):
        words = segment.split(" ")
        text = " ".join(reversed(words))
        links, place = [], 0
        for word in words:
            links.append(((place, place + len(word)), (len(text) - place - len(word), len(text) - place)))
            place += len(word) + 1
        return Said((text,), alignment=tuple(links) if kind.alignments else ())


class ObedientReverser(Reverser):
    """Says terms, too; never asked to here, where they are put in afterwards."""

    obeys_terms = True


def answer(service, text, *, source="en", **more):
    [found] = asyncio.run(service.answer(Ask((text,), "de", source, **more), Credentials())).translations
    return found


def test_tags_go_where_their_words_go_and_alignments_are_wished_for_them_only():
    speaker = Reverser("en", "de")
    service = make_service(speaker)
    found = answer(service, "<p>the <b>red <i>big</i></b> car</p><p>an apple</p>", format="html")
    assert found.text == "<p>car <b><i>big</i> red</b> the</p><p>apple an</p>"
    assert sorted(speaker.asked) == [("an apple", False), ("the red big car", True)]


def test_markdown_keeps_its_marks(service):
    found = answer(service, "# One\n\n- two **three**\n- `four`\n", format="markdown")
    assert found.text == "# de(One)\n\n- de(two **three**)\n- `four`\n"
    service = make_service(Reverser("en", "de"))
    assert answer(service, "a [b](c) d *e*.", format="markdown").flags == ()


def test_links_go_through_the_language_in_between():
    service = make_service(Reverser("zh", "en"), Reverser("en", "de"))
    found = answer(service, "a <b>b</b> c d", source="zh", format="xml")
    assert (found.text, found.via) == ("a <b>b</b> c d", ("en",))
    first = [((0, 1), (4, 6)), ((2, 3), (0, 2))]
    assert through(first, [((5, 6), (7, 8)), ((0, 1), (1, 2))]) == (((0, 1), (7, 8)), ((2, 3), (1, 2)))


def test_links_of_segments_are_links_of_the_text():
    plan = Segments(("ab", "c"), (" ", "\n\n", ""))
    said = [Said((" x ab ",), alignment=(((0, 2), (3, 5)),)), Said(("y",), alignment=(((0, 1), (0, 1)),))]
    assert plan.rebuild([one.texts[0] for one in said]) == " x ab\n\ny"
    assert links_of(plan, said) == (((1, 3), (3, 5)), ((5, 6), (7, 8)))
    assert links_of(plan, [said[0], Said(("y",))]) == (((1, 3), (3, 5)),)


def test_words_are_aligned_in_the_whole_text_and_what_is_missing_is_told(service):
    text = " a big 🚗 car\n\nmy dog"
    found = answer(make_service(Reverser("en", "de")), text, alignments=True)
    assert found.text == " car 🚗 big a\n\ndog my"
    linked = {text[slice(*first)]: found.text[slice(*second)] for first, second in found.alignment}
    assert linked == {word: word for word in text.split()}
    assert found.flags == ()
    found = answer(service, "a car", alignments=True)
    assert (found.alignment, found.flags) == ((), ("no-alignment",))
    assert answer(service, "a car").flags == ()


def linked(text, found):
    return {text[slice(*first)]: found.text[slice(*second)] for first, second in found.alignment}


@pytest.mark.parametrize(
    ("kind", "text", "said", "links"),
    [
        ("html", "<p>a <b>car</b></p>", "<p><b>car</b> a</p>", {"a": "a", "car": "car"}),
        (
            "html",
            '<img alt="a  dog"><p>x &amp; &#233;t <i>c</i> a@b.example</p>',
            '<img alt="dog a"><p>a@b.example <i>c</i> &#233;t &amp; x</p>',
            {one: one for one in ("a", "dog", "x", "&amp;", "&#233;t", "c", "a@b.example")},
        ),
        ("xml", "<x>a<g/> b\n c</x>", "<x>c b a<g/></x>", {"a": "a", "b": "b", "c": "c"}),
        ("markdown", "> a *b*\n> c\n\n# d e\n", "> c *b* a\n\n# e d\n", {one: one for one in "abcde"}),
    ],
)
def test_links_of_marked_up_texts_are_places_in_the_markup(kind, text, said, links):
    found = answer(make_service(Reverser("en", "de")), text, format=kind, alignments=True)
    assert (found.text, found.flags) == (said, ())
    assert linked(text, found) == links


def test_what_is_not_aligned_between_marks_is_told(service):
    found = answer(service, "<p>a <b>car</b></p>", format="html", alignments=True)
    assert (found.alignment, found.flags) == ((), ("no-alignment",))
    markup = read("<p>a</p><p>b</p>", Ask(("",), "de", format="html"))
    said = [Hopped(("😀",), links=(((0, 1), (0, 1)),)), Hopped(("c",), links=(((0, 1), (0, 1)),))]
    whole = put_together(markup, said, Ask(("",), "de", format="html", alignments=True))
    assert (whole.texts, whole.links, whole.flags) == (("<p>😀</p><p>c</p>",), (), ("no-alignment",))


def test_terms_are_put_in_through_the_language_in_between():
    service = make_service(Reverser("zh", "en"), ObedientReverser("en", "de"))
    found = answer(service, "a b c", source="zh", terms={"b": "WORT", "d": "nie"})
    assert (found.text, found.via, found.flags, found.alignment) == ("a WORT c", ("en",), (), ())
    aligned = answer(service, "a b c", source="zh", terms={"b": "WORT"}, alignments=True)
    assert ((2, 3), (2, 6)) in aligned.alignment

    async def pieces():
        ask = Ask(("a b c",), "de", "zh", terms={"b": "WORT"})
        return [piece.text async for piece in service.stream(ask, Credentials())]

    assert asyncio.run(pieces()) == ["a WORT c"]
    blind = make_service(Parrot("zh", "en"), Obedient("en", "de"))
    assert answer(blind, "a b", source="zh", terms={"b": "WORT"}).flags == ("term-unsaid",)


def test_alternatives_of_a_marked_up_text(service):
    found = answer(service, "<p>a</p><p>b</p>", format="html", alternatives=1)
    assert (found.text, found.alternatives) == ("<p>de(a)</p><p>de(b)</p>", ("<p>de1(a)</p><p>de1(b)</p>",))


def test_what_holds_no_text_is_left_alone(service):
    for text in ("", "<hr>", "<p> &nbsp; </p>", "<script>go()</script>"):
        assert answer(service, text, format="html").text == text
    assert service.fleet.members[0].speaker.asked == []


def test_the_language_is_seen_in_the_text_and_not_in_the_tags(service):
    found = answer(service, "<section class='important-notice'>这是一个句子</section>", source=None, format="html")
    assert found.source == "zh"


@pytest.mark.parametrize("text", ["<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "<a>", "</a>", "a < b"])
def test_xml_that_may_not_be_is_refused(service, text):
    with pytest.raises(RefusedError, match="XML") as refused:
        answer(service, text, format="xml")
    assert (refused.value.reason, refused.value.status) == ("bad_markup", 400)


def test_a_stream_of_a_marked_up_text_is_one_piece(service):
    async def pieces():
        ask = Ask(("<p>a</p><p>b</p>",), "de", "en", format="html")
        return [piece.text async for piece in service.stream(ask, Credentials())]

    assert asyncio.run(pieces()) == ["<p>de(a)</p><p>de(b)</p>"]
