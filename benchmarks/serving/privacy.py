"""Personal values: which are found, and which come back through a real model.

1. Finding: invented examples of each kind and texts that only look like them (``privacy_examples.tsv``: kind, language,
   text with its values in ⟦ ⟧). Of each kind how many values are found exactly (recall); how much of what is found is a
   value (precision); and how many of the ordinary sentences given are taken for something.
2. Coming back: invented values put into sentences in four ways, translated with and without masking. How many stand in
   the answer exactly once; BLEU and chrF against the reference with the values put in the same way, each value counted
   as one word; and BLEU and chrF of the sentences as they are.

    python benchmarks/serving/privacy.py model/ test.en test.de --sentences 500 --engine auto
"""

import argparse
import asyncio
import re
import time
from collections import Counter
from pathlib import Path

import sacrebleu

from dragoman.safeguards.kinds import KINDS
from dragoman.safeguards.masking import Masker
from dragoman.safeguards.names import NameList
from dragoman.server.ask import Ask
from dragoman.server.fleet import Fleet
from dragoman.server.gate import Credentials
from dragoman.server.models import open_model
from dragoman.server.privacy.shield import Shield
from dragoman.server.service import Service, ServiceLimits
from dragoman.text.language import rank_languages

EXAMPLES = Path(__file__).with_name("privacy_examples.tsv")
NAMES = NameList(["Wolfgang Schäuble", "Anna Kern", "王小明", "Mark", "O'Brien", "Lüdenscheidt"])
VALUES = (
    "anna.kern@example.org",
    "+49 30 23125 042",
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111",
    "192.168.17.4",
    "Wolfgang Schäuble",
    "078-05-1120",
    "12345678Z",
    "2001:db8::ff00:42:8329",
    "(212) 555-0123",
)
CARRIERS = (
    ("{text}, write to {value}.", "{text}, schreib an {value}."),
    ("{value}: {text}.", "{value}: {text}."),
    ("{text} ({value}).", "{text} ({value})."),
    ("The number {value} belongs to the man. {text}.", "Die Nummer {value} gehört dem Mann. {text}."),
)


def finding(sentences: list[str]) -> None:
    """Recall and precision of the labelled examples, and what is found in ordinary sentences."""
    masker = Masker(names=NAMES)
    wanted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    plain = 0
    for line in EXAMPLES.read_text(encoding="utf-8").splitlines():
        kind, language, marked = line.split("\t")
        values = Counter(re.findall("⟦(.*?)⟧", marked))
        masked = masker.mask(re.sub("[⟦⟧]", "", marked), language=language)
        text = masked.original.text
        found = Counter(text[start:end] for _, (start, end) in masked.original.places)
        plain += kind == "none"
        wanted[kind] += values.total()
        right[kind] += (values & found).total() if set(masked.kinds) <= {kind} else 0
        for one in Counter(masked.kinds).elements():
            wrong[one] += not (values & found) or one != kind
    for kind in KINDS:
        precise = right[kind] / (right[kind] + wrong[kind])
        print(f"{kind:8} found {right[kind]:3} of {wanted[kind]:3}, wrong {wrong[kind]}, precision {precise:.3f}")
    print(f"texts without a value: {plain}; taken for a value: {wrong.total()}")
    began = time.perf_counter()
    taken = sum(bool(masker.mask(sentence, language="en").values) for sentence in sentences)
    each = (time.perf_counter() - began) / max(1, len(sentences))
    print(f"{len(sentences):,} ordinary sentences: {taken} with a value; {each * 1e6:.0f} µs each")


async def said(service: Service, texts: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The translations, and their flags."""
    ask = Ask(tuple(texts), *reversed(service.fleet.directions[0]))
    answer = await service.answer(ask, Credentials())
    return [(one.text, one.flags) for one in answer.translations]


def report(name: str, found: list[tuple[str, tuple[str, ...]]], references: list[str], values: list[str]) -> None:
    """One row: how many values came back, flags, scores."""
    back = sum(text.count(value) == 1 for (text, _), value in zip(found, values, strict=True))
    flags = Counter(flag for _, each in found for flag in each)
    spoken = [text.replace(value, "VALUE") for (text, _), value in zip(found, values, strict=True)]
    wanted = [text.replace(value, "VALUE") for text, value in zip(references, values, strict=True)]
    bleu = sacrebleu.corpus_bleu(spoken, [wanted]).score
    chrf = sacrebleu.corpus_chrf(spoken, [wanted]).score
    print(f"{name}: {back} of {len(values)} exactly once, BLEU {bleu:.2f}, chrF {chrf:.2f}, flags {dict(flags)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--sentences", type=int, default=500)
    parser.add_argument("--engine", default="auto")
    given = parser.parse_args()
    sources, targets = (
        path.read_text(encoding="utf-8").splitlines()[: given.sentences] for path in (given.source, given.target)
    )
    finding(sources)
    values = [VALUES[number % len(VALUES)] for number in range(len(sources))]
    asked, wanted = [], []
    for number, (source, target) in enumerate(zip(sources, targets, strict=True)):
        there, here = CARRIERS[number // len(VALUES) % len(CARRIERS)]
        asked.append(there.format(text=source.rstrip(". "), value=values[number]))
        wanted.append(here.format(text=target.rstrip(". "), value=values[number]))
    speaker = open_model(given.model, engine=given.engine, threads=1)
    limits = ServiceLimits(max_seconds=36000, max_texts=10**6, max_characters=10**9)
    for name, shield in (("masked", Shield(frozenset(KINDS), NAMES)), ("as they are", Shield(frozenset()))):
        fleet = Fleet(lambda path: speaker)
        fleet.add_speaker(speaker)
        service = Service(fleet, rank_languages, limits, shield=shield)
        began = time.perf_counter()
        report(f"values {name}", asyncio.run(said(service, asked)), wanted, values)
        print(f"  {time.perf_counter() - began:.1f} s")
        hypotheses = [text for text, _ in asyncio.run(said(service, sources))]
        print(f"no values, {name}: BLEU {sacrebleu.corpus_bleu(hypotheses, [targets]).score:.2f}")


if __name__ == "__main__":
    main()
