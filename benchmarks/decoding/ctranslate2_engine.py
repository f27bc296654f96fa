"""Our CTranslate2 engine beside CTranslate2 called directly with the best batching by hand.

Run: python benchmarks/decoding/ctranslate2_engine.py EXPORTED TEXT [--lines 1000] [--beam 5] [--rounds 3]

Both get the same ids, one worker, in turns; time is processor time, which a busy machine changes least. By hand means
every max_batch_size of --by-hand once, then the quickest of them in the rounds.
"""

import argparse
import statistics
import time
from pathlib import Path

import ctranslate2

from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Sentence
from dragoman.translator.engines.ctranslate2_engine import CTranslate2Engine
from dragoman.translator.engines.protocol import Place
from dragoman.translator.manifest import load_task, read_manifest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bundle", type=Path)
    parser.add_argument("text", type=Path, nargs="+")
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--by-hand", type=int, nargs="+", default=[16, 32, 64, 128, 256])
    parser.add_argument("--budgets", type=int, nargs="+", default=[2048])
    options = parser.parse_args()
    manifest = read_manifest(options.bundle)
    task = load_task(options.bundle, manifest["recipe"], manifest["tokenizers"])
    entry = manifest["engines"]["ctranslate2"]
    lines = dict.fromkeys(line for path in options.text for line in path.read_text("utf-8").split("\n") if line.strip())
    sentences = [Sentence(tuple(task.source_ids(line))) for line in list(lines)[: options.lines]]
    config = DecodingConfig(beam=options.beam)

    def engine(budget):
        directory = options.bundle / entry["directory"]
        place = Place("cpu", 1)
        return CTranslate2Engine(
            directory, place, quantization=entry["quantization"], max_length=512, max_tokens=budget
        )

    print(f"{len(sentences)} sentences, {entry['quantization']}, beam {options.beam}, one thread")
    speed(options, engine, sentences, config, str(options.bundle / entry["directory"]), task)


def speed(options, engine, sentences, config, directory, task):
    direct = ctranslate2.Translator(directory, inter_threads=1, intra_threads=1)
    tokens = [task.source_tokenizer.pieces(sentence.ids) for sentence in sentences]

    def by_hand(size):
        direct.translate_batch(
            tokens, max_batch_size=size, beam_size=options.beam, max_decoding_length=256, max_input_length=0
        )

    quickest = min(options.by_hand, key=lambda size: seconds(by_hand, size))
    engines = {budget: engine(budget) for budget in options.budgets}
    taken = {"by hand": [], **{budget: [] for budget in engines}}
    for _ in range(options.rounds):
        taken["by hand"].append(seconds(by_hand, quickest))
        for budget, ours in engines.items():
            taken[budget].append(seconds(ours.decode, sentences, config))
    base = statistics.median(taken["by hand"])
    print(f"by hand, {quickest} lines a batch: {len(sentences) / base:.0f} sentences/s")
    for budget in engines:
        ratios = [hand / ours for hand, ours in zip(taken["by hand"], taken[budget], strict=True)]
        rate = len(sentences) / statistics.median(taken[budget])
        print(f"engine, {budget} ids a batch: {rate:.0f} sentences/s, {statistics.median(ratios):.3f} of it")


def seconds(run, *arguments):
    began = time.process_time()
    run(*arguments)
    return time.process_time() - began


if __name__ == "__main__":
    main()
