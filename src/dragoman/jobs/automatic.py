"""Training without a recipe: chooses everything from the corpus, and says what it chose and why.

The rule of thumb behind the table: little text wants a small model, a small vocabulary and much
dropout, or it is learnt by heart (Sennrich & Zhang 2019, "Revisiting Low-Resource Neural Machine
Translation"; Araabi & Monz 2020, "Optimizing Transformer for Low-Resource Neural Machine Translation").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.base.config import apply_settings
from dragoman.base.log import say
from dragoman.corpora.sources import Corpus, open_corpus
from dragoman.jobs.recipe import Recipe, make_recipe
from dragoman.text.scripts import has_spaces
from dragoman.translator.manifest import read_manifest

_CHARACTERS_PER_ID = 4.0
_UNSPACED_CHARACTERS_PER_ID = 1.6
_FINE_TUNING_SHARE = 0.1
"""Of the learning rate, when a trained model is to be changed and not forgotten."""


@dataclass(frozen=True, slots=True)
class Size:
    """One row of the table: what suits corpora of up to ``pairs`` pairs."""

    pairs: int
    width: int
    feed_forward_width: int
    layers: int
    heads: int
    dropout: float
    peak: float
    epochs: int
    subword_sampling: float = 0.0

    def shape(self) -> dict[str, Any]:
        """The section ``model``."""
        return {
            "kind": "transformer",
            "width": self.width,
            "feed_forward_width": self.feed_forward_width,
            "encoder_layers": self.layers,
            "decoder_layers": self.layers,
            "heads": self.heads,
            "dropout": self.dropout,
        }


_SIZES = (
    Size(10_000, 128, 256, 3, 4, 0.35, 4e-3, 100, 0.1),
    Size(60_000, 128, 256, 4, 4, 0.3, 4e-3, 80, 0.1),
    Size(300_000, 256, 1024, 4, 4, 0.2, 2e-3, 40),
    Size(2_000_000, 384, 1536, 6, 6, 0.1, 1.2e-3, 20),
    Size(10**12, 512, 2048, 6, 8, 0.1, 7e-4, 10),
)


def size_for(pairs: int) -> Size:
    """What suits a corpus of so many pairs."""
    return next(size for size in _SIZES if pairs <= size.pairs)


def max_tokens_for(pairs: int) -> int:
    """Ids in a batch: little text wants small ones, and so more updates."""
    return 2048 if pairs <= _SIZES[1].pairs else 4096


def schedule_for(size: Size, steps: int) -> dict[str, Any]:
    """The section ``schedule`` of a run of so many steps."""
    return {"kind": "inverse_square_root", "peak": size.peak, "warmup_steps": min(2000, max(100, steps // 10))}


def estimate_ids(text: str, language: str) -> float:
    """About how many ids a text will have."""
    return len(text) / (_CHARACTERS_PER_ID if has_spaces(language) else _UNSPACED_CHARACTERS_PER_ID)


def _sampling(start: str, size: Size) -> float:
    """Of words to be cut anew, where the tokenizer of the model to begin with can do so."""
    kind = read_manifest(Path(start))["recipe"]["tokenizer"]["kind"]
    return size.subword_sampling if kind == "sentencepiece" else 0.0


def choose(location: str, *, source: str, target: str, settings: Sequence[str] = ()) -> Recipe:
    """A recipe for the corpus at ``location``.

    Args:
        location: what to train on.
        source: language of the source.
        target: language of the target.
        settings: ``section.key=value`` changes, laid over what is chosen.
    """
    measure = _measure(open_corpus(location, source=source, target=target))
    size = size_for(measure.pairs)
    max_tokens = max_tokens_for(measure.pairs)
    steps = max(500, size.epochs * max(1, round(measure.ids / max_tokens)))
    values: dict[str, Any] = {
        "corpus": {"train": [location], "clean": True},
        "task": {"source": source, "target": target},
        "model": size.shape(),
        "batching": {"max_tokens": max_tokens},
        "schedule": schedule_for(size, steps),
        "training": {
            "max_steps": steps,
            "validate_every": max(50, min(1000, steps // 40)),
            "patience": 10,
            "metric": "chrf",
            "moving_average": 0.999 if steps > 3000 else 0.99,
        },
    }
    wanted = apply_settings(values, settings)
    goes_on = wanted["training"].get("start_from") is not None
    if goes_on:
        values["schedule"]["peak"] *= _FINE_TUNING_SHARE
    elif wanted.get("tokenizer", {}).get("kind", "sentencepiece") == "sentencepiece":
        values["task"]["subword_sampling"] = size.subword_sampling
    if wanted["training"].get("init_from") is not None:
        values["model"] = {"dropout": size.dropout}  # the shape comes from the model to begin with
        values["task"]["subword_sampling"] = _sampling(wanted["training"]["init_from"], size)
    elif goes_on or wanted["model"]["kind"] != "transformer":
        values["model"] = {}  # sizes come from the model to start from, the other architecture, or the user
    recipe = make_recipe(apply_settings(values, settings), place=location)
    say(f"{location}: {measure.pairs:,} pairs, about {measure.ids:,.0f} pieces on the longer side; so:")
    _tell(recipe)
    return recipe


@dataclass(frozen=True, slots=True)
class _Measure:
    """How much text there is: pairs, and about how many ids on the longer side of each."""

    pairs: int
    ids: float


def _measure(corpus: Corpus) -> _Measure:
    pairs, ids = 0, 0.0
    for record in corpus.require():
        pairs += 1
        ids += max(estimate_ids(record.source, corpus.source), estimate_ids(record.target, corpus.target))
    return _Measure(pairs, ids)


def _tell(recipe: Recipe) -> None:
    """Say what was chosen, the user's own settings included, and why."""
    model, training, schedule = recipe.values()["model"], recipe.training, recipe.values()["schedule"]
    if training.start_from is not None:
        say(f"  model      {training.start_from}, with its vocabulary, fine-tuned at a low learning rate")
    elif training.init_from is not None:
        say(f"  model      begins with {training.init_from}: its vocabulary, its shape, and of its weights what fits")
    elif model["kind"] == "transformer":
        layers = f"{model['encoder_layers']}+{model['decoder_layers']}"
        say(
            f"  model      Transformer, {layers} layers of width {model['width']}: "
            "what this much text can fill without being learnt by heart"
        )
        say(f"  dropout    {model['dropout']}: the less text, the more")
    begins_anew = training.start_from is None and training.init_from is None
    if begins_anew and recipe.values()["tokenizer"].get("vocabulary_size", 0) is None:
        say("  vocabulary its size from the amount of text: pieces seen too rarely cannot be learnt")
    if recipe.task.subword_sampling:
        say(f"  pieces     {recipe.task.subword_sampling:.0%} of the words cut anew in every pass, for a small corpus")
    say(f"  schedule   up to {training.max_steps:,} steps, warm-up {schedule['warmup_steps']:,}")
    say(
        f"  stopping   after {training.patience} validations without a better {training.metric}, "
        f"one every {training.validate_every:,} steps"
    )
    if recipe.corpus.clean:
        say("  cleaning   on: pairs that cannot teach translation are left out, with reasons")
    say("  (the whole recipe is written to training/recipe.toml in the model's directory)")
