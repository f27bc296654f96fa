"""The text that is to be translated: read in order, looked at before any work, with warnings where it looks wrong."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from dragoman.base.errors import ConfigError, EmptyCorpusError
from dragoman.base.files import checksum
from dragoman.base.log import say, warn
from dragoman.corpora.stream import STANDARD_STREAM, read_lines
from dragoman.text.language import identify, is_language

_JUDGED_LINES = 1000
_FEWEST_LETTERS = 20
_FOREIGN_SHARE = 0.2


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
        foreign: Counter[str] = Counter()
        judged = 0
        for line in self:
            lines += 1
            if not line.strip():
                empty += 1
            elif judged < _JUDGED_LINES and sum(map(str.isalpha, line)) >= _FEWEST_LETTERS:
                judged += 1
                if not is_language(line, language):
                    foreign[identify(line)[0]] += 1
        name = ", ".join(map(str, self.paths))
        if lines == empty:
            raise EmptyCorpusError(f"{name} holds no line with text ({lines:,} lines)", hint="check --text")
        say(f"{name}: {lines:,} lines" + (f", {empty:,} of them empty" if empty else ""))
        if judged and foreign.total() > _FOREIGN_SHARE * judged:
            guess, count = foreign.most_common(1)[0]
            warn(
                f"{foreign.total():,} of the first {judged:,} longer lines of {name} do not look like {language!r} "
                f"({count:,} look like {guess!r}); is it the right text?"
            )
        return lines
