"""A user's own table of synonyms: one word in each row, then its synonyms. The user is believed.

``word TAB synonym, synonym TAB …``: columns are parted by tabs, several synonyms in one of them by commas. A broken row
is left out and told with its number. It knows rows, no sentences.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.augmentation.synonyms import Candidate, Site
from dragoman.base.errors import DataError
from dragoman.corpora.stream import open_bytes
from dragoman.text.normalize import collapse_spaces
from dragoman.text.words import is_word, split_words

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class SynonymTable:
    """Words and their synonyms.

    Attributes:
        synonyms: word in lower case → its synonyms as written, of all its rows.
        broken: row number → what is wrong with it.
        met: how often each word of the table was found in the text.
    """

    synonyms: dict[str, list[str]] = field(default_factory=dict)
    broken: dict[int, str] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)

    def __call__(self, sites: Sequence[Site]) -> list[Mapping[Candidate, float]]:
        """For each site its synonyms, all equally likely."""
        found: list[Mapping[Candidate, float]] = []
        for site in sites:
            word = site.word.casefold()
            others = self.synonyms.get(word, [])
            if others:
                self.met[word] += 1
            found.append({Candidate(other): 1.0 for other in others})
        return found

    def holds(self, word: str) -> bool:
        """Whether the table has synonyms for ``word``."""
        return word.casefold() in self.synonyms

    @property
    def unmet(self) -> list[str]:
        """Words of the table that no sentence had where they could be replaced."""
        return [word for word in self.synonyms if not self.met[word]]


def read_table(path: Path) -> SynonymTable:
    """The table in the file ``path``, UTF-8, perhaps compressed; empty lines are passed over.

    Raises:
        FileAccessError: no such file.
        DataError: not one good row.
    """
    with open_bytes(path) as file:
        table = parse_table(file)
    if not table.synonyms:
        first = next(iter(table.broken.items()), None)
        why = f"; line {first[0]}: {first[1]}" if first else " at all"
        raise DataError(f"{path} has no usable row{why}", hint="a row is a word, a tab, and its synonyms with commas")
    return table


def parse_table(rows: Iterable[bytes]) -> SynonymTable:
    """The table of ``rows``; broken ones are noted, not used."""
    table = SynonymTable()
    for number, raw in enumerate(rows, 1):
        row = raw.removeprefix(_BYTE_ORDER_MARK) if number == 1 else raw
        if not row.strip():
            continue
        try:
            word, synonyms = _row(row.decode("utf-8").rstrip("\r\n"))
        except UnicodeDecodeError as error:
            table.broken[number] = f"not UTF-8 (byte 0x{row[error.start]:02x})"
        except ValueError as error:
            table.broken[number] = str(error)
        else:
            known = table.synonyms.setdefault(word, [])
            known.extend(one for one in synonyms if one not in known)
    return table


def _row(text: str) -> tuple[str, list[str]]:
    """One row's word and its synonyms; the error says what is wrong."""
    word, *columns = (collapse_spaces(cell) for cell in text.split("\t"))
    if not columns:
        raise ValueError("one column, where a word and its synonyms belong (parted by a tab)")
    if not word:
        raise ValueError("the word is empty")
    if split_words(word) != [word] or not is_word(word):
        raise ValueError(f"{word!r} is not one word")
    synonyms = [synonym.strip() for column in columns for synonym in column.split(",")]
    if not all(synonyms):
        raise ValueError(f"an empty synonym of {word!r}")
    others = [synonym for synonym in synonyms if synonym.casefold() != word.casefold()]
    if not others:
        raise ValueError(f"{word!r} is its own only synonym")
    return word.casefold(), others
