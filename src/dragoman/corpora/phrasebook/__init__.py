"""The embedded corpus: an English–German phrasebook that this project writes itself, sentence by sentence.

A small grammar of both languages (cases, endings, verb position, separable verbs, numbers…) and several hundred words
give some tens of thousands of pairs in a few seconds; nothing is taken from anywhere. It is meant for trying things
out: a model learns it in minutes. It does not know about files, tokenizers or training.
"""

from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dragoman.corpora.records import Record

LANGUAGES = ("en", "de")


def records(part: Literal["train", "validation", "test"]) -> "list[Record]":
    """The pairs of one part, English to German; always the same, in the same order.

    The test and validation parts hold combinations of known words that never occur together in training.
    """
    return list(all_records()[part])


@cache
def all_records() -> "dict[str, tuple[Record, ...]]":
    """Every part, made once in a process."""
    from dragoman.corpora.phrasebook import generation, holdout
    from dragoman.corpora.records import Record

    parts = holdout.split(generation.sentences())
    return {name: tuple(Record(each.english, each.german) for each in part) for name, part in parts.items()}
