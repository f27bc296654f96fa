import pytest

from dragoman.base.errors import ConfigError
from dragoman.tuning.space import (
    Choice,
    Range,
    make_choice,
    parse_dimension,
    parse_variation,
    read_space,
    write_space,
)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("1..8", Range(1, 8)),
        ("0..0.5", Range(0.0, 0.5)),
        ("5e-4..5e-3:log", Range(5e-4, 5e-3, log=True)),
        ("-1 .. .5", Range(-1.0, 0.5)),
        ("relu,gelu", Choice(("relu", "gelu"))),
        ("128, 256", Choice((128, 256))),
        ("true,false", Choice((True, False))),
        ([1, 2.5], Choice((1, 2.5))),
    ],
)
def test_ranges_and_choices_are_read(written, wanted):
    found = parse_dimension("model.width", written)
    assert found == wanted
    if isinstance(found, Range):
        assert type(found.low) is type(wanted.low)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("5..1", "low 5 is above high 1"),
        ("2..2", "nothing to vary"),
        ("0..1:log", "no logarithm"),
        ("1..2:linear", "unknown scale 'linear'"),
        ("1..", "neither a range nor a choice"),
        ("one", "neither a range nor a choice"),
        ("a,a", "leaves nothing to choose"),
        ([], "leaves nothing to choose"),
        ([[1], [2]], "cannot be chosen"),
        (3, "neither a range nor a choice"),
    ],
)
def test_what_is_no_space_is_told(written, words):
    with pytest.raises(ConfigError, match=r"model\.width") as caught:
        parse_dimension("model.width", written)
    assert words in caught.value.message
    assert caught.value.hint


def test_a_variation_needs_an_equals_sign():
    assert parse_variation("a.b = 1..2") == ("a.b", Range(1, 2))
    with pytest.raises(ConfigError, match="has no '='"):
        parse_variation("a.b")


def test_a_space_is_read_as_it_was_written():
    space = {"a.b": Range(1e-4, 1e-2, log=True), "a.c": Choice((1, 2)), "d.e+f": Range(1, 3)}
    assert read_space(write_space(space), place="a file") == space
    with pytest.raises(ConfigError, match="a is not a section"):
        read_space({"a": 1}, place="a file")


def test_true_is_not_one():
    assert not make_choice("a.b", [1, 2]).contains(True)
    assert make_choice("a.b", [True, 1]).values == (True, 1)
    assert not Range(0, 2).contains(True)
    assert Range(0, 2).contains(1)
    assert not Range(0, 2).contains(1.5)
    assert not Range(0, 2).contains(None)
