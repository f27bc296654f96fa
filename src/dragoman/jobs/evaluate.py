"""The verb *evaluate*: measure models, or translations from files, on a test set.

It brings together a corpus, translators, metrics and a comparison; how any of them works it does
not know.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError, DataError, EmptyCorpusError, FileAccessError
from dragoman.base.files import atomic_file, write_json
from dragoman.base.log import say, warn
from dragoman.corpora.sources import Corpus, open_corpus
from dragoman.corpora.stream import read_lines
from dragoman.evaluation.comparison import Comparison, TestSet, compare
from dragoman.evaluation.data import comparison_data
from dragoman.evaluation.outputs import Outputs, produce
from dragoman.evaluation.protocol import Translating
from dragoman.metrics import METRICS
from dragoman.metrics.protocol import Metric

Load = Callable[[Path, int | None], Translating]
"""Opens a bundle for a beam of the given width, or of the width its recipe says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions:
    """How to measure.

    Attributes:
        metrics: names of the catalogue; bars and results by length show the first.
        lowercase: ignore case in every metric (TER does so anyway, by custom).
        beam: how many hypotheses the search keeps; 1 is greedy; None for what each model's recipe says.
        engine: what runs the models; auto takes each one's quickest.
        tag: what every model is told of the text; "" for nothing.
        protect: whether translations are seen to as ``dragoman translate`` does, or left as the models say them.
        limit: use only so many records from the beginning; None for all.
        draws: how many times the bootstrap draws.
        seed: of these draws.
        sentences: how many of the worst sentences to keep.
    """

    metrics: tuple[str, ...] = ("bleu", "chrf", "ter")
    lowercase: bool = False
    beam: int | None = None
    engine: str = "auto"
    tag: str = ""
    protect: bool = True
    limit: int | None = None
    draws: int = 1000
    seed: int = 1
    sentences: int = 10

    def __post_init__(self) -> None:
        for name, value in {"beam": self.beam, "limit": self.limit, "draws": self.draws}.items():
            if value is not None and value < 1:
                raise ConfigError(f"--{name} {value} is too small", hint="give 1 or more")

    def with_metrics(self, names: Sequence[str]) -> "EvaluationOptions":
        """The same options for other metrics."""
        return replace(self, metrics=tuple(names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where the result goes: a table on standard output unless JSON goes there, and files as wanted.

    Attributes:
        json: a file, or "-" for standard output; None for no JSON.
        html: a file; None for no page.
        force: whether files that are already there may be written over.
    """

    json: str | None = None
    html: Path | None = None
    force: bool = False

    def check(self) -> None:
        """Refuse now what could not be written later.

        Raises:
            FileAccessError: a file is already there, or its directory is not.
        """
        for path in self._files():
            if path.is_dir():
                raise FileAccessError(f"cannot write {path}: this is a directory", hint="give the path of a file")
            if path.exists() and not self.force:
                raise FileAccessError(f"{path} is already there", hint="choose another name, or add --force")
            if not path.parent.is_dir():
                raise FileAccessError(f"cannot write {path}: no directory {path.parent}", hint="make it first")

    def write(self, comparison: Comparison) -> None:
        """Write ``comparison`` to all places."""
        if self.json == "-":
            sys.stdout.write(json.dumps(comparison_data(comparison), ensure_ascii=False, indent=2) + "\n")
        else:
            from dragoman.evaluation.table import print_comparison

            print_comparison(comparison, sys.stdout)
        if self.json and self.json != "-":
            write_json(Path(self.json), comparison_data(comparison))
        if self.html:
            from dragoman.evaluation.page import render_page

            page = render_page(comparison)
            with atomic_file(self.html) as partial:
                partial.write_text(page, encoding="utf-8")
        for path in self._files():
            say(f"written: {path}")

    def _files(self) -> list[Path]:
        named = [Path(self.json)] if self.json and self.json != "-" else []
        return [*named, self.html] if self.html else named


def evaluate(
    models: Sequence[Path],
    test: str,
    *,
    hypotheses: Sequence[Path] = (),
    languages: tuple[str | None, str | None] = (None, None),
    options: EvaluationOptions | None = None,
    load: Load | None = None,
) -> Comparison:
    """Measure systems on one test set and compare each with the first.

    Args:
        models: bundle directories.
        test: location of the test set, as every corpus command takes it.
        hypotheses: files of translations made elsewhere, one to a line; they come after the models.
        languages: source and target; needed only where there is no model to tell them.
        options: how to measure.
        load: opens a bundle; by default as a :class:`~dragoman.translator.translator.Translator`.

    Raises:
        ConfigError: nothing to evaluate, or no languages.
        DataError: models of different languages, or a file with too few or too many translations.
        EmptyCorpusError: the test set holds no pair.
    """
    options = options or EvaluationOptions()
    if not models and not hypotheses:
        raise ConfigError("there is nothing to evaluate", hint="give a model, or --hypotheses FILE")
    load = load or partial(_load, engine=options.engine, tag=options.tag, protect=options.protect)
    translators = [load(path, options.beam) for path in models]
    source, target = _common_languages(translators, models, languages)
    corpus = open_corpus(test, source=source, target=target)
    # the translations already made are read first: their mistakes should not wait for a model to translate
    records = list(islice(corpus.require(), options.limit))
    _tell(corpus, len(records), options.limit)
    written = [list(_hypotheses(path, len(records), corpus, options.limit)) for path in hypotheses]
    metrics = _metrics(options, target)
    names = _distinct([*(t.name for t in translators), *(path.name for path in hypotheses)], [*models, *hypotheses])
    produced = [produce(t, records, name=name) for t, name in zip(translators, names, strict=False)]
    given = [Outputs(name, lines) for name, lines in zip(names[len(translators) :], written, strict=True)]
    say(f"scoring {len(names)} system{'s' * (len(names) > 1)} on {len(records):,} segments")
    return compare(
        [*produced, *given],
        TestSet(test, (source, target), records),
        metrics,
        draws=options.draws,
        seed=options.seed,
        sentences=options.sentences,
    )


def _load(path: Path, beam: int | None, *, engine: str, tag: str, protect: bool) -> Translating:
    from dragoman.translator.translator import Translator

    decoding: dict[str, Any] = {} if beam is None else {"beam": beam}
    return Translator.load(path, engine=engine, tag=tag, protect=protect, **decoding)


def _common_languages(
    translators: Sequence[Translating], models: Sequence[Path], wanted: tuple[str | None, str | None]
) -> tuple[str, str]:
    """The languages of all models, which must agree with each other and with what was asked for."""
    pairs = [(translator.source_language, translator.target_language) for translator in translators]
    for path, pair in zip(models, pairs, strict=True):
        if pair != pairs[0]:
            raise DataError(
                f"{path} translates {pair[0]} → {pair[1]}, but {models[0]} translates {pairs[0][0]} → {pairs[0][1]}",
                hint="compare only models of the same two languages",
            )
    told = pairs[0] if pairs else (None, None)
    source, target = (given or known for given, known in zip(wanted, told, strict=True))
    if source is None or target is None:
        raise ConfigError(
            "the languages are not known without a model", hint="add --source and --target, such as en de"
        )
    if pairs and (source, target) != told:
        raise ConfigError(
            f"--source {source} --target {target} is not what {models[0]} translates: {told[0]} → {told[1]}",
            hint="leave the two options out; the model knows its languages",
        )
    return source, target


def _tell(corpus: Corpus, records: int, limit: int | None) -> None:
    """Say what was read and what was not."""
    for reason, number in corpus.skipped.most_common():
        warn(f"{corpus.name}: {number:,} pairs not scored ({reason})")
    if limit is not None and records == limit:
        say(f"only the first {records:,} pairs of {corpus.name} are used (--limit)")


def _hypotheses(path: Path, records: int, corpus: Corpus, limit: int | None) -> Iterator[str]:
    """The translations in ``path``, as many as there are records.

    Raises:
        DataError: too few or, without a limit, too many.
        EmptyCorpusError: the file is empty.
    """
    number = 0
    for number, line in enumerate(read_lines(path), 1):
        if number <= records:
            yield line
    if not number:
        raise EmptyCorpusError(f"{path} holds no translation", hint="give a file with one translation on each line")
    if number < records or (limit is None and number > records):
        skipped = corpus.skipped.total()
        because = f"; {skipped:,} pairs of the test set could not be used" if skipped else ""
        raise DataError(
            f"{path} holds {number:,} translations, but {corpus.name} has {records:,} pairs{because}",
            hint="give one translation on each line, in the order of the test set, an empty line for an empty one",
        )


def _metrics(options: EvaluationOptions, target: str) -> list[Metric]:
    """The metrics wanted, each once."""
    wanted = dict.fromkeys(options.metrics)
    if not wanted:
        raise ConfigError("no metric is given", hint=f"known: {', '.join(METRICS.names())}")
    case = {"lowercase": True} if options.lowercase else {}
    return [METRICS.load(name)(target_language=target, **case) for name in wanted]


def _distinct(names: Sequence[str], paths: Sequence[Path]) -> list[str]:
    """``names`` where they differ from all others, else the paths, numbered if even these are the same."""
    result: list[str] = []
    for name, path in zip(names, paths, strict=True):
        wanted = name if names.count(name) == 1 else str(path)
        again = sum(earlier == wanted or earlier.startswith(f"{wanted} (") for earlier in result)
        result.append(f"{wanted} ({again + 1})" if again else wanted)
    return result
