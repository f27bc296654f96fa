"""Do several processes learn what one learns? The loss curves of 1 process, 2 with copies (DDP), 2 with parts (FSDP).

python benchmarks/training/ranks.py data/multi30k/train data/multi30k/val --pairs 3000 --steps 100 --output ranks.json

Same seed, batches, accumulation and steps, without dropout; prints the largest difference of any logged loss.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SETTINGS = """
[corpus]
train = "{train}"
validation = "{validation}"
[task]
source = "en"
target = "de"
[tokenizer]
vocabulary_size = 1000
[model]
width = 64
heads = 4
feed_forward_width = 128
encoder_layers = 2
decoder_layers = 2
dropout = 0.0
[batching]
max_tokens = 1500
accumulate = 2
[schedule]
warmup_steps = 50
[training]
max_steps = {steps}
validate_every = 20
validation_limit = 100
metric = "loss"
patience = 0
[compute]
threads = 1
"""
WAYS = {"1 process": (1, "none"), "2 processes, ddp": (2, "ddp"), "2 processes, fsdp": (2, "fsdp")}


def sample(stem: Path, pairs: int, place: Path) -> Path:
    """The first ``pairs`` lines of both sides."""
    for language in ("en", "de"):
        with Path(f"{stem}.{language}").open(encoding="utf-8") as lines:
            Path(f"{place}.{language}").write_text("".join(itertools.islice(lines, pairs)), encoding="utf-8")
    return place


def curve(recipe: Path, output: Path, processes: int, sharding: str) -> dict[str, float]:
    """Train; the loss of every logged step and validation."""
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    command = [sys.executable, *(launch if processes > 1 else []), "-m", "dragoman", "train", str(recipe)]
    command += ["--output", str(output), "--set", f"compute.sharding={sharding}"]
    subprocess.run(command, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    entries = map(json.loads, (output / "training/metrics.jsonl").read_text(encoding="utf-8").splitlines())
    return {f"{entry['kind']} {entry['step']}": entry["loss"] for entry in entries if "loss" in entry}


def main() -> None:
    """Train in every way, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path, help="stem of the text, as in data/multi30k/train")
    parser.add_argument("validation", type=Path)
    parser.add_argument("--pairs", type=int, default=3000)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--output", type=Path, default=Path("ranks.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        train = sample(options.train, options.pairs, place / "train")
        validation = sample(options.validation, 100, place / "validation")
        recipe = place / "recipe.toml"
        recipe.write_text(SETTINGS.format(train=train, validation=validation, steps=options.steps), encoding="utf-8")
        curves = {name: curve(recipe, place / str(number), *way) for number, (name, way) in enumerate(WAYS.items())}
    alone = curves["1 process"]
    differences = {
        name: max(abs(losses[moment] - loss) for moment, loss in alone.items()) for name, losses in curves.items()
    }
    for name, difference in differences.items():
        last = curves[name][f"validation {options.steps}"]
        print(f"{name:>18}: validation loss {last:.6f}; largest difference of {len(alone)} losses {difference:.1e}")
    options.output.write_text(json.dumps({"differences": differences, "curves": curves}, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
