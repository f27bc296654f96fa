"""The text that is to be translated: read in order, looked at before any work, with warnings where it looks wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from dragoman.base.errors import ConfigError, EmptyCorpusError
from dragoman.base.files import checksum
from dragoman.base.log import say, warn
from dragoman.corpora.stream import STANDARD_STREAM, read_lines
from dragoman.text.language import LanguageCensus


@dataclass(frozen=True, slots=True)
class Text:
    """Files in one language, one after the other.

    Attributes:
        paths: plain, ``.gz`` or ``.zst``.
        max_lines: take no more lines.
    """

    paths: Sequence[Path]
    max_lines: int | None = None

    def __iter__(self) -> Iterator[str]:
        return islice((line for path in self.paths for line in read_lines(path)), self.max_lines)

    def checksums(self) -> dict[str, str]:
        """File → SHA-256."""
        for path in self.paths:
            if str(path) == STANDARD_STREAM:
                raise ConfigError(
                    "the text cannot come from standard input: a job that is started again reads it again",
                    hint="save it to a file",
                )
        return {str(path): checksum(path) for path in self.paths}

    def survey(self, language: str) -> int:
        """Go through the text once: how many lines it has; says what was seen, and warns of another language.

        Raises:
            EmptyCorpusError: there is no line with text.
        """
        lines = empty = 0
        census = LanguageCensus(language)
        for line in self:
            lines += 1
            empty += not line.strip()
            census.note(line)
        name = ", ".join(map(str, self.paths))
        if lines == empty:
            raise EmptyCorpusError(f"{name} holds no line with text ({lines:,} lines)", hint="check --text")
        say(f"{name}: {lines:,} lines" + (f", {empty:,} of them empty" if empty else ""))
        if warning := census.warning(name):
            warn(warning)
        return lines
