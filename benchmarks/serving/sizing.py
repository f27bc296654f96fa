"""How large a machine: memory and requests per second of each model, by threads and by clients.

    python benchmarks/serving/sizing.py student/ quick/ trained/ --texts train.en --output out

Every bundle is served as it is (with its own search), with one thread and with two. Memory is that of the process when
the model has translated once, and after the load. The texts are distinct, one line each; the cache is small, so that
memory is the model's and not the cache's.
"""

import argparse
import json
from pathlib import Path

from load import distinct, drive, lines_of
from servers import dragoman


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundles", type=Path, nargs="+")
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 32])
    options = parser.parse_args()
    work = options.output.resolve()
    work.mkdir(parents=True, exist_ok=True)
    lines = lines_of(options.texts)
    rows = []
    print("| model | threads | memory, started | clients | requests/s | p50 | p95 | failed | memory, after |")
    print("|---|---|---|---|---|---|---|---|---|")
    for bundle in options.bundles:
        for threads in options.threads:
            server = dragoman(bundle, work, options=["--threads", str(threads), "--limit", "cache_characters=100000"])
            server.start()
            try:
                started = server.resident_mb
                texts = distinct(lines)
                for clients in options.clients:
                    drive(server.port, texts, clients=clients, seconds=3)  # warm
                    found = drive(server.port, texts, clients=clients, seconds=options.seconds).figures()
                    row = {"model": bundle.name, "threads": threads, "started_mb": started, "clients": clients}
                    rows.append(row | found | {"after_mb": server.resident_mb})
                    print(
                        f"| {bundle.name} | {threads} | {started:.0f} MB | {clients} | {found['per_second']:.0f} "
                        f"| {found['p50_ms']:.0f} ms | {found['p95_ms']:.0f} ms | {found['failures']:.0f} "
                        f"| {server.resident_mb:.0f} MB |",
                        flush=True,
                    )
            finally:
                server.stop()
    (work / "sizing.json").write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
