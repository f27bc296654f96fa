"""``dragoman pretrain``: text without translations becomes a model to begin with."""

from pathlib import Path
from typing import Annotated

import typer

from dragoman.base.errors import INTERRUPTED


def pretrain(
    texts: Annotated[
        list[str], typer.Argument(help="Plain text files that end in their language (mono.en), or stems of them.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Directory of the model to make.")],
    languages: Annotated[
        list[str] | None,
        typer.Option("--language", "-l", help="A language of the text; left out, as the files' names end."),
    ] = None,
    objective: Annotated[str, typer.Option(help="What to learn: denoising, mass or masked.")] = "denoising",
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Change a value: section.key=value. May be repeated.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the model that is in --output.")] = False,
) -> None:
    """Learn from text without translations; Ctrl-C saves, train --resume goes on, train --init-from begins with it."""
    from dragoman.jobs.pretraining import start

    outcome = start.pretrain(
        texts, output, languages=languages or [], objective=objective, settings=settings or [], force=force
    )
    if not outcome.finished:
        raise typer.Exit(INTERRUPTED)
