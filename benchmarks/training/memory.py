"""Memory of training on a corpus that does not fit: twenty million pairs, from the text to the first steps.

Makes a corpus from a small one by repetition with variation (a number makes each copy a new pair, one of ten is a true
duplicate), trains some steps of a small model on it in a process of its own, and prints the peak of what that process
holds, its children included, and the seconds from the end of preparation to the end of the first step. Resident
memory is sampled from /proc every tenth of a second, once as a whole and once without pages of files (private and
anonymous memory alone); so it runs on Linux.

    taskset -c 0 nice python benchmarks/training/memory.py --json memory.json
    taskset -c 0 nice python benchmarks/training/memory.py data/train --source en --target de --pairs 1000000
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from dragoman.corpora.records import Record
from dragoman.corpora.sources import open_corpus, write_corpus

MARKS = {"learning the vocabulary": "text read", "examples:": "prepared", "step 1:": "first step"}
RECIPE = """
[corpus]
train = ["{corpus}"]

[task]
source = "{source}"
target = "{target}"

[tokenizer]
vocabulary_size = 8000

[model]
width = 64
heads = 2
feed_forward_width = 128
encoder_layers = 1
decoder_layers = 1

[batching]
max_tokens = 4096

[training]
max_steps = {steps}
validate_every = {steps}
validation_limit = 20
metric = "loss"

[decoding]
beam = 1
max_length_ratio = 1.0

[compute]
device = "cpu"
"""
WATCHED_TRAINING = """
import sys
from pathlib import Path
from dragoman.base.log import say
from dragoman.jobs.recipe import read_recipe
from dragoman.jobs.run import screen
from dragoman.jobs.train import resume, train

show = screen.Screen.show
def showing(self, step):
    show(self, step)
    if not hasattr(screen, "told"):
        screen.told = True
        say("step 1: made")
screen.Screen.show = showing
if sys.argv[1] == "new":
    train(read_recipe(Path(sys.argv[2])), Path(sys.argv[3]))
else:
    resume(Path(sys.argv[3]), recipe=read_recipe(Path(sys.argv[2])))
"""


def varied(records: list[Record], pairs: int) -> Iterator[Record]:
    """``pairs`` pairs: ``records`` over and over, each copy numbered but for one of ten after the first round."""
    endless = (
        record if copy and (place + copy) % 10 == 0 else Record(f"{record.source} {copy}", f"{record.target} {copy}")
        for copy in itertools.count()
        for place, record in enumerate(records)
    )
    return itertools.islice(endless, pairs)


class Meter(threading.Thread):
    """Samples the resident memory of a process and its children, and keeps the peaks in bytes."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.stage = "reading the text"
        self.peaks: dict[str, dict[str, int]] = {}

    def run(self) -> None:
        while Path(f"/proc/{self.process}").exists():
            whole, without_files = self.sample()
            peak = self.peaks.setdefault(self.stage, {"resident": 0, "without file pages": 0})
            peak["resident"] = max(peak["resident"], whole)
            peak["without file pages"] = max(peak["without file pages"], without_files)
            time.sleep(0.1)

    def sample(self) -> tuple[int, int]:
        """Resident bytes of the process and its children: all, and without files; what they share counts for each."""
        whole = without_files = 0
        children = Path(f"/proc/{self.process}/task/{self.process}/children")
        try:
            processes = [self.process, *map(int, children.read_text().split())]
        except OSError:
            return 0, 0
        for number in processes:
            try:
                lines = Path(f"/proc/{number}/status").read_text().splitlines()
            except OSError:
                continue
            sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss")}
            whole += sum(sizes.values())
            without_files += sizes.get("RssAnon", 0)
        return whole, without_files


def watched(arguments: list[str]) -> dict[str, object]:
    """Run a training; its stages' times and peaks."""
    begun = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", WATCHED_TRAINING, *arguments], stderr=subprocess.PIPE, text=True)
    meter = Meter(process.pid)
    meter.start()
    times: dict[str, float] = {}
    assert process.stderr is not None
    for line in process.stderr:
        print(f"  {time.monotonic() - begun:8.1f} s  {line}", end="", flush=True)
        for words, stage in MARKS.items():
            if words in line:
                times[stage] = time.monotonic() - begun
                meter.stage = f"after: {stage}"
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"training failed with exit code {os.waitstatus_to_exitcode(status)}")
    process.returncode = 0
    return {"seconds": times, "peaks": meter.peaks, "peak_of_the_system": usage.ru_maxrss * 1024}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("location", nargs="?", default="phrasebook:train")
    parser.add_argument("--source", default="en")
    parser.add_argument("--target", default="de")
    parser.add_argument("--pairs", type=int, default=20_000_000)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--folder", type=Path, help="where to work (some 6 GB for twenty million pairs)")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    languages = {"source": options.source, "target": options.target}
    records = list(open_corpus(options.location, **languages).require())
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        large, recipe = Path(folder) / "large", Path(folder) / "recipe.toml"
        count = write_corpus(varied(records, options.pairs), large, **languages)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        print(f"{count:,} pairs, {size / 1e6:,.0f} MB, made from {len(records):,} of {options.location}", flush=True)
        figures: dict[str, object] = {"pairs": count, "text_bytes": size}
        for name, steps in (("new", options.steps), ("resume", 2 * options.steps)):
            recipe.write_text(RECIPE.format(corpus=large, steps=steps, **languages), encoding="utf-8")
            print(f"{name}:", flush=True)
            figures[name] = found = watched([name, str(recipe), str(Path(folder) / "model")])
            tell(found)
        store = Path(folder) / "model" / "training" / "examples"
        figures["store_bytes"] = sum(path.stat().st_size for path in store.iterdir())
    print(f"store: {figures['store_bytes'] / 1e6:,.0f} MB")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def tell(found: dict) -> None:
    """Print the peaks of each stage and the time to the first step."""
    for stage, peak in found["peaks"].items():
        sizes = ", ".join(f"{name} {size / 1e6:,.0f} MB" for name, size in peak.items())
        print(f"  {stage:<24} peak: {sizes}")
    seconds = found["seconds"]
    print(f"  peak by the system's own count: {found['peak_of_the_system'] / 1e6:,.0f} MB")
    print(f"  from prepared to first step: {seconds['first step'] - seconds.get('prepared', 0.0):.1f} s", flush=True)


if __name__ == "__main__":
    main()
