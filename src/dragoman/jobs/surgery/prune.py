"""The verb prune: a smaller model, and perhaps some training from there, so that it learns to do without.

The recovery is a training run like any other, started from the model as it was cut: it is watched, stopped and resumed
in the same way, and ``dragoman train --resume`` goes on with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.base.config import apply_settings
from dragoman.base.errors import ConfigError
from dragoman.base.log import say
from dragoman.jobs.recipe import Recipe, make_recipe
from dragoman.jobs.run.finishing import Outcome
from dragoman.jobs.surgery.pruning import Cut, prune
from dragoman.jobs.surgery.text import Measure, pairs_of, refuse_what_is_there, told
from dragoman.jobs.train import train
from dragoman.training.schedules import ScheduleConfig, make_schedule
from dragoman.translator.bundle import Bundle, load_bundle, save_bundle

CUT = "cut"
"""Where in the output the model stands as it was cut, before its recovery."""
_PEAK_SHARE = 0.25
"""Of the learning rate the model was trained with: it knows most already."""
_SECTIONS = ("task", "objective", "batching", "optimizer", "decoding", "compute")


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneOptions:
    """How to prune.

    Attributes:
        data: location of pairs that tell what may go, and that the recovery trains on.
        pairs: so many of them, from the beginning, tell what may go.
        dev: location of pairs to measure before and after, and to choose the best recovered weights on.
        recover_steps: updates of training after the cut.
        settings: ``section.key=value`` changes of the recovery's recipe.
    """

    data: str | None = None
    pairs: int = 1000
    dev: str | None = None
    recover_steps: int = 0
    settings: Sequence[str] = ()


def prune_model(model: Path, output: Path, cut: Cut, options: PruneOptions) -> Outcome:
    """Prune the bundle ``model`` into the directory ``output``; finished is False when the recovery was interrupted.

    Raises:
        ConfigError: options that do not go together, or a cut that cannot be made.
        DragomanError: text or model cannot be read.
    """
    if options.recover_steps and options.data is None:
        raise ConfigError("--recover-steps needs text to learn from", hint="give it with --data")
    refuse_what_is_there(output, model)
    bundle = load_bundle(model)
    records = pairs_of(bundle, options.data, limit=options.pairs) if options.data is not None else []
    measure = Measure(bundle, options.dev) if options.dev is not None else None
    pruned = prune(bundle, cut, records)
    for line in pruned.table():
        say(line)
    if measure is not None:
        say(f"before on {options.dev}: {told(measure(bundle))}")
        say(f"after  on {options.dev}: {told(measure(pruned.bundle))}")
    if not options.recover_steps:
        save_bundle(pruned.bundle, output)
        return Outcome(output, finished=True)
    recipe = _recovery(pruned.bundle, output / CUT, options)  # before anything is written
    save_bundle(pruned.bundle, output / CUT)
    return train(recipe, output)


def _recovery(bundle: Bundle, cut: Path, options: PruneOptions) -> Recipe:
    """The recipe of the training that follows: the model's own, shorter and more careful."""
    own = bundle.recipe
    steps = options.recover_steps
    first = ScheduleConfig.model_validate(own["schedule"])
    width = bundle.model.target_embedding.embedding_dim
    highest = make_schedule(first, max_steps=own["training"]["max_steps"], width=width)(max(1, first.warmup_steps))
    values: dict[str, Any] = {name: _given(own[name]) for name in _SECTIONS if name in own}
    values |= {
        "corpus": _given({"train": [options.data], "validation": options.dev}),
        "schedule": {"kind": "cosine", "peak": _PEAK_SHARE * highest, "warmup_steps": max(1, steps // 20)},
        "training": {
            "start_from": str(cut),
            "max_steps": steps,
            "validate_every": max(1, steps // 5),
            "seed": own["training"]["seed"],
            "patience": 0,
            "keep_best": 1,
            "keep_zeros": any(done.startswith("sparsify") for done in bundle.history),
        },
    }
    return make_recipe(apply_settings(values, options.settings), place="the recovery's recipe")


def _given(section: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if value is not None}
