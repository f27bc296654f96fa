"""Training speed side by side: dragoman, eole, JoeyNMT and Hugging Face's Seq2SeqTrainer.

All train the same Transformer (4+4 layers × 128/256 and 4 heads unless --shape says otherwise; one matrix for both
embeddings and the output, dropout, label smoothing 0.1) in fp32 on the same processor threads, on the same pieces of
the same text; with ``--device cuda`` on a GPU, and with ``--precision bf16`` in half precision. They take turns,
round after round, so that a machine that is busy, warm or throttled is so for all; each turn is a new process.
What is compared is the number of non-padding target ids (EOS included) trained on in a second of wall time, counted
in every system by the same code; see peers/meter.py. Each peer is installed in an environment of its own.

Beside wall time stands processor time. With one thread it says what a system costs even while other programs slow
the machine; with several it does not, for threads that wait for one another burn processor time too.

    python benchmarks/training/speed.py --data data/multi30k --output speed
    python benchmarks/training/speed.py --data data/multi30k --systems dragoman eole --rounds 3 --seconds 20
    python benchmarks/training/speed.py --data data/multi30k --systems dragoman dragoman-ranks eole --ranks 2
    python benchmarks/training/speed.py --data data/multi30k --device cuda --precision bf16 --shape big

`dragoman-ranks` is dragoman started by torchrun, with ``--ranks`` processes that share the threads evenly.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import platform
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from peers.environments import PACKAGES, python_of
from peers.runs import RECIPE, SHAPES, SYSTEMS, Work, command, own_log

from dragoman.base.symbols import SPECIAL_PIECES
from dragoman.batching.bucketing import plan_batches
from dragoman.tokenizers.sentencepiece import SentencePieceConfig, SentencePieceTokenizer

VOCABULARY = 8000
MAX_TOKENS = 4096
VALIDATION_PAIRS = 200
LONGEST_WORDS = 60


def read_pairs(stem: Path, source: str, target: str) -> list[tuple[str, str]]:
    """Pairs that every system reads alike: not empty, no spaces but the usual one, not overlong."""

    def is_plain(text: str) -> bool:
        return 0 < len(text.split(" ")) <= LONGEST_WORDS and text.split() == text.split(" ")

    sides = [Path(f"{stem}.{language}").read_text(encoding="utf-8").split("\n")[:-1] for language in (source, target)]
    return [(left, right) for left, right in zip(*sides, strict=True) if is_plain(left) and is_plain(right)]


def prepare(data: Path, folder: Path, source: str, target: str, max_tokens: int = MAX_TOKENS) -> int:
    """Write text, pieces and vocabularies into ``folder``; the mean number of sentences in a batch."""
    folder.mkdir(parents=True, exist_ok=True)
    everything = read_pairs(data / "train", source, target)
    validation = everything[:VALIDATION_PAIRS]  # never looked at, but every system wants to have some
    seen = [{pair[place] for pair in validation} for place in (0, 1)]
    pairs = [pair for pair in everything if pair[0] not in seen[0] and pair[1] not in seen[1]]
    config = SentencePieceConfig(vocabulary_size=VOCABULARY)
    tokenizer = SentencePieceTokenizer.train((text for pair in pairs for text in pair), config)
    tokenizer.save(folder)
    counts: Counter[str] = Counter()
    for split, chosen in (("train", pairs), ("val", validation)):
        for place, language in enumerate((source, target)):
            text = [pair[place] for pair in chosen]
            pieces = [tokenizer.pieces(tokenizer.encode(line)) for line in text]
            write_lines(folder / f"{split}.{language}", text)
            write_lines(folder / f"{split}.pieces.{language}", [" ".join(line) for line in pieces])
            counts.update(piece for line in pieces for piece in line)
    vocabulary = tokenizer.pieces(range(len(tokenizer)))
    plain = [piece for piece in vocabulary if piece not in SPECIAL_PIECES]
    write_lines(folder / "vocabulary", vocabulary)
    write_lines(folder / "vocabulary.joeynmt", plain)
    write_lines(folder / "vocabulary.eole", [f"{piece}\t{max(1, counts[piece])}" for piece in plain])
    lengths = [(len(tokenizer.encode(left)) + 1, len(tokenizer.encode(right)) + 1) for left, right in pairs]
    return round(len(pairs) / len(plan_batches(lengths, max_tokens=max_tokens, key=1)))


def write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def run_turn(name: str, python: Path, work: Work, run: Path, *, seconds: float, warm_up_steps: int) -> dict[str, Any]:
    """One turn of one system: what the meter counted, and what the system itself said."""
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(parents=True)
    environment = {**os.environ, "OMP_NUM_THREADS": str(work.threads), "MKL_NUM_THREADS": str(work.threads)}
    if not name.startswith("dragoman"):
        environment.pop("PYTHONPATH", None)
    arguments = command(name, python, work, run, seconds=seconds, warm_up_steps=warm_up_steps)
    with (run / "log").open("w") as log:
        process = subprocess.Popen(
            arguments, cwd=run, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        ranks = work.ranks if name == "dragoman-ranks" else 1
        wanted = [run / f"report.{rank}.json" for rank in range(ranks)]
        try:
            await_reports(process, wanted)
        finally:
            end_all(process)
    if not all(path.is_file() for path in wanted):
        tail = (run / "log").read_text(errors="replace")[-2000:]
        raise SystemExit(f"{name} ended without a report; the end of {run / 'log'}:\n{tail}")
    if name.startswith("dragoman"):
        check_pieces(run, work.folder)
    return result(name, run, [json.loads(path.read_text()) for path in wanted])


def await_reports(process: "subprocess.Popen[bytes]", wanted: list[Path]) -> None:
    while not all(path.is_file() for path in wanted):
        try:
            process.wait(timeout=0.5)
            return
        except subprocess.TimeoutExpired:
            continue


def end_all(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def check_pieces(run: Path, folder: Path) -> None:
    """Stop when dragoman's own run has learnt other pieces than the peers are given."""
    wanted = (folder / "sentencepiece.model").read_bytes()
    found = list((run / "model").rglob("sentencepiece.model"))
    if not found or any(path.read_bytes() != wanted for path in found):
        raise SystemExit(f"dragoman's run in {run} does not have the pieces of {folder}")


def result(name: str, run: Path, reports: list[dict[str, Any]]) -> dict[str, Any]:
    losses, rates = own_log(name, run)
    total = {key: sum(report[key] for report in reports) for key in reports[0] if key.endswith(("_ids", "_places"))}
    first, updates = reports[0], reports[0]["updates"]
    return {
        "system": name,
        "target_ids_per_second": sum(report["target_ids"] / report["seconds"] for report in reports),
        "target_ids_per_processor_second": total["target_ids"] / sum(report["processor_seconds"] for report in reports),
        "own_log_per_second": statistics.median(rates[1:] or rates) if rates else None,
        "updates": updates,
        "seconds": first["seconds"],
        "processor_seconds": sum(report["processor_seconds"] for report in reports),
        "seconds_before": first["seconds_before"],
        "target_ids_per_update": total["target_ids"] / updates,
        "source_ids_per_update": total["source_ids"] / updates,
        "sentences_per_update": sum(report["sentences"] for report in reports) / updates,
        "target_padding": 1 - total["target_ids"] / total["target_places"],
        "first_loss": losses[0] if losses else None,
        "last_loss": losses[-1] if losses else None,
        **{key: first[key] for key in ("threads", "parameters", "torch", "default_dtype")},
    }


def spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def summarise(turns: list[dict[str, Any]]) -> dict[str, Any]:
    """Rates by system, and dragoman's ratios to the others within each round; by wall time and by processor time."""
    found = {}
    for clock in ("second", "processor_second"):
        rates: dict[str, list[float]] = {}
        for turn in turns:
            rates.setdefault(turn["system"], []).append(turn[f"target_ids_per_{clock}"])
        found[f"rates_per_{clock}"] = {name: spread(values) for name, values in rates.items()}
        found[f"ratios_per_{clock}"] = compare(rates)
    return found


def compare(rates: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    return {
        f"{ours} / {peer}": spread([a / b for a, b in zip(rates[ours], rates[peer], strict=False)])
        for ours in rates
        if ours.startswith("dragoman")
        for peer in rates
        if peer != ours and (ours == "dragoman" or not peer.startswith("dragoman"))
    }


def tell(found: dict[str, Any]) -> None:
    last = {turn["system"]: turn for turn in found["turns"]}
    print(
        f"\n{'system':<16}{'target ids/s':>14}{'from':>8}{'to':>8}{'own log':>9}{'per proc. s':>13}"
        f"{'ids/update':>12}{'padding':>9}{'threads':>9}{'loss':>16}"
    )
    for name, rate in found["rates_per_second"].items():
        turn = last[name]
        own = "–" if turn["own_log_per_second"] is None else f"{turn['own_log_per_second']:,.0f}"
        losses = "–" if turn["first_loss"] is None else f"{turn['first_loss']:.2f} → {turn['last_loss']:.2f}"
        print(
            f"{name:<16}{rate['median']:>14,.0f}{rate['least']:>8,.0f}{rate['most']:>8,.0f}{own:>9}"
            f"{found['rates_per_processor_second'][name]['median']:>13,.0f}{turn['target_ids_per_update']:>12,.0f}"
            f"{turn['target_padding']:>9.1%}{turn['threads']:>9}{losses:>16}"
        )
    for name, ratio in found["ratios_per_second"].items():
        other = found["ratios_per_processor_second"][name]
        print(
            f"{name}: {ratio['median']:.2f} (from {ratio['least']:.2f} to {ratio['most']:.2f}); "
            f"by processor time {other['median']:.2f} (from {other['least']:.2f} to {other['most']:.2f})"
        )


def draw(found: dict[str, Any], path: Path) -> None:
    """Every turn a dot, the median a bar."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    names = sorted(found["rates_per_second"], key=lambda name: found["rates_per_second"][name]["median"])
    figure, axes = plt.subplots(figsize=(7, 0.7 + 0.6 * len(names)), layout="constrained")
    for place, name in enumerate(names):
        median = found["rates_per_second"][name]["median"]
        axes.barh(place, median, height=0.6, color="#c8553d" if name.startswith("dragoman") else "#8a9ba8")
        dots = [turn["target_ids_per_second"] for turn in found["turns"] if turn["system"] == name]
        axes.plot(dots, [place] * len(dots), "o", color="black", markersize=3, alpha=0.6)
        axes.text(max(dots), place, f"  {median:,.0f}", va="center")
    axes.set_yticks(range(len(names)), names)
    settings = found["settings"]
    place = settings["precision"] + (
        f", threads: {settings['threads']}" if settings["device"] == "cpu" else f", {settings['machine']}"
    )
    axes.set_xlim(0, 1.18 * max(rate["most"] for rate in found["rates_per_second"].values()))
    axes.set_xlabel(f"non-padding target ids per second ({place})")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


def parse_options() -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dragoman-benchmarks"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with train.en and train.de")
    parser.add_argument("--source", default="en")
    parser.add_argument("--target", default="de")
    parser.add_argument("--environments", type=Path, default=cache, help="where the peers are installed (%(default)s)")
    parser.add_argument("--work", type=Path, help="where runs leave their logs (default: in --environments)")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=["dragoman", *PACKAGES])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=45, help="length of a turn after its warm-up")
    parser.add_argument("--warm-up-steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ranks", type=int, default=2, help="processes of dragoman-ranks")
    parser.add_argument("--workers", type=int, default=0, help="processes in which the peers make their batches")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="JoeyNMT has fp16 for bf16")
    parser.add_argument("--shape", choices=SHAPES, default="small", help="of the model (default: %(default)s)")
    parser.add_argument("--max-tokens", type=int, default=MAX_TOKENS, help="ids in a batch (default: %(default)s)")
    parser.add_argument("--joeynmt-tokens", type=int, help="its batch (default: as the others')")
    parser.add_argument("--dragoman-options", default="", help="further arguments of dragoman train")
    parser.add_argument("--output", type=Path, default=Path("speed"), help="stem of the JSON file and the plot")
    options = parser.parse_args()
    options.joeynmt_tokens = options.joeynmt_tokens or options.max_tokens
    return options


def machine(device: str) -> str:
    """What is measured on; ends the program where there is no such thing."""
    if device == "cpu":
        return platform.processor() or platform.machine()
    import torch

    if not torch.cuda.is_available():
        raise SystemExit("PyTorch finds no NVIDIA GPU here: leave out --device cuda to measure the processor")
    return torch.cuda.get_device_name()


def main() -> None:
    options = parse_options()
    name_of_machine = machine(options.device)
    pythons = {name: python_of(name, options.environments) for name in options.systems if name in PACKAGES}
    base = (options.work or options.environments / "speed").resolve()
    sentences = prepare(options.data, base / "text", options.source, options.target, options.max_tokens)
    work = Work(
        base / "text",
        options.source,
        options.target,
        options.threads,
        sentences,
        workers=options.workers,
        joeynmt_tokens=options.joeynmt_tokens,
        dragoman_options=tuple(shlex.split(options.dragoman_options)),
        ranks=options.ranks,
        device=options.device,
        precision=options.precision,
        max_tokens=options.max_tokens,
        shape=SHAPES[options.shape],
    )
    turns: list[dict[str, Any]] = []
    settings = {**vars(options), "sentences": sentences, "machine": name_of_machine}
    found: dict[str, Any] = {"settings": settings, "packages": PACKAGES, "recipe": RECIPE.read_text()}
    for number in range(options.rounds):
        for name in options.systems:
            shared = (
                work
                if name != "dragoman-ranks"
                else dataclasses.replace(work, threads=max(1, options.threads // options.ranks))
            )
            turn = run_turn(
                name,
                pythons.get(name, Path(sys.executable)),
                shared,
                base / name,
                seconds=options.seconds,
                warm_up_steps=options.warm_up_steps,
            )
            turns.append({"round": number + 1, **turn})
            print(f"round {number + 1}: {name}: {turn['target_ids_per_second']:,.0f} target ids/s", flush=True)
        found |= {"turns": turns, **summarise(turns)}
        options.output.with_suffix(".json").write_text(json.dumps(found, indent=2, default=str) + "\n")
    tell(found)
    draw(found, options.output.with_suffix(".png"))


if __name__ == "__main__":
    main()
