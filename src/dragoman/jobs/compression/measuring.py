"""How large, how quick and how good a candidate is: beside the original, on the same machine, at the same time.

Two models are timed turn by turn, one after the other on the same lines, again and again; what else the machine does
meanwhile slows both. Of the rounds the median counts.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.base.errors import EmptyCorpusError
from dragoman.base.log import warn
from dragoman.corpora.records import Record
from dragoman.corpora.sources import open_corpus
from dragoman.jobs.compression.candidates import Candidate
from dragoman.metrics import METRICS
from dragoman.text.language import LanguageCensus
from dragoman.text.scripts import count_words
from dragoman.translator.manifest import MANIFEST, read_manifest

if TYPE_CHECKING:
    from dragoman.translator.translator import Translator

_TIMED_LINES = 200


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one candidate.

    Attributes:
        name: of the candidate.
        path: of its bundle.
        beam: of its search.
        steps: what was done to come to it.
        size: bytes of the files that translating takes.
        words_per_second: words of the source, one call for all lines.
        speed_up: times as quick as the original in its own way.
        bleu: on the development set.
        chrf: the same.
        signatures: of both metrics.
    """

    name: str
    path: str
    beam: int
    steps: tuple[str, ...]
    size: int
    words_per_second: float
    speed_up: float
    bleu: float
    chrf: float
    signatures: dict[str, str]

    def values(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Row":
        """Back from plain values."""
        return cls(**{**values, "steps": tuple(values["steps"])})


def bundle_size(path: Path) -> int:
    """Bytes of what has to be shipped to translate: the files that the manifest names, and the manifest."""
    names = [*read_manifest(path)["checksums"], MANIFEST]
    return sum((path / name).stat().st_size for name in names)


class Measure:
    """Measures candidates against the original.

    Args:
        original: the candidate all others are compared with.
        dev: location of pairs.
        limit: use the first so many.
        rounds: of timing.
        threads: of the processor.

    Raises:
        EmptyCorpusError: there is no pair.
        DataError: the text cannot be read in the languages of the model.
    """

    def __init__(self, original: Candidate, dev: str, *, limit: int | None, rounds: int, threads: int) -> None:
        languages = read_manifest(original.path)["languages"]
        self._source, self._target = languages["source"], languages["target"]
        self._records = _records(dev, self._source, self._target, limit)
        self._rounds = rounds
        self._threads = threads
        self._original = original
        self._loaded: Translator | None = None

    def __call__(self, candidate: Candidate) -> Row:
        """Everything of one candidate."""
        translator = self._load(candidate)
        translations = [one.text for one in translator.translate([record.source for record in self._records])]
        references = [record.target for record in self._records]
        metrics = {name: METRICS.load(name)(target_language=self._target) for name in ("bleu", "chrf")}
        scores = {name: metric.score(translations, references) for name, metric in metrics.items()}
        words_per_second, speed_up = self._speed(candidate, translator)
        return Row(
            candidate.name,
            str(candidate.path),
            candidate.beam,
            candidate.steps,
            bundle_size(candidate.path),
            round(words_per_second, 1),
            round(speed_up, 3),
            scores["bleu"].value,
            scores["chrf"].value,
            {name: score.signature for name, score in scores.items()},
        )

    def _speed(self, candidate: Candidate, translator: "Translator") -> tuple[float, float]:
        """Words per second, and how many times as quick as the original."""
        if self._loaded is None:
            self._loaded = self._load(self._original)
        lines = [record.source for record in self._records[:_TIMED_LINES]]
        words = sum(count_words(line, self._source) for line in lines)
        speeds, ratios = [], []
        for _ in range(self._rounds):
            before, seconds = _timed(self._loaded, lines), _timed(translator, lines)
            speeds.append(words / seconds)
            ratios.append(before / seconds)
        is_itself = candidate == self._original
        return statistics.median(speeds), 1.0 if is_itself else statistics.median(ratios)

    def _load(self, candidate: Candidate) -> "Translator":
        from dragoman.translator.translator import Translator

        decoding: dict[str, Any] = {"method": "beam", "n_best": 1, "beam": candidate.beam}
        return Translator.load(candidate.path, device="cpu", threads=self._threads, **decoding)


def _timed(translator: "Translator", lines: Sequence[str]) -> float:
    begun = time.perf_counter()
    translator.translate(lines)
    return time.perf_counter() - begun


def _records(location: str, source: str, target: str, limit: int | None) -> list[Record]:
    corpus = open_corpus(location, source=source, target=target)
    records = list(corpus.require())[:limit]
    if not records:
        raise EmptyCorpusError(f"{location} holds no pair to measure on", hint="give pairs with --dev")
    for side, language in (("source", source), ("target", target)):
        census = LanguageCensus(language)
        for record in records:
            census.note(getattr(record, side))
        if warning := census.warning(f"the {side} side of {location}"):
            warn(warning)
    return records
