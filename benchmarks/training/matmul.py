"""What share of the machine's matrix-product rate a training step reaches, by width of the model.

Two things are measured in turn, round after round, so that a busy machine slows both alike: the rate of
the best of a few large square products, and the training step as `dragoman train` makes it (objective,
backward pass, clipping, optimizer) on ready batches. The step's useful work is counted, not measured:
every product that the model needs for the real ids, forward once and backward twice (the gradient of each
factor), output projection included; padding, norms, softmax, dropout and anything computed again count nothing.

    python benchmarks/training/matmul.py --threads 2
    python benchmarks/training/matmul.py --device cuda --precision bf16 --output matmul-cuda.json
    python benchmarks/training/matmul.py --shapes 512 --set objective.label_smoothing=0.0

Ids are random; their number in a sentence is drawn like that of image captions (about 14, from 4 to 48).
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import torch

from dragoman.base.config import apply_settings
from dragoman.base.symbols import PAD, SPECIAL_PIECES
from dragoman.batching.batch import Batch
from dragoman.batching.example import Example
from dragoman.batching.loader import Loader, Position
from dragoman.compute.placement import ComputeConfig, set_up
from dragoman.jobs import assemble
from dragoman.jobs.recipe import Recipe, make_recipe

VOCABULARY = 8000
SENTENCES = 20_000
SQUARES = (1024, 2048)
GPU_SQUARES = (8192, 16384)
WARM_UP_STEPS = 3
BATCHES = 40
"""Ready batches of each model; they are gone through again and again."""


@dataclass(frozen=True)
class Shape:
    """A Transformer, named by its width."""

    width: int
    feed_forward_width: int
    heads: int
    layers: int
    dropout: float


SHAPES = {
    "128": Shape(128, 256, 4, 4, 0.3),
    "256": Shape(256, 1024, 4, 4, 0.3),
    "512": Shape(512, 2048, 8, 6, 0.1),  # Transformer-base
    "1024": Shape(1024, 4096, 16, 6, 0.3),  # Transformer-big
}


def useful_flops(shape: Shape, source: int, target: int) -> int:
    """Floating-point operations of one training sentence of ``source`` and ``target`` ids; see the module."""
    width, inner = shape.width, shape.feed_forward_width
    per_layer_of_encoder = source * (4 * width**2 + 2 * width * inner) + 2 * source**2 * width
    causal_pairs = target * (target + 1) // 2
    per_layer_of_decoder = (
        target * (6 * width**2 + 2 * width * inner)  # self-attention, queries and output to the source, feed-forward
        + source * 2 * width**2  # keys and values of the source
        + 2 * (causal_pairs + target * source) * width
    )
    multiplications = shape.layers * (per_layer_of_encoder + per_layer_of_decoder) + target * width * VOCABULARY
    return 3 * 2 * multiplications  # forward and two gradients; a multiplication and an addition


def batch_flops(shape: Shape, batch: Batch) -> int:
    """Useful operations of one update."""
    sources = (batch.source != PAD).sum(1).tolist()
    targets = (batch.target_output != PAD).sum(1).tolist()
    return sum(useful_flops(shape, source, target) for source, target in zip(sources, targets, strict=True))


def make_examples() -> list[Example]:
    """Random ids in sentences of a caption's length."""
    draw = random.Random(1)

    def ids(length: float) -> list[int]:
        count = min(48, max(4, round(length)))
        return [draw.randrange(len(SPECIAL_PIECES), VOCABULARY) for _ in range(count)]

    lengths = (draw.lognormvariate(2.6, 0.33) for _ in range(SENTENCES))
    return [Example(ids(length), ids(length * draw.uniform(0.8, 1.3))) for length in lengths]


def make_values(shape: Shape, options: argparse.Namespace) -> dict[str, Any]:
    """The recipe's values before ``--set``."""
    values: dict[str, Any] = {
        "corpus": {"train": ["none"]},
        "task": {"source": "en", "target": "de"},
        "model": {
            "kind": "transformer",
            "width": shape.width,
            "heads": shape.heads,
            "feed_forward_width": shape.feed_forward_width,
            "encoder_layers": shape.layers,
            "decoder_layers": shape.layers,
            "dropout": shape.dropout,
        },
        "objective": {"label_smoothing": 0.1},
        "batching": {"max_tokens": options.max_tokens},
        "compute": {"device": options.device},
    }
    if options.threads:
        values["compute"]["threads"] = options.threads
    if options.precision != "fp32" or "precision" in ComputeConfig.model_fields:
        values["compute"]["precision"] = options.precision
    return values


class Training:
    """A model in training, one turn at a time."""

    def __init__(self, shape: Shape, recipe: Recipe, examples: Sequence[Example]) -> None:
        device = set_up(recipe.compute)
        words = range(VOCABULARY)  # only its length is asked for
        task = cast(Any, SimpleNamespace(source_tokenizer=words, target_tokenizer=words))
        objective = assemble.make_objective(recipe)
        self._loop = assemble.make_loop(recipe, assemble.make_model(recipe, task, device), objective)
        updates = Loader(examples, max_tokens=recipe.batching.max_tokens, seed=1).updates(Position())
        ready = [batches for (batches, _), _ in zip(updates, range(BATCHES), strict=False)]
        self._work = [sum(batch_flops(shape, batch) for batch in batches) for batches in ready]
        self._ids = [sum(batch.target_tokens for batch in batches) for batches in ready]
        self._done: list[int] = []
        placed = [[batch.to(device) for batch in batches] for batches in ready]
        self._steps = self._loop.steps(self._endless(placed))
        for _ in range(WARM_UP_STEPS):
            next(self._steps)

    def _endless(self, batches: list[list[Batch]]) -> Iterator[list[Batch]]:
        for place in cycle(range(len(batches))):
            self._done.append(place)
            yield batches[place]

    @property
    def flops_per_target_id(self) -> float:
        return sum(self._work) / sum(self._ids)

    def turn(self, seconds: float) -> tuple[float, float]:
        """Useful operations per second, and target ids per second."""
        self._done.clear()
        wait()
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            next(self._steps)
        wait()
        spent = time.perf_counter() - begun
        return sum(self._work[place] for place in self._done) / spent, sum(self._ids[p] for p in self._done) / spent


def wait() -> None:
    """Until the GPU, if there is one, has done all that was asked."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def product_rate(size: int, seconds: float, *, device: str, dtype: torch.dtype) -> float:
    """Sustained operations per second of ``size`` × ``size`` products."""
    left, right = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    result = left @ right
    wait()
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        for _ in range(10 if device == "cuda" else 1):
            torch.mm(left, right, out=result)
            count += 1
        wait()
    return 2 * size**3 * count / (time.perf_counter() - begun)


def summary(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", choices=("fp32", "bf16"), help="default: fp32 on cpu, bf16 on cuda")
    parser.add_argument("--threads", type=int, help="processor threads (default: one for each core)")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, help="default: 128 256 512, on cuda also 1024")
    parser.add_argument("--max-tokens", type=int, help="ids in a batch (default: 4,096; on cuda 32,768)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of a turn")
    parser.add_argument("--set", dest="settings", action="append", default=[], help="recipe value: section.key=value")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    options = parser.parse_args()
    on_gpu = options.device == "cuda"
    options.precision = options.precision or ("bf16" if on_gpu else "fp32")
    options.shapes = options.shapes or [*SHAPES][: 4 if on_gpu else 3]
    options.max_tokens = options.max_tokens or (32_768 if on_gpu else 4096)
    return options


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All rounds; per shape the rates and, within each round, the share of the product's rate."""
    examples = make_examples()
    trainings = {}
    for name in options.shapes:
        recipe = make_recipe(apply_settings(make_values(SHAPES[name], options), options.settings), place="benchmark")
        trainings[name] = Training(SHAPES[name], recipe, examples)
    how = {"device": options.device, "dtype": torch.bfloat16 if options.precision == "bf16" else torch.float32}
    sizes = GPU_SQUARES if options.device == "cuda" else SQUARES
    best = max(sizes, key=lambda size: product_rate(size, options.seconds / 2, **how))
    products: list[float] = []
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in trainings}
    for number in range(options.rounds):
        products.append(product_rate(best, options.seconds, **how))
        for name, training in trainings.items():
            rates[name].append(training.turn(options.seconds))
            share = rates[name][-1][0] / products[-1]
            print(f"round {number + 1}: width {name}: {share:.1%} of {products[-1] / 1e9:,.1f} GFLOP/s", flush=True)
    return {
        "settings": {**vars(options), "output": None, "threads": torch.get_num_threads(), "torch": torch.__version__},
        "product": {"size": best, "flops_per_second": summary(products)},
        "shapes": {
            name: {
                **asdict(SHAPES[name]),
                "flops_per_target_id": training.flops_per_target_id,
                "flops_per_second": summary([flops for flops, _ in rates[name]]),
                "target_ids_per_second": summary([ids for _, ids in rates[name]]),
                "share": summary([r / p for (r, _), p in zip(rates[name], products, strict=True)]),
            }
            for name, training in trainings.items()
        },
    }


def main() -> None:
    options = parse_options()
    if options.precision == "fp32" and options.device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = False
    found = measure(options)
    product = found["product"]["flops_per_second"]
    print(
        f"\n{found['product']['size']}² product, {options.precision} on {options.device}, "
        f"{found['settings']['threads']} threads: {product['median'] / 1e9:,.1f} GFLOP/s "
        f"(from {product['least'] / 1e9:,.1f} to {product['most'] / 1e9:,.1f})"
    )
    for name, shape in found["shapes"].items():
        share, rate = shape["share"], shape["flops_per_second"]["median"]
        print(
            f"width {name:>4} ({shape['layers']}+{shape['layers']} × {shape['feed_forward_width']}): "
            f"{shape['flops_per_target_id'] / 1e6:,.1f} MFLOP per target id, {rate / 1e9:,.1f} GFLOP/s, "
            f"{shape['target_ids_per_second']['median']:,.0f} target ids/s; share of the product "
            f"{share['median']:.1%} (from {share['least']:.1%} to {share['most']:.1%})"
        )
    if options.output:
        options.output.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
