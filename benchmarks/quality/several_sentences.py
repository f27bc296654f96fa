"""What is lost when a model trained on single sentences gets several at once: lines of a test set, joined.

    python benchmarks/quality/several_sentences.py model-en-de/ test.en test.de

Each model translates the lines joined by one, two and three, once with all sentences of a line together and once cut at
their borders. A line that ends without a full stop cannot be told from the next one.
With ``--as-they-are`` nothing is joined: only those lines are taken that hold several sentences.
"""

import argparse
from itertools import compress
from pathlib import Path

import sacrebleu

from dragoman.text.sentences import split_sentences
from dragoman.translator.translator import Translator


def words(texts):
    return sum(len(text.split()) for text in texts)


def joined(path, count, limit):
    lines = path.read_text(encoding="utf-8").split("\n")[:limit]
    return [" ".join(lines[start : start + count]) for start in range(0, len(lines) - count + 1, count)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path, nargs="+")
    parser.add_argument("source", type=Path)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--lines", type=int, default=600)
    parser.add_argument("--as-they-are", metavar="LANGUAGE", help="of the source: its lines of several sentences")
    given = parser.parse_args()
    print("| model | sentences on a line | together: BLEU | words, of the reference | cut: BLEU | words |")
    print("|---|---|---|---|---|---|")
    for model in given.model:
        ways = [Translator.load(model, max_sentences=most) for most in (99, 1)]
        for count in (1,) if given.as_they_are else (1, 2, 3):
            sources, references = (joined(path, count, given.lines) for path in (given.source, given.reference))
            if given.as_they_are:
                several = [len(split_sentences(text, language=given.as_they_are)) > 1 for text in sources]
                sources, references = (list(compress(texts, several)) for texts in (sources, references))
            cells = [str(model), str(count)]
            for way in ways:
                said = [translation.text for translation in way.translate(sources)]
                cells += [
                    f"{sacrebleu.corpus_bleu(said, [references]).score:.2f}",
                    f"{words(said) / words(references):.0%}",
                ]
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
