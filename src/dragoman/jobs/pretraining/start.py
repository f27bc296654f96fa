"""The verb pretrain: text without translations, and everything else chosen from it. It trains as ``train`` does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dragoman.base.config import apply_settings
from dragoman.base.errors import ConfigError
from dragoman.base.log import hush, process_number, say
from dragoman.corpora.monolingual import files_of, language_of, open_text
from dragoman.corpora.stream import COMPRESSIONS
from dragoman.jobs import automatic
from dragoman.jobs.recipe import Recipe, make_recipe
from dragoman.jobs.run.finishing import Outcome
from dragoman.jobs.start_training import tell_what_is_next
from dragoman.jobs.train import train

_DROPOUT = 0.1
"""Damaged text is other text in every epoch, so there is less to be learnt by heart."""


def pretrain(
    texts: Sequence[str],
    output: Path,
    *,
    languages: Sequence[str] = (),
    objective: str = "denoising",
    settings: Sequence[str] = (),
    force: bool = False,
) -> Outcome:
    """Pre-train on plain text, and say what to do with the result.

    Args:
        texts: files that end in their language, or stems.
        output: directory of the model to make.
        languages: of the text; empty takes them from the files' names.
        objective: denoising, mass or masked.
        settings: ``section.key=value`` changes, laid over what is chosen.
        force: replace a model that is there.

    Raises:
        ConfigError: the languages cannot be told.
    """
    if process_number():
        hush()
    recipe = choose(texts, languages=tuple(languages) or _endings(texts), objective=objective, settings=settings)
    outcome = train(recipe, output, force=force)
    tell_what_is_next(recipe, outcome)
    return outcome


def choose(texts: Sequence[str], *, languages: tuple[str, ...], objective: str, settings: Sequence[str] = ()) -> Recipe:
    """A recipe for plain text: the sizes suit as many pairs as there are lines of one language."""
    lines, ids = 0, 0.0
    for file in (file for text in texts for file in files_of(text, languages)):
        language = language_of(file, languages) or languages[0]
        for record in open_text(file, language=language).require():
            lines += 1
            ids += automatic.estimate_ids(record.target, language)
    size = automatic.size_for(lines // len(languages))
    max_tokens = automatic.max_tokens_for(lines // len(languages))
    steps = max(500, size.epochs // 2 * max(1, round(ids / max_tokens)))
    values: dict[str, Any] = {
        "corpus": {"train": list(texts), "clean": True},
        "task": {"kind": "text", "languages": list(languages)},
        "model": {**size.shape(), "dropout": _DROPOUT},
        "objective": {"kind": objective},
        "batching": {"max_tokens": max_tokens},
        "schedule": automatic.schedule_for(size, steps),
        "training": {
            "max_steps": steps,
            "validate_every": max(50, min(1000, steps // 20)),
            "keep_best": 1,
            "moving_average": 0.999 if steps > 3000 else 0.99,
        },
    }
    recipe = make_recipe(apply_settings(values, settings), place=", ".join(texts))
    shape = recipe.values()["model"]
    say(f"{lines:,} lines of {' and '.join(languages)}, about {ids:,.0f} pieces; so:")
    layers = f", {shape['encoder_layers']}+{shape['decoder_layers']} layers" if "encoder_layers" in shape else ""
    say(f"  model      {shape['kind']}{layers} of width {shape['width']}")
    say(f"  objective  {recipe.values()['objective']['kind']}")
    say(f"  schedule   up to {recipe.training.max_steps:,} steps")
    return recipe


def _endings(texts: Sequence[str]) -> tuple[str, ...]:
    """The languages that the names of the files end in, in their order."""
    found: dict[str, None] = {}
    for text in texts:
        place = text
        for compression in COMPRESSIONS:
            place = place.removesuffix(compression)
        _, dot, ending = Path(place).name.rpartition(".")
        if not dot or not ending.replace("-", "").isalpha() or not 2 <= len(ending.partition("-")[0]) <= 3:
            raise ConfigError(
                f"the name {text} does not end in a language",
                hint="name the languages: --language en --language de; or the files: mono.en, mono.de",
            )
        found[ending] = None
    return tuple(found)
