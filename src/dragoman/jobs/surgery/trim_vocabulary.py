"""The verb trim-vocabulary: a model that keeps only the pieces a domain uses, checked on that very text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dragoman.base.errors import ConfigError, DataError
from dragoman.base.log import say
from dragoman.corpora.records import Record
from dragoman.corpora.sources import open_corpus
from dragoman.jobs.surgery.text import Measure, refuse_what_is_there, told, translation_of
from dragoman.surgery.vocabulary import trim_vocabulary
from dragoman.tasks.translation import mark
from dragoman.tokenizers.protocol import Tokenizer
from dragoman.tokenizers.trimming import Trimming, used_ids
from dragoman.translator.bundle import Bundle, load_bundle, save_bundle


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What came out.

    Attributes:
        bundle: with fewer pieces.
        source: pieces of the source before and after.
        target: pieces of the target before and after.
    """

    bundle: Bundle
    source: tuple[int, int]
    target: tuple[int, int]


def trimmed(bundle: Bundle, records: Iterable[Record]) -> Trimmed:
    """``bundle`` with the pieces that ``records`` use, and those every text may need (bytes, characters, tags).

    Raises:
        ConfigError: its tokenizer cannot do with fewer pieces, or the model was only pre-trained.
    """
    task = translation_of(bundle, place="the model")
    sides = (task.source_tokenizer, task.target_tokenizer)
    sources, targets = {mark(tag) + " " for tag in task.tags}, set[str]()
    for record in records:
        sources.add(record.source)
        targets.add(record.target)
    used = [used_ids(tokenizer, texts) for tokenizer, texts in zip(sides, (sources, targets), strict=True)]
    if sides[0] is sides[1]:
        both = used[0] | used[1]
        used = [both, both]
    kept = [_trimming(tokenizer).needed(ids) for tokenizer, ids in zip(sides, used, strict=True)]
    source = _trimming(sides[0]).trimmed(kept[0])
    target = source if sides[0] is sides[1] else _trimming(sides[1]).trimmed(kept[1])
    _check(sides[0], source, kept[0], sources)
    _check(sides[1], target, kept[1], targets)
    model = trim_vocabulary(bundle.model, source=kept[0], target=kept[1])
    smaller = replace(task, source_tokenizer=source, target_tokenizer=target)
    done = f"trim_vocabulary(source={len(source)}, target={len(target)})"
    made = replace(bundle, task=smaller, model=model, history=(*bundle.history, done), scores={})
    return Trimmed(made, (len(sides[0]), len(source)), (len(sides[1]), len(target)))


def trim_model(model: Path, output: Path, *, data: Sequence[str], dev: str | None = None) -> Trimmed:
    """Trim the bundle ``model`` to the text in ``data``, into the directory ``output``.

    Args:
        model: directory of a bundle.
        output: the directory to make.
        data: locations of pairs of the domain; all of them are read.
        dev: location of pairs to measure before and after.

    Raises:
        DragomanError: the model cannot be trimmed, or something cannot be read or written.
    """
    refuse_what_is_there(output, model)
    bundle = load_bundle(model)
    task = translation_of(bundle, place=str(model))
    corpora = [open_corpus(place, source=task.source_language, target=task.target_language) for place in data]
    measure = Measure(bundle, dev) if dev is not None else None
    result = trimmed(bundle, (record for corpus in corpora for record in corpus.require()))
    for side, (before, after) in {"source": result.source, "target": result.target}.items():
        say(f"  pieces of the {side:<6} {before:>8,} → {after:>8,}")
    counts = [sum(weight.numel() for weight in one.model.parameters()) for one in (bundle, result.bundle)]
    say(f"  parameters {counts[0]:>17,} → {counts[1]:>8,}")
    if measure is not None:
        say(f"before on {dev}: {told(measure(bundle))}")
        say(f"after  on {dev}: {told(measure(result.bundle))}")
    save_bundle(result.bundle, output)
    return result


def _trimming(tokenizer: Tokenizer) -> Trimming:
    if not isinstance(tokenizer, Trimming):
        raise ConfigError(
            "this model's tokenizer cannot do with fewer pieces: it has one for each byte, and needs them all",
            hint="prune or quantise the model instead",
        )
    return tokenizer


def _check(old: Tokenizer, new: Tokenizer, kept: Sequence[int], texts: Iterable[str]) -> None:
    """Complain when a text that was looked at is cut otherwise than before, which ought to be impossible."""
    for text in texts:
        if [kept[index] for index in new.encode(text)] != old.encode(text):
            raise DataError(
                f"the trimmed vocabulary cuts {text[:80]!r} otherwise than the old one", hint="please report this text"
            )
