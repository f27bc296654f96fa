"""BLEU as the Multi30k literature counts it: lower case, Moses normalisation and tokenisation, plain BLEU.

    python benchmarks/quality/literature_protocol.py HYPOTHESES REFERENCES [--language de]

Published Multi30k results come from the task's own pipeline: text is lower-cased, its punctuation
normalised and tokenised by the Moses scripts (no escaping of special characters, no splitting of
dashes), and scored by multi-bleu.perl, which only splits at spaces. The order matters: tokenised
before lower-casing, the German reference counts one token less. Under this order the reference of
test_2016_flickr.de counts exactly 12,103 tokens, the check that the protocol is the published one.

Such a score is not comparable with sacreBLEU's; give it only beside the other.
Needs sacremoses (``pip install sacremoses``), which nothing else in the project uses.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from sacrebleu.metrics.bleu import BLEU, BLEUScore
from sacremoses import MosesPunctNormalizer, MosesTokenizer


def read_lines(path: Path) -> list[str]:
    """The lines of a file, split at line feeds only."""
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def prepared(lines: Sequence[str], *, language: str) -> list[str]:
    """``lines`` lower-cased, normalised and tokenised, in this order."""
    normalizer, tokenizer = MosesPunctNormalizer(lang=language), MosesTokenizer(lang=language)
    normal = (normalizer.normalize(line.lower()) for line in lines)
    return [tokenizer.tokenize(line, escape=False, aggressive_dash_splits=False, return_str=True) for line in normal]


def literature_bleu(hypotheses: Sequence[str], references: Sequence[str], *, language: str) -> tuple[BLEUScore, BLEU]:
    """The score of raw ``hypotheses`` against raw ``references``, and the metric that knows its signature."""
    if len(hypotheses) != len(references):
        raise SystemExit(f"error: {len(hypotheses)} hypotheses but {len(references)} references")
    metric = BLEU(tokenize="none", smooth_method="none", force=True)
    return metric.corpus_score(
        prepared(hypotheses, language=language), [prepared(references, language=language)]
    ), metric


def main() -> None:
    """Read the two files and print score, signature and counts."""
    parser = argparse.ArgumentParser(description="BLEU as the Multi30k literature counts it")
    parser.add_argument("hypotheses", type=Path, help="the system's output, raw text, one segment on each line")
    parser.add_argument("references", type=Path, help="the reference, raw text, line for line")
    parser.add_argument("--language", default="de", help="language of both files (default: de)")
    options = parser.parse_args()
    references = read_lines(options.references)
    score, metric = literature_bleu(read_lines(options.hypotheses), references, language=options.language)
    print(f"BLEU {score.score:.2f}  (lower-cased, Moses-normalised and -tokenised, no escaping)")
    print(f"precisions {score.prec_str}  brevity penalty {score.bp:.3f}  signature {metric.get_signature()}")
    print(f"tokens: reference {score.ref_len:,}, hypothesis {score.sys_len:,}; segments: {len(references):,}")


if __name__ == "__main__":
    main()
