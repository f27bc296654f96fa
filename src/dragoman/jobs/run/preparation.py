"""From the recipe's corpus to a store of examples: read, clean, hold out, tokenise; what falls out is counted and told.

The text is gone through once and set aside (a spool); the vocabulary and the ids are made from there. Nothing here
holds a corpus in memory, and the spool is gone when the store is sealed. A run that goes on opens the store again and
reads no text, unless the store is damaged or something it was made of has changed: then it is made again.
"""

import collections
import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.base.errors import ConfigError, DamagedFileError, EmptyCorpusError, FileAccessError
from dragoman.base.files import checksum, explained
from dragoman.base.log import progress, say, warn
from dragoman.base.randomness import key
from dragoman.batching.store import ExampleStore, StoreWriter, open_store, write_store
from dragoman.corpora.cleaning import Cleaner
from dragoman.corpora.holdout import TRAIN, VALIDATION, hold_out
from dragoman.corpora.monolingual import files_of, language_of, mark_sentences, open_text
from dragoman.corpora.records import Record
from dragoman.corpora.sources import Corpus, open_corpus
from dragoman.corpora.spool import parse, read_blocks, write_spool
from dragoman.jobs.recipe import Recipe
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.tokenising import LINES_PER_BLOCK, Encoder, tokenise, usual_processes
from dragoman.tasks.protocol import Task
from dragoman.tasks.text import TextConfig
from dragoman.text.language import LanguageCensus
from dragoman.translator.manifest import MANIFEST, load_task

_MINIMUM_PAIRS = 20


@dataclass(frozen=True, slots=True)
class Material:
    """The text of a run, set aside on disk for as long as it is being prepared.

    Attributes:
        spools: the usable pairs of each training corpus.
        parts: for each of them in order whether it trains; None when all do.
        pairs: how many train.
        validation: pairs to choose the best model on.
        checksums: file → SHA-256.
        left_out: reason → number of training pairs not used.
    """

    spools: list[Path]
    parts: NDArray[np.uint8] | None
    pairs: int
    validation: list[Record]
    checksums: dict[str, str]
    left_out: Counter[str]

    def __iter__(self) -> Iterator[Record]:
        """Every training pair; can be gone through many times."""
        for blocks in self.corpora():
            for block in blocks:
                yield from map(parse, block)

    def corpora(self, part: int = TRAIN) -> Iterator[Iterator[list[bytes]]]:
        """The pairs of one corpus after the other, in blocks of spooled lines; to be taken in this order."""
        place = itertools.count()  # the parts go on from one corpus to the next
        for spool in self.spools:
            yield (self._of(part, block, place) for block in read_blocks(spool, LINES_PER_BLOCK))

    def _of(self, part: int, block: list[bytes], place: Iterator[int]) -> list[bytes]:
        if self.parts is None:
            return block
        return [line for line, number in zip(block, place, strict=False) if self.parts[number] == part]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What training needs of the text.

    Attributes:
        task: languages and tokenizers.
        store: the training examples.
        validation: pairs to choose the best model on.
        checksums: of the text.
    """

    task: Task
    store: ExampleStore
    validation: list[Record]
    checksums: dict[str, str]


@contextmanager
def gathered(recipe: Recipe, place: Path) -> Iterator[Material]:
    """Read the training and validation text; what is set aside of it is removed after the block.

    Args:
        recipe: what to read and how to clean it.
        place: the directory the run will have; the text is set aside beside it.

    Raises:
        DataError: text that cannot be read, or too little of it.
        FileAccessError: a full disk.
    """
    folder = place.with_name(f".{place.name}.text")
    with explained("write", folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    try:
        yield _gather(recipe, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _gather(recipe: Recipe, folder: Path) -> Material:
    left_out: Counter[str] = Counter()
    clean = _cleaning(recipe, left_out)
    spools, pairs = [], 0
    for number, location in enumerate(recipe.corpus.locations):
        [corpus] = _open(recipe, location)
        spools.append(folder / f"{number}.jsonl")
        kept = _marked(recipe, clean(_usable(_records(recipe, corpus), left_out), corpus), corpus)
        tag = (*recipe.corpus.tags, "")[number] if recipe.corpus.tags else ""  # what is replayed has none
        written = write_spool((replace(record, tag=tag) for record in kept) if tag else kept, spools[-1])
        left_out.update(corpus.skipped)
        if not written and recipe.is_of_text:
            raise EmptyCorpusError(
                f"nothing is left of {location} (left out: {dict(left_out)})",
                hint="give text in its language, or leave it out of corpus.train",
            )
        pairs += written
    if recipe.corpus.test is not None:  # gone through once, unused: better a complaint now than after the training
        collections.deque(records_of(recipe, recipe.corpus.test), maxlen=0)
    material = Material(spools, None, pairs, [], checksums(recipe), left_out)
    if recipe.corpus.validation is not None:
        validation = list(_usable(records_of(recipe, recipe.corpus.validation), Counter()))
    else:
        if not pairs:
            raise _too_little(material, 0)
        parts = hold_out(iter(material), recipe.corpus.validation_pairs, seed=recipe.training.seed)
        pairs = int(np.count_nonzero(parts == TRAIN))
        material = Material(spools, parts, pairs, [], material.checksums, left_out)
        held = (block for blocks in material.corpora(VALIDATION) for block in blocks)
        validation = [parse(line) for block in held for line in block]
        left_out["shares a side with a validation pair"] += len(parts) - pairs - len(validation)
    if pairs < _MINIMUM_PAIRS or not validation:
        raise _too_little(material, len(validation))
    return Material(spools, material.parts, pairs, validation, material.checksums, left_out)


def _too_little(material: Material, validation: int) -> EmptyCorpusError:
    return EmptyCorpusError(
        f"only {material.pairs} training pairs and {validation} validation pairs are left "
        f"(left out: {dict(material.left_out) or 'none'})",
        hint=f"training needs at least {_MINIMUM_PAIRS} pairs; some thousands make a useful system",
    )


def checksums(recipe: Recipe) -> dict[str, str]:
    """File → SHA-256 of the training and validation text, and of the manifest of a teacher."""
    locations = [*recipe.corpus.locations, *([recipe.corpus.validation] if recipe.corpus.validation else [])]
    teacher = getattr(recipe.objective, "teacher", None)
    taught = {} if teacher is None else {str(Path(teacher) / MANIFEST): checksum(Path(teacher) / MANIFEST)}
    return taught | {
        name: value
        for location in locations
        for one in _open(recipe, location)
        for name, value in one.checksums().items()
    }


def tell(recipe: Recipe, material: Material) -> None:
    """Say how much there is, and what was left out and why."""
    what = "lines" if recipe.is_of_text else "pairs"
    say(f"{material.pairs:,} training {what}, {len(material.validation):,} validation {what}")
    for reason, count in (+material.left_out).most_common():  # + drops the zeros
        say(f"  left out: {count:,} × {reason}")


def prepare(recipe: Recipe, material: Material, task: Task, directory: RunDirectory) -> Prepared:
    """Turn the text into ids.

    Args:
        recipe: how.
        material: the text.
        task: makes an example of a record; its tokenizers are saved in ``directory`` already.
        directory: where the examples go.

    Raises:
        FileAccessError: a full disk.
        EmptyCorpusError: every pair is too long.
        ConfigError: batches too small for the sentences.
    """
    size = max(len(task.source_tokenizer), len(task.target_tokenizer))
    mark = _fingerprint(recipe, material.checksums, directory.tokenizers)
    with write_store(directory.examples, fingerprint=mark, vocabulary_size=size) as writer:
        longer = _fill(writer, material, task, recipe)
        writer.about |= {"pairs": material.pairs, "left_out": dict(+material.left_out)}
        if recipe.corpus.validation is None:  # held out of the training text, which a resumed run does not read
            writer.about["validation"] = [
                [record.source, record.target, *([record.tag] if record.tag else [])] for record in material.validation
            ]
    if longer:
        say(f"  left out: {longer:,} × longer than {recipe.batching.max_length} ids (batching.max_length)")
    made = open_store(directory.examples)
    say(f"  examples: {made.bytes_on_disk / 1e6:,.1f} MB in {directory.examples}")
    _check_lengths(recipe, made)
    return Prepared(task, made, material.validation, material.checksums)


def _fill(writer: StoreWriter, material: Material, task: Task, recipe: Recipe) -> int:
    """Write every example into the store; how many were too long."""
    longer = 0
    processes = usual_processes(material.pairs)
    encoder = Encoder(task, recipe.batching.max_length, both_ways=recipe.task.bidirectional)
    with progress() as display:
        bar = display.add_task("text to ids", total=material.pairs)
        for blocks in material.corpora():
            writer.begin_corpus()
            for made in tokenise(encoder, blocks, processes=processes):
                writer.add(made.block)
                longer += made.longer
                display.advance(bar, made.pairs)
    return longer


def _check_lengths(recipe: Recipe, store: ExampleStore) -> None:
    """Tell of sentences longer than a whole batch; refuse when most are."""
    limit = recipe.batching.max_tokens
    longer = store.count_longer(limit)
    if 2 * longer > len(store):
        raise ConfigError(
            f"batching.max_tokens = {limit} is less than {longer:,} of the {len(store):,} training pairs have ids",
            hint="a batch should hold some dozens of sentences: set batching.max_tokens to 1024 or more",
        )
    if longer:
        warn(f"{longer:,} training pairs are longer than batching.max_tokens ({limit}); each is a batch of its own")


def reopen(recipe: Recipe, sums: Mapping[str, str], directory: RunDirectory) -> Prepared | None:
    """What an earlier start of this run prepared; None when it has to be made again, and why is told."""
    if not directory.examples.exists() or not directory.tokenizers.exists():
        return None
    try:
        opened = open_store(directory.examples)
    except (DamagedFileError, FileAccessError) as error:
        warn(f"{error.message}; the examples are made again from the text")
        return None
    if opened.fingerprint != _fingerprint(recipe, sums, directory.tokenizers):
        say("the examples are made again from the text: what they were made of has changed")
        return None
    if recipe.corpus.validation is not None:
        validation = list(_usable(records_of(recipe, recipe.corpus.validation), Counter()))
    else:
        validation = [Record(source, target, tag="".join(tag)) for source, target, *tag in opened.about["validation"]]
    say(f"{len(opened):,} training pairs, {len(validation):,} validation pairs, as prepared before")
    _check_lengths(recipe, opened)
    return Prepared(load_task(directory.tokenizers, recipe.values()), opened, validation, dict(sums))


def _fingerprint(recipe: Recipe, sums: Mapping[str, str], tokenizers: Path) -> str:
    """Of all that decides the examples and the held-out text: 64 bits are enough against mistakes."""
    values = recipe.values()
    parts: list[Any] = [
        *(values[section] for section in ("corpus", "cleaning", "task")),
        recipe.training.seed,
        recipe.batching.max_length,
        sorted(sums.items()),
        sorted((str(path.relative_to(tokenizers)), checksum(path)) for path in tokenizers.rglob("*") if path.is_file()),
    ]
    return f"{key(repr(parts)):016x}"


def records_of(recipe: Recipe, location: str) -> Iterator[Record]:
    """The records at ``location``, of text alone with their sentences marked.

    Raises:
        EmptyCorpusError: there is none.
    """
    for corpus in _open(recipe, location):
        yield from _marked(recipe, corpus.require(), corpus)


def _open(recipe: Recipe, location: str) -> list[Corpus]:
    """One corpus; of text alone, one for each language that ``location`` means."""
    if not isinstance(recipe.task, TextConfig):
        return [open_corpus(location, source=recipe.task.source, target=recipe.task.target)]
    languages = recipe.task.languages
    return [
        open_text(file, language=language_of(file, languages) or languages[0]) for file in files_of(location, languages)
    ]


def _records(recipe: Recipe, corpus: Corpus) -> Iterator[Record]:
    """All records; of text alone with a warning at the end when much of it is in another language."""
    if not recipe.is_of_text:
        yield from corpus.require()
        return
    census = LanguageCensus(corpus.source)
    for record in corpus.require():
        census.note(record.target)
        yield record
    if warning := census.warning(corpus.name):
        warn(warning)


def _marked(recipe: Recipe, records: Iterator[Record], corpus: Corpus) -> Iterator[Record]:
    """The records, of text alone with their sentences marked."""
    return mark_sentences(records, language=corpus.source) if recipe.is_of_text else records


def _cleaning(recipe: Recipe, left_out: Counter[str]) -> Callable[[Iterator[Record], Corpus], Iterator[Record]]:
    """What lets through the usable records of a corpus, repaired, and counts the others.

    Of text alone both sides are the same, which is no fault then.
    """
    config = recipe.cleaning.model_copy(update={"drop_identical": False}) if recipe.is_of_text else recipe.cleaning
    cleaners: dict[tuple[str, str], Cleaner] = {}

    def clean(records: Iterator[Record], corpus: Corpus) -> Iterator[Record]:
        languages = (corpus.source, corpus.target)
        cleaner = cleaners.setdefault(languages, Cleaner(config, source=languages[0], target=languages[1]))
        before = cleaner.report.dropped.copy()
        yield from cleaner.keep(records)
        left_out.update(cleaner.report.dropped - before)

    return clean if recipe.corpus.clean else lambda records, _: records


def _usable(records: Iterable[Record], left_out: Counter[str]) -> Iterator[Record]:
    """All of ``records`` but those with an empty side, which are counted."""
    for record in records:
        if record.source.strip() and record.target.strip():
            yield record
        else:
            left_out["empty side"] += 1
