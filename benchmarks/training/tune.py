"""Does a search beat the recipe it starts from? On some thousand pairs, English to German.

    python benchmarks/training/tune.py --output tune-benchmark
    python benchmarks/training/tune.py --output tune-benchmark --train data/tatoeba-en-de/train \
        --validation data/tatoeba-en-de/dev --test data/tatoeba-en-de/test --pairs 10000

Without a corpus it takes the embedded phrasebook. The recipe is a small Transformer with this toolkit's defaults for
everything else. Each trial has 400 steps and sees the validation text only. Then the recipe and the best one found
are trained, with the same 400 steps, with a seed that no trial had, and compared on the test text, which no trial has
seen, by paired bootstrap.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from dragoman.corpora.sources import open_corpus
from dragoman.jobs import tune
from dragoman.jobs.recipe import make_recipe, read_recipe
from dragoman.jobs.train import train
from dragoman.metrics import METRICS
from dragoman.metrics.significance import paired_bootstrap
from dragoman.translator.translator import Translator

RECIPE: dict[str, dict[str, Any]] = {
    "task": {"source": "en", "target": "de"},
    "tokenizer": {"vocabulary_size": 1000},
    "model": {"width": 64, "heads": 4, "feed_forward_width": 128, "encoder_layers": 2, "decoder_layers": 2},
    "batching": {"max_tokens": 1024, "max_length": 64},
    "training": {"metric": "chrf", "validation_limit": 60},
    "compute": {"threads": 1},
}
SPACE = (
    "schedule.peak=5e-4..2e-2:log",
    "model.dropout=0.0..0.3",
    "objective.label_smoothing=0.0..0.2",
    "tokenizer.vocabulary_size=500,1000,2000",
    "batching.max_tokens=512,1024,2048",
)


def write_corpus(location: str, stem: Path, *, pairs: int) -> None:
    """So many pairs from all over the corpus, as two aligned files."""
    records = list(open_corpus(location, source="en", target="de"))
    chosen = records[:: max(1, len(records) // pairs)][:pairs]
    stem.parent.mkdir(parents=True, exist_ok=True)
    for language, texts in (("en", [one.source for one in chosen]), ("de", [one.target for one in chosen])):
        stem.with_suffix(f".{language}").write_text("\n".join(texts) + "\n", encoding="utf-8")


def search(options: argparse.Namespace) -> float:
    """Search; the seconds it took."""
    begun = time.perf_counter()
    output = options.output
    write_corpus(options.train, output / "train", pairs=options.pairs)
    values = {**RECIPE, "corpus": {"train": [str(output / "train")], "validation": options.validation}}
    recipe = output / "recipe.toml"
    recipe.write_text(make_recipe(values, place="the benchmark's recipe").to_toml(), encoding="utf-8")
    wish = tune.Wish(trials=options.trials, steps=options.steps, budget_minutes=options.minutes)
    tune.start(recipe, output / "study", wish, variations=SPACE, space=None, settings=[])
    return time.perf_counter() - begun


def compare(output: Path, *, test: str, steps: int, seed: int) -> list[dict[str, object]]:
    """Train the recipe and the best one with ``seed``, translate the test text, compare."""
    records = list(open_corpus(test, source="en", target="de"))
    references = [record.target for record in records]
    hypotheses = {}
    for name, path in (("recipe", output / "recipe.toml"), ("best", output / "study" / "best.toml")):
        short = tune.Budget(steps=steps).lay_over(read_recipe(path, [f"training.seed={seed}"]))
        model = output / f"{name}-seed-{seed}"
        train(short, model, force=True)
        translations = Translator.load(model).translate([record.source for record in records])
        hypotheses[name] = [translation.text for translation in translations]
    found = []
    for name in ("chrf", "bleu"):
        metric = METRICS.load(name)(target_language="de")
        for one in paired_bootstrap(metric, hypotheses, references):
            entry = {"seed": seed, "metric": name, "system": one.system, "score": one.score.value}
            found.append({**entry, "low": one.low, "high": one.high, "p": one.p_value})
    return found


def main() -> None:
    """Search, compare, print, and write ``result.json``."""
    parser = argparse.ArgumentParser(description="default recipe against the best one found")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--train", default="phrasebook:train")
    parser.add_argument("--validation", default="phrasebook:validation")
    parser.add_argument("--test", default="phrasebook:test")
    parser.add_argument("--pairs", type=int, default=2000, help="of the training text")
    parser.add_argument("--trials", type=int, default=14)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--minutes", type=float, default=20, help="for the search")
    parser.add_argument("--seeds", type=int, nargs="+", default=[2], help="of the comparison")
    options = parser.parse_args()
    seconds = search(options)
    compared = [
        entry
        for seed in options.seeds
        for entry in compare(options.output, test=options.test, steps=options.steps, seed=seed)
    ]
    result = {"search_seconds": seconds, "processor_seconds": time.process_time(), "compared": compared}
    (options.output / "result.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(
        f"search: {seconds / 60:.1f} minutes of wall time; with the comparison {time.process_time():.0f} s of processor"
    )
    for entry in compared:
        p = "" if entry["p"] is None else f"  p = {entry['p']:.3f}"
        print(
            f"seed {entry['seed']}  {entry['metric']:<5} {entry['system']:<7} {entry['score']:.2f} "
            f"({entry['low']:.2f} to {entry['high']:.2f}){p}"
        )


if __name__ == "__main__":
    main()
