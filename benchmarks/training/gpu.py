"""Everything there is to measure on a machine with a GPU, in one command.

    python benchmarks/training/gpu.py --output gpu.json
    python benchmarks/training/gpu.py --data data/multi30k --output gpu.json     # and the peers, side by side
    python benchmarks/training/gpu.py --device cpu --tiny                        # checks the command itself

1. The training step of Transformer-big (6+6 × 1024/4096, 16 heads, vocabulary 32,000) in fp32, tf32 and bf16,
   layers compiled and not: target ids per second, memory, and useful operations per second as a share of the rate
   of a large bf16 matrix product, measured in the same turn (goal: 40 % for bf16). What counts as useful, and the
   sentences: see matmul.py. Batches come from the processor's memory, as in a real run.
2. With --data (stem ``train``): benchmarks/training/speed.py on the GPU, all systems in bf16, one after the other.

Each turn is a new process, and the variants take turns round after round. What fails is told, and the rest goes on.
"""

import argparse
import json
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import matmul
import torch

from dragoman.base.symbols import PAD
from dragoman.batching.loader import Loader, Position
from dragoman.compute.placement import set_up
from dragoman.jobs import assemble
from dragoman.jobs.recipe import make_recipe

BIG = matmul.SHAPES["1024"]
TINY = matmul.Shape(64, 128, 4, 1, 0.1)
VOCABULARY, TINY_VOCABULARY = 32_000, 1000
GOAL = 0.4
WARM_UP_STEPS = 10


def variants(device: str) -> list[tuple[str, bool]]:
    """Precision, and compiled or not."""
    if device == "cpu":
        return [("fp32", False), ("fp32", True), ("bf16", False)]  # each once: compiling takes most of the time
    return [(precision, compiled) for precision in ("fp32", "tf32", "bf16") for compiled in (False, True)]


def take_turn(options: argparse.Namespace) -> dict[str, float]:
    """One variant in this process: warm up, then train for the turn's seconds."""
    shape = TINY if options.tiny else BIG
    matmul.VOCABULARY = TINY_VOCABULARY if options.tiny else VOCABULARY
    values = matmul.make_values(shape, options)
    values["compute"] |= {"precision": options.precision, "compile": options.compiled}
    recipe = make_recipe(values, place="benchmark")
    training = Fed(shape, recipe)
    begun = time.perf_counter()
    for _ in range(WARM_UP_STEPS):
        training.step()
    matmul.wait()
    warm_up_seconds = time.perf_counter() - begun
    flops, ids = training.turn(options.seconds)
    size = 512 if options.tiny else max(matmul.GPU_SQUARES)
    product = matmul.product_rate(size, options.seconds / 4, device=options.device, dtype=torch.bfloat16)
    memory = torch.cuda.max_memory_allocated() if options.device == "cuda" else 0
    return {
        "target_ids_per_second": ids,
        "flops_per_second": flops,
        "bf16_product_flops_per_second": product,
        "share": flops / product,
        "peak_memory_bytes": memory,
        "warm_up_seconds": warm_up_seconds,
        "loss": training.loss(),
    }


class Fed:
    """A model in training on batches that are sent to the device one by one, as `dragoman train` does."""

    def __init__(self, shape: matmul.Shape, recipe: Any) -> None:
        device = set_up(recipe.compute)
        words = range(matmul.VOCABULARY)  # only its length is asked for
        task = argparse.Namespace(source_tokenizer=words, target_tokenizer=words)
        objective = assemble.make_objective(recipe)
        loop = assemble.make_loop(recipe, assemble.make_model(recipe, task, device), objective)
        loader = Loader(matmul.make_examples(), max_tokens=recipe.batching.max_tokens, seed=1)
        self._shape, self._device, self._batches = shape, device, []
        self._steps = loop.steps(self._updates(loader))

    def _updates(self, loader: Loader) -> Any:
        for batches, _ in loader.updates(Position()):
            self._batches += batches
            yield [batch.feed(self._device) for batch in batches]

    def step(self) -> None:
        self._last = next(self._steps)

    def loss(self) -> float:
        return self._last.loss

    def turn(self, seconds: float) -> tuple[float, float]:
        """Useful operations and target ids, each per second."""
        self._batches = []
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            for _ in range(1 if self._device.type == "cpu" else 10):
                self.step()
            matmul.wait()  # once in ten steps, that the clock be right
        spent = time.perf_counter() - begun
        work = sum(matmul.batch_flops(self._shape, batch) for batch in self._batches)
        ids = sum(int((batch.target_output != PAD).sum()) for batch in self._batches)
        return work / spent, ids / spent


def run_turn(options: argparse.Namespace, precision: str, compiled: bool) -> dict[str, float] | None:
    """One turn in a new process; None when it failed, which is told."""
    arguments = [sys.executable, __file__, "--turn", "--device", options.device, "--precision", precision]
    arguments += ["--seconds", str(options.seconds), "--max-tokens", str(options.max_tokens)]
    arguments += ["--compiled"] * compiled + ["--tiny"] * options.tiny
    arguments += ["--threads", str(options.threads)] if options.threads else []
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{precision}, {how(compiled)}: failed\n{done.stderr[-1500:]}", file=sys.stderr, flush=True)
        return None
    found: dict[str, float] = json.loads(done.stdout)
    rate, product = found["target_ids_per_second"], found["bf16_product_flops_per_second"] / 1e12
    print(
        f"{precision}, {how(compiled)}: {rate:,.0f} target ids/s, "
        f"{found['share']:.1%} of the bf16 product's {product:,.2f} TFLOP/s",
        flush=True,
    )
    return found


def how(compiled: bool) -> str:
    return "compiled" if compiled else "eager"


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """The median over the rounds of everything, variant by variant."""
    turns: dict[str, list[dict[str, float]]] = {}
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", flush=True)
        for precision, compiled in variants(options.device):
            found = run_turn(options, precision, compiled)
            if found is not None:
                turns.setdefault(f"{precision}, {how(compiled)}", []).append(found)
    return {name: {key: matmul.summary([one[key] for one in many]) for key in many[0]} for name, many in turns.items()}


def print_table(found: dict[str, Any], *, has_goal: bool) -> None:
    print("\n| variant | target ids/s | from–to | share of the bf16 product | peak memory, GiB | warm-up, s |")
    print("|---|---|---|---|---|---|")
    for name, values in found.items():
        ids, memory = values["target_ids_per_second"], values["peak_memory_bytes"]["most"] / 2**30
        print(
            f"| {name} | {ids['median']:,.0f} | {ids['least']:,.0f}–{ids['most']:,.0f} | "
            f"{values['share']['median']:.1%} | {memory:.1f} | {values['warm_up_seconds']['median']:.1f} |"
        )
    if not has_goal:
        return
    best = max((values["share"]["median"] for name, values in found.items() if name.startswith("bf16")), default=0.0)
    print(f"\nbest bf16 share: {best:.1%}; goal {GOAL:.0%}: {'met' if best >= GOAL else 'not met'}")


def run_peers(options: argparse.Namespace) -> int:
    """All systems side by side, by the benchmark beside this one."""
    speed = Path(__file__).with_name("speed.py")
    arguments = ["--data", str(options.data), "--output", str(options.peers_output), "--device", options.device]
    arguments += ["--precision", "bf16", "--shape", "small" if options.tiny else "big"]
    arguments += ["--max-tokens", str(options.max_tokens), "--seconds", str(options.seconds)]
    arguments += ["--rounds", str(options.rounds)]
    return subprocess.run([sys.executable, str(speed), *arguments], check=False).returncode


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--tiny", action="store_true", help="a tiny model and short turns: checks the command")
    parser.add_argument("--max-tokens", type=int, help="ids in a batch (default: 32,768; tiny: 512)")
    parser.add_argument("--threads", type=int, help="processor threads (default: PyTorch's choice)")
    parser.add_argument("--rounds", type=int, help="default: 3; tiny: 1")
    parser.add_argument("--seconds", type=float, help="length of a turn (default: 20; tiny: 1)")
    parser.add_argument("--data", type=Path, help="folder of the text for the peers; without it they are left out")
    parser.add_argument("--peers-output", type=Path, default=Path("speed-gpu"), help="folder for the peers' runs")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    parser.add_argument("--turn", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--precision", default="bf16", help=argparse.SUPPRESS)
    parser.add_argument("--compiled", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.max_tokens = options.max_tokens or (512 if options.tiny else 32_768)
    options.rounds = options.rounds or (1 if options.tiny else 3)
    options.seconds = options.seconds or (1.0 if options.tiny else 20.0)
    return options


def main() -> None:
    options = parse_options()
    if options.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("no CUDA device here; --device cpu --tiny checks the command itself")
    if options.turn:
        print(json.dumps(take_turn(options)))
        return
    name = torch.cuda.get_device_name() if options.device == "cuda" else platform.processor() or platform.machine()
    print(f"{name}; PyTorch {torch.__version__}; batches of {options.max_tokens:,} ids", flush=True)
    found = measure(options)
    if not found:
        raise SystemExit("no variant could be measured")
    print_table(found, has_goal=options.device == "cuda" and not options.tiny)
    if options.output:
        settings = {"device": name, "torch": torch.__version__, "tiny": options.tiny, "max_tokens": options.max_tokens}
        options.output.write_text(json.dumps({"settings": settings, "variants": found}, indent=2) + "\n")
    if options.data is not None:
        sys.exit(run_peers(options))


if __name__ == "__main__":
    main()
