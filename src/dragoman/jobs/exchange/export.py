"""The verb export: a bundle in another form, checked against the model before it is put in its place."""

import importlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from dragoman.base.config import apply_settings, parse
from dragoman.base.errors import ConfigError, MissingExtraError
from dragoman.base.files import atomic_directory, explained, read_json, write_json
from dragoman.base.log import say
from dragoman.base.version import __version__
from dragoman.interop import EXPORTS
from dragoman.interop.engine_bundle import move_engine
from dragoman.interop.protocol import Export
from dragoman.interop.samples import sample_sentences
from dragoman.translator.bundle import load_bundle

RECORD = "export.json"
"""Written beside an export: what it was made of and what was compared. By it an earlier export is known."""


def export(
    model: Path, *, to: str, output: Path | None = None, settings: Sequence[str] = (), force: bool = False
) -> str:
    """Write the bundle ``model`` in the form ``to`` into the directory ``output``; what was compared, in words.

    Args:
        model: directory of a bundle.
        to: a name of the catalogue :data:`~dragoman.interop.EXPORTS`.
        output: the directory to make; nothing is there when the export fails. None adds an engine to ``model`` itself.
        settings: ``option=value``, the options of that form.
        force: replace an earlier export in ``output``.

    Raises:
        UnknownNameError: no such form.
        ConfigError: the form cannot hold this model, an option is wrong, something is in the way, or there is no
            output for a form that is no engine.
        MissingExtraError: a package is not installed.
        ExportError: what was written does not do what the model does.
    """
    kind: type[Export] = EXPORTS.load(to)
    if output is not None:
        refuse_what_is_there(output, force=force)
    elif not hasattr(kind, "engine"):
        raise ConfigError(f"where shall the {to} form of {model} go?", hint="add --output DIRECTORY")
    exporter = kind(parse(kind.config_type, apply_settings({}, settings), place=f"the options of {to}"))
    require(kind)
    bundle = load_bundle(model)
    if reason := exporter.refusal(bundle):
        raise ConfigError(
            f"{model} cannot be exported to {to}: {reason}",
            hint=f"another form may hold it: {', '.join(name for name in EXPORTS.names() if name != to)}",
        )
    samples = sample_sentences()
    if output is None:
        with explained("write", model), TemporaryDirectory(dir=model, prefix=f".{to}-") as draft:
            exporter.write(bundle, Path(draft))
            found = exporter.verify(bundle, Path(draft), samples)
            move_engine(Path(draft), to, into=model, bundle=bundle)
        say(f"{model} has the engine {to} now, compared with the model: {found}")
        return found
    with atomic_directory(output) as partial:
        exporter.write(bundle, partial)
        found = exporter.verify(bundle, partial, samples)
        write_json(partial / RECORD, _record(model, to, found))
    say(f"{output}: {to}, compared with the model: {found}")
    return found


def require(kind: type[Export]) -> None:
    """Complain of a package that is not installed.

    Raises:
        MissingExtraError: which extra brings it.
    """
    for package in kind.needs:
        try:
            importlib.import_module(package)
        except ModuleNotFoundError as error:
            raise MissingExtraError.of(package, extra=kind.extra) from error


def refuse_what_is_there(output: Path, *, force: bool) -> None:
    """Complain of anything in the way; with ``force``, of anything but an earlier export, which may be replaced.

    Raises:
        ConfigError: something is there.
    """
    with explained("look at", output):
        if not output.exists() or (output.is_dir() and not any(output.iterdir())):
            return
        is_export = (output / RECORD).is_file()
    if not force:
        raise ConfigError(f"{output} is already there", hint="add --force to replace it, or choose another name")
    if not is_export:
        raise ConfigError(
            f"{output} is no earlier export (it has no {RECORD}): --force does not replace it",
            hint="choose another name, or remove it yourself",
        )


def _record(model: Path, to: str, found: str) -> dict[str, object]:
    manifest = read_json(model / "manifest.json")
    return {
        "made_by": f"dragoman {__version__}",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "form": to,
        "model": model.name,
        "model_checksum": manifest["checksum"],
        "compared": found,
    }
