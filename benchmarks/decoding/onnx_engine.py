"""Words a second of the engine onnx against the engine torch, in turns, and whether batches change anything.

    dragoman export model/ --to onnx -o onnx/
    dragoman export model/ --to onnx --set quantization=int8 -o onnx-int8/
    python benchmarks/decoding/onnx_engine.py text.en --models torch=model/ onnx=onnx/ onnx=onnx-int8/ --rounds 3

Processor time counts (of one thread), so that other programs beside it do not.
"""

import argparse
import statistics
import time
from pathlib import Path

from dragoman.translator.translator import Translator


def measured(translator: Translator, lines: list[str]) -> tuple[float, list[str]]:
    """Words for each second of processor time, and the translations."""
    began = time.process_time()
    texts = [found.text for found in translator.translate(lines)]
    return sum(len(text.split()) for text in texts) / (time.process_time() - began), texts


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("--models", nargs="+", required=True, metavar="ENGINE=DIRECTORY")
    parser.add_argument("--beams", nargs="+", type=int, default=[1, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--company", action="store_true", help="translate every line by itself, too")
    options = parser.parse_args()
    lines = options.text.read_text("utf-8").splitlines()
    print("| engine | beam | words/s | as the first | alone as together |\n|---|---|---|---|---|")
    for beam in options.beams:
        places = [one.partition("=") for one in options.models]
        models = [
            Translator.load(path, engine=engine, device="cpu", threads=1, beam=beam) for engine, _, path in places
        ]
        speeds: list[list[float]] = [[] for _ in models]
        texts: list[list[str]] = [[] for _ in models]
        for _ in range(options.rounds):
            for place, model in enumerate(models):
                speed, texts[place] = measured(model, lines)
                speeds[place].append(speed)
        for name, model, speed, found in zip(options.models, models, speeds, texts, strict=True):
            equal = sum(one == other for one, other in zip(found, texts[0], strict=True))
            alone = "-"
            if options.company:
                same = sum(model.translate([line])[0].text == text for line, text in zip(lines, found, strict=True))
                alone = f"{same} of {len(lines)}"
            print(
                f"| {name} | {beam} | {statistics.median(speed):.0f} | {equal} of {len(lines)} | {alone} |", flush=True
            )


if __name__ == "__main__":
    main()
