"""The verb *augment*: more, or rougher, parallel text from what there is.

Each job streams from an opened corpus to files that are whole or not there, and returns what it did as data; how a
pair is changed is known to :mod:`dragoman.augmentation`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dragoman.augmentation.noise import DEFAULT_GROUPS, Noise, NoiseConfig, NoiseReport
from dragoman.base.errors import ConfigError
from dragoman.corpora.records import Record
from dragoman.corpora.sources import Corpus, write_corpus
from dragoman.corpora.stream import STANDARD_STREAM, write_text
from dragoman.jobs.corpus import refuse_existing, watched

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
