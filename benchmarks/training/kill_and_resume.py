"""Kill a training at many moments, resume it each time, and compare the end with that of a run left in peace.

python benchmarks/training/kill_and_resume.py --kills 20 --output results.json

A small Transformer (dropout, moving average, accumulation, a validation and a checkpoint every ten updates) is trained
on the embedded phrasebook. Its process group gets SIGKILL at seeded moments: some at random, the others as soon as a
half-written checkpoint, bundle or tokenizer is seen on disk, or while the finished run chooses its weights. A kill has
*hit* when it left something half-written. Everything is then held against the run left in peace: files by checksum,
``metrics.jsonl`` entry by entry. The exit code is 1 when anything differs.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dragoman.corpora import phrasebook

RECIPE = """
corpus = {{ train = ["{folder}/train.tsv"], validation = "{folder}/validation.tsv" }}
task = {{ source = "en", target = "de" }}
tokenizer = {{ vocabulary_size = 600 }}
model = {{ width = 64, heads = 2, feed_forward_width = 128, encoder_layers = 2, decoder_layers = 2, dropout = 0.2 }}
batching = {{ max_tokens = 512, accumulate = 2 }}
schedule = {{ peak = 0.005, warmup_steps = 40 }}
decoding = {{ beam = 2, max_length_ratio = 1.0, max_length_offset = 5 }}
compute = {{ device = "cpu", threads = {threads} }}

[training]
max_steps = {steps}
validate_every = 10
metric = "loss"
patience = 0
keep_best = 3
moving_average = 0.99
"""
HALF_WRITTEN = re.compile(r"\..+\.\d+\.(partial|old)|.*-draft.*")
AIMS = {
    "preparation": ("training/tokenizers/.*.partial", "training/store/.*.partial", "training/.*.partial"),
    "checkpoint": ("training/checkpoints/.*.partial",),
    "bundle": (".*.partial", "*-draft*"),
}
"""Where to wait for something half-written → patterns of it, in the output directory."""
COMPARED = (
    *("kind", "step", "loss", "negative_log_likelihood", "tokens", "learning_rate", "gradient_norm", "skipped"),
    *("perplexity", "accuracy", "bleu", "chrf", "best"),
)
"""What an entry of ``metrics.jsonl`` is compared by: all but wall times."""


def write_material(folder: Path, steps: int, threads: int) -> Path:
    """A corpus, and the recipe that names it."""
    records = list(phrasebook.records("train"))[::15]
    for name, part in (("validation", records[:24]), ("train", records[24:1024])):
        text = "".join(f"{record.source}\t{record.target}\n" for record in part)
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    recipe = folder / "recipe.toml"
    recipe.write_text(RECIPE.format(folder=folder, steps=steps, threads=threads), encoding="utf-8")
    return recipe


def start(recipe: Path, model: Path) -> "subprocess.Popen[bytes]":
    """A process that begins the run, or goes on with it when there is one."""
    is_there = (model / "training/run.json").exists()
    what = ["--resume", str(model)] if is_there else [str(recipe), "--output", str(model)]
    log = (model.parent / f"{model.name}.log").open("ab")
    return subprocess.Popen(
        [sys.executable, "-m", "dragoman", "train", *what], stdout=log, stderr=log, start_new_session=True
    )


def newest_step(model: Path) -> int:
    """Of the newest checkpoint; 0 before the first."""
    return max((int(path.name[5:]) for path in (model / "training/checkpoints").glob("step-*")), default=0)


def wait(process: "subprocess.Popen[bytes]", condition: Any) -> bool:
    """Wait for a condition; False when the process ended first."""
    while not condition():
        if process.poll() is not None:
            return False
        time.sleep(0.0005)
    return True


def of_process(names: set[str], identity: int, before: set[str]) -> list[str]:
    """Those of ``names`` that the process ``identity`` left: with its number in the name, or without any and new."""
    numbered = re.compile(r"\.\d+\.(partial|old)")
    return sorted(
        name for name in names if f".{identity}." in name or (not numbered.search(name) and name not in before)
    )


def half_written(model: Path, patterns: tuple[str, ...] = ("**/*",)) -> set[str]:
    """What lies about half-written."""
    found = [path for pattern in patterns for path in model.glob(pattern) if HALF_WRITTEN.fullmatch(path.name)]
    return {str(path.relative_to(model)) for path in found}


def kill(recipe: Path, model: Path, aim: str, after: int, delay: float) -> dict[str, Any]:
    """Start or resume the run, kill it as ``aim`` says once a checkpoint of step ``after`` is there; what it left.

    Args:
        recipe: of the run.
        model: where it goes.
        aim: what to wait for.
        after: step of the checkpoint to wait for first.
        delay: seconds to wait then.
    """
    before, remains = newest_step(model), half_written(model)
    begun = time.perf_counter()
    process = start(recipe, model)
    lock = model / "training/lock"
    is_there = wait(process, lambda: lock.exists() and lock.read_text("ascii").strip() == str(process.pid))
    is_there = is_there and wait(process, lambda: newest_step(model) >= after)
    if aim in AIMS:
        is_there = is_there and wait(process, lambda: of_process(half_written(model, AIMS[aim]), process.pid, remains))
    time.sleep(delay)
    is_killed = process.poll() is None
    if is_killed:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    left = of_process(half_written(model), process.pid, remains)
    return {
        "aim": aim,
        "killed": is_killed and is_there,
        "hit": bool(left),
        "left": left,
        "checkpoint_before": before,
        "checkpoint_after": newest_step(model),
        "seconds": round(time.perf_counter() - begun, 2),
    }


def plan(kills: int, steps: int, draw: random.Random) -> list[tuple[str, int]]:
    """The aim of each kill, and the checkpoint to wait for before it: two in the preparation, two at the end."""
    edge = min(2, kills // 4)
    between = [("moment", "checkpoint", "bundle")[number % 3] for number in range(kills - 2 * edge)]
    draw.shuffle(between)
    whens = sorted(draw.randrange(0, steps - 50, 10) for _ in between)
    return [("preparation", 0)] * edge + list(zip(between, whens, strict=True)) + [("finishing", steps)] * edge


def checksums(model: Path, steps: int) -> dict[str, str]:
    """Name → SHA-256 of all that must be equal: the bundle, the last checkpoint, the curve."""
    checkpoint = model / f"training/checkpoints/step-{steps:08d}"
    files = [path for path in model.rglob("*") if path.is_file() and (model / "training") not in path.parents]
    files += sorted(checkpoint.glob("*.safetensors"))
    sums = {str(path.relative_to(model)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}
    state = json.loads((checkpoint / "state.json").read_text("utf-8"))
    del state["run"]["seconds"]
    sums["state.json, wall time left out"] = hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
    return sums


def entries(model: Path) -> list[dict[str, Any]]:
    """The lines of ``metrics.jsonl``, wall times left out."""
    lines = (model / "training/metrics.jsonl").read_text("utf-8").splitlines()
    return [{key: value for key, value in json.loads(line).items() if key in COMPARED} for line in lines]


def compare(peaceful: Path, killed: Path, steps: int) -> dict[str, Any]:
    """What is equal, what is not."""
    expected, found = checksums(peaceful, steps), checksums(killed, steps)
    log = entries(killed)
    marks = [(entry["kind"], entry["step"]) for entry in log]
    differing = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
    return {
        "files_compared": len(expected),
        "files_that_differ": differing,
        "metrics_entries": len(log),
        "metrics_equal": log == entries(peaceful),
        "metrics_doubled": len(marks) - len(set(marks)),
        "left_half_written": sorted(half_written(killed)),
        "checksums": found,
    }


def main() -> None:
    """Run it all; print and write the JSON."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--kills", type=int, default=20)
    arguments.add_argument("--steps", type=int, default=400)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--output", type=Path)
    arguments.add_argument("--folder", type=Path, help="where to work; by default a new one, deleted in the end")
    given = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(dir=given.folder))
    draw = random.Random(given.seed)
    recipe = write_material(folder, given.steps, given.threads)
    if start(recipe, folder / "peaceful").wait():
        sys.exit(f"the run left in peace failed: {(folder / 'peaceful.log').read_text('utf-8')}")
    interval = json.loads((folder / "peaceful/training/metrics.jsonl").read_text("utf-8").splitlines()[-1])["seconds"]
    interval *= 10 / given.steps  # between two checkpoints
    kills: list[dict[str, Any]] = []
    for aim, after in plan(given.kills, given.steps, draw):
        delay = draw.choice((0.0, 0.001, 0.004, 0.012)) if aim in AIMS else draw.uniform(0, 2 * interval)
        kills.append(kill(recipe, folder / "killed", aim, after, delay))
        print(json.dumps(kills[-1]), file=sys.stderr, flush=True)
    if start(recipe, folder / "killed").wait():
        sys.exit(f"the killed run could not be finished: {(folder / 'killed.log').read_text('utf-8')}")
    result = compare(folder / "peaceful", folder / "killed", given.steps)
    is_same = result["metrics_equal"] and not result["files_that_differ"] and not result["left_half_written"]
    done = [one for one in kills if one["killed"]]
    hits = {aim: sum(one["hit"] for one in done if one["aim"] == aim) for aim in (*AIMS, "moment", "finishing")}
    summary = {"identical": is_same, "kills": len(done), "hit_half_written": sum(hits.values()), "hits_by_aim": hits}
    report = {**summary, **result, "seed": given.seed, "steps": given.steps, "each": kills}
    if given.output:
        given.output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({**summary, **{key: result[key] for key in result if key != "checksums"}}, indent=2))
    if given.folder is None:
        shutil.rmtree(folder)
    sys.exit(0 if is_same else 1)


if __name__ == "__main__":
    main()
