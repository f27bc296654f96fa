"""``dragoman distill``: a smaller model that learns from a trained one."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dragoman.base.errors import INTERRUPTED

Texts = Annotated[
    list[Path] | None, typer.Option("--text", help="More text in the source language for the teacher; repeatable.")
]
Recipe = Annotated[
    Path | None, typer.Option(help="A recipe, or some sections of one, laid over what is chosen for the student.")
]
Settings = Annotated[list[str] | None, typer.Option("--set", help="Change the student's recipe: section.key=value.")]


def distill(
    teacher: Annotated[Path, typer.Argument(help="Directory of the model to learn from.")],
    data: Annotated[list[str], typer.Option("--data", help="Pairs whose sources the teacher translates; repeatable.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Directory of the student. The same command goes on.")],
    dev: Annotated[str | None, typer.Option(help="Pairs to choose the best weights on, not in --data.")] = None,
    test: Annotated[str | None, typer.Option(help="Pairs to score the finished student on, once.")] = None,
    text: Texts = None,
    recipe: Recipe = None,
    settings: Settings = None,
    beam: Annotated[int | None, typer.Option(help="Width of the teacher's search. Default: 5.")] = None,
    max_lines: Annotated[int | None, typer.Option(help="Let the teacher translate so many lines.")] = None,
    nearest: Annotated[
        bool, typer.Option("--nearest", help="Of each beam take the translation nearest to the reference.")
    ] = False,
    only_teacher: Annotated[
        bool,
        typer.Option("--only-teacher", help="Learn from the translations alone, not the references."),
    ] = False,
    word_level: Annotated[
        float | None, typer.Option(min=0, max=1, help="Also learn the teacher's distribution over words: its weight.")
    ] = None,
    temperature: Annotated[float, typer.Option(help="Of --word-level: above 1, second thoughts count more.")] = 1.0,
    vocabulary: Annotated[
        int | None, typer.Option(min=1, help="Learn a vocabulary of this size. Default: the teacher's.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where the teacher translates: auto, cpu, cuda or mps.")] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="Processor threads for it.")] = None,
) -> None:
    """Make a small, quick model that translates nearly as well as its teacher."""
    from dragoman.base.config import parse
    from dragoman.base.log import say
    from dragoman.jobs.distillation.job import distill as run
    from dragoman.jobs.distillation.options import Request
    from dragoman.jobs.synthesis.options import GenerationConfig

    given: dict[str, Any] = {"beam": beam, "max_lines": max_lines}
    given = {name: value for name, value in given.items() if value is not None}
    result = run(
        Request(
            teacher=teacher,
            output=output,
            data=tuple(data),
            texts=tuple(text or ()),
            validation=dev,
            test=test,
            recipe=recipe,
            settings=tuple(settings or ()),
            generation=parse(GenerationConfig, given, place="the options of the command"),
            nearest=nearest,
            only_teacher=only_teacher,
            word_level=word_level,
            temperature=temperature,
            vocabulary=vocabulary,
            device=device,
            threads=threads,
        )
    )
    if not result.finished:
        raise typer.Exit(INTERRUPTED)
    say(f"the student is in {result.student}")
