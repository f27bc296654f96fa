"""How long the aligner learns, and how much memory it needs.

python benchmarks/cleaning/aligner.py data/multi30k/train --source en --target de
"""

import argparse
import resource
import time

from dragoman.alignment.aligner import learn
from dragoman.corpora.sources import open_corpus
from dragoman.text.words import split_words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--source", required=True)
    parser.add_argument("--target", required=True)
    wanted = parser.parse_args()
    corpus = open_corpus(wanted.corpus, source=wanted.source, target=wanted.target)
    pairs = [(split_words(record.source), split_words(record.target)) for record in corpus]
    begun = time.process_time()
    learn(pairs)
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(pairs):,} pairs: {seconds:.1f} s of processor time, {peak:,.0f} MiB at the most")


if __name__ == "__main__":
    main()
