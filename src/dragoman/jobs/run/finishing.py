"""The end of a run: choose the weights, write the final bundle, score it on the test text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from dragoman.base.errors import DamagedFileError
from dragoman.base.log import say, warn
from dragoman.jobs.recipe import Recipe
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.preparation import records_of
from dragoman.jobs.run.validation import Validation, Validator
from dragoman.metrics.score import Score
from dragoman.models.protocol import Seq2Seq
from dragoman.tasks.protocol import Task
from dragoman.training import averaging, checkpoints
from dragoman.training.patience import Patience
from dragoman.translator.bundle import Bundle, save_bundle

_MEAN = "mean of the best checkpoints"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    Attributes:
        bundle: the model's directory.
        finished: False when it was interrupted and can be resumed.
        validation: scores of the final weights on the validation text, decoded as the recipe says.
        test: scores on the test text, if the recipe names one.
    """

    bundle: Path
    finished: bool
    validation: Mapping[str, Score] = field(default_factory=dict)
    test: Mapping[str, Score] = field(default_factory=dict)


def finish(
    directory: RunDirectory,
    recipe: Recipe,
    task: Task,
    model: Seq2Seq,
    validator: Validator,
    patience: Patience,
    checksums: Mapping[str, str],
) -> Outcome:
    """Take the best weights by validation, or the mean of the best few if that validates better; then test once."""
    metric = recipe.training.metric
    candidates = _candidates(directory, patience, model)
    measured: dict[str, Validation] = {}
    for name, weights in candidates.items():
        averaging.put(model, weights)
        measured[name] = validator(model, recipe.decoding)
        say(f"{name}: {metric} {measured[name].value(metric):.{3 if metric == 'loss' else 2}f} on the validation text")
    sign = 1 if patience.higher_is_better else -1
    chosen = max(measured, key=lambda name: sign * measured[name].value(metric))
    say(f"chosen: {chosen}")
    averaging.put(model, candidates[chosen])
    scores = {"validation": {"weights": chosen, "decoding": recipe.decoding.model_dump(), **plain(measured[chosen])}}
    test: dict[str, Score] = {}
    if recipe.corpus.test is not None:
        tested = validator.of(list(records_of(recipe, recipe.corpus.test)))(model, recipe.decoding)
        test = tested.scores
        scores["test"] = {"corpus": recipe.corpus.test, "decoding": recipe.decoding.model_dump(), **plain(tested)}
        for told in test.values() or [f"loss {tested.loss:.3f}"]:
            say(f"test: {told}")
    if directory.writes:
        bundle = Bundle(task, model, recipe.values(), checksums, scores, directory.history())
        save_bundle(bundle, directory.bundle)
    return Outcome(directory.bundle, True, measured[chosen].scores, test)


def _candidates(directory: RunDirectory, patience: Patience, model: Seq2Seq) -> dict[str, dict[str, torch.Tensor]]:
    """The weights to choose from; a best checkpoint that is missing or damaged is told and left out."""
    found: dict[int, dict[str, torch.Tensor]] = {}
    for step in patience.best_steps:
        try:
            path = checkpoints.read(directory.checkpoints / f"step-{step:08d}").path
        except DamagedFileError as error:
            warn(f"{error.message}; it is left out")
            continue
        average = path / "average.safetensors"
        found[step] = checkpoints.load_weights(average if average.exists() else path / "model.safetensors")
    if not found:
        return {"the last step": {name: weight.detach().clone() for name, weight in model.named_parameters()}}
    best = next(iter(found))
    candidates = {f"the best checkpoint (step {best:,})": found[best]}
    if len(found) > 1:
        candidates[f"{_MEAN} ({', '.join(map(str, sorted(found)))})"] = averaging.mean(list(found.values()))
    return candidates


def plain(validation: Validation) -> dict[str, Any]:
    """What a manifest says of a validation."""
    scores = {name: {"value": score.value, "signature": score.signature} for name, score in validation.scores.items()}
    return {"loss": validation.loss, **scores}
