"""After how many texts is it seen that a model gets what it was not made for, and how often where it does not?

A model translates usual text and other text once; what the service would see of each translation is kept. Then many
streams are drawn from it: the baseline and more usual texts (any drift seen there is a false alarm), then a share of
the other text among the usual one, until drift is seen.

::

    python benchmarks/serving/drift.py MODEL usual.en foreign.fr --lines 6000 --streams 100
"""

import argparse
import random
import statistics
from pathlib import Path

from dragoman.server.speaker import Said
from dragoman.server.telemetry.quality.drift import THRESHOLD, DirectionQuality
from dragoman.server.telemetry.quality.signals import Look, look_at
from dragoman.translator.translator import Translator

BASELINE, WINDOW, MOST = 1000, 200, 600


def garbled(line: str, key: random.Random) -> str:
    """The letters of each word in another order."""
    return " ".join("".join(key.sample(word, len(word))) for word in line.split())


def looks(translator: Translator, lines: list[str]) -> list[Look]:
    """What the service sees of the translations."""
    said = [Said((one.text,), notes=one.notes, score=one.score or None) for one in translator.translate(lines)]
    languages = {"source": translator.source_language, "target": translator.target_language}
    return [look_at(line, one, **languages) for line, one in zip(lines, said, strict=True)]


def stream(
    usual: list[Look], other: list[Look], share: float, key: random.Random, threshold: float
) -> tuple[bool, int | None, str]:
    """Whether there was a false alarm, after how many texts drift was seen (None: not at all), and by which signal."""
    quality = DirectionQuality(baseline_size=BASELINE, window_size=WINDOW)
    drawn = key.sample(usual, len(usual))
    is_false = False
    for look in drawn:
        quality.note(look)
        is_false = is_false or max(quality.drift().values(), default=0.0) > threshold
    for count in range(1, MOST + 1):
        quality.note(key.choice(other) if key.random() < share else key.choice(usual))
        drift = quality.drift()
        worst = max(drift, key=drift.__getitem__)
        if drift[worst] > threshold:
            return is_false, count, worst
    return is_false, None, ""


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("usual", type=Path)
    parser.add_argument("foreign", type=Path)
    parser.add_argument("--lines", type=int, default=6000)
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    given = parser.parse_args()
    translator = Translator.load(given.model, threads=1)
    key = random.Random(1)
    lines = given.usual.read_text(encoding="utf-8").splitlines()
    lines = key.sample(lines, min(given.lines, len(lines)))
    foreign = given.foreign.read_text(encoding="utf-8").splitlines()[:1000]
    usual = looks(translator, lines)
    others = {
        "foreign": looks(translator, foreign),
        "garbled": looks(translator, [garbled(line, key) for line in lines[:1000]]),
    }
    print("| other text | share | texts until seen: median | 95 % | not seen | by | streams with a false alarm |")
    print("|---|---|---|---|---|---|---|")
    for name, other in others.items():
        for share in (1.0, 0.5, 0.2, 0.1):
            found = [stream(usual, other, share, key, given.threshold) for _ in range(given.streams)]
            counts = sorted(count for _, count, _ in found if count is not None)
            by = statistics.mode(signal for _, _, signal in found)
            late = counts[int(0.95 * len(counts))] if counts else "-"
            missed, false = len(found) - len(counts), sum(is_false for is_false, _, _ in found)
            middle = statistics.median(counts) if counts else "-"
            print(f"| {name} | {share:.0%} | {middle} | {late} | {missed} of {len(found)} | {by} | {false} |")
    print(f"\n{len(usual):,} usual texts; a stream has {len(usual) - BASELINE:,} of them after the baseline")


if __name__ == "__main__":
    main()
