"""Where the parts of a text are when others gave way."""

from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.changes import Change, replaced
from dragoman.text.words import word_spans


def test_what_is_replaced_is_held_whole_and_what_stands_behind_moves():
    text, change = replaced("ab 17 cd", [((0, 0), "> "), ((3, 5), "a@b.de"), ((8, 8), "!")])
    assert text == "> ab a@b.de cd!"
    assert [text[slice(*change.moved(span))] for span in word_spans("ab 17 cd")] == ["ab", "a@b.de", "cd"]
    assert text[slice(*change.moved((4, 8)))] == "a@b.de cd"
    assert (change.meets((3, 4)), change.meets((0, 3)), change.meets((5, 8))) == (True, False, False)


def test_touching_pieces():
    text, change = replaced("1722", [((0, 0), "<"), ((0, 2), "{x}"), ((2, 4), "{y}"), ((4, 4), ">")])
    assert text == "<{x}{y}>"
    assert [text[slice(*change.moved(span))] for span in ((0, 2), (2, 4), (0, 4))] == ["{x}", "{y}", "{x}{y}"]


@given(st.text("ab 1{}", max_size=20), st.data())
def test_what_did_not_give_way_stays_itself(text, data):
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(places[::2], places[1::2], strict=False))
    changed, change = replaced(text, [(span, "new" * number) for number, span in enumerate(spans)])
    for span in word_spans(text):
        start, end = change.moved(span)
        assert 0 <= start <= end <= len(changed)
        inner = [(first, last) for first, last in spans if first < span[1] and last > span[0]]
        if not inner:
            assert changed[start:end] == text[slice(*span)]
    assert Change().moved((2, 3)) == (2, 3)
