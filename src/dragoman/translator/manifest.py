"""The manifest: what a bundle says of itself, and the tokenizers it names. Needs no torch, and knows no weights.

A bundle is a directory (see :mod:`dragoman.translator.bundle`). Whoever reads it begins here: the manifest's version
and checksum, the checksums of all files, the task with its tokenizers. What translates, an engine, comes after.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from dragoman.base.errors import DamagedFileError, FileAccessError, VersionError
from dragoman.base.files import atomic_directory, checksum, explained, flush, read_json, write_json
from dragoman.base.version import __version__
from dragoman.tasks.protocol import Task
from dragoman.tasks.text import TextTask
from dragoman.tasks.translation import TranslationTask, known_tags
from dragoman.tokenizers import TOKENIZERS
from dragoman.tokenizers.protocol import Tokenizer

FORMAT = "dragoman-bundle"
VERSION = 1
COMPACT_VERSION = 2
"""Of a bundle whose weights are stored in fewer bits, or without their zeros: what reads version 1 cannot read it."""
MANIFEST = "manifest.json"
_OF_ITS_OWN = frozenset(("format", "version", "dragoman", "languages", "tokenizers", "checksums"))
"""What a manifest says by itself; all else is given to it."""
_NAMED_BY_CONTENT = re.compile(
    r"(weights|tokenizer|source_tokenizer|target_tokenizer|ctranslate2|onnx)-[0-9a-f]{12}\b.*"
)


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the bundle in ``path``, its version checked, its files not yet.

    Raises:
        FileAccessError: there is no bundle.
        VersionError: another version of dragoman wrote it.
        DamagedFileError: the manifest cannot be read, or was changed.
    """
    with explained("read", path):
        is_there = (path / MANIFEST).is_file()
    if not is_there:
        raise FileAccessError(
            f"{path} is not a bundle: there is no {MANIFEST} in it",
            hint="give the directory that 'dragoman train --output' wrote",
        )
    manifest = read_json(path / MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise DamagedFileError(f"{path / MANIFEST} is not the manifest of a bundle", hint="use another copy")
    if manifest.get("version") not in (VERSION, COMPACT_VERSION):
        raise VersionError(
            f"the bundle {path} has version {manifest.get('version')!r}; dragoman {__version__} "
            f"reads versions {VERSION} and {COMPACT_VERSION}",
            hint=f"it was written by dragoman {manifest.get('dragoman', '?')}: install that version or a newer one",
        )
    if manifest.pop("checksum", None) != _seal(manifest):
        raise DamagedFileError(
            f"the bundle {path} is damaged: {MANIFEST} fails its checksum",
            hint="the file was changed or half-copied; use another copy",
        )
    return manifest


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Inside, what is not as a bundle's manifest and files ought to be is told as damage to the one in ``path``.

    Raises:
        DamagedFileError: a value is missing or of the wrong kind, or a file of weights cannot be read.
    """
    try:
        yield
    except (KeyError, TypeError, SafetensorError) as error:
        raise DamagedFileError(f"the bundle {path} is damaged: {error!r}", hint="use another copy") from error


def check_files(path: Path, manifest: Mapping[str, Any]) -> None:
    """Complain of a file of the bundle in ``path`` that is missing, was changed, or lies outside of it.

    Raises:
        DamagedFileError: the first such file.
    """
    for name, expected in manifest["checksums"].items():
        file = path / name
        if not file.resolve().is_relative_to(path.resolve()):
            raise DamagedFileError(f"the bundle {path} names a file outside itself: {name}", hint="do not trust it")
        if not file.is_file():
            raise DamagedFileError(f"the bundle {path} is damaged: {name} is missing", hint="use another copy")
        if checksum(file) != expected:
            raise DamagedFileError(
                f"the bundle {path} is damaged: {name} fails its checksum",
                hint="the file was changed or half-copied; use another copy",
            )


def write_manifest(path: Path, values: Mapping[str, Any], *, task: Task, files: Iterable[Path] = ()) -> None:
    """Write the tokenizers and then, last of all, the manifest; what an earlier bundle left in ``path`` goes.

    Args:
        path: directory of the bundle, there already.
        values: what the manifest says beside languages, tokenizers and checksums.
        task: its tokenizers are written.
        files: what the engines read, in ``path`` already: files, or directories of files.

    Raises:
        FileAccessError: no permission, or a full disk; the bundle that stood there before is still whole.
    """
    tokenizers = {name: _save_tokenizer(tokenizer, name, path) for name, tokenizer in _tokenizers(task).items()}
    parts = [*files, *tokenizers.values()]
    every = [file for part in parts for file in ([part] if part.is_file() else sorted(part.iterdir()))]
    manifest = {
        "format": FORMAT,
        "version": COMPACT_VERSION if "storage" in values else VERSION,
        "dragoman": __version__,
        "languages": _languages(task),
        **values,
        "tokenizers": {name: directory.name for name, directory in tokenizers.items()},
        "checksums": {file.relative_to(path).as_posix(): checksum(file) for file in every},
    }
    with explained("write", path):
        flush(path)  # what the manifest names is on disk under its name before the manifest is
    write_json(path / MANIFEST, {**manifest, "checksum": _seal(manifest)})
    _tidy(path, set(parts))


def copy_bundle(path: Path, to: Path, *, changes: Mapping[str, Any]) -> None:
    """Copy what the bundle in ``path`` is made of, and nothing else that lies there, into the directory ``to``.

    Args:
        path: directory of a sound bundle.
        to: there already, and empty.
        changes: values for the manifest of the copy.

    Raises:
        DamagedFileError: a file of the bundle is missing or was changed.
        FileAccessError: no permission, or a full disk.
    """
    manifest = read_manifest(path)
    check_files(path, manifest)
    for name in manifest["checksums"]:
        with explained("write", to / name):
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path / name, to / name)
    changed = {**manifest, **changes}
    write_json(to / MANIFEST, {**changed, "checksum": _seal(changed)})


def add_engine(path: Path, name: str, draft: Path, facts: Mapping[str, Any], *, task: Task) -> None:
    """Give the bundle in ``path`` one engine more, or another one in the place of that name.

    Args:
        path: directory of the bundle.
        name: of the engine.
        draft: a directory of what the engine reads, beside the bundle's files; it is moved.
        facts: what the manifest shall say of it.
        task: of the bundle.

    Raises:
        FileAccessError: no permission, or a full disk; the bundle is as it was.
    """
    manifest = read_manifest(path)
    values = {key: value for key, value in manifest.items() if key not in _OF_ITS_OWN}
    directory = name_by_content(draft, path, name)
    values["engines"] = {**values.get("engines", {}), name: {"directory": directory.name, **facts}}
    files = [path / entry["directory"] for entry in values["engines"].values()]
    if values["weights"]:
        files.append(path / values["weights"])
    write_manifest(path, values, task=task, files=files)


def engines_of(manifest: Mapping[str, Any]) -> list[str]:
    """The names of the engines that can run a bundle: torch where it has weights, and those that were added."""
    return [*manifest.get("engines", {}), *(["torch"] if manifest["weights"] else [])]


def save_task(task: Task, path: Path) -> None:
    """Write the tokenizers into directories under ``path``, for :func:`load_task`."""
    for name, tokenizer in _tokenizers(task).items():
        with atomic_directory(path / name) as partial:
            tokenizer.save(partial)


def load_task(path: Path, recipe: Mapping[str, Any], names: Mapping[str, str] | None = None) -> Task:
    """The task whose tokenizers are in ``path``, as the recipe's plain values say.

    Args:
        path: where :func:`save_task` wrote them.
        recipe: with its sections ``task`` and ``tokenizer``.
        names: the directory of each tokenizer, where it is called otherwise.
    """
    tokenizer_type = TOKENIZERS.load(recipe["tokenizer"]["kind"])
    of_text = recipe["task"].get("kind") == "text"
    joint = of_text or recipe["task"]["joint_vocabulary"]
    parts = ["tokenizer"] if joint else ["source_tokenizer", "target_tokenizer"]
    tokenizers = [tokenizer_type.load(path / (names[part] if names else part)) for part in parts]
    if of_text:
        return TextTask(tuple(recipe["task"]["languages"]), tokenizers[0])
    languages = recipe["task"]["source"], recipe["task"]["target"]
    return TranslationTask(*languages, tokenizers[0], tokenizers[-1], known_tags(recipe))


def _seal(manifest: Mapping[str, Any]) -> str:
    """The checksum of a manifest's values, which it holds itself."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _languages(task: Task) -> dict[str, Any]:
    """What a manifest says of them: the direction of a translation, or those of text alone."""
    if isinstance(task, TranslationTask):
        return {"source": task.source_language, "target": task.target_language}
    return {"text": list(task.languages)}


def _tidy(path: Path, kept: set[Path]) -> None:
    """Delete what an earlier bundle in ``path`` left behind."""
    for old in path.iterdir():
        if old in kept or not _NAMED_BY_CONTENT.fullmatch(old.name):
            continue
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)


def _tokenizers(task: Task) -> dict[str, Tokenizer]:
    """Directory of each tokenizer."""
    if task.source_tokenizer is task.target_tokenizer:
        return {"tokenizer": task.source_tokenizer}
    return {"source_tokenizer": task.source_tokenizer, "target_tokenizer": task.target_tokenizer}


def _save_tokenizer(tokenizer: Tokenizer, name: str, path: Path) -> Path:
    """Write a tokenizer into a directory whose name holds the checksum of its files."""
    draft = path / f"{name}-draft"
    with atomic_directory(draft) as partial:
        tokenizer.save(partial)
    return name_by_content(draft, path, name)


def name_by_content(draft: Path, path: Path, name: str) -> Path:
    """Move the directory ``draft`` into ``path``, under ``name`` and the checksum of its files."""
    content = _content(draft)
    final = path / f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    with explained("write", final):
        if final.exists() and _content(final) == content:  # of an earlier save: leave it to those who read it
            shutil.rmtree(draft)
            return final
        shutil.rmtree(final, ignore_errors=True)
        draft.replace(final)
    return final


def _content(directory: Path) -> str:
    """Name and checksum of every file in ``directory``."""
    return "".join(f"{file.name} {checksum(file)}\n" for file in sorted(directory.iterdir()))
