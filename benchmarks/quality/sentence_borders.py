"""How many borders of sentences are found in real text, and how many that are none.

Lines of a parallel corpus are joined two and two, with a space or, in Chinese and Japanese, without. The border between
two lines is one to be found, if the first line ends with a mark. A border inside a line may be one too, for lines
hold several sentences at times; the other language, cut by its own rules, is the witness: where a line has as many
sentences there, its borders are confirmed.

    python benchmarks/quality/sentence_borders.py newstest2014.en newstest2014.de --languages en de
"""

import argparse
import re
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from dragoman.text.sentences import split_sentences

ENDS = re.compile(r"[.!?…。！？][\"'”’“»)\]」』）]*\Z")
UNSPACED = ("zh", "ja")


def is_found(first: str, second: str, language: str) -> bool:
    """Whether the border between two lines is found."""
    first += "" if language in UNSPACED else " "
    sentences = split_sentences(first + second, language=language)
    return len(first) in accumulate(map(len, sentences))


def missed(lines: Sequence[str], language: str) -> tuple[int, list[str]]:
    """How many borders there are between ``lines``, and those that are not found."""
    pairs = [pair for pair in pairwise(lines) if ENDS.search(pair[0])]
    lost = [f"{first[-40:]} ‖ {second[:30]}" for first, second in pairs if not is_found(first, second, language)]
    return len(pairs), lost


def main() -> None:
    """Print both figures of both sides, and what was missed or is unconfirmed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs=2, type=Path)
    parser.add_argument("--languages", nargs=2, required=True)
    parser.add_argument("--show", type=int, default=0, help="examples of each kind")
    given = parser.parse_args()
    sides = [[" ".join(one.split()) for one in file.read_text("utf-8").split("\n")] for file in given.files]
    sides = [list(side) for side in zip(*(pair for pair in zip(*sides, strict=True) if all(pair)), strict=True)]
    cut = [
        [split_sentences(line, language=language) for line in side]
        for side, language in zip(sides, given.languages, strict=True)
    ]
    for own, other, side, language in ((0, 1, sides[0], given.languages[0]), (1, 0, sides[1], given.languages[1])):
        count, lost = missed(side, language)
        inside = sum(len(one) - 1 for one in cut[own])
        unsure = [one for one, there in zip(cut[own], cut[other], strict=True) if len(one) > len(there)]
        alone = sum(max(0, len(one) - len(there)) for one, there in zip(cut[own], cut[other], strict=True))
        found = count - len(lost)
        print(f"{language}: {found:,} of {count:,} borders between lines found ({found / count:.2%}); ", end="")
        print(f"{inside} inside lines, {alone} of them not in the other language")
        for example in [*lost[: given.show], *(" ‖ ".join(one) for one in unsure[: given.show])]:
            print("   ", example)


if __name__ == "__main__":
    main()
