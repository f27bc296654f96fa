"""Runs side by side: what differs in their recipes, whether their scores can be compared, and how far each came."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dragoman.evaluation.wording import MISSING, number
from dragoman.jobs.runs.record import RunRecord
from dragoman.jobs.runs.wording import duration

_LABELS = {"bleu": "BLEU", "chrf": "chrF2", "loss": "loss"}
_VALIDATION_KEYS = ("corpus.validation", "corpus.validation_pairs", "training.validation_limit")


def differences(runs: Sequence[RunRecord]) -> dict[str, list[str]]:
    """The keys of the recipes that are not the same in all ``runs``, with each run's value."""
    flat = [_flat(run.recipe) for run in runs]
    keys = list(dict.fromkeys(key for one in flat for key in one))
    return {
        key: [_shown(one.get(key)) for one in flat]
        for key in keys
        if any(one.get(key) != flat[0].get(key) for one in flat)
    }


def _flat(recipe: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {f"{name}.{key}": value for name, section in recipe.items() for key, value in section.items()}


def _shown(value: Any) -> str:
    if value is None:
        return MISSING
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def cautions(runs: Sequence[RunRecord]) -> list[str]:
    """Why scores of ``runs`` should not be compared with those of the first; nothing when they may be."""
    first, *others = runs
    return [caution for other in others for caution in _cautions(first, other)]


def _cautions(first: RunRecord, other: RunRecord) -> list[str]:
    pair = f"{first.name} and {other.name}"
    found = []
    if sorted(first.checksums.values()) != sorted(other.checksums.values()):
        own = set(first.checksums.values())
        names = sorted(name for name, value in other.checksums.items() if value not in own)
        told = f" ({', '.join(names)})" if names else ""
        found.append(f"{pair} are made of different text{told}: their scores are not comparable")
    one, two = _flat(first.recipe), _flat(other.recipe)
    keys = [*_VALIDATION_KEYS, "task.source", "task.target"]
    if one.get("corpus.validation") is None and two.get("corpus.validation") is None:
        keys.append("training.seed")  # it decides which pairs are held out
    changed = [key for key in keys if one.get(key) != two.get(key)]
    if changed:
        found.append(f"{pair} are validated on different pairs ({', '.join(changed)}): only test scores may compare")
    return found


def results(runs: Sequence[RunRecord]) -> dict[str, list[str]]:
    """What each run came to: quantity → one cell for each run; quantities that no run has are left out."""
    quantities: dict[str, Callable[[RunRecord], str]] = {
        "state": lambda run: "finished" if run.is_finished else "not finished",
        "steps": lambda run: f"{run.last_step:,}",
        "wall time": lambda run: duration(run.seconds),
        "ids per second (median)": lambda run: number(run.tokens_per_second, "{:,.0f}"),
        "parameters": lambda run: number(run.facts.get("model", {}).get("parameters"), "{:,}"),
        "peak memory": lambda run: number(run.peak("memory_mib"), "{:,.0f} MiB"),
        "peak GPU memory": lambda run: number(run.peak("gpu_memory_mib"), "{:,.0f} MiB"),
        "best validation": best,
    }
    for part, words in (("validation", "final validation"), ("test", "test")):
        for name in ("bleu", "chrf"):
            quantities[f"{words} {_LABELS[name]}"] = lambda run, part=part, name=name: number(run.final(part, name))  # type: ignore[misc]
    rows = {name: [tell(run) for run in runs] for name, tell in quantities.items()}
    return {name: cells for name, cells in rows.items() if any(cell != MISSING for cell in cells)}


def best(run: RunRecord) -> str:
    """The best validation in words: "BLEU 37.21 (step 2,400)"."""
    entry = run.best
    if entry is None:
        return MISSING
    return f"{_LABELS.get(run.metric, run.metric)} {entry[run.metric]:.2f} (step {entry['step']:,})"
