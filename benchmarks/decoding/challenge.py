"""What a model loses of the challenge set, with and without protection: shares that hold, category by category.

    python benchmarks/decoding/challenge.py --model model/ [--engine torch --engine ctranslate2] [--json FILE]

No references are needed, only rules: every protected span is in the translation as often as in the source and none
is invented; nothing said again and again; text in, text out; one line stays one line with its white space around it.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

from dragoman.text.repetition import has_loop
from dragoman.text.spans import find_spans, spans_survive
from dragoman.translator.translator import Translator

CASES = Path(__file__).parents[2] / "tests" / "data" / "challenge" / "challenge.jsonl"


def read_cases(path: Path = CASES) -> list[dict[str, str]]:
    """Every case: category, language, text."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def judge(source: str, target: str, *, language: str) -> dict[str, bool]:
    """Which rules ``target``, in ``language``, keeps."""
    return {
        "spans": spans_survive(source, target, language=language),
        "no loop": not has_loop(target, source),
        "not empty": bool(target.strip()) or not source.strip(),
        "lines": len(source.splitlines()) == len(target.splitlines()),
    }


def measure(model: Path, cases: list[dict[str, str]], *, engine: str, protect: bool) -> dict[str, object]:
    """Category → rule → (cases that keep it, cases), and the seconds it took."""
    translator = Translator.load(model, engine=engine, protect=protect, device="cpu")
    start = time.perf_counter()
    translations = translator.translate([case["text"] for case in cases])
    seconds = time.perf_counter() - start
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for case, translation in zip(cases, translations, strict=True):
        kept = judge(case["text"], translation.text, language=translator.target_language)
        for rule, holds in kept.items():
            if rule == "spans" and not find_spans(case["text"]):
                continue
            for category in (case["category"], "all"):
                counts[category][rule][0] += holds
                counts[category][rule][1] += 1
    return {"engine": engine, "protect": protect, "seconds": seconds, "categories": counts}


def show(result: dict[str, object]) -> None:
    """One table on stdout."""
    print(f"\n{result['engine']}, protection {'on' if result['protect'] else 'off'}, {result['seconds']:.1f} s")
    print("| category | spans | no loop | not empty | lines |\n|---|---|---|---|---|")
    for category, rules in result["categories"].items():  # type: ignore[attr-defined]
        cells = (f"{rules[rule][0]} of {rules[rule][1]}" if rule in rules else "–" for rule in RULES)
        print(f"| {category} | {' | '.join(cells)} |")


RULES = ("spans", "no loop", "not empty", "lines")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="directory of a bundle")
    parser.add_argument("--engine", action="append", help="what runs it; may be given several times")
    parser.add_argument("--language", help="only cases in this language; the model's own is right")
    parser.add_argument("--json", type=Path, help="write all counts here")
    options = parser.parse_args()
    cases = [case for case in read_cases() if options.language in (None, case["language"])]
    results = [
        measure(options.model, cases, engine=engine, protect=protect)
        for engine in options.engine or ["auto"]
        for protect in (False, True)
    ]
    for result in results:
        show(result)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
