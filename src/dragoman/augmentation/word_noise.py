"""Noise on the words of a text: some dropped, some blanked, the order shaken a little. Knows no models.

A beam search writes every sentence in the same regular way, from which a model learns little. Noise breaks that
regularity: the model that learns to undo it must look at the whole sentence (Edunov et al. 2018, section 3, after
Lample, Conneau, Denoyer & Ranzato 2018, "Unsupervised Machine Translation Using Monolingual Corpora Only", section
2.3). It is meant for the source side of synthetic pairs; a target is never changed.
"""

from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.randomness import generator
from dragoman.text.scripts import has_spaces


class WordNoiseConfig(Section):
    """How much noise. The defaults are those of both papers."""

    drop: float = Field(default=0.1, ge=0, lt=1)
    """Chance of each word to be left out."""
    blank: float = Field(default=0.1, ge=0, lt=1)
    """Chance of each word that is left to become the filler."""
    filler: str = Field(default="_", min_length=1)
    """What stands in place of a blanked word."""
    distance: int = Field(default=3, ge=0)
    """No word moves further than this; 0 keeps the order."""


class WordNoise:
    """Adds noise to texts, each by its own key.

    Args:
        config: how much.
        language: of the texts; where it puts no spaces between words, characters count as words.
        seed: another seed, other noise.
    """

    def __init__(self, config: WordNoiseConfig | None = None, *, language: str, seed: int = 1) -> None:
        self._config = config or WordNoiseConfig()
        self._gap = " " if has_spaces(language) else ""
        self._seed = seed

    def __call__(self, text: str) -> str:
        """``text`` with noise; the same text and seed give the same noise, and one word at least stays."""
        config = self._config
        words = text.split() if self._gap else [character for character in text if not character.isspace()]
        draw = generator("word noise", self._seed, text)
        left = [word for word in words if draw.random() >= config.drop] or words[:1]
        blanked = [config.filler if draw.random() < config.blank else word for word in left]
        places = [place + draw.uniform(0, config.distance + 1) for place in range(len(blanked))]
        order = sorted(range(len(blanked)), key=places.__getitem__) if config.distance else range(len(blanked))
        return self._gap.join(blanked[place] for place in order)
