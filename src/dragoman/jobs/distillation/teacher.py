"""The teacher of a word-level distillation: a bundle's model, if its pieces are those of the student."""

from pathlib import Path

from dragoman.base.errors import ConfigError
from dragoman.models.protocol import Seq2Seq
from dragoman.tasks.protocol import Task
from dragoman.tokenizers.protocol import Tokenizer
from dragoman.translator.bundle import load_bundle


def load_teacher(path: Path, task: Task) -> Seq2Seq:
    """The model of the bundle in ``path``, which has to read and write the pieces of ``task``.

    Raises:
        ConfigError: it knows other languages, or its pieces have other numbers.
        DragomanError: it cannot be loaded.
    """
    bundle = load_bundle(path)
    if bundle.task.languages != task.languages:
        raise ConfigError(
            f"the teacher {path} knows {' → '.join(bundle.task.languages)}, the student {' → '.join(task.languages)}",
            hint="give a teacher of the same languages in the same direction",
        )
    for side in ("source", "target"):
        has, wanted = (_pieces(getattr(one, f"{side}_tokenizer")) for one in (bundle.task, task))
        if has != wanted:
            raise ConfigError(
                f"the teacher {path} and the student have different {side} vocabularies ({len(has):,} and "
                f"{len(wanted):,} pieces): what one thinks of a piece says nothing to the other",
                hint=f"let the student begin with the teacher's vocabulary: --init-from {path}, or "
                "training.init_from; or distil by sequences alone, which needs no common vocabulary",
            )
    return bundle.model


def _pieces(tokenizer: Tokenizer) -> list[str]:
    return tokenizer.pieces(range(len(tokenizer)))
