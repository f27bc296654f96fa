"""The recipe: everything a training run is made of, in one file. It composes the rooms' own sections.

Nothing below this floor ever sees a whole recipe; :mod:`dragoman.jobs.assemble` hands each section to its room.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from dragoman.base.catalog import Catalog, nearest
from dragoman.base.config import Section, apply_settings, parse, read_toml
from dragoman.base.errors import ConfigError
from dragoman.batching.bucketing import BatchingConfig
from dragoman.compute.placement import ComputeConfig
from dragoman.corpora.cleaning import CleaningConfig
from dragoman.corpora.monolingual import files_of
from dragoman.decoding.config import DecodingConfig
from dragoman.models import MODELS
from dragoman.objectives import OBJECTIVES
from dragoman.tasks import TASKS
from dragoman.tasks.text import TextConfig
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
    JSONL, TMX. With ``task.kind = "text"``: plain text files, or stems of them."""
    weights: tuple[float, ...] | None = Field(default=None, min_length=1)
    """How much of an epoch each location of ``train`` shall have, in any unit; left out, it goes by size."""
    temperature: float = Field(default=1.0, ge=1)
    """Without weights: shares are in proportion to size^(1/temperature). 1 takes every pair once an epoch; 5 lifts
    small corpora much."""
    weights_end: tuple[float, ...] | None = Field(default=None, min_length=1)
    """Weights at the end, such as ``[0, 1]`` for weights of ``[1, 0]``: general text first, that of a domain last. They
    change in a straight line over ``curriculum_steps``."""
    curriculum: Literal["none", "length", "rarity"] = "none"
    """Easy text first: sources that are short, or short and of frequent pieces; the rest comes in little by little."""
    curriculum_steps: int | None = Field(default=None, ge=1)
    """After so many updates nothing is left out any more (curriculum), or the shares are those of weights_end."""
    replay: str | None = None
    """Text that the model to start from was trained on: some of it among the new text keeps it from forgetting."""
    replay_share: float | None = Field(default=None, gt=0, lt=1)
    """How much of an epoch is ``replay``, by default 0.2; the locations of ``train`` share the rest as otherwise."""
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
        self._check_weights()
        if self.weights_end is not None and self.curriculum != "none":
            raise ValueError("curriculum and weights_end are two orders of the same text: give one of them")
        is_ordered = self.weights_end is not None or self.curriculum != "none"
        if is_ordered != (self.curriculum_steps is not None):
            raise ValueError(
                "curriculum_steps goes with curriculum or weights_end: it says after how many updates all is as usual"
            )
        if self.replay is not None and self.replay in self.train:
            raise ValueError(f"{self.replay} cannot be both new and old text: take it out of train or of replay")
        if self.replay is None and self.replay_share is not None:
            raise ValueError("replay_share without replay: name the old text too")
        return self

    def _check_weights(self) -> None:
        if self.weights is None and self.weights_end is not None:
            raise ValueError("weights_end without weights: say where they begin")
        if self.weights is None:
            return
        ends = (self.weights,) if self.weights_end is None else (self.weights, self.weights_end)
        for weights in ends:
            if len(weights) != len(self.train):
                raise ValueError(f"{len(weights)} weights for {len(self.train)} training corpora: give one for each")
            if min(weights) < 0 or not sum(weights):
                raise ValueError(f"weights of {list(weights)}: give positive numbers")
        if not min(map(max, zip(*ends, strict=True))):
            raise ValueError("a weight of 0: leave out a corpus that is not wanted")
        if self.temperature != 1:
            raise ValueError("weights and temperature are two ways to say one thing: give one of them")

    @property
    def locations(self) -> tuple[str, ...]:
        """All text that is trained on: the new, and the old one at the end."""
        return self.train if self.replay is None else (*self.train, self.replay)


class TrainingConfig(Section):
    """How long to train, how to watch it, and what to keep."""

    seed: int = 1
    """Decides first weights, order, dropout and splits."""
    start_from: str | None = None
    """A model to go on from: its tokenizers, shape and weights are taken; of ``[model]`` only what is given counts."""
    init_from: str | None = None
    """A model to begin with, pre-trained or of other languages: its tokenizer is taken, and of its weights all that
    fit by name and shape; of its shape what ``[model]`` does not say."""
    keep_zeros: bool = False
    """Weights of matrices that are zero stay zero: for a model to start from that was pruned weight by weight."""
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
    "batching": BatchingConfig,
    "optimizer": OptimizerConfig,
    "schedule": ScheduleConfig,
    "training": TrainingConfig,
    "decoding": DecodingConfig,
    "compute": ComputeConfig,
    "tracking": TrackingConfig,
}
_BY_KIND: dict[str, tuple[Catalog, str]] = {
    "task": (TASKS, "translation"),
    "tokenizer": (TOKENIZERS, "sentencepiece"),
    "model": (MODELS, "transformer"),
    "objective": (OBJECTIVES, "cross_entropy"),
}
_TEXT_DEFAULTS: dict[str, dict[str, Any]] = {"objective": {"kind": "denoising"}, "training": {"metric": "loss"}}
"""What a recipe that learns from text alone takes where it says nothing."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One training run, resolved: every value is there, the defaults too."""

    corpus: CorpusConfig
    cleaning: CleaningConfig
    task: TranslationConfig | TextConfig
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

    @property
    def is_of_text(self) -> bool:
        """Whether it learns from text alone, without translations."""
        return isinstance(self.task, TextConfig)

    @property
    def translation(self) -> TranslationConfig:
        """The task of a recipe that learns to translate.

        Raises:
            ConfigError: it learns from text alone.
        """
        if isinstance(self.task, TextConfig):
            raise ConfigError(
                "this recipe learns from text alone, which has no source and no target",
                hint="set task.kind = 'translation', task.source and task.target",
            )
        return self.task

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
    of_text = values.get("task", {}).get("kind") == TextConfig.model_fields["kind"].default
    sections: dict[str, Any] = {}
    for name in known:
        given = {**(_TEXT_DEFAULTS.get(name, {}) if of_text else {}), **values.get(name, {})}
        kind = _PLAIN.get(name) or _kind(name, given)
        sections[name] = parse(kind, given, place=f"{place} [{name}]")
    recipe = Recipe(**sections)
    _check_purpose(recipe, place)
    return replace(recipe, corpus=_of_each_language(recipe.corpus, recipe.task.languages)) if of_text else recipe


def _check_purpose(recipe: Recipe, place: str) -> None:
    """Task, objective and metric go together: text alone wants another objective than pairs, and is not translated."""
    objective: str = recipe.objective.kind  # type: ignore[attr-defined]
    if getattr(recipe.objective, "reads_text", False) != recipe.is_of_text:
        raise ConfigError(
            f"{place}: objective.kind = {objective!r} does not go with task.kind = {recipe.task.kind!r}",
            hint="from text alone learn masked, denoising and mass; the other objectives learn from pairs",
        )
    if recipe.is_of_text and recipe.training.metric != "loss":
        raise ConfigError(
            f"{place}: training.metric = {recipe.training.metric!r}, but text alone is not translated",
            hint="leave it out, or set training.metric = 'loss'",
        )
    if recipe.is_of_text and any(recipe.corpus.tags or ()):
        raise ConfigError(
            f"{place}: corpus.tags = {list(recipe.corpus.tags or ())}, but text alone is not tagged",
            hint="leave corpus.tags out; tag the translations that are learnt from later",
        )
    if recipe.is_of_text and (recipe.corpus.replay is not None or recipe.corpus.weights_end is not None):
        raise ConfigError(
            f"{place}: corpus.replay and corpus.weights_end are for pairs, not for text alone",
            hint="leave them out; corpus.weights mixes texts",
        )
    if recipe.corpus.replay is not None and not (recipe.training.start_from or recipe.training.init_from):
        raise ConfigError(
            f"{place}: corpus.replay is the text of an earlier training, but there is no training.start_from",
            hint="give the model to start from, or put the text into corpus.train",
        )
    if recipe.training.start_from is not None and recipe.training.init_from is not None:
        raise ConfigError(
            f"{place}: training.start_from and training.init_from are both given",
            hint="start_from goes on with a whole model, init_from takes over what fits: choose one",
        )


def _of_each_language(corpus: CorpusConfig, languages: tuple[str, ...]) -> CorpusConfig:
    """The same with each training location named language by language; a stem's weight is shared out evenly."""
    files = [files_of(location, languages) for location in corpus.train]
    weights = corpus.weights and tuple(
        weight / len(group) for weight, group in zip(corpus.weights, files, strict=True) for _ in group
    )
    return corpus.model_copy(update={"train": tuple(file for group in files for file in group), "weights": weights})


def _kind(name: str, given: dict[str, Any]) -> type[Section]:
    """The section class that ``kind`` asks for."""
    catalog, default = _BY_KIND[name]
    kind: type[Section] = catalog.load(str(given.setdefault("kind", default))).config_type
    return kind
