"""A model directory of ``transformers``, read without it: settings, weights, vocabularies. Nothing in it is run.

It knows what stands where, and says in plain words what is missing or of no use here.
"""

import pickle
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from dragoman.base.errors import ConfigError, DamagedFileError, FileAccessError
from dragoman.base.files import explained, read_json
from dragoman.interop.huggingface.tokenizer_files import SOURCE_SPM, TARGET_SPM, TARGET_VOCAB, VOCAB
from dragoman.tokenizers.marian import read_segmentation

KINDS = {"marian": "post", "pegasus": "pre"}
"""Architectures that can be read → where their norms stand."""
_SAFETENSORS, _PICKLED = "model.safetensors", "pytorch_model.bin"
_NAMED_BY = re.compile(r"opus-mt(?:-[a-z]+-[a-z]+)?-([a-z]{2,3})-([a-z]{2,3})$")
"""``opus-mt-en-de``, ``opus-mt-tc-big-en-de``."""


@dataclass(frozen=True)
class Checkpoint:
    """What a directory holds.

    Attributes:
        kind: a key of :data:`KINDS`.
        config: what ``config.json`` says.
        generation: how to decode, from ``generation_config.json`` or an older ``config.json``.
        weights: by their names there, in full precision.
        segmentations: SentencePiece models of source and target.
        vocabularies: piece → id, of source and target; the same object when there is one for both.
        languages: of source and target, as the files or the directory's name say; "" where they do not.
    """

    kind: str
    config: Mapping[str, Any]
    generation: Mapping[str, Any]
    weights: Mapping[str, Tensor]
    segmentations: tuple[bytes, bytes]
    vocabularies: tuple[Mapping[str, int], Mapping[str, int]]
    languages: tuple[str, str]


def read_checkpoint(path: Path) -> Checkpoint:
    """Read the directory ``path``.

    Raises:
        FileAccessError: there is no model, or a file is missing.
        ConfigError: a model of another architecture, or weights that only running code could read.
        DamagedFileError: a file cannot be parsed.
    """
    config = _read_config(path)
    names = _read_optional(path / "tokenizer_config.json")
    vocabulary = _read_vocabulary(path / VOCAB)
    target = _read_vocabulary(path / TARGET_VOCAB) if (path / TARGET_VOCAB).is_file() else vocabulary
    return Checkpoint(
        kind=config["model_type"],
        config=config,
        generation={**config, **_read_optional(path / "generation_config.json")},
        weights=_read_weights(path),
        segmentations=(read_segmentation(path / SOURCE_SPM), read_segmentation(path / TARGET_SPM)),
        vocabularies=(vocabulary, target),
        languages=_languages(path, names),
    )


def _read_config(path: Path) -> dict[str, Any]:
    if not (path / "config.json").is_file():
        raise FileAccessError(
            f"{path} is not a model of transformers: there is no config.json in it",
            hint="give the directory that holds config.json, the weights, source.spm, target.spm and vocab.json",
        )
    config = read_json(path / "config.json")
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind not in KINDS:
        raise ConfigError(
            f"{path} holds a model of the architecture {kind!r}, which cannot be imported",
            hint=f"known: {', '.join(KINDS)} (MarianMT and OPUS-MT models, and what dragoman itself exports)",
        )
    return dict(config)


def _read_optional(path: Path) -> dict[str, Any]:
    values = read_json(path) if path.is_file() else {}
    return values if isinstance(values, dict) else {}


def _read_vocabulary(path: Path) -> dict[str, int]:
    """Piece → id, every id from 0 on once."""
    values = read_json(path)
    if not isinstance(values, dict) or sorted(map(str, values.values())) != sorted(map(str, range(len(values)))):
        raise DamagedFileError(
            f"{path} is not a vocabulary: it must give every piece an id of its own, from 0 on without a gap",
            hint="the file is damaged, or of another kind of model; use another copy",
        )
    return values


def _read_weights(path: Path) -> dict[str, Tensor]:
    if (path / _SAFETENSORS).is_file():
        weights = _read_safetensors(path / _SAFETENSORS)
    elif (path / _PICKLED).is_file():
        weights = _read_pickled(path / _PICKLED)
    else:
        raise FileAccessError(
            f"there are no weights in {path}: neither {_SAFETENSORS} nor {_PICKLED}",
            hint="weights in several parts or of TensorFlow cannot be read; save the model as one model.safetensors",
        )
    return {name: weight.float() if weight.is_floating_point() else weight for name, weight in weights.items()}


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        with explained("read", path):
            return load_file(path)
    except SafetensorError as error:
        raise DamagedFileError(
            f"{path} cannot be read: {error}", hint="the file is damaged; use another copy"
        ) from error


def _read_pickled(path: Path) -> dict[str, Tensor]:
    """A pickle of nothing but tensors. One that asks for anything else to be loaded or called is not obeyed."""
    try:
        with explained("read", path), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of other versions of pickle, which may go well
            values = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ConfigError(
            f"{path} is refused: it is damaged, or holds more than weights, which would be run as code when read",
            hint="save the model as model.safetensors where you trust it",
        ) from error
    except (RuntimeError, EOFError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise DamagedFileError(
            f"{path} cannot be read: {error}", hint="the file is damaged; use another copy"
        ) from error
    if not isinstance(values, dict) or not all(isinstance(value, Tensor) for value in values.values()):
        raise DamagedFileError(f"{path} holds no table of weights", hint="use another copy, or model.safetensors")
    return values


def _languages(path: Path, names: Mapping[str, Any]) -> tuple[str, str]:
    """Of tokenizer_config.json, else of a name like ``opus-mt-en-de``."""
    given = names.get("source_lang"), names.get("target_lang")
    if all(isinstance(one, str) and one for one in given):
        return str(given[0]), str(given[1])
    found = _NAMED_BY.search(path.resolve().name)
    return (found[1], found[2]) if found else ("", "")
