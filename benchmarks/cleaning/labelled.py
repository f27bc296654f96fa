"""Cleaning against human labels: ParaCrawl pairs that people called valid or not, beside Bicleaner's own scores.

    python benchmarks/cleaning/labelled.py data/noisy-paracrawl-labelled --pair en-de \
        --reference data/wmt-news/en-de/newstest2014 --reference data/europarl-docs-en-de/test

Reads v3.tsv.gz (one label a pair) and v6.tsv.gz (two). *Strict*: only V (valid) is good; in v6 both must say so.
*Lenient*: F (free), MT (machine translated) and T (badly cut) are good too, so that E (translation error), A (wrong
alignment) and L (wrong language) are bad. *Aligned*: only A and L are bad. Thresholds are chosen on v3 for the best
F1 and tried on v6; nothing else sees a label. Precision, recall and F1 are of the good pairs.
"""

import argparse
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dragoman.corpora.cleaning import Cleaner, CleaningConfig
from dragoman.corpora.cleaning.config import THOROUGH
from dragoman.corpora.cleaning.evidence import make_evidence
from dragoman.corpora.cleaning.scoring import Margins, choose_threshold, measure_margins, share_of_wrong
from dragoman.corpora.cleaning.self_training import measure_by_itself
from dragoman.corpora.records import Record
from dragoman.corpora.sources import open_corpus
from dragoman.jobs.cleaning.scoring import learn_scorer

READINGS: dict[str, Callable[[str], bool]] = {
    "strict": lambda label: label == "V",
    "lenient": lambda label: label in ("V", "F", "MT", "T"),
    "aligned": lambda label: label not in ("A", "L"),
}


@dataclass
class Labelled:
    texts: list[tuple[str, str]]
    labels: list[list[str]]
    bicleaner: np.ndarray

    def good(self, reading: str) -> np.ndarray:
        return np.array([all(map(READINGS[reading], labels)) for labels in self.labels])


def read(path: Path, pair: str) -> Labelled:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        header, *rows = [line.rstrip("\n").split("\t") for line in file]
    rows = [row for row in rows if row[0] == pair]
    place = {name: number for number, name in enumerate(header)}
    columns = [number for name, number in place.items() if name.startswith("label")]
    return Labelled(
        [(row[place["src"]], row[place["trg"]]) for row in rows],
        [[row[column] for column in columns] for row in rows],
        np.array([float(row[place["bicleaner"]]) for row in rows]),
    )


def area(scores: np.ndarray, good: np.ndarray) -> float:
    bad = np.sort(scores[~good])
    less = np.searchsorted(bad, scores[good], side="left") + np.searchsorted(bad, scores[good], side="right")
    return float(less.mean() / 2 / len(bad))


def quality(kept: np.ndarray, good: np.ndarray) -> tuple[float, float, float]:
    both = (kept & good).sum()
    precision, recall = both / max(1, kept.sum()), both / good.sum()
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def best_threshold(scores: np.ndarray, good: np.ndarray) -> float:
    return max(np.unique(scores), key=lambda least: quality(scores >= least, good)[2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pair", default="en-de")
    parser.add_argument("--reference", action="append", required=True)
    options = parser.parse_args()
    source, target = options.pair.split("-")
    sets = {name: read(options.folder / f"{name}.tsv.gz", options.pair) for name in ("v3", "v6")}
    evidence = make_evidence(source, target)
    clean = (
        (record.source, record.target)
        for reference in options.reference
        for record in open_corpus(reference, source=source, target=target)
    )
    score = learn_scorer(clean)
    margins: dict[tuple[str, str], Margins] = {}
    for name, labelled in sets.items():
        texts = labelled.texts
        margins[name, "reference"] = measure_margins(texts, score, evidence)
        margins[name, "reference, words alone"] = measure_margins(texts, score)
        margins[name, "itself"] = measure_by_itself(
            lambda texts=texts: iter(texts), learn_scorer, count=len(texts), evidence=evidence
        )
        print(f"{name}: {len(texts):,} pairs", {reading: int(labelled.good(reading).sum()) for reading in READINGS})
    print_scores(sets, margins)
    print_rules(sets, margins, source, target)


def print_scores(sets: dict[str, Labelled], margins: dict[tuple[str, str], Margins]) -> None:
    kinds = {kind for _, kind in margins}
    print("\n| score | reading | area v3 | area v6 | v6 precision | recall | F1 |\n|---|---|---|---|---|---|---|")
    for kind in ["keep all", "Bicleaner", *sorted(kinds)]:
        for reading in READINGS:
            good = {name: labelled.good(reading) for name, labelled in sets.items()}
            if kind == "keep all":
                values = {name: np.zeros(len(labelled.texts)) for name, labelled in sets.items()}
            elif kind == "Bicleaner":
                values = {name: labelled.bicleaner for name, labelled in sets.items()}
            else:
                values = {name: margins[name, kind].pairs for name in sets}
            kept = values["v6"] >= best_threshold(values["v3"], good["v3"])
            areas = [area(values[name], good[name]) for name in ("v3", "v6")]
            numbers = " | ".join(f"{number:.3f}" for number in (*areas, *quality(kept, good["v6"])))
            print(f"| {kind} | {reading} | {numbers} |")


def print_rules(sets: dict[str, Labelled], margins: dict[tuple[str, str], Margins], source: str, target: str) -> None:
    """What the commands keep as they are, thresholds by themselves."""
    print("\n| set | filters | kept | reading | precision | recall | F1 |\n|---|---|---|---|---|---|---|")
    for name, labelled in sets.items():
        found = margins[name, "reference"]
        scored = found.pairs >= choose_threshold(found)
        print(f"{name}: the margins say that {share_of_wrong(found):.1%} are wrong")
        rules = {}
        for kind, values in (("defaults", {}), ("--thorough", THOROUGH)):
            cleaner = Cleaner(CleaningConfig(**values), source=source, target=target)
            rules[kind] = np.array([cleaner.judge(Record(*pair)).reason is None for pair in labelled.texts])
            print(name, kind, dict(cleaner.report.dropped))
        choices = rules | {"--reference": scored, "--thorough --reference": rules["--thorough"] & scored}
        for kind, kept in choices.items():
            for reading in READINGS:
                numbers = " | ".join(f"{number:.3f}" for number in quality(kept, labelled.good(reading)))
                print(f"| {name} | {kind} | {kept.mean():.1%} | {reading} | {numbers} |")


if __name__ == "__main__":
    main()
