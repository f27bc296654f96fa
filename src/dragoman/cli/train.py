"""``dragoman train``: a recipe or a corpus becomes a model."""

import json
from pathlib import Path
from typing import Annotated

import typer

from dragoman.base.errors import INTERRUPTED


def train(
    what: Annotated[
        str | None,
        typer.Argument(help="A recipe (.toml), or a corpus to train on without one: TMX, TSV, JSONL or a stem."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Directory of the model to make.")] = None,
    source: Annotated[str | None, typer.Option(help="Language of the source (en, zh…); without a recipe.")] = None,
    target: Annotated[str | None, typer.Option(help="Language of the target; without a recipe.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Change a value: section.key=value. May be repeated.")
    ] = None,
    init_from: Annotated[
        Path | None, typer.Option(help="Begin with what fits of this model: pre-trained, or of other languages.")
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with the run in this model directory.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the model that is in --output.")] = False,
) -> None:
    """Train a translation model; Ctrl-C saves, --resume goes on."""
    from dragoman.jobs import start_training

    changes = list(settings or [])
    if init_from is not None:
        changes.append(f"training.init_from={json.dumps(str(init_from))}")
    outcome = start_training.start(
        what, output=output, source=source, target=target, settings=changes, resume=resume, force=force
    )
    if not outcome.finished:
        raise typer.Exit(INTERRUPTED)
