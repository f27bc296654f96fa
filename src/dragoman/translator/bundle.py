"""The bundle: one directory that holds a trained model and all it needs to translate.

::

    manifest.json                what it is, made of what, how well it does; checksums of all files
    weights-0123456789ab.safetensors
    tokenizer-0123456789ab/      or source_tokenizer-… and target_tokenizer-…
    ctranslate2-0123456789ab/    what another engine reads, where the model was exported for it (without weights, maybe)

The manifest is written last and names the weights and tokenizers by their checksums, so a bundle is
always whole: the old one until the new manifest is there. Nothing in it is executable. A bundle
serves; to go on training, a run keeps checkpoints, which are another thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from dragoman.base.config import parse
from dragoman.base.errors import ConfigError, DamagedFileError
from dragoman.base.files import atomic_file, checksum, explained
from dragoman.models import MODELS
from dragoman.models.protocol import Seq2Seq
from dragoman.surgery.quantization import Kind
from dragoman.tasks.protocol import Task
from dragoman.translator.manifest import check_files, engines_of, load_task, read_manifest, sound, write_manifest
from dragoman.translator.storage import PLAIN, kind_of, pack, unpack


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
        storage: what the numbers of its matrices are in the file; they must lie on that grid
            (:func:`~dragoman.surgery.quantization.quantize`).
    """

    task: Task
    model: Seq2Seq
    recipe: Mapping[str, Any]
    data: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    storage: Kind = PLAIN


def save_bundle(bundle: Bundle, path: Path) -> None:
    """Write ``bundle`` into the directory ``path``; a bundle already there is replaced at the last moment.

    Raises:
        FileAccessError: no permission, or a full disk; what stood there before is still whole.
    """
    with explained("create", path):
        path.mkdir(parents=True, exist_ok=True)
    tensors, storage = pack(dict(bundle.model.named_parameters()), bundle.storage)
    weights = _save_weights(tensors, path)
    values = {
        "parameters": sum(parameter.numel() for parameter in bundle.model.parameters()),
        "recipe": dict(bundle.recipe),
        "data": dict(bundle.data),
        "scores": dict(bundle.scores),
        "history": list(bundle.history),
        "weights": weights.name,
        **({"storage": storage} if storage else {}),
    }
    write_manifest(path, values, task=bundle.task, files=[weights])


def load_bundle(path: Path) -> Bundle:
    """Read and check the bundle in ``path``.

    Raises:
        FileAccessError: there is no bundle, or a file cannot be opened.
        DamagedFileError: a file is missing, or its checksum is not the manifest's.
        VersionError: another version of dragoman wrote it.
    """
    manifest = read_manifest(path)
    with sound(path):
        check_files(path, manifest)
        task = load_task(path, manifest["recipe"], manifest["tokenizers"])
        return Bundle(
            task=task,
            model=load_model(path, manifest, task),
            recipe=manifest["recipe"],
            data=manifest["data"],
            scores=manifest["scores"],
            history=tuple(manifest["history"]),
            storage=kind_of(manifest.get("storage", {})),
        )


def load_model(path: Path, manifest: Mapping[str, Any], task: Task) -> Seq2Seq:
    """The model of the bundle in ``path``, whose files were checked.

    Args:
        path: of the bundle.
        manifest: as :func:`~dragoman.translator.manifest.read_manifest` gives it.
        task: as :func:`~dragoman.translator.manifest.load_task` gives it.

    Raises:
        DamagedFileError: the weights are missing, or do not fit the model.
        ConfigError: the bundle was exported for another engine, without weights.
    """
    with sound(path):
        if manifest["weights"] is None:
            raise ConfigError(
                f"{path} holds no weights for torch, only what runs it with {' or '.join(engines_of(manifest))}",
                hint="use the model it was exported from",
            )
        weights_file = path / manifest["weights"]
        with explained("read", weights_file):
            weights = unpack(load_file(weights_file), manifest.get("storage", {}))
        return _load_model(task, manifest["recipe"]["model"], weights)


def build_model(section: Mapping[str, Any], *, source_vocabulary: int, target_vocabulary: int) -> Seq2Seq:
    """A model with fresh weights from the plain values of a recipe's ``model`` section."""
    architecture = MODELS.load(section["kind"])
    config = parse(architecture.config_type, dict(section), place="the section [model]")
    model: Seq2Seq = architecture(config, source_vocabulary=source_vocabulary, target_vocabulary=target_vocabulary)
    return model


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


def _save_weights(weights: Mapping[str, Tensor], path: Path) -> Path:
    """Write the weights under a name that holds their checksum."""
    draft = path / "weights-draft.safetensors"
    with atomic_file(draft) as partial:
        save_file(dict(weights), partial)
    final = path / f"weights-{checksum(draft)[:12]}.safetensors"
    with explained("write", final):
        draft.replace(final)
    return final
