"""Memory over many requests: the resident size of a server while it answers 100,000 different texts, and its slope.

The slope is that of a straight line through the second half of the measurements (least squares), in MB per 10,000
requests. What was translated is remembered, up to ``cache_characters`` (20 million by default, about 150,000
sentences); until then memory grows as it should, so the cache is made small here, to see all the rest. ``--python``
measures LibreTranslate's server afterwards, for as many seconds as it is given.

    python benchmarks/serving/endurance.py model-with-ctranslate2/ sentences.en --output out --requests 100000
    python benchmarks/serving/endurance.py model/ sentences.en --output out --python lt/bin/python --seconds 1800
"""

import argparse
import csv
import itertools
import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from libretranslate import SETTINGS
from load import Round, distinct, drive, lines_of
from servers import Server, argos_packages, dragoman, libretranslate, same_search


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("sentences", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3600.0, help="at most, of each server")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--cache-characters", type=int, default=1_000_000, help="that our server remembers")
    parser.add_argument("--python", type=Path, help="of LibreTranslate's environment")
    options = parser.parse_args()
    work = options.output.resolve()
    work.mkdir(parents=True, exist_ok=True)
    bundle = same_search(options.bundle, work)
    servers = [dragoman(bundle, work, options=["--limit", f"cache_characters={options.cache_characters}"])]
    if options.python:
        packages = argos_packages(bundle, work, options.python)
        servers.append(libretranslate(options.python.absolute(), packages, work, **SETTINGS["tuned"]))
    lines = lines_of(options.sentences)
    results = {}
    for server in servers:
        rows, found = endured(server, itertools.islice(distinct(lines), options.requests), options)
        written(work / f"memory-{server.name}.csv", rows)
        results[server.name] = {**found.figures(), **slope(rows), "failed": dict(found.failures)}
        print(server.name, {name: round(value, 2) for name, value in results[server.name].items() if name != "failed"})
    (work / "endurance.json").write_text(json.dumps(results, indent=2))
    drawn(work, [server.name for server in servers])


def endured(server: Server, texts: Iterator[str], options: argparse.Namespace) -> tuple[list[tuple], Round]:
    """(seconds, requests, MB) once a second, and how the requests went."""
    server.start()
    rows: list[tuple] = []
    asked = itertools.count()
    stop = threading.Event()
    began = time.perf_counter()

    def watch() -> None:
        while not stop.wait(1.0):
            rows.append((time.perf_counter() - began, count[0], server.resident_mb))

    count = [0]

    def counted() -> Iterator[str]:
        for text in texts:
            count[0] = next(asked)
            yield text

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        found = drive(server.port, counted(), clients=options.clients, seconds=options.seconds)
    finally:
        stop.set()
        watching.join()
        server.stop()
    return rows, found


def slope(rows: Sequence[tuple]) -> dict[str, float]:
    """MB at the beginning, the middle and the end, and the growth in the second half."""
    half = rows[len(rows) // 2 :]
    requests, memory = (np.array([row[at] for row in half], dtype=float) for at in (1, 2))
    growth = np.polyfit(requests, memory, 1)[0] if len(half) > 2 else float("nan")
    return {
        "first_mb": rows[0][2],
        "middle_mb": half[0][2],
        "last_mb": rows[-1][2],
        "most_mb": max(row[2] for row in rows),
        "mb_per_10000_requests": 10_000 * float(growth),
    }


def written(path: Path, rows: Sequence[tuple]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("seconds", "requests", "resident_mb"))
        writer.writerows((f"{seconds:.1f}", requests, f"{memory:.1f}") for seconds, requests, memory in rows)


def drawn(work: Path, names: Sequence[str]) -> None:
    """A picture of every measurement there is."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 3.5), layout="constrained")
    for name in names:
        with (work / f"memory-{name}.csv").open() as file:
            rows = list(csv.DictReader(file))
        axes.plot([int(row["requests"]) for row in rows], [float(row["resident_mb"]) for row in rows], label=name)
    axes.set(xlabel="requests", ylabel="resident memory (MB)", ylim=(0, None))
    axes.legend()
    figure.savefig(work / "memory.png", dpi=150)


if __name__ == "__main__":
    main()
