"""``dragoman demo``: the whole way, on the embedded phrasebook, in a few minutes."""

from pathlib import Path
from typing import Annotated

import typer

from dragoman.base.errors import INTERRUPTED


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Directory of the model.")] = Path("demo-model"),
    force: Annotated[bool, typer.Option("--force", help="Replace the model that is there.")] = False,
) -> None:
    """Train English→German on the embedded phrasebook, score it, translate with it: start to end in minutes."""
    from dragoman.jobs.demo import run

    if not run(output, force=force).finished:
        raise typer.Exit(INTERRUPTED)
