"""Time of PyTorch's Bernoulli draws against our four units to a draw, alternating; see docs/decisions/0004.

python benchmarks/training/dropout.py
"""

import statistics
import time
from collections.abc import Callable

import torch

UNITS = 524_288  # a batch of 4,096 ids of width 128
ROUNDS = 30


def milliseconds(draw: Callable[[], object]) -> float:
    """Wall time of one call."""
    begun = time.perf_counter()
    draw()
    return (time.perf_counter() - begun) * 1e3


def main() -> None:
    """Print the medians, their spread and the ratio."""
    ways: dict[str, Callable[[], object]] = {
        "bernoulli": lambda: torch.empty(UNITS).bernoulli_(0.3),
        "four units to a draw": lambda: torch.empty(UNITS // 4, dtype=torch.long).random_(-(1 << 63), None),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, draw in ways.items():
            times[name].append(milliseconds(draw))
    for name, found in times.items():
        print(f"{name}: median {statistics.median(found):.2f} ms (from {min(found):.2f} to {max(found):.2f})")
    ratios = [first / second for first, second in zip(*times.values(), strict=True)]
    print(f"ratio: median {statistics.median(ratios):.1f}")


if __name__ == "__main__":
    main()
