"""Loops are found and cut; what people repeat is left to them."""

import pytest

from dragoman.text.repetition import cut_loops, has_loop


@pytest.mark.parametrize(
    ("target", "source", "loops"),
    [
        ("nein nein nein nein", "no no no no", False),
        ("nein nein nein nein", "no", True),
        ("im Park im Park im Park im Park.", "in the park", True),
        ("hahahahahahahaha", "hahahahaha", False),
        ("hahahahahahahaha", "funny", True),
        ("sehr, sehr gut", "very good", False),
        ("好好好好好好", "good", True),
        ("...", "…", False),
        ("! ! ! ! ! ! ! ! ! !", "!", True),
        ("ein Mann und eine Frau und ein Kind", "a man, a woman and a child", False),
    ],
)
def test_what_is_a_loop(target, source, loops):
    assert has_loop(target, source) is loops


@pytest.mark.parametrize(
    ("target", "source", "expected"),
    [
        ("Er geht im Park im Park im Park im Park.", "in the park", "Er geht im Park."),
        ("nein nein nein nein nein", "no no", "nein nein"),
        ("hahahahahahahaha ja", "funny", "haha ja"),
        ("gut", "good", "gut"),
    ],
)
def test_loops_are_cut(target, source, expected):
    cut = cut_loops(target, source)
    assert cut == expected
    assert not has_loop(cut, source)
