"""How big an environment without torch is, and how long the first translation takes from the start of the process.

Run: python benchmarks/decoding/cold_start.py PYTHON EXPORTED [--rounds 10]

PYTHON is the interpreter of an environment made from nothing: python -m venv new && new/bin/pip install dragoman.
The size is that of all files in it. Wall time and processor time of the whole process, one line, one thread; in
turns with an empty one and one that imports numpy alone, which show what a busy machine adds.
"""

import argparse
import os
import resource
import statistics
import subprocess
import time
from pathlib import Path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("python", type=Path)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    home = options.python.parent.parent
    parts = sorted(((size(path), path.name) for path in home.glob("lib/python*/site-packages/*")), reverse=True)
    print(f"{home}: {size(home) / 1e6:.0f} MB; " + ", ".join(f"{name} {part / 1e6:.0f}" for part, name in parts[:8]))
    print(f"{options.bundle}: {size(options.bundle) / 1e6:.1f} MB")
    translate = ["-m", "dragoman", "translate", options.bundle, "-", "--threads", "1"]
    commands = {
        "nothing": ["-c", "pass"],
        "import numpy": ["-c", "import numpy"],
        "first translation": translate,
    }
    taken = {name: [] for name in commands}
    load = os.getloadavg()[0]
    for _ in range(options.rounds + 1):
        for name, arguments in commands.items():
            taken[name].append(seconds([options.python, *arguments]))
    print(f"load {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end, {os.cpu_count()} processors")
    for name, measured in taken.items():  # the first one reads everything from the disk, and does not count
        wall, processor = zip(*measured[1:], strict=True)
        print(
            f"{name}: processor time {statistics.median(processor):.2f} s, "
            f"wall time {statistics.median(wall):.2f} s ({min(wall):.2f} at best)"
        )


def seconds(command):
    """Wall time and processor time of the whole process."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, input="Hello!\n", text=True, capture_output=True, check=True, env={"PATH": os.defpath})
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def size(path):
    if path.is_file():
        return 0 if path.is_symlink() else path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file() and not file.is_symlink())


if __name__ == "__main__":
    main()
