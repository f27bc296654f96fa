"""What can be asked of back-translation and self-training, apart from the recipe."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from dragoman.augmentation.verdicts import SelectionConfig
from dragoman.augmentation.word_noise import WordNoiseConfig
from dragoman.base.config import Section
from dragoman.base.errors import ConfigError

Arrow = Literal["back", "forward"]
"""Which side of a pair is made by the model: its source (back-translation) or its target (self-training)."""
TAGS: dict[Arrow, str] = {"back": "bt", "forward": "ft"}
"""The name of the synthetic corpus and its tag."""


class GenerationConfig(Section):
    """How the synthetic side is made."""

    method: Literal["beam", "sampling", "top-k", "noised-beam"] = "beam"
    """Beam search, sampling from the whole distribution or from the ``top_k`` likeliest pieces, or beam search and
    then noise on the words."""
    beam: int = Field(default=5, ge=1)
    """Width of the beam search; 1 is greedy and quickest."""
    temperature: float = Field(default=1.0, gt=0)
    """Of sampling: below 1 tamer, above 1 wilder."""
    top_k: int = Field(default=10, ge=1)
    """Of the method top-k: pieces to draw among."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    """Of sampling: draw among the likeliest pieces that have this share together."""
    seed: int = Field(default=1, ge=0)
    """Of sampling and noise."""
    max_lines: int | None = Field(default=None, ge=1)
    """Take so many lines of the text; all by default."""
    selection: SelectionConfig = SelectionConfig()
    """What is dropped."""
    noise: WordNoiseConfig = WordNoiseConfig()
    """Of the method noised-beam: how much."""

    def decoding(self) -> dict[str, Any]:
        """The decoding fields to change in the translating model."""
        if self.method in ("beam", "noised-beam"):
            return {"method": "beam", "beam": self.beam, "n_best": 1}
        top_k = self.top_k if self.method == "top-k" else 0
        values = {"temperature": self.temperature, "top_k": top_k, "top_p": self.top_p, "seed": self.seed}
        return {"method": "sampling", "n_best": 1, **values}


class MixingConfig(Section):
    """How the real and the synthetic corpus are put together for training."""

    tag: bool = False
    """Put a tag before the source of each synthetic pair, so that the model can tell them from real ones (tagged
    back-translation, Caswell, Chelba & Grangier 2019)."""
    ratio: str | None = Field(default=None, pattern=r"^\d+(\.\d+)?:\d+(\.\d+)?$")
    """REAL:SYNTHETIC, such as 1:2: what share of an epoch each has; by default both go by size."""

    def shares(self) -> tuple[float, float] | None:
        """The two numbers of the ratio.

        Raises:
            ConfigError: one of them is nothing.
        """
        if self.ratio is None:
            return None
        real, synthetic = map(float, self.ratio.split(":"))
        if not real or not synthetic:
            raise ConfigError(f"--ratio {self.ratio} leaves one side out", hint="give two numbers above 0, such as 1:2")
        return real, synthetic


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that was asked for.

    Attributes:
        output: the directory of the whole job.
        texts: files in one language: the target's for back-translation, the source's for self-training.
        arrow: which of the two it is.
        recipe: of the model to train; None only where nothing is trained.
        teacher: a model that makes the synthetic side; None trains one first.
        teacher_settings: changes to the recipe of the model that is trained first.
        other_texts: files in the other language, for the models of later rounds that make the synthetic side.
        generation: how pairs are made.
        mixing: how they are mixed with the real ones.
        rounds: how many times.
        generate_only: stop when the first synthetic corpus is there.
        device: where the synthetic side is made; auto, cpu, cuda or mps.
        threads: for it.
    """

    output: Path
    texts: tuple[Path, ...]
    arrow: Arrow = "back"
    recipe: Any = None
    teacher: Path | None = None
    teacher_settings: tuple[str, ...] = ()
    other_texts: tuple[Path, ...] = ()
    generation: GenerationConfig = field(default_factory=GenerationConfig)
    mixing: MixingConfig = field(default_factory=MixingConfig)
    rounds: int = 1
    generate_only: bool = False
    device: str = "auto"
    threads: int | None = None
