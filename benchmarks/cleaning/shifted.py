"""How many of the shifted lines of a corpus scoring finds, and how many right ones it drops for them.

    python benchmarks/cleaning/shifted.py data/noisy-tico19-en-fr/test --source en --target fr \
        --wrong 425-698 --wrong 786-810 [--reference data/tatoeba-en-fr/train]

Scored by what is learnt from the corpus itself, or from the reference; each pair alone, and with its neighbours.
The threshold is the one that cleaning chooses by itself, without knowing the wrong lines.
"""

import argparse

import numpy as np

from dragoman.corpora.cleaning.scoring import choose_threshold, share_of_wrong
from dragoman.corpora.sources import open_corpus
from dragoman.jobs.cleaning.scoring import Scoring, score_pairs


def area(margins: np.ndarray, wrong: np.ndarray) -> float:
    """How often a wrong pair has a lower margin than a right one (the ROC area)."""
    order = np.sort(margins[~wrong])
    less = np.searchsorted(order, margins[wrong], side="left") + np.searchsorted(order, margins[wrong], side="right")
    return float(1 - less.mean() / 2 / len(order))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location")
    parser.add_argument("--source", required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--wrong", action="append", required=True, help="first and last line, as in 425-698")
    parser.add_argument("--reference", action="append", default=[])
    options = parser.parse_args()
    languages = {"source": options.source, "target": options.target}
    texts = [(record.source, record.target) for record in open_corpus(options.location, **languages)]
    wrong = np.zeros(len(texts), dtype=bool)
    for lines in options.wrong:
        first, last = map(int, lines.split("-"))
        wrong[first - 1 : last] = True
    print(f"{len(texts):,} pairs, {wrong.sum()} wrong\n")
    print("| learnt from | window | ROC area | threshold | found | false alarms | estimated wrong |")
    print("|---|---|---|---|---|---|---|")
    for reference in [None, *options.reference]:
        clean = open_corpus(reference, **languages) if reference else None
        scores = score_pairs(
            lambda: iter(texts), Scoring(reference=clean), count=len(texts), languages=(options.source, options.target)
        )
        for window in (1, 3, 5):
            margins = scores.margins.smoothed(window)
            threshold = choose_threshold(margins)
            dropped = margins.pairs < threshold
            print(
                f"| {reference or 'itself'} | {window} | {area(margins.pairs, wrong):.4f} | {threshold:.2f} "
                f"| {dropped[wrong].sum()} ({dropped[wrong].mean():.1%}) "
                f"| {dropped[~wrong].sum()} ({dropped[~wrong].mean():.2%}) | {share_of_wrong(margins):.1%} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
