"""How many pairs a second each filter judges on one core, and how much memory the whole takes.

    python benchmarks/cleaning/throughput.py data/train --source en --target de --pairs 200000

The corpus is repeated with variation (a running number in every pair) until there are so many pairs.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dragoman.corpora.cleaning import Cleaner, CleaningConfig
from dragoman.corpora.cleaning.config import THOROUGH
from dragoman.corpora.records import Record
from dragoman.corpora.sources import open_corpus

OFF = {
    "unescape_html": False,
    "remove_controls": False,
    "unicode_form": "none",
    "join_lines": False,
    "collapse_spaces": False,
    "drop_empty": False,
    "max_words": 0,
    "max_characters": 0,
    "drop_replacement_characters": False,
    "drop_controls": False,
    "drop_html_escapes": False,
    "max_ratio": 0,
    "drop_identical": False,
    "min_script_share": 0,
    "drop_duplicates": False,
}
RULES = {name: value for name, value in THOROUGH.items() if name != "min_language_probability"}
SETTINGS = {
    "nothing": OFF,
    "the defaults": {},
    "all rules (--thorough without languages)": RULES,
    "…with minhash for folded": RULES | {"near_duplicates": "minhash"},
    "--thorough": THOROUGH,
    "only placeholders": OFF | {"min_placeholder_agreement": 1.0},
    "only links": OFF | {"min_link_agreement": 0.5},
    "only numbers": OFF | {"min_number_agreement": 0.5},
    "only languages": OFF | {"min_language_probability": 0.1},
    "only near duplicates, folded": OFF | {"near_duplicates": "folded"},
    "only near duplicates, minhash": OFF | {"near_duplicates": "minhash"},
}


def varied(records: list[Record], count: int) -> Iterator[Record]:
    """``count`` pairs, no two the same, even when case, punctuation and numbers are left out."""
    for number, record in zip(range(count), itertools.cycle(records), strict=False):
        word = "".join(chr(97 + int(digit)) for digit in f"{number // len(records):05}")
        yield Record(f"{record.source} ({word} {number})", f"{record.target} ({word} {number})", number + 1)


def measure(location: str, source: str, target: str, pairs: int) -> None:
    records = list(open_corpus(location, source=source, target=target))
    length = sum(len(record.source) + len(record.target) for record in records) / len(records)
    print(f"{len(records):,} pairs of {length:.0f} characters, both sides, repeated to {pairs:,}\n")
    print("| filters | pairs/s | kept |\n|---|---|---|")
    for name, values in SETTINGS.items():
        cleaner = Cleaner(CleaningConfig(**values), source=source, target=target)
        count = pairs if "languages" not in name and name != "--thorough" else pairs // 5
        waiting = iter(list(varied(records, count)))
        cleaner.judge(next(waiting))
        started = time.process_time()
        for record in waiting:
            cleaner.judge(record)
        seconds = time.process_time() - started
        print(f"| {name} | {count / seconds:,.0f} | {cleaner.report.kept / count:.1%} |", flush=True)


def peak(location: str, source: str, target: str, pairs: int) -> None:
    """Peak memory of the command itself, each size in a process of its own."""
    records = list(open_corpus(location, source=source, target=target))
    print("\n| pairs | peak memory of `corpus clean`, all rules |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for count in (pairs, 4 * pairs):
            file = Path(folder) / f"{count}.tsv"
            with file.open("w", encoding="utf-8") as text:
                text.writelines(f"{record.source}\t{record.target}\n" for record in varied(records, count))
            settings = [part for name, value in RULES.items() for part in ("--set", f"{name}={json.dumps(value)}")]
            command = ["corpus", "clean", str(file), "-s", source, "-t", target, "-o", f"{folder}/kept{count}.tsv"]
            code = (  # the kernel's own peak of this process alone: getrusage starts from its parent's
                "import sys; from pathlib import Path; from dragoman.cli.main import main\n"
                "try: main()\n"
                "except SystemExit: pass\n"
                "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0], file=sys.stderr)"
            )
            done = subprocess.run(
                [sys.executable, "-c", code, *command, *settings], capture_output=True, text=True, check=True
            )
            print(f"| {count:,} | {int(done.stderr.split()[-1]) / 1024:.0f} MiB |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location")
    parser.add_argument("--source", required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--pairs", type=int, default=200_000)
    options = parser.parse_args()
    measure(options.location, options.source, options.target, options.pairs)
    peak(options.location, options.source, options.target, options.pairs)


if __name__ == "__main__":
    main()
