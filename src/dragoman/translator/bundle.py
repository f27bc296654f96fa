"""The bundle: one directory that holds a trained model and all it needs to translate.

::

    manifest.json                what it is, made of what, how well it does; checksums of all files
    weights-0123456789ab.safetensors
    tokenizer-0123456789ab/      or source_tokenizer-… and target_tokenizer-…

The manifest is written last and names the weights and tokenizers by their checksums, so a bundle is
always whole: the old one until the new manifest is there. Nothing in it is executable. A bundle
serves; to go on training, a run keeps checkpoints, which are another thing.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from dragoman.base.config import parse
from dragoman.base.errors import DamagedFileError, FileAccessError, VersionError
from dragoman.base.files import atomic_directory, atomic_file, checksum, explained, flush, read_json, write_json
from dragoman.base.version import __version__
from dragoman.models import MODELS
from dragoman.models.protocol import Seq2Seq
from dragoman.tasks.protocol import Task
from dragoman.tasks.text import TextTask
from dragoman.tasks.translation import TranslationTask, known_tags
from dragoman.tokenizers import TOKENIZERS
from dragoman.tokenizers.protocol import Tokenizer

FORMAT = "dragoman-bundle"
VERSION = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A trained model and what is known of it.

    Attributes:
        task: languages and tokenizers; a :class:`~dragoman.tasks.text.TextTask` of a model that was only pre-trained.
        model: with its weights in place.
        recipe: the resolved recipe, section by section; ``decoding`` in it is the default way to decode.
        data: file → SHA-256 of what it was trained on.
        scores: metric → value and signature, and what they were measured on.
        history: operations made on the model after training, in order.
    """

    task: Task
    model: Seq2Seq
    recipe: Mapping[str, Any]
    data: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[str, ...] = ()


def save_bundle(bundle: Bundle, path: Path) -> None:
    """Write ``bundle`` into the directory ``path``; a bundle already there is replaced at the last moment.

    Raises:
        FileAccessError: no permission, or a full disk; what stood there before is still whole.
    """
    with explained("create", path):
        path.mkdir(parents=True, exist_ok=True)
    weights = _save_weights(dict(bundle.model.named_parameters()), path)
    tokenizers = {name: _save_tokenizer(tokenizer, name, path) for name, tokenizer in _tokenizers(bundle.task).items()}
    files = [weights, *(file for directory in tokenizers.values() for file in sorted(directory.iterdir()))]
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "dragoman": __version__,
        "languages": _languages(bundle.task),
        "parameters": sum(parameter.numel() for parameter in bundle.model.parameters()),
        "recipe": dict(bundle.recipe),
        "data": dict(bundle.data),
        "scores": dict(bundle.scores),
        "history": list(bundle.history),
        "weights": weights.name,
        "tokenizers": {name: directory.name for name, directory in tokenizers.items()},
        "checksums": {file.relative_to(path).as_posix(): checksum(file) for file in files},
    }
    with explained("write", path):
        flush(path)  # what the manifest names is on disk under its name before the manifest is
    write_json(path / MANIFEST, {**manifest, "checksum": _seal(manifest)})
    _tidy(path, {weights, *tokenizers.values()})


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
    if manifest.get("version") != VERSION:
        raise VersionError(
            f"the bundle {path} has version {manifest.get('version')!r}; dragoman {__version__} "
            f"reads version {VERSION}",
            hint=f"it was written by dragoman {manifest.get('dragoman', '?')}: install that version or a newer one",
        )
    if manifest.pop("checksum", None) != _seal(manifest):
        raise DamagedFileError(
            f"the bundle {path} is damaged: {MANIFEST} fails its checksum",
            hint="the file was changed or half-copied; use another copy",
        )
    return manifest


def load_bundle(path: Path) -> Bundle:
    """Read and check the bundle in ``path``.

    Raises:
        FileAccessError: there is no bundle, or a file cannot be opened.
        DamagedFileError: a file is missing, or its checksum is not the manifest's.
        VersionError: another version of dragoman wrote it.
    """
    manifest = read_manifest(path)
    try:
        _check_files(path, {manifest["weights"]: "", **manifest["checksums"]})
        task = load_task(path, manifest["recipe"], manifest["tokenizers"])
        with explained("read", path / manifest["weights"]):
            weights = load_file(path / manifest["weights"])
        model = _load_model(task, manifest["recipe"]["model"], weights)
        return Bundle(
            task=task,
            model=model,
            recipe=manifest["recipe"],
            data=manifest["data"],
            scores=manifest["scores"],
            history=tuple(manifest["history"]),
        )
    except (KeyError, TypeError, SafetensorError) as error:
        raise DamagedFileError(f"the bundle {path} is damaged: {error!r}", hint="use another copy") from error


def build_model(section: Mapping[str, Any], *, source_vocabulary: int, target_vocabulary: int) -> Seq2Seq:
    """A model with fresh weights from the plain values of a recipe's ``model`` section."""
    architecture = MODELS.load(section["kind"])
    config = parse(architecture.config_type, dict(section), place="the section [model]")
    model: Seq2Seq = architecture(config, source_vocabulary=source_vocabulary, target_vocabulary=target_vocabulary)
    return model


def _check_files(path: Path, checksums: Mapping[str, str]) -> None:
    for name, expected in checksums.items():
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
    for old in set(path.glob("weights-*.safetensors")) - kept:
        old.unlink(missing_ok=True)
    for pattern in ("tokenizer-*", "source_tokenizer-*", "target_tokenizer-*"):
        for directory in set(path.glob(pattern)) - kept:
            shutil.rmtree(directory, ignore_errors=True)


def _tokenizers(task: Task) -> dict[str, Tokenizer]:
    """Directory of each tokenizer."""
    if task.source_tokenizer is task.target_tokenizer:
        return {"tokenizer": task.source_tokenizer}
    return {"source_tokenizer": task.source_tokenizer, "target_tokenizer": task.target_tokenizer}


def _load_model(task: Task, section: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Seq2Seq:
    model = build_model(
        section, source_vocabulary=len(task.source_tokenizer), target_vocabulary=len(task.target_tokenizer)
    )
    shapes = {name: parameter.shape for name, parameter in model.named_parameters()}
    if shapes != {name: tensor.shape for name, tensor in weights.items()}:
        raise DamagedFileError("the bundle's weights do not fit the model in its manifest", hint="use another copy")
    for name, parameter in model.named_parameters():
        parameter.data = weights[name]
    return model.eval()


def _save_weights(parameters: Mapping[str, Tensor], path: Path) -> Path:
    """Write the weights under a name that holds their checksum."""
    weights = {name: parameter.detach().cpu().contiguous() for name, parameter in parameters.items()}
    draft = path / "weights-draft.safetensors"
    with atomic_file(draft) as partial:
        save_file(weights, partial)
    final = path / f"weights-{checksum(draft)[:12]}.safetensors"
    with explained("write", final):
        draft.replace(final)
    return final


def _save_tokenizer(tokenizer: Tokenizer, name: str, path: Path) -> Path:
    """Write a tokenizer into a directory whose name holds the checksum of its files."""
    draft = path / f"{name}-draft"
    with atomic_directory(draft) as partial:
        tokenizer.save(partial)
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
