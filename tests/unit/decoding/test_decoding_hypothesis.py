"""A sentence knows what is wished of it."""

from dragoman.decoding.hypothesis import Sentence


def test_wishes_are_named():
    assert Sentence((5, 2)).wishes == set()
    assert Sentence((5, 2), prefix=(7,), exclude=((8, 9),)).wishes == {"prefix", "exclude"}
    assert Sentence((5, 2), spelling=({7: 1},), include=((8,),)).wishes == {"spelling", "include"}
