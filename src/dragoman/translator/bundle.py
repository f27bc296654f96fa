"""The bundle: one directory that holds a trained model and all it needs to translate.

::

    manifest.json                what it is, made of what, how well it does; checksums of all files
    weights-0123456789ab.safetensors
    tokenizer/                   or source_tokenizer/ and target_tokenizer/

The manifest is written last and names the weights by their checksum, so a bundle is always
whole: the old one until the new manifest is there. Nothing in it is executable. A bundle
serves; to go on training, a run keeps checkpoints, which are another thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from dragoman.base.errors import DamagedFileError, FileAccessError, VersionError
from dragoman.base.files import atomic_file, checksum, explained, read_json, write_json
from dragoman.base.version import __version__
from dragoman.models import MODELS
from dragoman.models.protocol import Seq2Seq
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers import TOKENIZERS
from dragoman.tokenizers.protocol import Tokenizer

FORMAT = "dragoman-bundle"
VERSION = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A trained model and what is known of it.

    Attributes:
        task: languages and tokenizers.
        model: with its weights in place.
        recipe: the resolved recipe, section by section; ``decoding`` in it is the default way to decode.
        data: file → SHA-256 of what it was trained on.
        scores: metric → value and signature, and what they were measured on.
        history: operations made on the model after training, in order.
    """

    task: TranslationTask
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
    files = save_task(bundle.task, path)
    weights = _save_weights(dict(bundle.model.named_parameters()), path)
    files.append(weights)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "dragoman": __version__,
        "languages": {"source": bundle.task.source_language, "target": bundle.task.target_language},
        "parameters": sum(parameter.numel() for parameter in bundle.model.parameters()),
        "recipe": dict(bundle.recipe),
        "data": dict(bundle.data),
        "scores": dict(bundle.scores),
        "history": list(bundle.history),
        "weights": weights.name,
        "checksums": {str(file.relative_to(path)): checksum(file) for file in files},
    }
    write_json(path / MANIFEST, manifest)
    for old in path.glob("weights-*.safetensors"):
        if old != weights:
            old.unlink(missing_ok=True)


def save_task(task: TranslationTask, path: Path) -> list[Path]:
    """Write the tokenizers into directories under ``path``; the files written."""
    files: list[Path] = []
    for name, tokenizer in _tokenizers(task).items():
        with explained("create", path / name):
            (path / name).mkdir(parents=True, exist_ok=True)
        tokenizer.save(path / name)
        files += sorted((path / name).iterdir())
    return files


def load_task(path: Path, recipe: Mapping[str, Any]) -> TranslationTask:
    """The task whose tokenizers :func:`save_task` wrote into ``path``, as the recipe's plain values say."""
    tokenizer_type = TOKENIZERS.load(recipe["tokenizer"]["kind"])
    joint = recipe["task"]["joint_vocabulary"]
    names = ["tokenizer"] if joint else ["source_tokenizer", "target_tokenizer"]
    tokenizers = [tokenizer_type.load(path / name) for name in names]
    return TranslationTask(recipe["task"]["source"], recipe["task"]["target"], tokenizers[0], tokenizers[-1])


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the bundle in ``path``, its version checked, its files not yet.

    Raises:
        FileAccessError: there is no bundle.
        VersionError: another version of dragoman wrote it.
        DamagedFileError: the manifest cannot be read.
    """
    if not (path / MANIFEST).is_file():
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
        _check_files(path, manifest["checksums"])
        task = load_task(path, manifest["recipe"])
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
    except (KeyError, TypeError) as error:
        raise DamagedFileError(f"{path / MANIFEST} is damaged: {error}", hint="use another copy") from error


def build_model(section: Mapping[str, Any], *, source_vocabulary: int, target_vocabulary: int) -> Seq2Seq:
    """A model with fresh weights from the plain values of a recipe's ``model`` section."""
    architecture = MODELS.load(section["kind"])
    config = architecture.config_type.model_validate(dict(section))
    model: Seq2Seq = architecture(config, source_vocabulary=source_vocabulary, target_vocabulary=target_vocabulary)
    return model


def _check_files(path: Path, checksums: Mapping[str, str]) -> None:
    for name, expected in checksums.items():
        file = path / name
        if not file.is_file():
            raise DamagedFileError(f"the bundle {path} is damaged: {name} is missing", hint="use another copy")
        if checksum(file) != expected:
            raise DamagedFileError(
                f"the bundle {path} is damaged: {name} fails its checksum",
                hint="the file was changed or half-copied; use another copy",
            )


def _tokenizers(task: TranslationTask) -> dict[str, Tokenizer]:
    """Directory of each tokenizer."""
    if task.source_tokenizer is task.target_tokenizer:
        return {"tokenizer": task.source_tokenizer}
    return {"source_tokenizer": task.source_tokenizer, "target_tokenizer": task.target_tokenizer}


def _load_model(task: TranslationTask, section: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Seq2Seq:
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
