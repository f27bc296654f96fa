"""``dragoman serve``: models behind a web server."""

from pathlib import Path
from typing import Annotated

import typer


def serve(
    models: Annotated[list[Path] | None, typer.Argument(help="Directories of models, one for each direction.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 5000,
    memory: Annotated[
        list[str] | None,
        typer.Option(help="A translation memory that answers by exact match, as en-de:pairs.tmx; may be repeated."),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="What runs the models, of those in them; auto takes the quickest.")
    ] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="Processor threads of each model.")] = None,
    suggestions: Annotated[
        Path | None,
        typer.Option(
            help="Keep better translations that readers suggest in this JSONL file; without it, none are kept."
        ),
    ] = None,
) -> None:
    """Serve models to browsers, programs and translation tools."""
    from dragoman.server.serving import ServeOptions, serve

    serve(
        models or [],
        ServeOptions(
            host=host, port=port, memories=memory or (), engine=engine, threads=threads, suggestions=suggestions
        ),
    )
