"""The verb import-model: a checkpoint of other software becomes a bundle, compared with it where that software is."""

import importlib.util
from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError
from dragoman.base.files import atomic_directory
from dragoman.base.log import say, warn
from dragoman.corpora.public.languages import plain_code
from dragoman.interop.huggingface.checkpoint import Checkpoint, read_checkpoint
from dragoman.interop.huggingface.import_check import compare_import
from dragoman.interop.huggingface.importer import Imported, take_in
from dragoman.interop.samples import sample_sentences
from dragoman.jobs.recipe import make_recipe
from dragoman.translator.bundle import Bundle, save_bundle

_DECODING = {
    "beam": "num_beams",
    "no_repeated_ngram": "no_repeat_ngram_size",
    "length_penalty_alpha": "length_penalty",
}
"""Our ways to decode, and what they are called there."""


def import_model(checkpoint: Path, *, output: Path, source: str | None = None, target: str | None = None) -> Bundle:
    """Make a bundle of the Hugging Face directory ``checkpoint`` in ``output``.

    Args:
        checkpoint: config.json, weights, source.spm, target.spm, vocab.json.
        output: the directory to make; nothing is there when the import fails.
        source: language, where neither the files nor the directory's name say it; or to say it otherwise.
        target: likewise.

    Raises:
        ConfigError: another architecture, languages that nobody says, or something is in the way.
        DamagedFileError: a file cannot be read or does not fit the others.
        ExportError: the bundle does not do what the checkpoint does.
    """
    if output.exists() and not (output.is_dir() and not any(output.iterdir())):
        raise ConfigError(f"{output} is already there", hint="choose another name, or remove it yourself")
    read = read_checkpoint(checkpoint)
    languages = _languages(checkpoint, read, source, target)
    imported = take_in(read, *languages)
    found = "not compared: transformers is not installed"
    if importlib.util.find_spec("transformers") is not None:
        found = compare_import(imported, checkpoint, sample_sentences())
    else:
        warn("transformers is not installed, so the model could not be compared with the original")
    history = (f"imported from {checkpoint.resolve().name} ({read.kind}); {found}",)
    bundle = Bundle(imported.task, imported.model, _recipe(checkpoint, read, imported), history=history)
    with atomic_directory(output) as partial:
        save_bundle(bundle, partial)
    say(f"{output}: a {read.kind} model from {languages[0]} to {languages[1]}; {found}")
    say(f"try: echo 'Hello!' | dragoman translate {output}")
    return bundle


def _languages(path: Path, read: Checkpoint, source: str | None, target: str | None) -> tuple[str, str]:
    said = source or plain_code(read.languages[0]), target or plain_code(read.languages[1])
    if not all(said):
        raise ConfigError(
            f"{path} does not say which languages it translates", hint="give them: --source en --target de"
        )
    return said


def _recipe(path: Path, read: Checkpoint, imported: Imported) -> dict[str, Any]:
    """A whole recipe, as every bundle has one; of the training nothing is known."""
    task, model = imported.task, imported.model
    told = {ours: read.generation.get(theirs) for ours, theirs in _DECODING.items()}
    values = {
        "corpus": {"train": path.resolve().name},
        "task": {
            "source": task.source_language,
            "target": task.target_language,
            "joint_vocabulary": task.source_tokenizer is task.target_tokenizer,
        },
        "tokenizer": {"kind": "marian"},
        "model": model.config.model_dump(mode="json", exclude_none=True),
        "batching": {"max_length": model.max_length},
        "decoding": {name: value for name, value in told.items() if value is not None},
    }
    return make_recipe(values, place=str(path)).values()
