"""The plain form: weights under the model's own names, shapes and settings as JSON, the tokenizers' files.

For whoever wants the numbers without this package: nothing has to be known but safetensors and JSON.

::

    model.safetensors      every parameter by its name in the model (docs/guides/export.md lists them)
    config.json            architecture, shape, languages, sizes of the vocabularies, ids of the special pieces
    recipe.json            the whole recipe the model was trained with
    tokenizer/             or source_tokenizer/ and target_tokenizer/: the tokenizers' own files…
    vocabulary.json        …and their pieces in the order of their ids: {"source": […], "target": […]}
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from safetensors.torch import load_file, save_file

from dragoman.base.errors import ExportError
from dragoman.base.files import read_json, write_json
from dragoman.base.symbols import BOS, EOS, PAD, UNK
from dragoman.interop.protocol import NoOptions
from dragoman.translator.bundle import Bundle
from dragoman.translator.manifest import load_task, save_task

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
RECIPE = "recipe.json"
VOCABULARY = "vocabulary.json"


class PlainExport:
    """Weights as safetensors, the rest as JSON."""

    config_type: ClassVar[type[NoOptions]] = NoOptions
    needs: ClassVar[tuple[str, ...]] = ()
    extra: ClassVar[str] = ""

    def __init__(self, config: NoOptions) -> None:
        self._config = config

    def refusal(self, bundle: Bundle) -> str | None:
        """None: any bundle can be written plainly."""
        return None

    def write(self, bundle: Bundle, path: Path) -> None:
        """Write weights, settings and tokenizers into ``path``."""
        weights = {name: weight.detach().cpu().contiguous() for name, weight in bundle.model.named_parameters()}
        save_file(weights, path / WEIGHTS, metadata={"format": "pt"})
        write_json(path / CONFIG, _config(bundle))
        write_json(path / RECIPE, dict(bundle.recipe))
        save_task(bundle.task, path)
        write_json(path / VOCABULARY, vocabularies(bundle))

    def verify(self, bundle: Bundle, path: Path, samples: Sequence[str]) -> str:
        """Weights bit for bit, and the ids of ``samples``."""
        weights = load_file(path / WEIGHTS)
        for name, weight in bundle.model.named_parameters():
            if name not in weights or not torch.equal(weights[name], weight.detach().cpu()):
                raise ExportError(f"the weight {name} came back otherwise than it was written", hint="try it again")
        task = load_task(path, read_json(path / RECIPE))
        for text in samples:
            if task.source_tokenizer.encode(text) != bundle.task.source_tokenizer.encode(text):
                raise ExportError(f"the tokenizer that was written cuts {text!r} otherwise", hint="try it again")
        return f"{len(weights)} weights bit for bit, {len(samples)} texts cut alike"


def vocabularies(bundle: Bundle) -> dict[str, list[str]]:
    """The pieces of both sides in the order of their ids."""
    sides = {"source": bundle.task.source_tokenizer, "target": bundle.task.target_tokenizer}
    return {side: tokenizer.pieces(range(len(tokenizer))) for side, tokenizer in sides.items()}


def _config(bundle: Bundle) -> dict[str, Any]:
    return {
        "languages": list(bundle.task.languages),
        "model": dict(bundle.recipe["model"]),
        "source_vocabulary": len(bundle.task.source_tokenizer),
        "target_vocabulary": len(bundle.task.target_tokenizer),
        "parameters": sum(parameter.numel() for parameter in bundle.model.parameters()),
        "special_ids": {"pad": PAD, "unk": UNK, "bos": BOS, "eos": EOS},
    }
