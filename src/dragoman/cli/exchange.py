"""``dragoman export`` and its way back: models for other software, and from it."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    model: Annotated[Path, typer.Argument(help="Directory of the model.")],
    to: Annotated[str, typer.Option("--to", help="The form: ctranslate2, huggingface, onnx or safetensors.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The directory to make; without it an engine joins the model.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="OPTION=VALUE", help="An option of that form.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export.")] = False,
) -> None:
    """Write a model in a form that other software reads, and check at once that it does the same there."""
    from dragoman.jobs.exchange.export import export as run

    run(model, to=to, output=output, settings=settings or (), force=force)


def import_model(
    checkpoint: Annotated[Path, typer.Argument(help="Directory of a MarianMT or OPUS-MT model.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The model's directory to make.")],
    source: Annotated[str | None, typer.Option(help="Source language, if the model does not say it.")] = None,
    target: Annotated[str | None, typer.Option(help="Target language, if the model does not say it.")] = None,
) -> None:
    """Make a model of a Hugging Face checkpoint: to translate with it, to fine-tune it."""
    from dragoman.jobs.exchange.import_model import import_model as run

    run(checkpoint, output=output, source=source, target=target)
