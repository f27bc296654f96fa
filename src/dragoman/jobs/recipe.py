"""The recipe: everything a training run is made of, in one file. It composes the rooms' own sections.

Nothing below this floor ever sees a whole recipe; :mod:`dragoman.jobs.assemble` hands each section to its room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from dragoman.base.catalog import Catalog, nearest
from dragoman.base.config import Section, apply_settings, parse, read_toml
from dragoman.base.errors import ConfigError
from dragoman.batching.bucketing import BatchingConfig
from dragoman.compute.placement import ComputeConfig
from dragoman.corpora.cleaning import CleaningConfig
from dragoman.decoding.search import DecodingConfig
from dragoman.models import MODELS
from dragoman.objectives import OBJECTIVES
from dragoman.tasks.translation import TranslationConfig, check_tags
from dragoman.tokenizers import TOKENIZERS
from dragoman.tracking.protocol import TrackingConfig
from dragoman.training.optimizers import OptimizerConfig
from dragoman.training.schedules import ScheduleConfig


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class CorpusConfig(Section):
    """What is learnt from. Paths are taken from the current directory."""

    train: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(min_length=1)
    """Locations of the training text, one or more: stems (``data/train`` for data/train.en and data/train.de), TSV,
    JSONL, TMX."""
    weights: tuple[float, ...] | None = Field(default=None, min_length=1)
    """How much of an epoch each location of ``train`` shall have, in any unit; left out, it goes by size."""
    temperature: float = Field(default=1.0, ge=1)
    """Without weights: shares are in proportion to size^(1/temperature). 1 takes every pair once an epoch; 5 lifts
    small corpora much."""
    tags: tuple[str, ...] | None = None
    """A word in front of every source of each location of ``train``, such as ``["", "bt", "medical"]``: one for each,
    "" for none. A model so trained can be given one when it translates (``--tag``)."""
    validation: str | None = None
    """Text to choose the best model on; without it some groups of the training text are held out."""
    test: str | None = None
    """Text the finished model is scored on once, with the chosen weights; never looked at before."""
    validation_pairs: int | None = Field(default=None, ge=1)
    """Pairs to hold out when there is no validation text; by default a twentieth, from 50 to 1,000."""
    clean: bool = False
    """Run the cleaning rules of the section ``cleaning`` over the training text."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.tags is not None:
            if len(self.tags) != len(self.train):
                raise ValueError(
                    f"{len(self.tags)} tags for {len(self.train)} training corpora: give one for each, '' for none"
                )
            check_tags(self.tags)
        if self.weights is not None:
            if len(self.weights) != len(self.train):
                raise ValueError(
                    f"{len(self.weights)} weights for {len(self.train)} training corpora: give one for each"
                )
            if min(self.weights) <= 0:
                raise ValueError(f"a weight of {min(self.weights):g}: leave out a corpus that is not wanted")
            if self.temperature != 1:
                raise ValueError("weights and temperature are two ways to say one thing: give one of them")
        return self


class TrainingConfig(Section):
    """How long to train, how to watch it, and what to keep."""

    seed: int = 1
    """Decides first weights, order, dropout and splits."""
    start_from: str | None = None
    """A model to go on from: its tokenizers, shape and weights are taken; of ``[model]`` only what is given counts."""
    max_steps: int = Field(default=20_000, ge=1)
    """Updates after which training ends; the cosine schedule ends here too."""
    max_minutes: float | None = Field(default=None, gt=0)
    """Wall time after which training ends, resumed time included."""
    validate_every: int = Field(default=500, ge=1)
    """Updates between validations (and checkpoints)."""
    validation_limit: int | None = Field(default=None, ge=1)
    """Validate on this many pairs from the start of the validation text; all of them by default."""
    metric: Literal["bleu", "chrf", "loss"] = "bleu"
    """What decides which model is best: translated BLEU or chrF, or the loss."""
    patience: int = Field(default=10, ge=0)
    """Validations without a new best after which training stops early; 0 for never."""
    keep_best: int = Field(default=5, ge=1)
    """Best checkpoints kept on disk; their mean is tried at the end and taken when it validates better."""
    moving_average: float = Field(default=0.0, ge=0, lt=1)
    """Decay of the moving average of the weights that is validated and shipped in place of the weights; 0 for none."""


_PLAIN: dict[str, type[Section]] = {
    "corpus": CorpusConfig,
    "cleaning": CleaningConfig,
    "task": TranslationConfig,
    "batching": BatchingConfig,
    "optimizer": OptimizerConfig,
    "schedule": ScheduleConfig,
    "training": TrainingConfig,
    "decoding": DecodingConfig,
    "compute": ComputeConfig,
    "tracking": TrackingConfig,
}
_BY_KIND: dict[str, tuple[Catalog, str]] = {
    "tokenizer": (TOKENIZERS, "sentencepiece"),
    "model": (MODELS, "transformer"),
    "objective": (OBJECTIVES, "cross_entropy"),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One training run, resolved: every value is there, the defaults too."""

    corpus: CorpusConfig
    cleaning: CleaningConfig
    task: TranslationConfig
    tokenizer: Section
    model: Section
    objective: Section
    batching: BatchingConfig
    optimizer: OptimizerConfig
    schedule: ScheduleConfig
    training: TrainingConfig
    decoding: DecodingConfig
    compute: ComputeConfig
    tracking: TrackingConfig

    def values(self) -> dict[str, Any]:
        """The sections as plain values, ready for JSON or TOML."""
        return {name: getattr(self, name).model_dump(mode="json") for name in section_types()}

    def given(self) -> dict[str, Any]:
        """The sections as plain values without those that are None, as a file would hold them."""
        return {
            name: {key: value for key, value in section.items() if value is not None}
            for name, section in self.values().items()
        }

    def to_toml(self) -> str:
        """The recipe as a TOML file."""
        import tomli_w

        return tomli_w.dumps(self.given())


def section_types() -> dict[str, type[Section] | Catalog]:
    """Name of each section → its class, or the catalogue that its ``kind`` chooses from, in the order of a file."""
    names = list(Recipe.__dataclass_fields__)
    return {name: _PLAIN[name] if name in _PLAIN else _BY_KIND[name][0] for name in names}


def read_recipe(path: Path, settings: Sequence[str] = ()) -> Recipe:
    """The recipe in ``path`` with the ``section.key=value`` of ``settings`` laid over it."""
    return make_recipe(apply_settings(read_toml(path), settings), place=str(path))


def make_recipe(values: dict[str, Any], *, place: str) -> Recipe:
    """A recipe from plain values.

    Args:
        values: section → key → value; what is missing takes its default.
        place: where they come from, for messages.

    Raises:
        ConfigError: an unknown section or key, an unknown kind, a bad or missing value.
    """
    known = section_types()
    for name, section in values.items():
        if name not in known:
            guess = nearest(name, known)
            advice = f"did you mean [{guess}]? " if guess else ""
            raise ConfigError(f"{place}: unknown section [{name}]", hint=f"{advice}known: {', '.join(known)}")
        if not isinstance(section, dict):
            raise ConfigError(f"{place}: {name} is a section, but its value is {section!r}", hint=f"write [{name}]")
    sections: dict[str, Any] = {}
    for name in known:
        given = dict(values.get(name, {}))
        kind = _PLAIN.get(name) or _kind(name, given)
        sections[name] = parse(kind, given, place=f"{place} [{name}]")
    return Recipe(**sections)


def _kind(name: str, given: dict[str, Any]) -> type[Section]:
    """The section class that ``kind`` asks for."""
    catalog, default = _BY_KIND[name]
    kind: type[Section] = catalog.load(str(given.setdefault("kind", default))).config_type
    return kind
