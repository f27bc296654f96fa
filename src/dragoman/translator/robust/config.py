"""Which protections are switched on, in plain values."""

from dragoman.base.config import Section


class RobustConfig(Section):
    """What is seen to at the level of text, above any engine."""

    spans: bool = True
    """Addresses, placeholders, emoji, codes and numbers of the source are in the translation, exactly as often."""
    casing: bool = True
    """Text in capitals, or in those of a title, is translated from its ordinary spelling."""
    loops: bool = True
    """Translations that repeat themselves or run to the longest length are made again; none is empty."""


NO_PROTECTION = RobustConfig(spans=False, casing=False, loops=False)
"""What the model says, as it says it."""
