"""How long from the start of a server until its first translation is there, in turns.

The clock starts with the process and stops with the answer to a request that is sent every 10 ms until it is answered.
Bundles are served as they are: with CTranslate2 where they hold such a model, else with what they hold. Disks are warm.

    python benchmarks/serving/first_answer.py quick/ trained/ --output out --rounds 7
    python benchmarks/serving/first_answer.py quick/ --output out --python lt/bin/python
"""

import argparse
import json
import statistics
from pathlib import Path

from libretranslate import SETTINGS
from servers import argos_packages, dragoman, libretranslate, same_search


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundles", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--python", type=Path, help="of LibreTranslate's environment; it gets the first bundle's model")
    options = parser.parse_args()
    work = options.output.resolve()
    work.mkdir(parents=True, exist_ok=True)
    servers = {f"dragoman {bundle.name}": dragoman(bundle, work) for bundle in options.bundles}
    if options.python:
        packages = argos_packages(same_search(options.bundles[0], work), work, options.python)
        tuned = libretranslate(options.python.absolute(), packages, work, **SETTINGS["tuned"])
        servers["libretranslate"] = tuned
    taken: dict[str, list[float]] = {name: [] for name in servers}
    for number in range(options.rounds + 1):
        for name, server in servers.items():
            seconds = server.start()
            server.stop()
            if number:  # the first round warms the disk
                taken[name].append(seconds)
    for name, seconds in taken.items():
        print(f"| {name} | {statistics.median(seconds):.2f} s | {min(seconds):.2f} to {max(seconds):.2f} |")
    (work / "first_answer.json").write_text(json.dumps(taken, indent=2))


if __name__ == "__main__":
    main()
