"""JSON lines: one object per line. Holds any text, line breaks and notes included.

Three shapes are read, and may be mixed: ``{"en": "…", "de": "…"}``, ``{"source": "…", "target": "…"}``
and ``{"translation": {"en": "…", "de": "…"}}``. The first is written: it says its own direction.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from dragoman.base.errors import CorpusFormatError, EmptyCorpusError
from dragoman.corpora.formats.protocol import Location, ReadReport
from dragoman.corpora.records import Record
from dragoman.corpora.stream import read_lines, write_text


class JsonlFormat:
    """One JSON object per pair; a ``notes`` object of strings is kept."""

    files_per_corpus: ClassVar[int] = 1

    def read(self, paths: Sequence[Location], *, source: str, target: str, report: ReadReport) -> Iterator[Record]:
        """The pairs; an object without one of the sides (or with ``null``) is skipped and counted.

        Raises:
            CorpusFormatError: a line that is not a JSON object, or a side that is not a string.
            EmptyCorpusError: no object had both sides; the message lists the keys there were.
        """
        keys_met: dict[str, None] = {}
        found = 0
        for number, line in enumerate(read_lines(paths[0]), 1):
            if not line.strip():
                report.skipped["empty line"] += 1
                continue
            place = f"{paths[0]}, line {number}"
            entry = _entry(line, place)
            names = _names(entry, source, target)
            sides = [_side(entry, name, place) for name in names]
            if sides[0] is None or sides[1] is None:
                missing = [name for name, side in zip(names, sides, strict=True) if side is None]
                report.skipped[f"no {' and no '.join(missing)} text"] += 1
                keys_met.update(dict.fromkeys(entry))
                continue
            if len(entry) > 2 + ("notes" in entry):
                report.remarks["objects with further keys, which were left out"] += 1
            found += 1
            yield Record(sides[0], sides[1], number, _notes(entry, place))
        if keys_met and not found:
            raise EmptyCorpusError(
                f"{paths[0]} has no object with {source!r} and {target!r} (or 'source' and 'target'); "
                f"the keys in it are: {', '.join(map(repr, keys_met))}",
                hint="choose --source and --target among them",
            )

    def write(self, records: Iterable[Record], paths: Sequence[Location], *, source: str, target: str) -> int:
        """Write the file, with the language codes as keys."""
        names = (source, target) if source != target else ("source", "target")
        count = 0
        with write_text(paths[0]) as text:
            for record in records:
                count += 1
                entry: dict[str, Any] = {names[0]: record.source, names[1]: record.target}
                if record.notes:
                    entry["notes"] = dict(record.notes)
                text.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return count


def _entry(line: str, place: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
        if "\\u" in line:
            json.dumps(entry, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise CorpusFormatError(
            f"{place}: half of a surrogate pair ({error.object[error.start]!r}), which is no character",
            hint="an emoji or rare character was cut in two; mend or remove the line",
        ) from error
    except (ValueError, RecursionError) as error:
        raise CorpusFormatError(
            f"{place}: not valid JSON: {error}", hint="each line must hold one whole JSON object"
        ) from error
    if not isinstance(entry, dict):
        raise CorpusFormatError(
            f"{place}: a JSON {type(entry).__name__}, not an object",
            hint='write each pair as {"en": "…", "de": "…"} or {"source": "…", "target": "…"}',
        )
    inner = entry.get("translation")
    return inner if isinstance(inner, dict) else entry


def _names(entry: dict[str, Any], source: str, target: str) -> tuple[str, str]:
    if source != target and (source in entry or target in entry):
        return source, target
    return ("source", "target") if "source" in entry or "target" in entry else (source, target)


def _side(entry: dict[str, Any], name: str, place: str) -> str | None:
    value = entry.get(name)
    if value is None or isinstance(value, str):
        return value
    raise CorpusFormatError(
        f"{place}: the value of {name!r} is a {type(value).__name__}, not a string", hint="put the text in quotes"
    )


def _notes(entry: dict[str, Any], place: str) -> dict[str, str]:
    notes = entry.get("notes")
    if notes is None:
        return {}
    if isinstance(notes, dict) and all(isinstance(value, str) for value in notes.values()):
        return notes
    raise CorpusFormatError(f"{place}: 'notes' must be an object of strings", hint="rename the key, or mend its value")
