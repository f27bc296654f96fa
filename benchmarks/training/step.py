"""One training step taken apart: what each of its quick ways gives, and where its time goes.

The step as it is takes turns with steps in which one thing is done the plain way (or another way), batch by batch in
one process; each has a model of its own with equal weights. Told are target ids for each second of processor time and
the median of the ratios, batch by batch. Then the operators' shares of the step as it is.

    python benchmarks/training/step.py --data data/multi30k
    python benchmarks/training/step.py --data data/multi30k --width 512 --threads 2 --wall
"""

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.profiler import profile

from dragoman.base.symbols import PAD
from dragoman.batching.batch import Batch, collate
from dragoman.batching.bucketing import plan_batches
from dragoman.batching.example import Example
from dragoman.compute.placement import keep_freed_memory
from dragoman.models import attention, dropout
from dragoman.models.protocol import Seq2Seq
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.autocast import Autocast
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.objectives.protocol import Loss, Objective
from dragoman.tokenizers.sentencepiece import SentencePieceConfig, SentencePieceTokenizer
from dragoman.training.loop import Loop
from dragoman.training.optimizers import OptimizerConfig, make_optimizer

VOCABULARY, PAIRS, MAX_TOKENS, RATE = 8000, 8000, 4096, 1e-4
GROUPS = {
    "products": ("mm", "addmm", "addmm_", "bmm", "mkldnn"),
    "softmax and its gradient": ("softmax", "amax", "gather", "scatter_add_", "argmax", "exp", "log"),
    "dropout": ("random_", "ge", "addcmul", "native_dropout_backward"),
    "norms": ("native_layer_norm", "rms_norm"),
    "fused attention": ("scaled_dot_product",),
    "copies": ("copy_", "cat", "constant_pad_nd", "index", "clone"),
    "sums": ("sum", "mean"),
    "optimizer": ("_fused_adam", "_foreach", "linalg_vector_norm", "fill_", "zero_"),
}


class WholeLogits:
    """Cross-entropy by PyTorch's own function over all logits at once."""

    def prepare(self, example: Example, key: int) -> Example:
        """As it is."""
        return example

    def __call__(self, model: Seq2Seq, batch: Batch) -> Loss:
        """The loss with the whole of the logits in memory."""
        logits = model.output(model(batch.source, batch.source_mask, batch.target_input)).flatten(0, 1)
        targets = batch.target_output.flatten()
        total = F.cross_entropy(logits, targets, label_smoothing=0.1, reduction="sum", ignore_index=PAD)
        return Loss(total, batch.target_tokens, total.detach(), total.detach())


@contextmanager
def torch_dropout() -> Iterator[None]:
    """PyTorch's dropout instead of ours."""

    def drop(module: dropout.Dropout, inputs: Tensor, onto: Tensor | None = None) -> Tensor:
        kept = F.dropout(inputs, module.chance, module.training)
        return kept if onto is None else onto + kept

    with mock.patch.object(dropout.Dropout, "forward", drop):
        yield


@contextmanager
def fused_attention() -> Iterator[None]:
    """PyTorch's fused attention for short sentences too."""
    with mock.patch.object(attention, "suits", return_value=False):
        yield


@contextmanager
def as_it_is() -> Iterator[None]:
    """Nothing changed."""
    yield


WAYS: dict[str, tuple[Callable[[], Any], Callable[[], Objective]]] = {
    "as it is": (as_it_is, CrossEntropy),
    "PyTorch's attention": (fused_attention, CrossEntropy),
    "PyTorch's dropout": (torch_dropout, CrossEntropy),
    "PyTorch's cross-entropy": (as_it_is, WholeLogits),
    "bf16 products": (as_it_is, lambda: Autocast(CrossEntropy(), torch.bfloat16)),
}


def read_batches(data: Path, count: int) -> list[Batch]:
    """The first batches of an epoch over the first pairs of ``train.en`` and ``train.de``."""
    sides = [(data / f"train.{language}").read_text(encoding="utf-8").splitlines()[:PAIRS] for language in ("en", "de")]
    config = SentencePieceConfig(vocabulary_size=VOCABULARY)
    tokenizer = SentencePieceTokenizer.train((line for side in sides for line in side), config)
    pairs = [[[*tokenizer.encode(line), 3] for line in pair] for pair in zip(*sides, strict=True)]
    plan = plan_batches([(len(left), len(right)) for left, right in pairs], max_tokens=MAX_TOKENS, key=7)
    return [collate([Example(*pairs[index]) for index in indices]) for indices in plan[:count]]


def make_loop(width: int, objective: Objective) -> Loop:
    """A new model of 4+4 layers with equal weights every time, and its loop."""
    torch.manual_seed(1)
    shape = {
        "width": width,
        "heads": max(4, width // 64),
        "feed_forward_width": 2 * width if width < 256 else 4 * width,
    }
    model = Transformer(
        TransformerConfig.model_validate({**shape, "dropout": 0.3}),
        source_vocabulary=VOCABULARY,
        target_vocabulary=VOCABULARY,
    )
    return Loop(model, objective, make_optimizer(OptimizerConfig(), model), lambda _: RATE, clip_norm=1.0, seed=1)


def compare(batches: list[Batch], width: int, clock: Callable[[], float]) -> None:
    """Let the ways take turns and print what came of it."""
    loops = {name: make_loop(width, objective()) for name, (_, objective) in WAYS.items()}
    times: dict[str, list[float]] = {name: [] for name in WAYS}
    for batch in batches:
        for name, (change, _) in WAYS.items():
            with change():
                begun = clock()
                for _ in loops[name].steps([[batch]]):
                    times[name].append(clock() - begun)
    tokens = sum(batch.target_tokens for batch in batches[1:])  # the first step warms up
    for name, found in times.items():
        ratios = [ours / theirs for ours, theirs in zip(times["as it is"][1:], found[1:], strict=True)]
        low, middle, high = statistics.quantiles(ratios)
        rate = tokens / sum(found[1:])
        print(f"{name:26} {rate:7.0f} target ids/s, {middle:.3f} times as fast ({low:.3f} to {high:.3f})")


def shares(batches: list[Batch], width: int) -> None:
    """Print which operators the step's time goes to."""
    loop = make_loop(width, CrossEntropy())
    list(loop.steps([[batch] for batch in batches[:2]]))
    with profile() as seen:
        list(loop.steps([[batch] for batch in batches[2:8]]))
    spent: Counter[str] = Counter()
    for event in seen.key_averages():
        name = event.key.removeprefix("aten::")
        group = next((group for group, starts in GROUPS.items() if _belongs(name, starts)), "the rest")
        spent[group] += event.self_cpu_time_total
    for group, microseconds in spent.most_common():
        print(f"{group:26} {100 * microseconds / spent.total():5.1f} %")


def _belongs(name: str, starts: tuple[str, ...]) -> bool:
    return any(name == start or (len(start) > 4 and start in name) for start in starts)


def main() -> None:
    """Read, compare, take apart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with train.en and train.de")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batches", type=int, default=8)
    parser.add_argument("--wall", action="store_true", help="wall time instead of processor time for each thread")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    batches = read_batches(options.data, options.batches)
    compare(batches, options.width, time.perf_counter if options.wall else time.process_time)
    shares(batches, options.width)


if __name__ == "__main__":
    main()
