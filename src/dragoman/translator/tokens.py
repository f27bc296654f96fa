"""How many word pieces a model read and wrote. They are counted where ids are, and passed on as plain numbers."""

from collections.abc import Iterable
from typing import NamedTuple


class Tokens(NamedTuple):
    """Word pieces of a text and of its translation, without what marks their end.

    Attributes:
        source: that were read, the tag too.
        target: that were written.
    """

    source: int = 0
    target: int = 0


NO_TOKENS = Tokens()
"""Of what no model translated."""


def total(some: Iterable[Tokens]) -> Tokens:
    """All of them together."""
    source = target = 0
    for one in some:
        source += one.source
        target += one.target
    return Tokens(source, target)
