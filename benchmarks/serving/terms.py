"""How glossaries are obeyed, and what it does to the translation.

The terms of a sentence are those that its reference has (as Dinu et al., 2019, do it): nouns of German that a word
aligner, learnt from the training text, links one to one with a source word. Two kinds: frequent ones (50 training
sentences or more have them) and rare ones (10 or fewer). Only sentences with such a term count. Asked is the share of
terms that stand in the translation as whole words, letter for letter, and BLEU.

- none: no terms are given;
- search: every hypothesis must hold them (Post & Vilar, 2018), by the engine torch;
- placed: they take the place of the words said for them; torch searches for those that have none. What is done.

With ``--values`` each sentence holds an address, a placeholder or a number more, in its middle or at an end, and is
translated as it is and with what is personal in it masked, as the service does. Asked too is the share of sentences of
which words are aligned.

The model must be exported for the engines (``dragoman export model/ --to ctranslate2``, ``--to onnx``).

    python benchmarks/serving/terms.py model/ train.en train.de test.en test.de
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dragoman.alignment.aligner import learn
from dragoman.base.errors import ConfigError
from dragoman.corpora.stream import read_lines
from dragoman.decoding.config import DecodingConfig
from dragoman.metrics import METRICS
from dragoman.safeguards.masking import Masker
from dragoman.text.words import split_words
from dragoman.translator.bundle import load_bundle
from dragoman.translator.engines.torch_engine import TorchEngine
from dragoman.translator.terminology import find_words
from dragoman.translator.translator import Translator

FREQUENT, RARE = 50, 10
VALUES = (
    "anna.kern@example.org",
    "https://example.com/help?page=2",
    "{name}",
    "+49 30 901820",
    "12:30",
    "192.168.0.17",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, its reference, and the terms that it shares with it."""

    source: str
    reference: str
    terms: dict[str, str]


class Blind(TorchEngine):
    """Tells no alignment, so that every term is searched for."""

    def check(self, config: DecodingConfig) -> None:
        if config.alignments:
            raise ConfigError("no alignment is told")
        super().check(config)


def cases(train: Sequence[tuple[str, str]], test: Sequence[tuple[str, str]]) -> dict[str, list[Case]]:
    """The sentences of ``test`` with frequent terms and with rare ones."""
    aligner = learn([(split_words(source), split_words(target)) for source, target in train])
    seen = Counter(word for _, target in train for word in set(split_words(target)))
    found: dict[str, list[Case]] = {"frequent": [], "rare": []}
    words = [(split_words(source), split_words(target)) for source, target in test]
    for (source, reference), sides, links in zip(test, words, aligner.align(words), strict=True):
        pairs = list(nouns(*sides, links))
        for kind, fits in (("frequent", lambda n: n >= FREQUENT), ("rare", lambda n: n <= RARE)):
            if terms := {word: noun for word, noun in pairs if fits(seen[noun])}:
                found[kind].append(Case(source, reference, terms))
    return found


def nouns(source: Sequence[str], target: Sequence[str], links: Any) -> Iterator[tuple[str, str]]:
    """Words in small letters and the words with a capital, inside the sentence, that they are linked with alone."""
    ahead, back = defaultdict(set), defaultdict(set)
    for first, second in links:
        ahead[first].add(second)
        back[second].add(first)
    for first, seconds in sorted(ahead.items()):
        second = min(seconds)
        word, noun = source[first], target[second]
        alone = len(seconds) == len(back[second]) == 1 and second > 0
        if alone and noun[0].isupper() and word.islower() and min(len(word), len(noun)) > 2:
            yield word, noun


def report(name: str, wanted: Sequence[Case], say: Callable[[Case], str]) -> None:
    """One row: terms obeyed, BLEU, time."""
    began = time.perf_counter()
    said = [say(case) for case in wanted]
    seconds = time.perf_counter() - began
    every = [(text, term) for case, text in zip(wanted, said, strict=True) for term in case.terms.values()]
    obeyed = sum(any(text[start:end] == term for start, end in find_words(text, term)) for text, term in every)
    bleu = METRICS.load("bleu")(target_language="de").score(said, [case.reference for case in wanted]).value
    share = f"{100 * obeyed / len(every):.1f} %"
    print(f"| {name} | {len(wanted):,} | {len(every):,} | {share} | {bleu:.1f} | {seconds:.0f} s |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("files", type=Path, nargs=4, metavar="FILE")
    parser.add_argument("--engines", nargs="+", default=["torch", "ctranslate2", "onnx"])
    parser.add_argument("--values", action="store_true", help="put values into the sentences")
    parser.add_argument("--most", type=int, default=None, help="sentences of each kind")
    options = parser.parse_args()
    lines = [list(read_lines(path)) for path in options.files]
    every = cases(list(zip(*lines[:2], strict=True)), list(zip(*lines[2:], strict=True)))
    print("| engine, way, terms | sentences | terms | obeyed | BLEU | one by one |\n|---|---|---|---|---|---|")
    for kind, found in every.items():
        wanted = found[: options.most]
        for engine in options.engines:
            translator = Translator.load(options.model, engine=engine, device="cpu", threads=1)
            if options.values:
                report_with_values(engine, kind, wanted, translator)
                continue
            report(f"{engine}, none, {kind}", wanted, lambda case: translator.translate([case.source])[0].text)  # noqa: B023
            if engine == "torch":
                bundle = load_bundle(options.model)
                decoding = DecodingConfig(**bundle.recipe["decoding"])
                searching = Translator(bundle.task, Blind(bundle.model), decoding=decoding)
                report("torch, search, " + kind, wanted, lambda case: with_terms(searching, case))  # noqa: B023
            report(f"{engine}, placed, {kind}", wanted, lambda case: with_terms(translator, case))  # noqa: B023


def report_with_values(engine: str, kind: str, wanted: Sequence[Case], translator: Translator) -> None:
    """The rows of sentences with values."""
    valued = [with_value(case, number) for number, case in enumerate(wanted)]
    aligner = translator.aligning()
    for name, masker in (("values", Masker(())), ("values masked", Masker())):
        texts = {case.source: masker.mask(case.source, language="en") for case in valued}

        def say(case: Case) -> str:
            masked = texts[case.source]  # noqa: B023
            return masked.restore(with_terms(translator, replace(case, source=masked.text))).text

        report(f"{engine}, placed, {kind}, {name}", valued, say)
        linked = sum(bool(aligner.translate([masked.text])[0].alignment) for masked in texts.values())
        print(f"  with links: {linked} of {len(texts)}", flush=True)


def with_value(case: Case, number: int) -> Case:
    """The sentence and its reference with a value: in the middle, before the last mark, or at the beginning."""
    value = VALUES[number % len(VALUES)]
    ways: list[Callable[[str], str]] = [
        lambda text: " ".join(
            [*text.split()[: len(text.split()) // 2], value, *text.split()[len(text.split()) // 2 :]]
        ),
        lambda text: f"{text.rstrip('.')} ({value}).",
        lambda text: f"{value}: {text}",
    ]
    put = ways[number // len(VALUES) % len(ways)]
    return Case(put(case.source), put(case.reference), case.terms)


def with_terms(translator: Translator, case: Case) -> str:
    """The translation with the terms of the case."""
    return translator.translate([case.source], terms=case.terms)[0].text


if __name__ == "__main__":
    main()
