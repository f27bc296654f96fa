"""Ids that trained models are built on."""

from dragoman.base import symbols


def test_they_never_change():
    assert (symbols.PAD, symbols.UNK, symbols.BOS, symbols.EOS) == (0, 1, 2, 3)
    assert symbols.SPECIAL_PIECES == ("<pad>", "<unk>", "<s>", "</s>")
