"""``dragoman export`` and its way back: models for other software, and from it."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    model: Annotated[Path, typer.Argument(help="Directory of the model.")],
    to: Annotated[str, typer.Option("--to", help="The form: safetensors or huggingface.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The directory to make.")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="OPTION=VALUE", help="An option of that form.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export.")] = False,
) -> None:
    """Write a model in a form that other software reads, and check at once that it does the same there."""
    from dragoman.jobs.exchange.export import export as run

    run(model, to=to, output=output, settings=settings or (), force=force)
