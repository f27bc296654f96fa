"""Files beside a text to translate: beginnings, terms, words to avoid, and the alignments that come out.

Everything is read and checked before the first line is translated, but for the beginnings, which come line by line.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError, DataError
from dragoman.base.files import explained
from dragoman.corpora.stream import read_lines, write_text
from dragoman.text.words import word_spans
from dragoman.translator.translator import Translation, Translator


@dataclass(slots=True)
class Wishes:
    """What is wished of the translations.

    Attributes:
        terms: source term → target term.
        avoid: what is never said.
        prefixes: how each line's translation begins; None for no wish.
        place: the file of the beginnings.
    """

    terms: dict[str, str] = field(default_factory=dict)
    avoid: tuple[str, ...] = ()
    prefixes: Iterator[str] | None = None
    place: Path | None = None

    @classmethod
    def read(
        cls, translator: Translator, *, prefix_file: Path | None, terms: Path | None, avoid: Path | None
    ) -> "Wishes":
        """Read the files.

        Raises:
            FileAccessError: one is not there.
            DataError: a line that is no term, two translations of one term, or a term that cannot be written.
        """
        prefixes = read_lines(prefix_file) if prefix_file else None
        if prefix_file:
            for _ in islice(read_lines(prefix_file), 1):  # a missing file is told at once
                pass
        words = tuple(line.strip() for line in read_lines(avoid) if line.strip()) if avoid else ()
        return cls(_read_terms(terms, translator) if terms else {}, words, prefixes, prefix_file)

    def of(self, lines: int) -> dict[str, Any]:
        """The arguments of :meth:`~dragoman.translator.translator.Translator.translate` for so many further lines.

        Raises:
            DataError: there are fewer beginnings than lines.
        """
        chosen: dict[str, Any] = {"terms": self.terms, "avoid": self.avoid}
        if self.prefixes is not None:
            chosen["prefixes"] = list(islice(self.prefixes, lines))
            if len(chosen["prefixes"]) < lines:
                raise DataError(
                    f"{self.place} has fewer lines than the text", hint="give a line, perhaps empty, for each line"
                )
        return chosen

    def finish(self) -> None:
        """Complain of beginnings without a line.

        Raises:
            DataError: there are some left.
        """
        if self.prefixes is not None and next(self.prefixes, None) is not None:
            raise DataError(f"{self.place} has more lines than the text", hint="give a line for each line of the text")


def _read_terms(path: Path, translator: Translator) -> dict[str, str]:
    terms: dict[str, str] = {}
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) != 2 or not all(columns):
            raise DataError(
                f"{path}, line {number}: {line[:60]!r} is not a term and its translation",
                hint="write the source term, a tab, and the target term",
            )
        source, target = columns
        if terms.setdefault(source, target) != target:
            raise DataError(
                f"{path}, line {number}: {source!r} is {target!r} here, but {terms[source]!r} above",
                hint="keep one of the two",
            )
        try:
            translator.check_term(target)
        except DataError as error:
            raise DataError(f"{path}, line {number}: {error.message}", hint=error.hint) from error
    if not terms:
        raise ConfigError(f"{path} holds no terms", hint="write a source term, a tab and a target term on each line")
    return terms


@contextmanager
def alignment_file(path: Path | None) -> Iterator[Callable[[str, Translation], None]]:
    """Inside, a function that writes the alignment of a line and its translation; without a path it does nothing."""
    if path is None:
        yield lambda text, translation: None
        return
    row = _json_row if path.suffix == ".jsonl" else _pharaoh_row
    with write_text(path) as stream:

        def write(text: str, translation: Translation) -> None:
            with explained("write", path):
                stream.write(row(text, translation) + "\n")

        yield write


def _pharaoh_row(text: str, translation: Translation) -> str:
    return " ".join(f"{source}-{target}" for source, target in sorted(_numbered(text, translation)))


def _json_row(text: str, translation: Translation) -> str:
    sides = {
        name: [side[start:end] for start, end in word_spans(side)]
        for name, side in (("source", text), ("target", translation.text))
    }
    return json.dumps({**sides, "links": sorted(_numbered(text, translation))}, ensure_ascii=False)


def _numbered(text: str, translation: Translation) -> set[tuple[int, int]]:
    """The links by the numbers of the words in both texts."""
    source = {span[0]: number for number, span in enumerate(word_spans(text))}
    target = {span[0]: number for number, span in enumerate(word_spans(translation.text))}
    return {
        (source[link.source[0]], target[link.target[0]])
        for link in translation.alignment or ()
        if link.source[0] in source and link.target[0] in target
    }
