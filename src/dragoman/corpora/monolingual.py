"""Plain text of one language: a line is a record whose two sides are the same text.

It takes the same way through cleaning, holding out and spooling as parallel text does. Only at its end are the borders
between a line's sentences marked in its source, for those who want to change their order. It does not know what is
learnt from the text.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from dragoman.base.errors import FileAccessError
from dragoman.corpora.formats.protocol import ReadReport
from dragoman.corpora.records import Record
from dragoman.corpora.sources import PHRASEBOOK, Corpus, open_corpus
from dragoman.corpora.stream import COMPRESSIONS, read_lines
from dragoman.text.sentences import split_sentences

SENTENCE_BORDER = "\n"
"""What stands between the sentences of a record's source once they are marked; no line of text holds it."""
_EMPTY = "empty line"


class TextCorpus(Corpus):
    """Plain text of one language that can be gone through many times."""

    _holds, _advice = "text", "give a file with one text on each line"


def language_of(location: str, languages: Iterable[str]) -> str | None:
    """The language that a location ends in (``news.de.gz``), or None."""
    place = location
    for compression in COMPRESSIONS:
        place = place.removesuffix(compression)
    return next((language for language in languages if place.endswith(f".{language}")), None)


def files_of(location: str, languages: tuple[str, ...]) -> list[str]:
    """The location of each language that ``location`` means: itself, or with several languages its files as a stem."""
    if len(languages) == 1 or language_of(location, languages) is not None:
        return [location]
    for compression in COMPRESSIONS:
        if location.endswith(compression):
            stem = location.removesuffix(compression)
            return [f"{stem}.{language}{compression}" for language in languages]
    return [f"{location}.{language}" for language in languages]


def open_text(location: str, *, language: str) -> TextCorpus:
    """The text at ``location``; its file is looked for now and read when it is gone through.

    Args:
        location: a file, a stem (``mono`` for mono.en), either perhaps compressed, or ``phrasebook:train.en``.
        language: of the text.

    Raises:
        FileAccessError: no such file.
    """
    if location.startswith(f"{PHRASEBOOK}:"):
        return _phrasebook(location, language)
    path = _find(location, language)

    def read(report: ReadReport) -> Iterator[Record]:
        for number, line in enumerate(read_lines(path), 1):
            if line.strip():
                yield Record(line, line, number)
            else:
                report.skipped[_EMPTY] += 1

    return TextCorpus(location, [path], read, source=language, target=language)


def mark_sentences(records: Iterable[Record], *, language: str) -> Iterator[Record]:
    """The records with a line break at each border between the sentences of their source."""
    for record in records:
        text = record.target.replace(SENTENCE_BORDER, " ")
        yield Record(SENTENCE_BORDER.join(split_sentences(text, language=language)), text, record.line, record.notes)


def _find(location: str, language: str) -> Path:
    """The file that is meant: the one of this very name, or of this name with the language and perhaps compressed."""
    exact = Path(location)
    candidates = [exact, *(Path(f"{location}{suffix}") for suffix in COMPRESSIONS)]
    if language_of(location, [language]) is None:
        candidates += [Path(f"{location}.{language}{suffix}") for suffix in ("", *COMPRESSIONS)]
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        tried = ", ".join(str(path) for path in candidates)
        raise FileAccessError(
            f"there is no text at {location}: none of {tried} is a file",
            hint="give plain text files whose names end in their language, such as mono.en, or the stem 'mono'",
        )
    return found


def _phrasebook(location: str, language: str) -> TextCorpus:
    """One side of the embedded corpus."""
    part = location.removesuffix(f".{language}")
    is_english = language.partition("-")[0].lower() == "en"
    pairs = open_corpus(part, source=language, target="de" if is_english else "en")

    def read(report: ReadReport) -> Iterator[Record]:
        for record in pairs:
            yield Record(record.source, record.source, record.line)

    return TextCorpus(location, [], read, source=language, target=language)
