"""From the recipe's corpus to examples: read, clean, split, tokenise; what falls out is counted and told."""

import collections
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.base.errors import EmptyCorpusError
from dragoman.base.log import say
from dragoman.batching.batch import Example
from dragoman.corpora.cleaning import Cleaner
from dragoman.corpora.records import Record
from dragoman.corpora.sources import Corpus, open_corpus
from dragoman.corpora.splitting import split
from dragoman.jobs.recipe import Recipe
from dragoman.tasks.translation import TranslationTask

_MINIMUM_PAIRS = 20


@dataclass(frozen=True, slots=True)
class Material:
    """The text of a run.

    Attributes:
        train: pairs to learn from.
        validation: pairs to choose the best model on.
        checksums: file → SHA-256.
        left_out: reason → number of training pairs not used.
    """

    train: list[Record]
    validation: list[Record]
    checksums: dict[str, str]
    left_out: Counter[str]


def load_material(recipe: Recipe) -> Material:
    """Read the training and validation text.

    Raises:
        DataError: text that cannot be read, or too little of it.
    """
    left_out: Counter[str] = Counter()
    checksums: dict[str, str] = {}
    train: list[Record] = []
    for location in recipe.corpus.train:
        corpus = _open(recipe, location)
        train += _usable(corpus, left_out)
        left_out.update(corpus.skipped)
        checksums |= corpus.checksums()
    if recipe.corpus.clean:
        cleaner = Cleaner(recipe.cleaning, source=recipe.task.source, target=recipe.task.target)
        train = list(cleaner.keep(train))
        left_out.update(cleaner.report.dropped)
    if recipe.corpus.test is not None:  # gone through once, unused: better a complaint now than after the training
        collections.deque(_open(recipe, recipe.corpus.test).require(), maxlen=0)
    if recipe.corpus.validation is not None:
        corpus = _open(recipe, recipe.corpus.validation)
        validation = list(_usable(corpus, Counter()))
        checksums |= corpus.checksums()
    else:
        train, validation = _hold_out(recipe, train, left_out)
    if len(train) < _MINIMUM_PAIRS or not validation:
        raise EmptyCorpusError(
            f"only {len(train)} training pairs and {len(validation)} validation pairs are left "
            f"(left out: {dict(left_out) or 'none'})",
            hint=f"training needs at least {_MINIMUM_PAIRS} pairs; some thousands make a useful system",
        )
    return Material(train, validation[: recipe.training.validation_limit], checksums, left_out)


def make_examples(
    task: TranslationTask, records: Sequence[Record], *, max_length: int, both_ways: bool = False
) -> tuple[list[Example], int]:
    """The examples within ``max_length`` ids on both sides, and how many were longer.

    Args:
        task: makes them.
        records: of what.
        max_length: in ids, EOS included.
        both_ways: each example turned round as well.
    """
    examples = [task.example(record) for record in records]
    if both_ways:
        examples = [one for example in examples for one in (example, Example(example.target, example.source))]
    short = [example for example in examples if max(len(example.source), len(example.target)) <= max_length]
    return short, len(examples) - len(short)


def tell(material: Material) -> None:
    """Say how much there is, and what was left out and why."""
    say(f"{len(material.train):,} training pairs, {len(material.validation):,} validation pairs")
    for reason, count in (+material.left_out).most_common():  # + drops the zeros
        say(f"  left out: {count:,} × {reason}")


def _open(recipe: Recipe, location: str) -> Corpus:
    return open_corpus(location, source=recipe.task.source, target=recipe.task.target)


def _usable(corpus: Corpus, left_out: Counter[str]) -> list[Record]:
    """All records of ``corpus`` but those with an empty side, which are counted."""
    records = list(corpus.require())
    usable = [record for record in records if record.source.strip() and record.target.strip()]
    if len(usable) < len(records):
        left_out["empty side"] += len(records) - len(usable)
    return usable


def _validation_size(pairs: int) -> int:
    """A twentieth, at least 50, at most 1,000; of very little text, no more than a fifth."""
    return max(1, min(1000, max(50, pairs // 20), pairs // 5))


def _hold_out(recipe: Recipe, records: list[Record], left_out: Counter[str]) -> tuple[list[Record], list[Record]]:
    """Hold out a validation part that shares neither a source nor a target with the rest."""
    wanted = recipe.corpus.validation_pairs or _validation_size(len(records))
    parts = split(records, validation=wanted, seed=recipe.training.seed)
    train, validation = parts["train"], parts["validation"]
    left_out["shares a side with a validation pair"] += len(records) - len(train) - len(validation)
    return train, validation
