"""The verb translate for a file with layout: unit by unit through a bundle, and the file again.

The same formats as the service has; the limits are wider, for the file is the user's own.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dragoman.base.errors import ConfigError
from dragoman.base.files import atomic_file, explained
from dragoman.base.log import progress, say
from dragoman.jobs.translate import Options, open_translator
from dragoman.jobs.translation.wishes import Wishes
from dragoman.text.markup.parts import Rendered, Unit
from dragoman.translator.files.opening import OpenDocument, open_document
from dragoman.translator.files.protocol import FileLimits
from dragoman.translator.robust.rescue import summary
from dragoman.translator.translator import Translator

OWN_FILES = FileLimits(
    max_file_bytes=500_000_000,
    max_file_characters=50_000_000,
    max_unpacked_bytes=2_000_000_000,
    max_part_bytes=200_000_000,
    max_file_entries=20_000,
)
"""Limits that keep only from damage: the file does not come from a stranger."""


def translate_document(model: Path, document: Path, output: Path, options: Options, *, force: bool = False) -> int:
    """Translate the file ``document`` into the file ``output``; the number of units.

    Args:
        model: directory of a bundle.
        document: a file of one of the formats of :mod:`dragoman.translator.files`.
        output: a file to make, of the same format.
        options: how to translate.
        force: replace ``output`` if it is there.

    Raises:
        ConfigError: options that say nothing of a document, or an output of another format.
        DocumentError: the file cannot be translated.
    """
    _check(document, output, options, force=force)
    with explained("read", document):
        opened = open_document(document.name, document.read_bytes(), OWN_FILES)
    translator = open_translator(model, options)
    wishes = Wishes.read(translator, prefix_file=None, terms=options.terms, avoid=options.avoid)
    said, notes = _said(translator, opened, wishes, options.batch_lines)
    data, kept = opened.render(said)
    with atomic_file(output) as partial, explained("write", output):
        partial.write_bytes(data)
    for line in (*summary(notes), *_remarks(opened, kept)):
        say(line)
    return len(said)


def _check(document: Path, output: Path, options: Options, *, force: bool) -> None:
    if options.n_best > 1 or options.prefix_file or options.alignments:
        raise ConfigError(
            "--n-best, --prefix-file and --alignments are for lines, not for --document", hint="leave them out"
        )
    if output.suffix.lower() != document.suffix.lower():
        raise ConfigError(
            f"{output} would have another format than {document}", hint=f"end its name with {document.suffix or '.txt'}"
        )
    if output.exists() and (not force or output.samefile(document)):
        raise ConfigError(f"{output} is already there", hint="add --force to replace it, or choose another name")


def _said(
    translator: Translator, opened: OpenDocument, wishes: Wishes, size: int
) -> tuple[list[Rendered], Counter[str]]:
    """The translation of every unit; words are aligned where tags are to be placed, if the engine can."""
    units = list(opened.units)
    aligner = _aligner(translator) if any(unit.marks for unit in units) else translator
    found: dict[int, Rendered] = {}
    notes: Counter[str] = Counter()
    plain = [number for number, unit in enumerate(units) if not unit.marks]
    marked = [number for number, unit in enumerate(units) if unit.marks]
    with progress() as display:
        bar = display.add_task("translating", total=len(units))
        for one, numbers in ((translator, plain), (aligner, marked)):
            for first in range(0, len(numbers), size):
                some = numbers[first : first + size]
                found |= dict(zip(some, _rendered(one, [units[number] for number in some], wishes, notes), strict=True))
                display.update(bar, completed=len(found))
    return [found[number] for number in range(len(units))], notes


def _aligner(translator: Translator) -> Translator:
    try:
        return translator.aligning()
    except ConfigError:
        say("this engine tells no alignments: formats and tags are placed by equal words and by their order")
        return translator


def _rendered(translator: Translator, units: Sequence[Unit], wishes: Wishes, notes: Counter[str]) -> list[Rendered]:
    translations = translator.translate([unit.plain for unit in units], **wishes.of(len(units)))
    for one in translations:
        notes.update(one.notes)
    return [Rendered(one.text, [(link.source, link.target) for link in one.alignment or ()]) for one in translations]


def _remarks(opened: OpenDocument, kept: int) -> list[str]:
    found = []
    if "tracked-changes" in opened.opened.notes:
        found.append("changes are tracked in the document: insertions are translated, deletions stay as they were")
    if kept:
        found.append(f"{kept:,} units were left as they came: their markup would be read otherwise")
    return found
