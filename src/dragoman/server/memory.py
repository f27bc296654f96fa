"""A translation memory as a translator: an exact match, or the text itself with a flag. Needs no model.

So the authors of clients can test against a service that starts in a blink and always says the same.
"""

from collections.abc import Hashable, Sequence
from pathlib import Path

from dragoman.base.errors import EmptyCorpusError
from dragoman.corpora.sources import open_corpus
from dragoman.server.speaker import Said, Segments, Wish
from dragoman.translator.documents import plan

UNTRANSLATED = "untranslated"


class MemorySpeaker:
    """One direction of a translation memory.

    Args:
        name: what to call it.
        source: BCP-47 code.
        target: BCP-47 code.
        pairs: source segment → its translations, the first one first.
    """

    checksum = ""
    lanes = 1
    obeys_terms = False

    def __init__(self, name: str, source: str, target: str, pairs: dict[str, list[str]]) -> None:
        self.name = name
        self.source_language = source
        self.target_language = target
        self._pairs = pairs

    def segments(self, text: str) -> Segments:
        """A whole text that is in the memory is one segment; else each of its lines is."""
        known = text.strip() in self._pairs
        document = plan(text, language=self.source_language, fits=lambda part: known or "\n" not in part)
        return Segments((text.strip(),), ("", "")) if known and len(document.segments) > 1 else Segments.of(document)

    def count(self, segment: str) -> int:
        """Its characters: a memory reads no other tokens."""
        return len(segment)

    def run(self, kind: Hashable, segments: Sequence[str]) -> list[Said]:
        """What the memory holds for each segment."""
        assert isinstance(kind, Wish)
        found = [self.recall(segment, alternatives=kind.alternatives) for segment in segments]
        return [said or Said((segment,), flags=(UNTRANSLATED,)) for segment, said in zip(segments, found, strict=True)]

    def recall(self, segment: str, *, alternatives: int = 0) -> Said | None:
        """What the memory holds for ``segment``, letter for letter; None if nothing."""
        texts = self._pairs.get(segment)
        return Said(tuple(texts[: alternatives + 1])) if texts else None


def open_memory(location: str, source: str, target: str) -> list[MemorySpeaker]:
    """Both directions of the memory at ``location`` (a TMX, TSV, JSONL file, or any other corpus).

    Raises:
        FileAccessError: there is no such file.
        EmptyCorpusError: it holds no pair of these languages.
    """
    there: dict[str, list[str]] = {}
    back: dict[str, list[str]] = {}
    for record in open_corpus(location, source=source, target=target):
        for pairs, key, value in ((there, record.source, record.target), (back, record.target, record.source)):
            known = pairs.setdefault(key.strip(), [])
            if value not in known:
                known.append(value)
    if not there:
        raise EmptyCorpusError(
            f"{location} holds no pair of {source} and {target}", hint="name the languages that it has: en-de:FILE"
        )
    name = Path(location).name
    return [MemorySpeaker(name, source, target, there), MemorySpeaker(name, target, source, back)]
