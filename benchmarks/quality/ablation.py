"""What each technique for small data gives: trained from the same model, scored on the same test, with significance.

    python benchmarks/quality/ablation.py --recipe recipes/multi30k-en-de-second.toml \\
        --test data/multi30k/test_2016_flickr --runs runs/ablation --steps 1300

Every variant starts from the recipe's `training.start_from`, has the same seed, steps and schedule, and differs from
the baseline in the settings of VARIANTS alone. Stopped and started again, it goes on where it was: a finished run is
not made again, an unfinished one is resumed. The table compares each with the baseline by paired bootstrap.
Steps of R-Drop and SimCut cost twice as much, so the baseline with twice the steps is a variant, too.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from literature_protocol import literature_bleu, read_lines

BASELINE = "baseline"
VARIANTS: dict[str, list[list[str]]] = {
    BASELINE: [[]],
    "twice the steps": [["training.max_steps={twice}"]],
    "without moving average": [["training.moving_average=0"]],
    "more dropout (0.3)": [["model.dropout=0.3"]],
    "word dropout 0.1": [["objective.word_dropout=0.1"]],
    "layer dropout 0.1": [["model.layer_dropout=0.1"]],
    "subword sampling 0.1": [["task.subword_sampling=0.1"]],
    "both directions in the first half": [
        ["task.bidirectional=true", "training.max_steps={half}"],
        ["training.start_from={previous}", "training.max_steps={half}"],
    ],
    "R-Drop, weight 1": [["objective.kind=r_drop", "objective.weight=1"]],
    "SimCut, weight 1": [["objective.kind=simcut", "objective.weight=1"]],
}
"""Name → the settings of each stage; a later stage starts from the stage before it."""


def main() -> None:
    arguments = parse()
    wanted = [name for name in VARIANTS if not arguments.only or name in arguments.only]
    bundles = {name: train(name, arguments) for name in wanted}
    if not arguments.train_only:
        rows = measure(bundles, arguments)
        (arguments.runs / "ablation.json").write_text(json.dumps(rows, indent=2), encoding="utf-8")
        print(table(rows))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", type=Path, required=True, help="the baseline; needs training.start_from")
    parser.add_argument("--test", required=True, help="stem of the test text, with .en and .de")
    parser.add_argument("--runs", type=Path, required=True, help="where the models go")
    parser.add_argument("--steps", type=int, default=1300)
    parser.add_argument("--only", nargs="*", choices=list(VARIANTS), help="variants to run; all by default")
    parser.add_argument("--train-only", action="store_true", help="leave the table to a later call")
    parser.add_argument("--set", action="append", default=[], help="section.key=value for every variant")
    arguments = parser.parse_args()
    arguments.runs.mkdir(parents=True, exist_ok=True)
    return arguments


def train(name: str, arguments: argparse.Namespace) -> Path:
    """Train all stages of a variant that are not there yet; the last one's bundle."""
    previous = Path()
    for number, settings in enumerate(VARIANTS[name], start=1):
        output = arguments.runs / f"{name.replace(' ', '-').replace(',', '')}-{number}"
        if not is_finished(output):
            places = {"previous": previous, "half": arguments.steps // 2, "twice": arguments.steps * 2}
            wanted = [f"training.max_steps={arguments.steps}", *arguments.set, *settings]
            options = [word for setting in wanted for word in ("--set", setting.format(**places))]
            if (output / "training").is_dir():
                command = ["train", "--resume", str(output)]
            else:
                command = ["train", str(arguments.recipe), "--output", str(output), *options]
            print(f"{name}, stage {number}", file=sys.stderr)
            dragoman(command)
        previous = output
    return previous


def is_finished(bundle: Path) -> bool:
    """Whether the run came to its end: only then is its test score in the manifest."""
    manifest = bundle / "manifest.json"
    return manifest.is_file() and "test" in json.loads(manifest.read_text("utf-8"))["scores"]


def measure(bundles: dict[str, Path], arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """One row for each variant, the baseline first."""
    scores = arguments.runs / "scores.json"
    dragoman(["evaluate", *map(str, bundles.values()), "--test", arguments.test, "--json", str(scores), "--force"])
    systems = json.loads(scores.read_text("utf-8"))["systems"]
    return [
        row(name, bundle, system, arguments.test)
        for (name, bundle), system in zip(bundles.items(), systems, strict=True)
    ]


def row(name: str, bundle: Path, system: dict[str, Any], test: str) -> dict[str, Any]:
    """What the table tells of one variant."""
    hypotheses = bundle.parent / f"{bundle.name}.hypotheses"
    manifest = json.loads((bundle / "manifest.json").read_text("utf-8"))
    languages = manifest["recipe"]["task"]
    dragoman(["translate", str(bundle), f"{test}.{languages['source']}", "--output", str(hypotheses), "--force"])
    references = read_lines(Path(f"{test}.{languages['target']}"))
    literature, _ = literature_bleu(read_lines(hypotheses), references, language=languages["target"])
    entries = (bundle / "training" / "metrics.jsonl").read_text("utf-8").splitlines()
    return {
        "variant": name,
        "minutes": json.loads(entries[-1])["seconds"] / 60,
        "bleu": system["scores"]["bleu"],
        "chrf": system["scores"]["chrf"],
        "literature_bleu": literature.score,
        "perplexity": system["perplexity"],
    }


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows in Markdown."""
    first = rows[0]
    lines = [
        "| variant | minutes | BLEU | against the baseline (p) | chrF2 (p) | literature's BLEU | perplexity |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in rows:
        gain = f"{one['bleu']['value'] - first['bleu']['value']:+.2f} ({number(one['bleu']['p_value'])})"
        chrf = f"{one['chrf']['value']:.2f} ({number(one['chrf']['p_value'])})"
        cells = [one["variant"], f"{one['minutes']:.0f}", f"{one['bleu']['value']:.2f}", gain, chrf]
        lines.append("| " + " | ".join([*cells, f"{one['literature_bleu']:.2f}", f"{one['perplexity']:.2f}"]) + " |")
    return "\n".join(lines)


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def dragoman(command: Sequence[str]) -> None:
    subprocess.run([sys.executable, "-m", "dragoman", *command], check=True)


if __name__ == "__main__":
    main()
