"""What the teacher is to translate: the source side of the data, and for each source the references it stands with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.base.files import atomic_file
from dragoman.corpora.sources import open_corpus
from dragoman.jobs.synthesis.generating import Choose
from dragoman.metrics import METRICS
from dragoman.metrics.protocol import Metric


@dataclass(frozen=True, slots=True)
class Data:
    """Pairs, opened for a direction.

    Attributes:
        locations: where they are.
        languages: source and target.
    """

    locations: Sequence[str]
    languages: tuple[str, str]

    def checksums(self) -> dict[str, str]:
        """File → SHA-256."""
        found: dict[str, str] = {}
        for location in self.locations:
            found |= open_corpus(location, source=self.languages[0], target=self.languages[1]).checksums()
        return found

    def write_sources(self, path: Path) -> int:
        """Write every different source once, one on each line, and leave it at that if that was done before.

        Returns:
            How many lines the file has.

        Raises:
            DataError: there is no pair, or the text cannot be read.
            FileAccessError: a full disk, or a file that is not there.
        """
        if not path.exists():
            distinct = dict.fromkeys(" ".join(source.split()) for source, _ in self._pairs())
            with atomic_file(path) as partial:
                partial.write_text("".join(f"{source}\n" for source in distinct if source), encoding="utf-8")
        with path.open("rb") as file:
            return sum(1 for _ in file)

    def references(self) -> dict[str, list[str]]:
        """The targets of every source, under the line that :meth:`write_sources` writes of it."""
        found: dict[str, list[str]] = {}
        for source, target in self._pairs():
            found.setdefault(" ".join(source.split()), []).append(target)
        return found

    def _pairs(self) -> list[tuple[str, str]]:
        source, target = self.languages
        corpora = (open_corpus(location, source=source, target=target) for location in self.locations)
        return [(record.source, record.target) for corpus in corpora for record in corpus.require()]


def nearest_to(references: Mapping[str, Sequence[str]], *, language: str) -> Choose:
    """Takes the translation that is most like a reference of its text: sequence-level interpolation.

    The student then learns what its teacher finds likely and what people wrote at once (Kim & Rush 2016, section 3.3;
    likeness is sentence BLEU, as there). Of a text without a reference the likeliest translation is taken.
    """
    metric: Metric = METRICS.load("bleu")(target_language=language)

    def choose(text: str, translations: Sequence[str]) -> str:
        known = references.get(" ".join(text.split()), [])
        rows = [
            metric.sentence_scores([translation] * len(known), known) if known else [0.0]
            for translation in translations
        ]
        best = max(range(len(rows)), key=lambda place: (max(rows[place]), -place))
        return translations[best]

    return choose
