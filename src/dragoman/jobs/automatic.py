"""Training without a recipe: chooses everything from the corpus, and says what it chose and why.

The rule of thumb behind the table: little text wants a small model, a small vocabulary and much
dropout, or it is learnt by heart (Sennrich & Zhang 2019, "Revisiting Low-Resource Neural Machine
Translation"; Araabi & Monz 2020, "Optimizing Transformer for Low-Resource Neural Machine Translation").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dragoman.base.config import apply_settings
from dragoman.base.log import say
from dragoman.corpora.sources import open_corpus
from dragoman.jobs.recipe import Recipe, make_recipe

_CHARACTERS_PER_ID = 4.0
_UNSPACED_CHARACTERS_PER_ID = 1.6
_UNSPACED = frozenset(("zh", "ja", "yue", "th", "lo", "km", "my"))


@dataclass(frozen=True, slots=True)
class _Size:
    """One row of the table: what suits corpora of up to ``pairs`` pairs."""

    pairs: int
    width: int
    feed_forward_width: int
    layers: int
    heads: int
    dropout: float
    peak: float
    epochs: int


_SIZES = (
    _Size(10_000, 128, 256, 3, 4, 0.35, 5e-3, 100),
    _Size(60_000, 128, 256, 4, 4, 0.3, 5e-3, 80),
    _Size(300_000, 256, 1024, 4, 4, 0.2, 2e-3, 40),
    _Size(2_000_000, 384, 1536, 6, 6, 0.1, 1.2e-3, 20),
    _Size(10**12, 512, 2048, 6, 8, 0.1, 7e-4, 10),
)


def choose(location: str, *, source: str, target: str, settings: Sequence[str] = ()) -> Recipe:
    """A recipe for the corpus at ``location``.

    Args:
        location: what to train on.
        source: language of the source.
        target: language of the target.
        settings: ``section.key=value`` changes, laid over what is chosen.
    """
    pairs = characters = 0
    for record in open_corpus(location, source=source, target=target).require():
        pairs += 1
        characters += max(len(record.target), len(record.source))
    size = next(size for size in _SIZES if pairs <= size.pairs)
    unspaced = target.partition("-")[0].lower() in _UNSPACED
    ids = characters / (_UNSPACED_CHARACTERS_PER_ID if unspaced else _CHARACTERS_PER_ID)
    max_tokens = 2048 if pairs <= 10_000 else 4096
    per_epoch = max(1, round(ids / max_tokens))
    steps = max(500, size.epochs * per_epoch)
    warmup = min(2000, max(100, steps // 10))
    validate_every = max(50, min(1000, steps // 40))
    values: dict[str, Any] = {
        "corpus": {"train": [location], "clean": True},
        "task": {"source": source, "target": target},
        "model": {
            "kind": "transformer",
            "width": size.width,
            "feed_forward_width": size.feed_forward_width,
            "encoder_layers": size.layers,
            "decoder_layers": size.layers,
            "heads": size.heads,
            "dropout": size.dropout,
        },
        "batching": {"max_tokens": max_tokens},
        "schedule": {"kind": "inverse_square_root", "peak": size.peak, "warmup_steps": warmup},
        "training": {
            "max_steps": steps,
            "validate_every": validate_every,
            "patience": 10,
            "metric": "chrf",
            "moving_average": 0.999 if steps > 3000 else 0.99,
        },
    }
    say(f"{location}: {pairs:,} pairs, about {ids:,.0f} pieces on the longer side; so:")
    say(
        f"  model      Transformer, {size.layers}+{size.layers} layers of width {size.width}: "
        "what this much text can fill without being learnt by heart"
    )
    say("  vocabulary joint, its size from the amount of text: rare pieces cannot be learnt")
    say(f"  dropout    {size.dropout}: the less text, the more")
    say(f"  schedule   up to {steps:,} steps (about {size.epochs} passes over the text), warm-up {warmup:,}")
    say(f"  stopping   after 10 validations without a better chrF, one every {validate_every:,} steps")
    say("  cleaning   on: pairs that cannot teach translation are left out, with reasons")
    say("  (the whole recipe is written to training/recipe.toml in the model's directory)")
    return make_recipe(apply_settings(values, settings), place=location)
