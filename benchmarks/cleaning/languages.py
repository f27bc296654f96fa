"""Language identification by length of text: how often a right text is called foreign, how often a foreign one passes.

    python benchmarks/cleaning/languages.py en=data/multi30k/val.en de=data/multi30k/val.de zh=data/tatoeba/test.zh

Every text is asked about in its own language (a wrong no is a false alarm) and in each of the others given (a wrong
yes is a miss). Several files of one language may be given. Lengths are in letters; a Chinese character is three.
With ``--among en de``, as a service of these languages asks: texts, and single words, that are in none of them.
"""

import argparse
import random
import time
from collections import defaultdict

from dragoman.corpora.stream import read_lines
from dragoman.text.language import identify, is_language, rank_languages
from dragoman.text.scripts import letters_worth

BORDERS = (10, 20, 40, 100, 10**9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", metavar="LANGUAGE=FILE")
    parser.add_argument("--lines", type=int, default=300, help="of each file at most")
    parser.add_argument("--among", nargs="+", default=[], metavar="LANGUAGE")
    options = parser.parse_args()
    draws = random.Random(1)
    texts = []
    for given in options.files:
        language, _, path = given.partition("=")
        lines = [line for line in read_lines(path) if line.strip()]
        texts += [(language, text) for text in draws.sample(lines, min(options.lines, len(lines)))]
    languages = sorted({language for language, _ in texts})
    identify("the model is loaded")
    started = time.process_time()
    right = [identify(text)[0] == language for language, text in texts]
    seconds = time.process_time() - started
    print(f"{len(texts):,} texts, {len(texts) / seconds:,.0f} a second, {sum(right) / len(right):.1%} identified\n")
    found: dict[int, list[list[bool]]] = defaultdict(lambda: [[], []])
    for language, text in texts:
        length = len(text) * letters_worth(language)
        alarms, misses = found[next(border for border in BORDERS if length < border)]
        alarms.append(not is_language(text, language))
        misses += [is_language(text, other) for other in languages if other != language]
    print("| letters | texts | false alarms | misses |\n|---|---|---|---|")
    for border, (alarms, misses) in sorted(found.items()):
        name = f"below {border}" if border < BORDERS[-1] else "more"
        print(f"| {name} | {len(alarms)} | {sum(alarms) / len(alarms):.2%} | {sum(misses) / len(misses):.1%} |")
    if options.among:
        tell_foreign(texts, options.among, draws)


def tell_foreign(texts: list[tuple[str, str]], among: list[str], draws: random.Random) -> None:
    """How many texts of each language, and single words of them, are said to be in none of ``among``."""
    print(f"\n| language | texts | none of {', '.join(among)} | single words: none |\n|---|---|---|---|")
    for language in sorted({language for language, _ in texts}):
        own = [text for one, text in texts if one == language]
        words = [draws.choice(text.split()) for text in own]
        shares = [
            sum(sum(share for _, share in rank_languages(one, among)) < 0.5 for one in some) for some in (own, words)
        ]
        print(f"| {language} | {len(own)} | {shares[0] / len(own):.2%} | {shares[1] / len(own):.2%} |")


if __name__ == "__main__":
    main()
