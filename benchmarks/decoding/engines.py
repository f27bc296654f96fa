"""Decoding speed side by side: Hugging Face's generate, CTranslate2 called directly, and the engines of this package.

Every turn is a new process that loads a model, warms up and translates the same lines; the systems take turns, round
after round, so that a machine that is busy, warm or throttled is so for all. Beside wall time stands processor time:
with one thread it says what a system costs even while other programs slow the machine. All say the best hypothesis of
the same search (a mean over ids as score); BLEU shows whether they say the same.

    dragoman export model/ --to huggingface --output twin/
    dragoman export model/ --to ctranslate2 --output quick/
    python benchmarks/decoding/engines.py --source test.en --reference test.de --system torch=model/ \
        --system huggingface=twin/ --system ctranslate2=quick/ --system ctranslate2-direct=quick/

A system is one of huggingface and ctranslate2-direct, an engine of this package, or any other name for a bundle that
is opened with engine = "auto". Protection (docs/guides/robust-output.md) is off: all do the same work.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

Translate = Callable[[list[str]], list[str]]


def hugging_face(path: Path, beam: int, threads: int) -> Translate:
    """generate() on lines padded together, as its documentation has it."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    torch.set_num_threads(threads)
    tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
    model = AutoModelForSeq2SeqLM.from_pretrained(path, dtype=torch.float32, local_files_only=True).eval()

    def translate(lines: list[str]) -> list[str]:
        batch = tokenizer(lines, return_tensors="pt", padding=True)
        longest = 3 * batch.input_ids.size(1) + 20
        with torch.inference_mode():
            said = model.generate(
                **batch, num_beams=beam, do_sample=False, length_penalty=1.0, early_stopping=True, max_length=longest
            )
        return tokenizer.batch_decode(said, skip_special_tokens=True)

    return translate


def ctranslate2_direct(path: Path, beam: int, threads: int) -> Translate:
    """translate_batch() with the bundle's tokenizers, batched by hand."""
    import ctranslate2

    from dragoman.translator.manifest import load_task, read_manifest

    manifest = read_manifest(path)
    task = load_task(path, manifest["recipe"], manifest["tokenizers"])
    target = task.target_tokenizer
    ids = {piece: index for index, piece in enumerate(target.pieces(range(len(target))))}
    (model,) = {file.parent for file in path.rglob("model.bin")}
    translator = ctranslate2.Translator(str(model), intra_threads=threads, inter_threads=1, compute_type="default")

    def translate(lines: list[str]) -> list[str]:
        pieces = [task.source_tokenizer.pieces(task.source_ids(line)) for line in lines]
        found = translator.translate_batch(
            pieces, beam_size=beam, length_penalty=1.0, max_batch_size=1024, batch_type="tokens"
        )
        return [task.output([ids[piece] for piece in one.hypotheses[0]]) for one in found]

    return translate


def own(path: Path, beam: int, threads: int, engine: str) -> Translate:
    from dragoman.translator.engines import ENGINES
    from dragoman.translator.translator import Translator

    chosen = engine if engine in ENGINES.names() else "auto"
    translator = Translator.load(path, engine=chosen, beam=beam, n_best=1, threads=threads, protect=False)
    return lambda lines: [translation.text for translation in translator.translate(lines)]


def open_system(name: str, path: Path, beam: int, threads: int) -> Translate:
    direct = {"huggingface": hugging_face, "ctranslate2-direct": ctranslate2_direct}
    return direct[name](path, beam, threads) if name in direct else own(path, beam, threads, name)


def turn(work: dict) -> dict:
    """One system, one setting: what a fresh process measures."""
    lines = Path(work["source"]).read_text(encoding="utf-8").splitlines()[: work["lines"]]
    started = time.perf_counter()
    translate = open_system(work["system"], Path(work["path"]), work["beam"], work["threads"])
    first = translate(lines[:1])
    loaded = time.perf_counter() - started
    translate(lines[:4])
    size, latencies, said = work["batch"], [], []
    order = sorted(range(len(lines)), key=lambda index: -len(lines[index])) if size > 1 else list(range(len(lines)))
    wall, busy = time.perf_counter(), time.process_time()
    for start in range(0, len(lines), size):
        before = time.perf_counter()
        said += translate([lines[index] for index in order[start : start + size]])
        latencies.append(time.perf_counter() - before)
    wall, busy = time.perf_counter() - wall, time.process_time() - busy
    texts = dict(zip(order, said, strict=True))
    words = sum(len(line.split()) for line in lines)
    latencies.sort()
    return {
        "words_per_second": words / wall,
        "words_per_processor_second": words / busy,
        "p50_ms": 1000 * statistics.median(latencies),
        "p95_ms": 1000 * latencies[int(0.95 * (len(latencies) - 1))],
        "first_seconds": loaded,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "said": [texts[index] for index in range(len(lines))],
        "first": first,
    }


def run(work: dict) -> dict:
    """A turn in a process of its own."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(work["threads"])}
    command = [sys.executable, __file__, "--turn", json.dumps(work)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{work['system']} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def megabytes(path: Path) -> float:
    shipped = (file for file in path.rglob("*") if "training" not in file.relative_to(path).parts)
    weights = [file for file in shipped if file.suffix in {".safetensors", ".bin", ".onnx"}]
    return sum(file.stat().st_size for file in weights) / 1e6


def table(results: dict[tuple, list[dict]], sizes: dict[str, float], reference: list[str]) -> str:
    from dragoman.metrics.bleu import Bleu

    rows = [
        "| system | beam | batch | threads | words/s | words/processor s | p50 ms | p95 ms | memory MB | MB | BLEU |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    metric = Bleu(target_language="de")
    for (system, beam, batch, threads), turns in results.items():
        middle = {
            name: statistics.median(turn[name] for turn in turns) for name in turns[0] if name not in ("said", "first")
        }
        bleu = f"{metric.score(turns[0]['said'], reference).value:.1f}" if reference else ""
        rows.append(
            f"| {system} | {beam} | {batch} | {threads} | {middle['words_per_second']:.0f} | "
            f"{middle['words_per_processor_second']:.0f} | {middle['p50_ms']:.1f} | {middle['p95_ms']:.1f} | "
            f"{middle['memory_mb']:.0f} | {sizes[system]:.1f} | {bleu} |"
        )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turn", help=argparse.SUPPRESS)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--system", action="append", default=[], help="name=directory; may be repeated")
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 64])
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.turn:
        print(json.dumps(turn(json.loads(arguments.turn))))
        return
    systems = dict(system.split("=", 1) for system in arguments.system)
    reference = (
        arguments.reference.read_text(encoding="utf-8").splitlines()[: arguments.lines] if arguments.reference else []
    )
    results: dict[tuple, list[dict]] = {}
    settings = [(b, size, t) for t in arguments.threads for size in arguments.batches for b in arguments.beams]
    for number in range(arguments.rounds):
        for beam, batch, threads in settings:
            for system, path in systems.items():
                work = {
                    "system": system,
                    "path": path,
                    "source": str(arguments.source),
                    "lines": arguments.lines,
                    "beam": beam,
                    "batch": batch,
                    "threads": threads,
                }
                results.setdefault((system, beam, batch, threads), []).append(run(work))
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
    print(table(results, {name: megabytes(Path(path)) for name, path in systems.items()}, reference))


if __name__ == "__main__":
    main()
