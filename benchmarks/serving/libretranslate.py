"""Our server and LibreTranslate's with the same CTranslate2 model, in turns in one run.

Both get the same weights, the same SentencePiece model and the same search (see servers.py), and the same requests: a
JSON POST to LibreTranslate's own /translate. Both run all the time; one is asked while the other one rests, and the
order changes from round to round. Four loads:

    distinct    32 clients, each with one request at a time; no two texts are equal, so no cache helps
    repeats     the same, each text drawn from a tenth of the sentences, again and again, as on a site's pages
    documents   8 clients; texts of 1,000 characters and more, a sentence a line
    single      one client

Texts come from a file of sentences, one a line. Told are requests per second, latencies, processor time per request
(which a busy machine changes least), memory, how many translations were equal, and the ratio ours : theirs, round by
round. LibreTranslate is measured as it starts by itself (``default``) and with settings that suit the machine
(``tuned``: a thread for every client, and as many batches side by side as there are cores, each on one core;
``cached``: and with its cache; ``gunicorn``: a process for each core, each with a model of its own).

    python -m venv lt && lt/bin/pip install -c constraints.txt libretranslate==1.9.6 spacy gunicorn
    python benchmarks/serving/libretranslate.py model-with-ctranslate2/ sentences.en --python lt/bin/python --output out
"""

import argparse
import itertools
import json
import os
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from load import Round, distinct, documents, drive, lines_of
from servers import Server, argos_packages, dragoman, libretranslate, same_search

SETTINGS = {
    "default": {"threads": 4, "inter": 1, "processes": 1},
    "tuned": {"threads": 32, "inter": os.cpu_count(), "processes": 1},
    "gunicorn": {"threads": 16, "inter": 1, "processes": os.cpu_count()},
    "cached": {"threads": 32, "inter": os.cpu_count(), "processes": 1, "options": ("--translation-cache", "all")},
}
CLIENTS = {"distinct": 32, "repeats": 32, "documents": 8, "single": 1}


MEASURES = {
    "per_second": "requests/s",
    "p50_ms": "p50 ms",
    "p95_ms": "p95 ms",
    "p99_ms": "p99 ms",
    "processor_ms": "processor ms",
    "resident_mb": "MB",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("sentences", type=Path)
    parser.add_argument("--python", type=Path, required=True, help="of the environment LibreTranslate is installed in")
    parser.add_argument("--output", type=Path, required=True, help="directory for results, logs and what is prepared")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each load, of each server, in each round")
    parser.add_argument("--settings", choices=list(SETTINGS), nargs="+", default=["default", "tuned"])
    parser.add_argument("--loads", choices=list(CLIENTS), nargs="+", default=list(CLIENTS))
    options = parser.parse_args()
    work = options.output.resolve()
    work.mkdir(parents=True, exist_ok=True)
    bundle = same_search(options.bundle, work)
    packages = argos_packages(bundle, work, options.python)
    lines = lines_of(options.sentences)
    random.Random(1).shuffle(lines)
    results = {}
    for setting in options.settings:
        theirs = libretranslate(options.python.absolute(), packages, work, **SETTINGS[setting])
        results[setting] = compared(dragoman(bundle, work), theirs, lines, options)
        (work / "results.json").write_text(json.dumps(results, indent=2))
        (work / "results.md").write_text(report(results))
    print(report(results))


def compared(ours: Server, theirs: Server, lines: Sequence[str], options: argparse.Namespace) -> dict:
    """Every load of every round, of both."""
    found: dict = {"first_answer_seconds": {one.name: one.start() for one in (ours, theirs)}, "loads": {}}
    feeds = {name: {load: feed(load, lines) for load in options.loads} for name in (ours.name, theirs.name)}
    try:
        for one in (ours, theirs):  # what is loaded late is loaded now
            drive(one.port, warmth(lines), clients=32, seconds=3)
        for number, load in itertools.product(range(options.rounds), options.loads):
            order = (ours, theirs) if number % 2 else (theirs, ours)
            rounds = {one.name: measured(one, feeds[one.name][load], CLIENTS[load], options.seconds) for one in order}
            found["loads"].setdefault(load, []).append({name: figures for name, (figures, _) in rounds.items()})
            answers = [rounds[one.name][1].answers for one in (ours, theirs)]
            both = answers[0].keys() & answers[1].keys()
            equal = sum(answers[0][text] == answers[1][text] for text in both)
            found["loads"][load][-1]["equal"] = [equal, len(both)]
            print(f"{theirs.name} {number} {load}", line(found["loads"][load][-1]), flush=True)
    finally:
        ours.stop()
        theirs.stop()
    return found


def feed(load: str, lines: Sequence[str]) -> Iterator[str]:
    """The texts of a load, the same for both servers, of lines that no other load has."""
    share = len(lines) // 10
    if load == "repeats":
        drawn = random.Random(2)
        return (drawn.choice(lines[:share]) for _ in itertools.count())
    if load == "documents":
        return documents(lines[share : 4 * share], characters=1000, joint="\n")
    return distinct(lines[4 * share : 8 * share] if load == "distinct" else lines[8 * share : 9 * share])


def warmth(lines: Sequence[str]) -> Iterator[str]:
    """Texts for what is loaded late."""
    return distinct(lines[9 * (len(lines) // 10) :])


def measured(server: Server, texts: Iterator[str], clients: int, seconds: float) -> tuple[dict, Round]:
    before = server.processor_seconds
    found = drive(server.port, texts, clients=clients, seconds=seconds, keep=True)
    figures = found.figures()
    figures["processor_ms"] = 1000 * (server.processor_seconds - before) / max(1, figures["requests"])
    figures["resident_mb"] = server.resident_mb
    figures["failed"] = dict(found.failures)
    time.sleep(0.5)
    return figures, found


def line(both: dict) -> str:
    ours, theirs = both["dragoman"], both["libretranslate"]
    rates = f"{ours['per_second']:.1f} : {theirs['per_second']:.1f} requests/s"
    return f"{rates}, p95 {ours['p95_ms']:.0f} : {theirs['p95_ms']:.0f} ms"


def report(results: dict) -> str:
    """Markdown: medians over the rounds, and the ratio with its spread."""
    rows = [("LibreTranslate", "load", "server", *MEASURES.values(), "failed")]
    ratios = [("LibreTranslate", "load", "requests/s", "p95", "processor time", "equal")]
    for setting, result in results.items():
        for load, rounds in result["loads"].items():
            for name in ("dragoman", "libretranslate"):
                middle = {key: statistics.median(one[name][key] for one in rounds) for key in MEASURES}
                failed = sum(one[name]["failures"] for one in rounds)
                rows.append((setting, load, name, *(f"{middle[key]:.1f}" for key in MEASURES), f"{failed:.0f}"))
            equal, asked = (sum(one["equal"][at] for one in rounds) for at in (0, 1))
            spread = [ratio(rounds, key) for key in ("per_second", "p95_ms", "processor_ms")]
            ratios.append((setting, load, *spread, f"{equal:,} of {asked:,}"))
    first = (
        f"First answer ({setting}): " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in one.items())
        for setting, one in ((name, result["first_answer_seconds"]) for name, result in results.items())
    )
    better = "How many times better ours is, the median of the rounds (least to greatest):"
    return "\n\n".join((table(rows), better, table(ratios), *first)) + "\n"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Markdown."""
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    return "\n".join((head, "|---" * len(rows[0]) + "|", *body))


def ratio(rounds: Sequence[dict], key: str) -> str:
    """How many times better ours is: the median of the rounds, and the least and the greatest."""
    pairs = [(one["dragoman"][key], one["libretranslate"][key]) for one in rounds]
    times = sorted(ours / theirs if key == "per_second" else theirs / ours for ours, theirs in pairs)
    return f"{statistics.median(times):.2f} ({times[0]:.2f} to {times[-1]:.2f})"


if __name__ == "__main__":
    main()
