"""Memory and speed of ``dragoman corpus stats`` and ``clean`` on a large file.

Makes a corpus of five million pairs from a small one, by repetition with variation (nine of ten copies get a
number that makes them new pairs, one of ten is a true duplicate), runs the two commands as processes of their
own, and prints for each the peak resident memory and the pairs per second.

    nice python benchmarks/corpora/memory.py
    nice python benchmarks/corpora/memory.py data/train --source en --target de --pairs 5000000
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dragoman.corpora.records import Record
from dragoman.corpora.sources import open_corpus, write_corpus

COMMAND = [sys.executable, "-c", "from dragoman.cli.main import main; main()", "corpus"]
MIB = 1 << 20


def varied(records: list[Record], pairs: int) -> Iterator[Record]:
    """``pairs`` pairs: ``records`` over and over, each copy numbered but for one of ten after the first round."""
    endless = (
        record if copy and (place + copy) % 10 == 0 else Record(f"{record.source} {copy}", f"{record.target} {copy}")
        for copy in itertools.count()
        for place, record in enumerate(records)
    )
    return itertools.islice(endless, pairs)


def measured(arguments: list[str]) -> tuple[int, float]:
    """Run one corpus command; its peak resident memory in bytes and its wall time in seconds."""
    started = time.monotonic()
    process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"dragoman corpus {' '.join(arguments)} failed with exit code {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit, time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("location", nargs="?", default="phrasebook:train")
    parser.add_argument("--source", default="en")
    parser.add_argument("--target", default="de")
    parser.add_argument("--pairs", type=int, default=5_000_000)
    options = parser.parse_args()
    languages = {"source": options.source, "target": options.target}
    records = list(open_corpus(options.location, **languages).require())
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large"
        count = write_corpus(varied(records, options.pairs), large, **languages)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        print(f"{count:,} pairs, {size / MIB:,.0f} MiB, made from {len(records):,} pairs of {options.location}")
        common = [str(large), "--source", options.source, "--target", options.target]
        for name, extra in (("stats", []), ("clean", ["--output", str(Path(folder) / "clean")])):
            peak, seconds = measured([name, *common, *extra])
            print(
                f"{name:<6} peak {peak / MIB:,.0f} MiB resident ({peak / 1e6:,.0f} MB), "
                f"{seconds:,.0f} s, {count / seconds:,.0f} pairs/s",
                flush=True,
            )


if __name__ == "__main__":
    main()
