"""The verb *augment*: more, or rougher, parallel text from what there is.

Each job streams from an opened corpus to files that are whole or not there, and returns what it did as data; how a
pair is changed is known to :mod:`dragoman.augmentation`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dragoman.alignment.aligner import Aligner, learn
from dragoman.augmentation.noise import DEFAULT_GROUPS, Noise, NoiseConfig, NoiseReport
from dragoman.augmentation.paraphrases import Contexts, Meanings, Paraphrases, WordPairs
from dragoman.augmentation.synonym_table import read_table
from dragoman.augmentation.synonyms import Suggest, SynonymReport, Synonyms, SynonymsConfig
from dragoman.base.errors import ConfigError, UnknownNameError
from dragoman.corpora.records import Record
from dragoman.corpora.sources import Corpus, write_corpus
from dragoman.corpora.stream import STANDARD_STREAM, write_text
from dragoman.jobs.corpus import refuse_existing, watched
from dragoman.text.words import split_words

if TYPE_CHECKING:
    from dragoman.augmentation.masked_words import Encoding, MaskedWords
    from dragoman.translator.bundle import Bundle

ORIGINS = ("corpus", "masked-model", "table")
"""Where synonyms may come from."""

SET_GROUPS = tuple(group for group in DEFAULT_GROUPS if group != "context")
"""What a robustness set is made of unless told otherwise: not of joined sentences, which are no noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where pairs go.

    Attributes:
        location: a stem or a file.
        format: name of the format; None takes it from the suffix.
        force: write over what is there.
    """

    location: str
    format: str | None = None
    force: bool = False

    def write(self, records: Iterable[Record], corpus: Corpus) -> int:
        """Write ``records`` of ``corpus`` here; the number written."""
        return write_corpus(records, self.location, source=corpus.source, target=corpus.target, format=self.format)


def add_noise(corpus: Corpus, output: Place, *, config: NoiseConfig | None = None) -> NoiseReport:
    """Write ``corpus`` with noised copies of some pairs behind the clean ones.

    Raises:
        EmptyCorpusError: it holds no pair.
        ConfigError: the output is there already.
    """
    refuse_existing(corpus, [output.location], output.format, force=output.force)
    noise = Noise(config or NoiseConfig(), source=corpus.source, target=corpus.target)
    output.write(noise.augment(watched(corpus.require(), corpus, "noise")), corpus)
    return noise.report


def make_robustness_set(
    corpus: Corpus, output: Place, *, config: NoiseConfig | None = None, each: bool = False
) -> dict[str, NoiseReport]:
    """Write ``corpus`` with every source noised, one kind for each line, and the kinds beside it, line for line.

    Args:
        corpus: a clean test set; gone through once for each set written.
        output: where the pairs go; the kinds go to ``LOCATION.kinds``.
        config: which kinds, how strong, which seed; shares and copies do not matter here.
        each: write one more set for each group of kinds, the whole test set with that group alone
            (``LOCATION.spelling`` …), whose score can stand beside that of the clean set.

    Returns:
        What was done, for the mixed set under ``"mixed"`` and for each group.

    Raises:
        EmptyCorpusError: it holds no pair.
        ConfigError: an output is there already, or the corpus is a stream and several sets are wanted.
    """
    config = config or NoiseConfig(kinds=SET_GROUPS)
    if each and corpus.name == STANDARD_STREAM:
        raise ConfigError("several sets are made of several readings, '-' can be read once", hint="save it to a file")
    sets = {"mixed": (config, output)}
    if each:
        sets |= {kind: (config.model_copy(update={"kinds": (kind,)}), _beside(output, kind)) for kind in config.kinds}
    beside = {name: kinds_file(place.location) for name, (_, place) in sets.items()}
    locations = [place.location for _, place in sets.values()]
    refuse_existing(corpus, locations, output.format, force=output.force, others=beside.values())
    return {name: _write_set(corpus, place, beside[name], config) for name, (config, place) in sets.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Where synonyms come from.

    Attributes:
        origin: the corpus, a masked language model, or a table.
        table: the user's table, for ``table``.
        model: the bundle of a model trained with ``objective.kind = "masked"``, for ``masked-model``.
        both_sides: of the corpus: replace the target's word too, by pairs that say another thing twice.
        device: where the model runs.
    """

    origin: str = "corpus"
    table: Path | None = None
    model: Path | None = None
    both_sides: bool = False
    device: str = "auto"

    def __post_init__(self) -> None:
        if self.origin not in ORIGINS:
            raise UnknownNameError(f"--from {self.origin!r} is unknown", hint=f"known: {', '.join(ORIGINS)}")
        for origin, given in (("table", self.table), ("masked-model", self.model)):
            option = "model" if origin == "masked-model" else origin
            if (self.origin == origin) != (given is not None):
                raise ConfigError(
                    f"--from {origin} and --{option} go together (given: --from {self.origin}, --{option} {given})",
                    hint=f"add --{option} PATH" if self.origin == origin else f"add --from {origin}",
                )
        if self.both_sides and self.origin != "corpus":
            raise ConfigError(f"--both-sides cannot be had --from {self.origin}", hint="use it with --from corpus")


@dataclass(slots=True)
class SynonymResult:
    """What was done with synonyms.

    Attributes:
        report: counts and examples.
        broken_rows: of the table: row number → what is wrong with it.
        unmet: words of the table that no sentence had where they could be replaced.
    """

    report: SynonymReport
    broken_rows: dict[int, str] = field(default_factory=dict)
    unmet: list[str] = field(default_factory=list)


def add_synonyms(
    corpus: Corpus, output: Place, *, origins: Origins | None = None, config: SynonymsConfig | None = None
) -> SynonymResult:
    """Write ``corpus`` with copies of its pairs in which some words are replaced, behind the pairs they are made of.

    The corpus is gone through to learn which words belong together, and again to write.

    Raises:
        EmptyCorpusError: it holds no pair with words.
        ConfigError: the output is there already, the corpus is a stream, or the model is not a fitting one.
        DataError: the table has no usable row.
    """
    origins = origins or Origins()
    if corpus.name == STANDARD_STREAM:
        raise ConfigError(
            "synonyms need several readings of the corpus, '-' can be read once", hint="save it to a file"
        )
    refuse_existing(corpus, [output.location], output.format, force=output.force)
    table = read_table(origins.table) if origins.table else None
    bundle = _masked_bundle(origins.model, corpus) if origins.model else None  # told before the corpus is read
    pairs = watched(corpus.require(), corpus, "aligning words")
    aligner = learn((split_words(record.source), split_words(record.target)) for record in pairs)
    suggest = table or _suggest(corpus, aligner, origins, bundle)
    synonyms = Synonyms(aligner, suggest, config, holds=table.holds) if table else Synonyms(aligner, suggest, config)
    output.write(synonyms.augment(watched(corpus, corpus, "replacing words")), corpus)
    return SynonymResult(synonyms.report, *((table.broken, table.unmet) if table else ()))


def _suggest(corpus: Corpus, aligner: Aligner, origins: Origins, bundle: "Bundle | None") -> Suggest:
    meanings = Meanings(aligner.lexicon)
    source = Contexts(split_words(record.source) for record in watched(corpus, corpus, "reading neighbours"))
    if bundle is not None:
        return _masked_words(bundle, meanings, source, origins.device)
    if not origins.both_sides:
        return Paraphrases(meanings, source)
    target = Contexts(split_words(record.target) for record in watched(corpus, corpus, "reading neighbours"))
    return WordPairs(meanings, source, target)


def _masked_bundle(path: Path, corpus: Corpus) -> "Bundle":
    """The bundle at ``path``.

    Raises:
        ConfigError: it was not trained with masked words, or not on the source's language.
    """
    from dragoman.translator.bundle import load_bundle

    bundle = load_bundle(path)
    kind = bundle.recipe["objective"].get("kind", "cross_entropy")
    if kind != "masked":
        raise ConfigError(
            f"{path} was trained with the objective {kind!r}, so it cannot tell hidden words",
            hint="give a model that was trained with objective.kind = 'masked'",
        )
    task: dict[str, Any] = bundle.recipe["task"]
    languages = list(task.get("languages") or (task["source"], task["target"]))
    if corpus.source not in languages:
        raise ConfigError(
            f"{path} knows {' and '.join(languages)}; the source here is {corpus.source}",
            hint="give a masked model of the source's language",
        )
    return bundle


def _masked_words(bundle: "Bundle", meanings: Meanings, contexts: Contexts, device: str) -> "MaskedWords":
    from dragoman.augmentation.masked_words import MaskedWords
    from dragoman.compute.placement import choose_device

    model = bundle.model.to(choose_device(device)).eval()
    return MaskedWords(cast("Encoding", model), bundle.task.source_tokenizer, meanings, contexts)


def kinds_file(location: str) -> Path:
    """Where the kinds of the lines of the set at ``location`` stand.

    Raises:
        ConfigError: standard output has no place beside it.
    """
    if location == STANDARD_STREAM:
        raise ConfigError("a robustness set is more than one file, '-' is one stream", hint="give --output a name")
    return Path(f"{location}.kinds")


def _beside(output: Place, kind: str) -> Place:
    """The place of the set of one kind: the kind stands before the suffix, if there is one."""
    path = Path(output.location)
    suffixes = "".join(path.suffixes) if path.suffixes and path.suffixes[0] in (".tsv", ".jsonl", ".tmx") else ""
    return Place(
        location=f"{output.location.removesuffix(suffixes)}.{kind}{suffixes}", format=output.format, force=output.force
    )


def _write_set(corpus: Corpus, output: Place, kinds: Path, config: NoiseConfig) -> NoiseReport:
    noise = Noise(config, source=corpus.source, target=corpus.target)
    with write_text(kinds) as names:

        def noted() -> Iterator[Record]:
            for record, kind in noise.make_set(watched(corpus.require(), corpus, "noise")):
                names.write(f"{kind}\n")
                yield record

        output.write(noted(), corpus)
    return noise.report
