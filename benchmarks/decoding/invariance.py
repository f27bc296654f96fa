"""Batch invariance: does a line get the same translation alone as in batches of any size and order?

Run: python benchmarks/decoding/invariance.py MODEL TEXT… [--engine ctranslate2] [--lines 2500] [--beams 1 5]

Every line alone, then all of them shuffled, in batches of several budgets of ids; one thread. Lines whose ids differ
from those of the line alone are counted, of all their hypotheses that are asked for.
"""

import argparse
import random
import time
from pathlib import Path

from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Sentence
from dragoman.translator.engines import open_engine
from dragoman.translator.engines.protocol import Place
from dragoman.translator.manifest import load_task, read_manifest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path, nargs="+")
    parser.add_argument("--engine", default="ctranslate2")
    parser.add_argument("--lines", type=int, default=2500)
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 5])
    parser.add_argument("--n-best", type=int, default=1)
    parser.add_argument("--budgets", type=int, nargs="+", default=[500, 2000, 8192, 65536])
    options = parser.parse_args()
    manifest = read_manifest(options.model)
    task = load_task(options.model, manifest["recipe"], manifest["tokenizers"])
    engine = open_engine(options.model, manifest, task, Place("cpu", 1), engine=options.engine)
    lines = dict.fromkeys(line for path in options.text for line in path.read_text("utf-8").split("\n") if line.strip())
    sentences = [Sentence(tuple(task.source_ids(line))) for line in list(lines)[: options.lines]]
    for beam in options.beams:
        compare(engine, sentences, DecodingConfig(beam=beam, n_best=min(beam, options.n_best)), options.budgets)


def compare(engine, sentences, config, budgets):
    began = time.process_time()
    alone = decoded(engine, sentences, config, 1)
    each = len(sentences) / (time.process_time() - began)
    print(f"{type(engine).__name__}, beam {config.beam}: {len(sentences)} lines alone, {each:.0f} a second", flush=True)
    order = list(range(len(sentences)))
    for budget in budgets:
        random.Random(budget).shuffle(order)
        found = decoded(engine, [sentences[place] for place in order], config, budget)
        differ = sum(one != alone[place] for place, one in zip(order, found, strict=True))
        print(f"  shuffled, batches of {budget} ids: {differ} of {len(order)} differ", flush=True)


def decoded(engine, sentences, config, budget):
    """The ids of each one's hypotheses, in batches of at most ``budget`` ids (1: each line alone)."""
    engine._max_tokens = budget
    return [[one.ids for one in hypotheses] for hypotheses in engine.decode(sentences, config)]


if __name__ == "__main__":
    main()
