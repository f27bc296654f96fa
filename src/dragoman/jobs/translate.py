"""The verb translate: a stream of lines through a bundle, one line in, one line out."""

import collections
import io
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO, cast

from dragoman.base.config import apply_settings
from dragoman.base.errors import ConfigError
from dragoman.base.files import explained
from dragoman.base.log import progress, say
from dragoman.corpora.stream import STANDARD_STREAM, decode_lines, read_lines, write_text
from dragoman.jobs.translation.wishes import Wishes, alignment_file
from dragoman.translator.robust.rescue import summary
from dragoman.translator.translator import Translation, Translator

if TYPE_CHECKING:
    from io import BufferedReader

_READ_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Options:
    """How to translate; None leaves it to the bundle."""

    beam: int | None = None
    n_best: int = 1
    no_repeated_ngram: int = 0
    batch_lines: int = 256
    engine: str = "auto"
    device: str = "auto"
    threads: int | None = None
    tag: str = ""
    protect: bool = True
    method: str | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    seed: int | None = None
    settings: tuple[str, ...] = ()
    prefix_file: Path | None = None
    terms: Path | None = None
    avoid: Path | None = None
    alignments: Path | None = None

    def decoding(self) -> dict[str, Any]:
        """The decoding fields to change."""
        chosen: dict[str, Any] = {"n_best": self.n_best}
        if self.n_best > 1 and self.beam is None and self.method != "sampling":
            chosen["beam"] = max(5, self.n_best)
        if self.beam is not None:
            chosen["beam"] = self.beam
        if self.no_repeated_ngram:
            chosen["no_repeated_ngram"] = self.no_repeated_ngram
        sampling = {name: getattr(self, name) for name in ("method", "temperature", "top_k", "top_p", "seed")}
        chosen |= {name: value for name, value in sampling.items() if value is not None}
        chosen |= apply_settings({"decoding": {}}, [f"decoding.{setting}" for setting in self.settings])["decoding"]
        return chosen | ({"alignments": True} if self.alignments else {})


def translate_lines(
    model: Path, text: str | Path, *, output: Path | None = None, options: Options | None = None, force: bool = False
) -> int:
    """Translate ``text`` line by line; the number of lines.

    With ``n_best`` above 1 each translation is a line ``number TAB score TAB text``. Alignments go to a file of their
    own: as JSON lines with the words where its name ends in ``.jsonl``, else one line of ``source-target`` word numbers
    for each line of text.

    Args:
        model: directory of a bundle.
        text: a file (plain, .gz or .zst), or ``-`` for standard input.
        output: a file to make, or None for standard output.
        options: how to translate.
        force: replace ``output`` if it is there.
    """
    options = options or Options()
    if options.n_best > (options.beam or options.n_best):
        raise ConfigError(
            f"--n-best {options.n_best} is more than --beam {options.beam}", hint="raise --beam to at least --n-best"
        )
    for made in (output, options.alignments):
        if made is not None and made.exists() and not force:
            raise ConfigError(f"{made} is already there", hint="add --force to replace it, or choose another name")
    if str(text) != STANDARD_STREAM:
        collections.deque(islice(read_lines(text), 1), maxlen=0)  # a missing file is told before the model is loaded
    translator = open_translator(model, options)
    wishes = Wishes.read(translator, prefix_file=options.prefix_file, terms=options.terms, avoid=options.avoid)
    count = 0
    notes: Counter[str] = Counter()
    with _destination(output) as stream, alignment_file(options.alignments) as align, progress() as display:
        bar = display.add_task("translating", total=None)
        for batch in _batches(text, options.batch_lines):
            translations = translator.translate(batch, **wishes.of(len(batch)))
            with explained("write", output or "standard output"):
                for line, translation in zip(batch, translations, strict=True):
                    count += 1
                    notes.update(translation.notes)
                    _write(stream, count, translation, options.n_best)
                    align(line, translation)
                stream.flush()
            display.update(bar, completed=count)
        wishes.finish()
    for line in summary(notes):
        say(line)
    return count


def open_translator(model: Path, options: Options) -> Translator:
    """The bundle in ``model``, ready to translate as ``options`` say."""
    return Translator.load(
        model,
        engine=options.engine,
        device=options.device,
        threads=options.threads,
        tag=options.tag,
        protect=options.protect,
        **options.decoding(),
    )


def _batches(text: str | Path, size: int) -> Iterator[list[str]]:
    """The lines of ``text``, up to ``size`` together; of standard input, only those that have come.

    So a line that someone types is answered at once, and a long text that comes through a pipe is
    translated many lines at a time.
    """
    if str(text) == STANDARD_STREAM:
        arriving = _ArrivingLines(sys.stdin.buffer)
        lines, are_waiting = decode_lines(arriving, "standard input"), arriving.are_waiting
    else:
        lines, are_waiting = read_lines(text), lambda: True
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size or not are_waiting():
            yield batch
            batch = []
    if batch:
        yield batch


class _ArrivingLines:
    """The lines of a stream, each with its ending, taken as they come."""

    def __init__(self, binary: BinaryIO) -> None:
        self._read = cast("BufferedReader", binary).read1
        self._ready: collections.deque[bytes] = collections.deque()

    def __iter__(self) -> Iterator[bytes]:
        beginning = io.BytesIO()  # of a line whose end has not come yet
        while arrived := self._read(_READ_BYTES):  # waits for a first byte, then takes what there is
            *whole, rest = arrived.split(b"\n")
            for line in whole:
                self._ready.append(beginning.getvalue() + line + b"\n")
                beginning = io.BytesIO()
            beginning.write(rest)
            while self._ready:
                yield self._ready.popleft()
        if last := beginning.getvalue():
            yield last

    def are_waiting(self) -> bool:
        """Whether a whole line has come that was not taken yet."""
        return bool(self._ready)


def _write(stream: TextIO, number: int, translation: Translation, n_best: int) -> None:
    if n_best == 1:
        stream.write(translation.text + "\n")
        return
    for text, score in translation.alternatives:
        stream.write(f"{number}\t{score:.4f}\t{text}\n")


@contextmanager
def _destination(output: Path | None) -> Iterator[TextIO]:
    """The output file, whole or not there; or standard output."""
    if output is not None:
        with write_text(output) as stream:
            yield stream
        return
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    yield sys.stdout
