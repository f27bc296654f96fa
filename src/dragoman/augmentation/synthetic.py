"""From text in one language to synthetic pairs: translate it, keep what is sound, lose nothing when killed.

Back-translation makes the source of a real target (Sennrich, Haddow & Birch 2016, "Improving Neural Machine
Translation Models with Monolingual Data"); forward translation, or self-training, makes the target of a real source
(Zhang & Zong 2016; He et al. 2020). It is one thing: a real side, a translation of it, and which of them is the source.

The work is cut into windows of many lines. In a window the lines are sorted by length and translated in chunks; each
finished chunk is written to a journal. When all of a window is translated its pairs are appended in the order of the
text, and one small file, replaced at once, says how far the work has come. A killed run reads both and goes on: files
are cut back to what that file knows, and what the journal holds is not translated again. The cuts depend on the text
alone, so a run that was killed a hundred times makes the same bytes as one that was not.

It does not know what translates, nor what becomes of the pairs.
"""

import itertools
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dragoman.augmentation.verdicts import Selection
from dragoman.base.errors import DamagedFileError, EmptyCorpusError
from dragoman.base.files import explained, flush, read_json, write_json

Translate = Callable[[Sequence[str]], Sequence[str]]
"""Texts → their translations, one for each."""
_SEPARATORS = dict.fromkeys((*range(0x0A, 0x0E), 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029), " ")
"""Whatever some reader takes for the end of a line: one pair is one line."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made of what.

    Attributes:
        real: language of the text.
        synthetic: language of the translations.
        window_lines: lines that are sorted and committed together.
        chunk_lines: lines translated together, and lost at most when the work is killed.
    """

    real: str
    synthetic: str
    window_lines: int = 8192
    chunk_lines: int = 256


@dataclass(slots=True)
class Progress:
    """How far the work has come.

    Attributes:
        lines: lines of the text done with.
        written: pairs written.
        dropped: lines of which no pair was made, by reason.
        sizes: bytes of each file that belong to these lines.
        is_finished: whether the whole text is done with.
    """

    lines: int = 0
    written: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    sizes: dict[str, int] = field(default_factory=dict)
    is_finished: bool = False

    def values(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "lines": self.lines,
            "written": self.written,
            "dropped": dict(self.dropped),
            "sizes": self.sizes,
            "is_finished": self.is_finished,
        }


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the window and what has become of it."""

    number: int
    text: str
    reason: str | None

    def dropped(self, reason: str, translation: str | None) -> str:
        """What is kept of it when no pair is made of it, as one line of JSON."""
        entry = {"reason": reason, "line": self.number, "text": self.text, "translation": translation}
        return json.dumps({name: value for name, value in entry.items() if value is not None}, ensure_ascii=False)


class Generation:
    """Makes the pairs of one text in a directory of its own.

    Args:
        directory: where the pairs go: ``STEM.LANGUAGE`` for both languages, ``dropped.jsonl``, ``progress.json``.
        stem: the name of the corpus.
        plan: languages and sizes.
        selection: what is dropped; fresh.
        noise: what is done to a translation that passed, last of all.
    """

    def __init__(
        self,
        directory: Path,
        *,
        stem: str,
        plan: Plan,
        selection: Selection,
        noise: Callable[[str], str] = lambda text: text,
    ) -> None:
        self._plan = plan
        self._selection = selection
        self._noise = noise
        self._directory = directory
        self._final = {language: directory / f"{stem}.{language}" for language in (plan.real, plan.synthetic)}
        self._files = {language: directory / f"{stem}.{language}.part" for language in self._final}
        self._files["dropped"] = directory / "dropped.jsonl"
        self._progress_file = directory / "progress.json"
        self._journal = directory / "journal.jsonl"
        self.stem = directory / stem
        self.progress = self._read_progress()

    def run(
        self, text: Iterable[str], translate: Translate, *, done: Callable[[int], None] = lambda lines: None
    ) -> Progress:
        """Go on to the end of ``text``.

        Args:
            text: every line, from the first on, whatever was done before.
            translate: makes the other side.
            done: told how many lines have been done since it was last called, those of earlier starts first.

        Raises:
            EmptyCorpusError: not one pair came of it.
            FileAccessError: a full disk, no permission; what is committed stays.
        """
        if self.progress.is_finished:
            self._seal()
            return self.progress
        self._cut_back()
        lines = iter(text)
        for line in itertools.islice(lines, self.progress.lines):
            self._selection.before(line)  # remembers it
        done(self.progress.lines)
        while window := list(itertools.islice(lines, self._plan.window_lines)):
            self._commit(*self._translated(window, translate, done))
        self._finish()
        return self.progress

    def _translated(
        self, window: Sequence[str], translate: Translate, done: Callable[[int], None]
    ) -> tuple[list[_Line], dict[int, str]]:
        """Every line of a window with its verdict, and the translations of those that are to be translated."""
        first = self.progress.lines + 1
        lines = [_Line(number, line, self._selection.before(line)) for number, line in enumerate(window, first)]
        wanted = sorted(
            (line for line in lines if line.reason is None), key=lambda line: (-len(line.text), line.number)
        )
        done(len(lines) - len(wanted))
        journal = self._read_journal()
        translations: dict[int, str] = {}
        for start in range(0, len(wanted), self._plan.chunk_lines):
            chunk = wanted[start : start + self._plan.chunk_lines]
            made = journal.get(chunk[0].number)
            if made is None or len(made) != len(chunk):
                made = [_one_line(text) for text in translate([line.text for line in chunk])]
                self._note(chunk[0].number, made)
            translations.update(zip((line.number for line in chunk), made, strict=True))
            done(len(chunk))
        return lines, translations

    def _note(self, number: int, made: Sequence[str]) -> None:
        """Write a finished chunk to the journal; whoever kills the process now loses nothing of it."""
        entry = {"window": self.progress.lines, "first": number, "translations": list(made)}
        with explained("write", self._journal), self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _read_journal(self) -> dict[int, list[str]]:
        """The finished chunks of this window, by their first line; of a half-written one, nothing."""
        found: dict[int, list[str]] = {}
        if not self._journal.exists():
            return found
        with explained("read", self._journal):
            raw = self._journal.read_bytes()
        whole = raw[: raw.rfind(b"\n") + 1]
        with explained("write", self._journal):
            os.truncate(self._journal, len(whole))  # so that the next entry starts on a line of its own
        for line in whole.splitlines():
            entry = _entry(line)
            if entry.get("window") == self.progress.lines:
                found[entry["first"]] = entry["translations"]
        return found

    def _commit(self, lines: Sequence[_Line], translations: dict[int, str]) -> None:
        """Append the window's pairs in the order of the text, then say that it is done with."""
        progress = self.progress
        with explained("write", self._directory):
            with ExitStack() as held:
                files = {
                    name: held.enter_context(path.open("a", encoding="utf-8", newline="\n"))
                    for name, path in self._files.items()
                }
                for line in lines:
                    translation = translations.get(line.number)
                    reason = line.reason or self._selection.after(line.text, translation or "")
                    if reason is None:
                        files[self._plan.real].write(_one_line(line.text) + "\n")
                        files[self._plan.synthetic].write(self._noise(translation or "") + "\n")
                        progress.written += 1
                    else:
                        files["dropped"].write(line.dropped(reason, translation) + "\n")
                        progress.dropped[reason] += 1
            for path in self._files.values():
                flush(path)
        progress.lines += len(lines)
        self._keep_progress()
        self._journal.unlink(missing_ok=True)

    def _keep_progress(self) -> None:
        self.progress.sizes = {name: path.stat().st_size for name, path in self._files.items()}
        write_json(self._progress_file, self.progress.values())

    def _read_progress(self) -> Progress:
        if not self._progress_file.exists():
            return Progress()
        values = read_json(self._progress_file)
        try:
            return Progress(**{**values, "dropped": Counter(values["dropped"])})
        except (KeyError, TypeError) as error:
            raise DamagedFileError(
                f"{self._progress_file} does not say how far the work has come", hint="delete its directory"
            ) from error

    def _cut_back(self) -> None:
        """Make every file what the progress knows of: what a killed process wrote after it is not counted."""
        with explained("write", self._directory):
            self._directory.mkdir(parents=True, exist_ok=True)
            for name, path in self._files.items():
                path.touch()
                known, there = self.progress.sizes.get(name, 0), path.stat().st_size
                if there < known:
                    raise DamagedFileError(
                        f"{path} has {there:,} bytes, but {known:,} were written",
                        hint=f"it was cut or changed: delete {self._directory} to make the pairs again",
                    )
                os.truncate(path, known)

    def _finish(self) -> None:
        """Say that all is done, then give the files their names."""
        if not self.progress.written:
            reasons = ", ".join(f"{count:,} × {reason}" for reason, count in self.progress.dropped.most_common())
            raise EmptyCorpusError(
                f"not one pair came of the {self.progress.lines:,} lines ({reasons or 'there was no line'})",
                hint=f"see {self._files['dropped']}; is this text in the language {self._plan.real!r}?",
            )
        self.progress.is_finished = True
        self._keep_progress()
        self._seal()

    def _seal(self) -> None:
        """Name the files of a finished corpus; a killed process may have named some already."""
        with explained("write", self._directory):
            for language, final in self._final.items():
                if self._files[language].exists():
                    self._files[language].replace(final)
            self._journal.unlink(missing_ok=True)
            flush(self._directory)


def _one_line(text: str) -> str:
    return text.translate(_SEPARATORS).strip().lstrip("\ufeff")


def _entry(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
