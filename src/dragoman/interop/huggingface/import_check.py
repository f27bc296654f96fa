"""An imported model beside the checkpoint it came from, run by ``transformers``: the same ids, the same logits."""

from collections.abc import Sequence
from pathlib import Path

from dragoman.base.errors import ExportError
from dragoman.base.symbols import BOS, EOS
from dragoman.batching.example import Example
from dragoman.interop.huggingface.comparison import TOLERANCE, furthest_logits, load_twin, say_best
from dragoman.interop.huggingface.importer import Imported
from dragoman.interop.huggingface.quiet import quietly

_LONGEST = 48
_HINT = "please report this with the name of the model; nothing was written"


def compare_import(imported: Imported, path: Path, samples: Sequence[str]) -> str:
    """What is equal, in words.

    Args:
        imported: what was made of the checkpoint.
        path: of the checkpoint.
        samples: texts.

    Raises:
        ExportError: something differs.
    """
    task, model = imported.task, imported.model
    source, target = imported.numberings
    limit = min(_LONGEST, model.max_length)
    with quietly():
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        for text in samples:
            own, theirs = source.rows[task.source_ids(text)].tolist(), tokenizer(text).input_ids
            if own != theirs:
                raise ExportError(f"the imported tokenizer cuts {text!r} otherwise: {own}, not {theirs}", hint=_HINT)
        sources = [ids for ids in map(task.source_ids, samples) if len(ids) <= limit]
        said = say_best(model, sources, beam=1, limit=limit)
        furthest = furthest_logits(
            model,
            load_twin(path),
            [Example(ids, [*target_ids, EOS]) for ids, target_ids in zip(sources, said, strict=True)],
            source_rows=source.rows,
            target_rows=target.rows,
            unsayable=[BOS] if target.begins_doubled else [],
        )
    if not furthest <= TOLERANCE:
        raise ExportError(f"the logits differ by up to {furthest:.2g}, more than {TOLERANCE}", hint=_HINT)
    return f"{len(samples)} texts cut alike; logits of {len(sources)} sentences within {furthest:.1g}"
