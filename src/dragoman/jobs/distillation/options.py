"""What can be asked of distillation."""

from dataclasses import dataclass, field
from pathlib import Path

from dragoman.jobs.synthesis.options import GenerationConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Everything that was asked for.

    Attributes:
        teacher: directory of a bundle.
        output: directory of the student, a bundle too; what the job needs is kept in its folder ``distillation``.
        data: locations of pairs; the teacher translates their sources.
        texts: more files in the source language for it to translate.
        validation: pairs to choose the best weights on.
        test: pairs the student is scored on once.
        recipe: a file whose sections are laid over what is chosen; may be partial.
        settings: ``section.key=value``, laid over that.
        generation: how the teacher translates.
        nearest: of each beam take not the likeliest hypothesis but the one nearest to the reference.
        only_teacher: learn from the teacher's translations alone, not from the references too.
        word_level: weight of word-level distillation besides; None for none.
        temperature: of it.
        vocabulary: size of a vocabulary of the student's own; None takes the teacher's.
        workspace: where what the teacher makes is kept; None for the student's own directory. Several students of one
            teacher and one text may share one.
        device: where the teacher translates; auto, cpu, cuda or mps.
        threads: for it.
    """

    teacher: Path
    output: Path
    data: tuple[str, ...] = ()
    texts: tuple[Path, ...] = ()
    validation: str | None = None
    test: str | None = None
    recipe: Path | None = None
    settings: tuple[str, ...] = ()
    generation: GenerationConfig = field(default_factory=GenerationConfig)
    nearest: bool = False
    only_teacher: bool = False
    word_level: float | None = None
    temperature: float = 1.0
    vocabulary: int | None = None
    workspace: Path | None = None
    device: str = "auto"
    threads: int | None = None
